"""A real receiver on loopback, which answers as it is told and remembers what it was sent."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.types import Receive, Scope, Send

from app.notify.guard import Guard
from app.notify.http import Http
from tests.http_server import served

LOOPBACK = "127.0.0.0/8"


@dataclass(frozen=True, slots=True)
class Received:
    """One request."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The document in the body."""
        return orjson.loads(self.body)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(slots=True)
class Receiver:
    """Gives its replies in turn, then 200; `url` is where it listens."""

    replies: list[Reply] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    url: str = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The application."""
        if scope["type"] == "lifespan":
            for _ in range(2):
                message = await receive()
                await send({"type": f"{message['type']}.complete"})
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.received.append(Received(scope["method"], scope["raw_path"].decode(), headers, body))
        reply = self.replies.pop(0) if self.replies else Reply()
        answered = [(name.encode(), value.encode()) for name, value in reply.headers.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": answered})
        await send({"type": "http.response.body", "body": reply.body})

    @property
    def ids(self) -> list[str]:
        """The ids of the webhooks received."""
        return [one.headers["webhook-id"] for one in self.received]


@asynccontextmanager
async def receiving(*replies: Reply) -> AsyncIterator[Receiver]:
    """A receiver for as long as this lasts."""
    receiver = Receiver(list(replies))
    async with served(receiver) as url:
        receiver.url = url
        yield receiver


def guarded(allowed: Sequence[str] = (LOOPBACK,)) -> Http:
    """A client that may reach loopback."""
    return Http(Guard.allowing(allowed))
