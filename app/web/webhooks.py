"""Events in, impact out: `POST /webhooks/{source}` stores, `POST /lookup/{source}` and `GET /lookup` only answer.

A 2xx means stored. The impact is in the answer when it is ready in time; else 202, and the events are in `events`.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from app.auth.model import Caller, Permission
from app.errors import NotFound
from app.events import actions
from app.events.actions import Judged
from app.events.maintenance import MaintenanceWindow
from app.events.model import Alert, Event, Match
from app.events.sources import alertmanager
from app.impact.actions import assess_one
from app.impact.model import Failure, HealthState
from app.runtime import Runtime
from app.web.access import requires, webhook_caller
from app.web.bodies import json_body
from app.web.impact_documents import impact_documents

SOURCES: Mapping[str, Callable[[object, int], Sequence[Alert]]] = {alertmanager.NAME: alertmanager.alerts}

router = APIRouter(tags=["events"])


@router.post("/webhooks/{source}", summary="Events of a monitoring tool: stored, matched, answered with their impact")
async def receive(request: Request, source: str, caller: Annotated[Caller, Depends(webhook_caller)]) -> Response:
    """Store the alerts of one delivery."""
    runtime, loop = _runtime(request), asyncio.get_running_loop()
    until = loop.time() + runtime.settings.webhook_answer_seconds
    alerts = _parser(source)(await json_body(request), runtime.settings.max_alerts)
    events = await actions.receive(runtime.database, alerts, runtime.clock())
    judging = asyncio.ensure_future(_answers(runtime, events))
    done, _ = await asyncio.wait({judging}, timeout=max(0, until - loop.time()))
    if not done:
        judging.cancel()
        listed = [{**_event_document(event), "maintenance": None, "impact": None} for event in events]
        return _json(_delivery(len(alerts), len(events), listed), status_code=202)
    return _json(_delivery(len(alerts), len(events), judging.result()))


@router.post("/lookup/{source}", summary="The same matching and impact, nothing stored")
async def look_up_delivery(
    request: Request, source: str, caller: Annotated[Caller, Depends(webhook_caller)]
) -> Response:
    """Answer a delivery without storing it."""
    runtime = _runtime(request)
    alerts = _parser(source)(await json_body(request), runtime.settings.max_alerts)
    events = await actions.matched(runtime.database, alerts, runtime.clock())
    return _json(_delivery(len(alerts), 0, await _answers(runtime, events)))


@router.get("/lookup", summary="What one item, host, address or service means for the business if it is down")
async def look_up(
    request: Request,
    caller: Annotated[Caller, Depends(requires(Permission.READ))],
    ref: Annotated[str, Query(min_length=1, max_length=500, description="A key, host, address, serial or service.")],
    state: Annotated[str, Query(pattern="^(DOWN|DEGRADED)$")] = "DOWN",
) -> Response:
    """Answer for one reference, given everything else that is open."""
    runtime = _runtime(request)
    found = await actions.look_up(runtime.database, ref)
    if found.key is None and not found.candidates:
        raise NotFound(f"nothing is known as {ref!r}; give a key, host name, address, serial or service of an item")
    standing = await runtime.standing.current()
    graph, report = standing.graph, None
    if found.key is not None and found.key in graph.number and not graph.is_group(graph.number[found.key]):
        report = assess_one(graph, found.key, Failure(HealthState[state]), standing.picture.failures, runtime.moment())
    (impact,) = await impact_documents(runtime, [(report, found.key)])
    window = standing.maintained.get(found.key) if found.key is not None else None
    match = _match_document(found)
    return _json({"ref": ref, "match": match, "maintenance": _maintenance_document(window), "impact": impact})


def _json(document: object, status_code: int = 200) -> Response:
    return Response(
        orjson.dumps(document, option=orjson.OPT_UTC_Z), status_code=status_code, media_type="application/json"
    )


def _runtime(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


def _parser(source: str) -> Callable[[object, int], Sequence[Alert]]:
    if source not in SOURCES:
        raise NotFound(f"no event source is called {source!r}; use one of {', '.join(sorted(SOURCES))}")
    return SOURCES[source]


async def _answers(runtime: Runtime, events: Sequence[Event]) -> list[dict[str, object]]:
    judged = await actions.judge(await runtime.standing.current(), events, runtime.moment())
    impacts = await impact_documents(runtime, [(one.report, one.event.match.key) for one in judged])
    return [_answer(one, impact) for one, impact in zip(judged, impacts, strict=True)]


def _answer(judged: Judged, impact: dict[str, object] | None) -> dict[str, object]:
    """An event in maintenance wakes nobody, even if what is hurt is not planned: that has an event of its own."""
    if impact is not None and judged.maintenance is not None:
        impact = {**impact, "priority": None}
    document = _event_document(judged.event)
    return {**document, "maintenance": _maintenance_document(judged.maintenance), "impact": impact}


def _delivery(received: int, stored: int, events: list[dict[str, object]]) -> dict[str, object]:
    return {"received": received, "stored": stored, "events": events, "quarantined": 0}


def _event_document(event: Event) -> dict[str, object]:
    return {"id": event.id, "status": event.status.value, "match": _match_document(event.match)}


def _match_document(match: Match) -> dict[str, object]:
    tier = match.tier.value if match.tier else None
    return {"tier": tier, "key": match.key, "identifier": match.identifier, "candidates": list(match.candidates)}


def _maintenance_document(window: MaintenanceWindow | None) -> dict[str, object] | None:
    return {"id": window.id, "until": window.effective_until, "summary": window.summary} if window else None
