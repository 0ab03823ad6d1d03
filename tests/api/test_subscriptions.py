"""What has changed is told to those who follow it, over a websocket and as server-sent events."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx2
import orjson
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError
from websockets.typing import Subprotocol

from app.auth.model import Role
from app.database.client import Connection
from tests.events.deliveries import alert, delivery, resolved
from tests.service import Json, Service, emptied, running

ESTATE = [
    {"key": "pay", "type": "BUSINESS_PROCESS"},
    {"key": "db-1", "type": "COMPONENT", "identifiers": [{"kind": "fqdn", "value": "db-1.corp.example"}]},
]
IMPACT = "subscription { impactChanged { counts { type state count } } }"
EVENTS = 'subscription { eventsChanged(filter: {itemKey: "db-1"}) { status item { key } } }'
_PATIENCE = 20


@pytest.fixture
def service(connection: Connection) -> Iterator[Service]:
    with running(emptied(connection), webhook_answer_seconds=60) as service:
        service.client().add(ESTATE, "pay -> db-1")
        yield service


@asynccontextmanager
async def socket(url: str, payload: Json = None, **headers: str) -> AsyncIterator[ClientConnection]:
    """An opened websocket, its first message sent."""
    address = f"{url.replace('http', 'ws', 1)}/graphql"
    protocol = Subprotocol("graphql-transport-ws")
    async with connect(address, subprotocols=[protocol], additional_headers=headers) as opened:
        await opened.send(orjson.dumps({"type": "connection_init", "payload": payload or {}}).decode())
        yield opened


async def told(opened: ClientConnection) -> Json:
    """The next message."""
    async with asyncio.timeout(_PATIENCE):
        return orjson.loads(await opened.recv())


async def followed(opened: ClientConnection, query: str) -> None:
    """Ask to be told of this."""
    assert (await told(opened))["type"] == "connection_ack"
    await opened.send(orjson.dumps({"id": "1", "type": "subscribe", "payload": {"query": query}}).decode())


async def send(service: Service, *alerts: Json) -> None:
    async with httpx2.AsyncClient(timeout=60) as http:
        answer = await http.post(f"{service.url}/webhooks/alertmanager", json=delivery(*alerts))
        assert answer.status_code == 200, answer.text


async def test_the_impact_is_told_at_once_and_whenever_it_changes(service: Service) -> None:
    async with socket(service.url) as opened:
        await followed(opened, IMPACT)
        at_once = await told(opened)
        await send(service, alert())
        down = await told(opened)
        await send(service, resolved())
        well = await told(opened)

    assert at_once["payload"]["data"]["impactChanged"]["counts"] == []
    assert {"type": "BUSINESS_PROCESS", "state": "DOWN", "count": 1} in down["payload"]["data"]["impactChanged"][
        "counts"
    ]
    assert well["payload"]["data"]["impactChanged"]["counts"] == []


async def test_events_are_told_as_they_come_and_end_but_only_those_asked_for(service: Service) -> None:
    await send(service, alert(fingerprint="before"))
    async with socket(service.url) as opened:
        await followed(opened, EVENTS)
        await asyncio.sleep(0.5)
        await send(service, alert("stranger", fingerprint="other"), alert(fingerprint="new"))
        came = await told(opened)
        await send(service, resolved(fingerprint="new"))
        ended = await told(opened)

    assert came["payload"]["data"]["eventsChanged"] == [{"status": "FIRING", "item": {"key": "db-1"}}]
    assert ended["payload"]["data"]["eventsChanged"] == [{"status": "RESOLVED", "item": {"key": "db-1"}}]


async def test_situations_are_told_when_they_open_and_when_they_are_resolved(service: Service) -> None:
    async with socket(service.url) as opened:
        await followed(opened, "subscription { situationsChanged { status title } }")
        await asyncio.sleep(0.5)
        await send(service, alert())
        await asyncio.to_thread(service.gather_situations)
        came = await told(opened)

    (situation,) = came["payload"]["data"]["situationsChanged"]
    assert situation["status"] == "OPEN"


async def test_a_client_without_websockets_is_told_by_server_sent_events(service: Service) -> None:
    lines: list[str] = []
    async with httpx2.AsyncClient(timeout=_PATIENCE) as http:
        accept = {"Accept": "text/event-stream"}
        async with http.stream("POST", f"{service.url}/graphql", json={"query": IMPACT}, headers=accept) as answer:
            media = answer.headers["content-type"]
            async for line in answer.aiter_lines():
                lines.append(line)
                if line.startswith("data:") and "impactChanged" in line:
                    break

    assert media.startswith("text/event-stream")
    assert "event: next" in lines


async def test_a_websocket_sends_its_token_when_it_opens(connection: Connection) -> None:
    with running(emptied(connection), local_mode=False) as service:
        token = service.token(Role.READER)
        async with socket(service.url, {"authorization": f"Bearer {token}"}) as opened:
            await followed(opened, IMPACT)
            assert (await told(opened))["payload"]["data"]["impactChanged"] == {"counts": []}
        async with socket(service.url) as opened:
            with pytest.raises(ConnectionClosedError) as closed:
                await told(opened)
        async with socket(service.url, {"authorization": "Bearer wrong"}) as opened:
            with pytest.raises(ConnectionClosedError):
                await told(opened)

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4403
