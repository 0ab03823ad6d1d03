"""Answers to events: what each is about and what it hurts, as documents."""

from collections.abc import Sequence

from starlette.requests import Request

from app.events import actions
from app.events.actions import Judged
from app.events.maintenance import MaintenanceWindow
from app.events.model import Event, Match
from app.rounds import Together
from app.runtime import Runtime
from app.topology.sight import EVERYTHING, Sight
from app.web.impact_documents import Document, impact_documents


class EventAnswers:
    """Answers events with their impact, in one go for all deliveries that wait: what they share is found out once."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._together = Together(self._answer)

    async def of(self, events: Sequence[Event]) -> list[Document]:
        """Each event and what it hurts, given everything that is open by now.

        Raises:
            Unavailable: Neo4j did not answer.
        """
        return await self._together.ask(events) if events else []

    async def _answer(self, events: Sequence[Event]) -> list[Document]:
        runtime = self._runtime
        judged = await actions.judge(await runtime.standing.current(), events, runtime.moment())
        impacts = await impact_documents(runtime, [(one.report, one.event.match.key) for one in judged])
        return [_judged_document(one, impact) for one, impact in zip(judged, impacts, strict=True)]


def event_answers(request: Request) -> EventAnswers:
    """What answers events in the service behind a request."""
    answers: EventAnswers = request.app.state.event_answers
    return answers


def _judged_document(judged: Judged, impact: Document | None) -> Document:
    """An event in maintenance wakes nobody, even if what is hurt is not planned: that has an event of its own."""
    if impact is not None and judged.maintenance is not None:
        impact = {**impact, "priority": None}
    return event_document(judged.event, judged.maintenance, impact)


def event_document(
    event: Event, maintenance: MaintenanceWindow | None = None, impact: Document | None = None
) -> Document:
    """An event; without its impact where that is not known yet."""
    return {
        "id": event.id,
        "status": event.status.value,
        "match": match_document(event.match),
        "maintenance": maintenance_document(maintenance),
        "impact": impact,
    }


def match_document(match: Match) -> Document:
    """What an event is about, and why we think so."""
    tier = match.tier.value if match.tier else None
    return {"tier": tier, "key": match.key, "identifier": match.identifier, "candidates": list(match.candidates)}


def maintenance_document(window: MaintenanceWindow | None, sight: Sight = EVERYTHING) -> Document | None:
    """The window an item is in, as far as it may be told."""
    if window is None:
        return None
    # It may be written of everything that the window covers.
    summary = window.summary if all(map(sight.sees, window.keys)) else None
    return {"id": window.id, "until": window.effective_until, "summary": summary}
