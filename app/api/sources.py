"""Sources over GraphQL: listed, defined without code, and tried before they are used."""

import strawberry
from strawberry.scalars import JSON

from app.api.audited import acting
from app.api.event_types import TraceStep
from app.api.permissions import administers, readable, readable_to_operators
from app.api.relay import RequestInfo
from app.errors import InvalidInput
from app.events.delivery import Delivery
from app.events.delivery import Source as Known
from app.events.mapping import source_of
from app.events.model import Alert, EventStatus
from app.events.own_sources import mapping_of
from app.impact.model import HealthState
from app.intake.reading import read

MAX_TRIED_BYTES = 1_000_000


@strawberry.type
class Source:
    """A kind of sender, as in `/webhooks/{name}`."""

    name: str
    title: str
    shipped: bool = strawberry.field(description="Whether it came with this service or its settings.")


@strawberry.type
class TriedAlert:
    """What a source makes of one alert of a body. `clues` are what it would be matched by."""

    fingerprint: str
    status: EventStatus
    severity: str | None
    state: HealthState
    summary: str
    labels: JSON
    clues: list[TraceStep]


@strawberry.type
class Tried:
    """What a source makes of a body; nothing was stored."""

    alerts: list[TriedAlert]
    problems: list[str]


@strawberry.type
class SourcesQuery:
    """Who can send events."""

    @readable("Every source of events, by name.")
    async def sources(self, info: RequestInfo) -> list[Source]:
        registry = info.context.runtime.sources
        return [_source(one, shipped=not registry.is_defined(one.name)) for one in await registry.all()]

    @readable_to_operators(
        "Try a mapping on a body, and see the alerts it would give. A mapping is an object of JMESPath expressions: "
        "name, alerts, fingerprint, status, resolved, severity, severities, summary, startsAt, endsAt, url, labels, "
        "identifiers."
    )
    async def try_source(self, info: RequestInfo, mapping: JSON, body: str) -> Tried:
        if len(body) > MAX_TRIED_BYTES:
            raise InvalidInput(f"body has {len(body)} characters, at most {MAX_TRIED_BYTES} are tried")
        runtime = info.context.runtime
        source = source_of(mapping_of(_object(mapping)))
        delivery = Delivery(source.name, body.encode(errors="replace"), runtime.clock())
        reading = read(source, delivery, max_alerts=100)
        return Tried(alerts=[_tried(one) for one in reading.alerts], problems=list(reading.problems))


@strawberry.type
class SourcesMutation:
    """Teaching who can send events."""

    @administers("Define a source without code, or its mapping anew; from now on it is at /webhooks/{name}.")
    async def define_source(self, info: RequestInfo, mapping: JSON) -> Source:
        runtime, by = info.context.runtime, info.context.caller.name
        defined = await runtime.sources.define(acting(info), mapping_of(_object(mapping)), by=by, now=runtime.clock())
        return _source(defined, shipped=False)

    @administers("Forget a source that was defined; its events stay.")
    async def remove_source(self, info: RequestInfo, name: str) -> bool:
        await info.context.runtime.sources.remove(acting(info), name)
        return True


def _object(mapping: object) -> dict[str, object]:
    if isinstance(mapping, dict):
        return mapping
    raise InvalidInput("mapping must be an object of JMESPath expressions")


def _source(source: Known, *, shipped: bool) -> Source:
    return Source(name=source.name, title=source.title, shipped=shipped)


def _tried(alert: Alert) -> TriedAlert:
    return TriedAlert(
        fingerprint=alert.fingerprint,
        status=alert.status,
        severity=alert.severity,
        state=alert.state,
        summary=alert.summary,
        labels=JSON(dict(alert.labels)),
        clues=[
            TraceStep(tier=one.tier.value, value=one.value, origin=one.origin, found=[], outcome="not looked up")
            for one in alert.clues
        ],
    )
