"""Events in, impact out: `POST /webhooks/{source}` stores, `POST /lookup/{source}` and `GET /lookup` only answer.

A 2xx means that it is safe: on the disk of this machine, whatever becomes of Neo4j. The impact is in the answer when it
is ready in time; else 202, and the events are in `events` when they are processed.
"""

import asyncio
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from app.auth.model import Caller, Permission
from app.errors import InvalidInput, NotFound, Problem, UnderpinError
from app.events import actions
from app.events.delivery import Delivery, Reading, Source
from app.impact.judgement import Question, judge
from app.impact.model import Failure, HealthState
from app.intake.processor import Taken
from app.intake.reading import read
from app.runtime import Runtime
from app.web.access import requires
from app.web.answers import json_answer, runtime_of
from app.web.deliveries import authenticated_delivery
from app.web.event_answers import EventAnswers, event_answers, event_document, maintenance_document, match_document
from app.web.impact_documents import Document, impact_documents

router = APIRouter(tags=["events"])
_NO_EVENT = ""
_RECEIVE = "Events of a monitoring tool: stored, matched, answered with their impact"
_LATER: dict[int | str, dict[str, Any]] = {
    202: {"description": "Stored; the impact was not ready in time.", "content": {"application/json": {}}}
}
_log = structlog.get_logger(__name__)


@router.post("/webhooks/{source}", summary=_RECEIVE, responses=_LATER)
@router.put("/webhooks/{source}", summary=_RECEIVE, responses=_LATER)
async def receive(request: Request, source: str) -> Response:
    """Take one delivery: 200 if its impact is known in time, else 202."""
    runtime = runtime_of(request)
    sender = await runtime.sources.named(source)
    until = asyncio.get_running_loop().time() + runtime.settings.webhook_answer_seconds
    delivery = await authenticated_delivery(request, sender)
    reading, taken = await kept(runtime, sender, delivery)
    answering = asyncio.ensure_future(_answer(event_answers(request), sender, reading, taken))
    done, _ = await asyncio.wait({answering}, timeout=max(0, until - asyncio.get_running_loop().time()))
    failure = answering.exception() if done else None
    if done and failure is None:
        return json_answer(answering.result())
    # It is safe, whatever became of the answer; Neo4j may have gone away between the two.
    answering.cancel()
    if failure is not None and not isinstance(failure, UnderpinError):
        _log.error("the impact of a delivery could not be told", source=sender.name, exc_info=failure)
    events = taken.processed.result().events if taken.processed.done() else ()
    return json_answer(_delivery(reading, [event_document(event) for event in events], len(reading.alerts)), 202)


async def kept(runtime: Runtime, source: Source, delivery: Delivery) -> tuple[Reading, Taken]:
    """Make a delivery safe: what it says, and what becomes of it.

    Raises:
        Unavailable: there is no room for it.
    """
    reading = read(source, delivery, max_alerts=runtime.settings.max_alerts)
    delivery_id = source.delivery_id(delivery) if source.delivery_id else None
    return reading, await runtime.intake.take(delivery, reading, delivery_id)


async def _answer(answers: EventAnswers, source: Source, reading: Reading, taken: Taken) -> Document:
    processed = await asyncio.shield(taken.processed)
    documents = await answers.of(processed.events)
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
    return json_answer(_delivery(reading, await event_answers(request).of(events), 0))


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
    match, maintenance = match_document(found), maintenance_document(window, sight)
    return json_answer({"ref": ref, "match": match, "maintenance": maintenance, "impact": impact})


def _delivery(reading: Reading, events: list[Document], stored: int) -> Document:
    return {
        "received": len(reading.alerts),
        "stored": stored,
        "events": events,
        "quarantined": 1 if reading.problems else 0,
        "problems": list(reading.problems),
    }
