"""The doors of other tools: what can talk to an Alertmanager, PagerDuty, Opsgenie or ServiceNow can talk to us.

Each takes what its tool takes, makes it safe as every other delivery, and answers in that tool's words.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.errors import InvalidInput
from app.events.fields import json_object, text_of
from app.events.sources import alertmanager_api, opsgenie_api, pagerduty_events, servicenow, source_named
from app.web.answers import json_answer, runtime_of
from app.web.deliveries import authenticated_delivery
from app.web.webhooks import kept

router = APIRouter(tags=["events"])


@router.post("/api/v2/alerts", response_class=Response, summary="As Alertmanager: what Prometheus and vmalert post")
async def alertmanager_alerts(request: Request) -> Response:
    """Take alerts; an empty 200, as Alertmanager answers."""
    await _taken(request, alertmanager_api.NAME)
    return Response(status_code=200)


@router.post(
    "/v2/enqueue",
    status_code=202,
    summary="As PagerDuty's Events API v2",
    responses={400: {"description": "Refused in PagerDuty's words.", "content": {"application/json": {}}}},
)
async def pagerduty_enqueue(request: Request) -> Response:
    """Take an event, whose routing key is a secret of the source `pagerduty_events`."""
    try:
        body = json_object(await request.body(), "a tool to PagerDuty's Events API")
        event, key = pagerduty_events.with_key(body)
    except InvalidInput as error:
        refusal = {"status": "invalid event", "message": "Event object is invalid", "errors": [error.message]}
        return json_answer(refusal, 400)
    await _taken(request, pagerduty_events.NAME, event, authorization=_bearer(text_of(body.get("routing_key"))))
    return json_answer({"status": "success", "message": "Event processed", "dedup_key": key}, 202)


@router.post("/v2/alerts", status_code=202, summary="As Opsgenie's Alert API: create an alert")
@router.post("/v2/alerts/", include_in_schema=False)
async def opsgenie_create(request: Request) -> Response:
    """Take an alert."""
    return await _opsgenie(request, {"action": "create"})


@router.post(
    "/v2/alerts/{identifier:path}/{action}",
    status_code=202,
    summary="As Opsgenie's Alert API: close or acknowledge an alert",
)
async def opsgenie_act(request: Request, identifier: str, action: str) -> Response:
    """Take what is done with an alert; what changes nothing of it, as a note, is only acknowledged.

    `identifierType=alias` is what we know an alert by.
    """
    if action not in ("close", "acknowledge"):
        await authenticated_delivery(request, source_named(opsgenie_api.NAME), _genie_key(request))
        return _accepted()
    return await _opsgenie(request, {"action": action, "identifier": identifier})


async def _opsgenie(request: Request, more: Mapping[str, str]) -> Response:
    raw = await request.body()
    body = json_object(raw, "a tool to Opsgenie's Alert API") if raw.strip() else {}
    await _taken(request, opsgenie_api.NAME, {**body, **more}, authorization=_genie_key(request))
    return _accepted()


def _genie_key(request: Request) -> str | None:
    header = request.headers.get("authorization", "").strip()
    scheme, _, key = header.partition(" ")
    return _bearer(key.strip()) if scheme.casefold() == "geniekey" else header or None


def _bearer(secret: str) -> str | None:
    return f"Bearer {secret}" if secret else None


def _accepted() -> Response:
    return json_answer({"result": "Request will be processed", "took": 0.0, "requestId": str(uuid4())}, 202)


@router.post("/api/global/em/jsonv2", summary="As ServiceNow Event Management")
async def servicenow_events(request: Request) -> Response:
    """Take records of em_event."""
    return json_answer(servicenow.inserted(await _taken(request, servicenow.NAME)))


@router.options("/webhooks/cloudevents", response_class=Response, summary="The handshake of CloudEvents' webhooks")
async def cloudevents_handshake(request: Request) -> Response:
    """Allow a sender what it asks for: any origin may send, if it can authenticate."""
    origin = request.headers.get("webhook-request-origin")
    if origin is None:
        return Response(status_code=200, headers={"Allow": "POST, PUT, OPTIONS"})
    rate = request.headers.get("webhook-request-rate", "*")
    return Response(
        status_code=200,
        headers={"Allow": "POST, PUT, OPTIONS", "WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": rate},
    )


async def _taken(
    request: Request, name: str, body: Mapping[str, Any] | None = None, authorization: str | None = None
) -> int:
    """Make what was sent safe, or this body in its place; how many alerts were read.

    Raises:
        NotAuthenticated, NotAllowed, Unavailable: as `authenticated_delivery` and `kept`.
    """
    source, runtime = source_named(name), runtime_of(request)
    delivery = await authenticated_delivery(request, source, authorization)
    if body is not None:
        delivery = replace(delivery, body=orjson.dumps(dict(body)))
    # Nobody reads an impact here: what was made safe is acknowledged at once.
    reading, _ = await kept(runtime, source, delivery)
    if name == alertmanager_api.NAME:
        await runtime.forwarding.take(delivery)
    return len(reading.alerts)
