"""What alerts hurt, as annotations by which an Alertmanager can route and people can read."""

from collections.abc import Iterable, Mapping, Sequence

from app.events import actions, store
from app.events.fields import text_of
from app.events.model import Alert, Event, EventStatus
from app.events.sources import alertmanager_api
from app.impact.report import ImpactReport
from app.runtime import Runtime
from app.situations.store import situations_of_events
from app.web.impact_documents import impact_documents

MAX_TEXT = 1_000
_PREFIX = "underpin_"


async def annotations_of(runtime: Runtime, alerts: Sequence[Alert]) -> dict[str, Mapping[str, str]]:
    """The annotations of alerts that came as to an Alertmanager, by their fingerprints; none for what hurts nothing,
    and no entry for what is not processed yet.

    Raises:
        Unavailable: Neo4j did not answer.
    """
    wanted = {(alertmanager_api.NAME, alert.fingerprint): alert for alert in alerts}
    found = await store.newest_events(runtime.database, wanted.keys())
    events = [event for identity, event in found.items() if _is_of(event, wanted[identity])]
    if not events:
        return {}
    judged = await actions.judge(await runtime.standing.current(), events, runtime.moment())
    impacts = await impact_documents(runtime, [(one.report, one.event.match.key) for one in judged])
    situations = await situations_of_events(runtime.database, [event.id for event in events])
    return {
        one.event.fingerprint: _annotations(impact, one.report, situations.get(one.event.id))
        for one, impact in zip(judged, impacts, strict=True)
    }


def _is_of(event: Event, alert: Alert) -> bool:
    """Whether an event knows of this occurrence of the alert; it may be over by somebody's word."""
    known = alert.starts_at is not None and alert.starts_at <= event.starts_at
    return event.status is EventStatus.FIRING or known


def _annotations(
    impact: Mapping[str, object] | None, report: ImpactReport | None, situation: str | None
) -> Mapping[str, str]:
    if impact is None or report is None:
        return {}
    breach_at = report.first_breach_at
    told = {
        "priority": text_of(impact["priority"]),
        "processes": _names(impact["businessProcesses"]),
        "services": _names(impact["businessServices"]),
        "breach_at": breach_at.isoformat() if breach_at else "",
        "situation": situation or "",
        "url": text_of(impact["url"]),
    }
    return {f"{_PREFIX}{name}": text[:MAX_TEXT] for name, text in told.items() if text}


def _names(listed: object) -> str:
    items: Iterable[object] = listed if isinstance(listed, list) else ()
    return ", ".join(text_of(one.get("name")) for one in items if isinstance(one, Mapping))
