"""Events in, impact out: `POST /webhooks/{source}` stores, `POST /lookup/{source}` and `GET /lookup` only answer.

A 2xx means that it is safe: on the disk of this machine, whatever becomes of Neo4j. The impact is in the answer when it
is ready in time; else 202, and the events are in `events` when they are processed.
"""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from app.auth.model import Caller, Permission
from app.errors import InvalidInput, NotFound, Problem, UnderpinError
from app.events import actions
from app.events.actions import Judged
from app.events.delivery import Delivery, Reading, Source
from app.events.maintenance import MaintenanceWindow
from app.events.model import Event, Match
from app.impact.judgement import Question, judge
from app.impact.model import Failure, HealthState
from app.intake.processor import Taken
from app.intake.reading import read
from app.runtime import Runtime
from app.topology.sight import EVERYTHING, Sight
from app.web.access import requires
from app.web.answers import json_answer, runtime_of
from app.web.deliveries import authenticated_delivery
from app.web.impact_documents import impact_documents

router = APIRouter(tags=["events"])
Document = dict[str, object]
_NO_EVENT = ""
_log = structlog.get_logger(__name__)


@router.api_route(
    "/webhooks/{source}",
    methods=["POST", "PUT"],
    summary="Events of a monitoring tool: stored, matched, answered with their impact",
)
async def receive(request: Request, source: str) -> Response:
    """Take one delivery."""
    runtime = runtime_of(request)
    sender = await runtime.sources.named(source)
    until = asyncio.get_running_loop().time() + runtime.settings.webhook_answer_seconds
    delivery = await authenticated_delivery(request, sender)
    status, document = await take(runtime, sender, delivery, until)
    return json_answer(document, status)


async def take(runtime: Runtime, source: Source, delivery: Delivery, until: float) -> tuple[int, Document]:
    """Make a delivery safe, and answer it: 200 if its impact is known by a time of the event loop, else 202.

    Raises:
        Unavailable: there is no room for it.
    """
    reading = read(source, delivery, max_alerts=runtime.settings.max_alerts)
    delivery_id = source.delivery_id(delivery) if source.delivery_id else None
    taken = await runtime.intake.take(delivery, reading, delivery_id)
    answering = asyncio.ensure_future(_answer(runtime, source, reading, taken))
    done, _ = await asyncio.wait({answering}, timeout=max(0, until - asyncio.get_running_loop().time()))
    failure = answering.exception() if done else None
    if done and failure is None:
        return 200, answering.result()
    # It is safe, whatever became of the answer; Neo4j may have gone away between the two.
    answering.cancel()
    if failure is not None and not isinstance(failure, UnderpinError):
        _log.error("the impact of a delivery could not be told", source=source.name, exc_info=failure)
    events = taken.processed.result().events if taken.processed.done() else ()
    return 202, _delivery(reading, [_event_document(event) for event in events], len(reading.alerts))


async def _answer(runtime: Runtime, source: Source, reading: Reading, taken: Taken) -> Document:
    processed = await asyncio.shield(taken.processed)
    documents = await _answers(runtime, processed.events)
    document = _delivery(reading, documents, 0 if processed.duplicate else len(reading.alerts))
    return {**document, **source.reply(documents)} if source.reply else document


@router.post("/lookup/{source}", summary="The same matching and impact, nothing stored")
async def look_up_delivery(request: Request, source: str) -> Response:
    """Answer a delivery without storing it."""
    runtime = runtime_of(request)
    sender = await runtime.sources.named(source)
    delivery = await authenticated_delivery(request, sender)
    reading = read(sender, delivery, max_alerts=runtime.settings.max_alerts)
    if reading.problems and not reading.alerts:
        raise InvalidInput(reading.problems[0], [Problem("body", told) for told in reading.problems])
    events = await actions.matched(runtime.database, reading.alerts, runtime.clock())
    return json_answer(_delivery(reading, await _answers(runtime, events), 0))


@router.get("/lookup", summary="What one item, host, address or service means for the business if it is down")
async def look_up(
    request: Request,
    caller: Annotated[Caller, Depends(requires(Permission.READ, scoped=True))],
    ref: Annotated[str, Query(min_length=1, max_length=500, description="A key, host, address, serial or service.")],
    state: Annotated[str, Query(pattern="^(DOWN|DEGRADED)$")] = "DOWN",
) -> Response:
    """Answer for one reference, given everything else that is open."""
    runtime = runtime_of(request)
    standing = await runtime.standing.current()
    sight = await runtime.sights.of(caller.scope)
    found = await actions.look_up(runtime.database, ref, sight)
    if found.key is None and not found.candidates:
        raise NotFound(f"nothing is known as {ref!r}; give a key, host name, address, serial or service of an item")
    (report,) = await asyncio.to_thread(
        judge, standing.picture, [Question(_NO_EVENT, found.key, Failure(HealthState[state]))], runtime.moment()
    )
    (impact,) = await impact_documents(runtime, [(report and report.within(sight), found.key)])
    window = standing.maintained.get(found.key) if found.key is not None else None
    match, maintenance = _match_document(found), _maintenance_document(window, sight)
    return json_answer({"ref": ref, "match": match, "maintenance": maintenance, "impact": impact})


async def _answers(runtime: Runtime, events: Sequence[Event]) -> list[Document]:
    if not events:
        return []
    judged = await actions.judge(await runtime.standing.current(), events, runtime.moment())
    impacts = await impact_documents(runtime, [(one.report, one.event.match.key) for one in judged])
    return [_judged_document(one, impact) for one, impact in zip(judged, impacts, strict=True)]


def _judged_document(judged: Judged, impact: Document | None) -> Document:
    """An event in maintenance wakes nobody, even if what is hurt is not planned: that has an event of its own."""
    if impact is not None and judged.maintenance is not None:
        impact = {**impact, "priority": None}
    return _event_document(judged.event, judged.maintenance, impact)


def _delivery(reading: Reading, events: list[Document], stored: int) -> Document:
    return {
        "received": len(reading.alerts),
        "stored": stored,
        "events": events,
        "quarantined": 1 if reading.problems else 0,
        "problems": list(reading.problems),
    }


def _event_document(
    event: Event, maintenance: MaintenanceWindow | None = None, impact: Document | None = None
) -> Document:
    return {
        "id": event.id,
        "status": event.status.value,
        "match": _match_document(event.match),
        "maintenance": _maintenance_document(maintenance),
        "impact": impact,
    }


def _match_document(match: Match) -> dict[str, object]:
    tier = match.tier.value if match.tier else None
    return {"tier": tier, "key": match.key, "identifier": match.identifier, "candidates": list(match.candidates)}


def _maintenance_document(window: MaintenanceWindow | None, sight: Sight = EVERYTHING) -> dict[str, object] | None:
    if window is None:
        return None
    # It may be written of everything that the window covers.
    summary = window.summary if all(map(sight.sees, window.keys)) else None
    return {"id": window.id, "until": window.effective_until, "summary": summary}
