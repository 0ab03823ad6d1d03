"""Connections: what uvicorn is told of our limits, and what it has none for, which is clients that do not get on.

Who does not finish the headers of a request in time, or sends a body or takes an answer too slowly, is let go without a
word: it would not read one. When there are too many connections, the one that has waited longest without a request
makes room. What is not HTTP uvicorn refuses in front of us: 400 in plain text, and the connection is closed.
"""

import socket
from asyncio import BaseTransport, TimerHandle, Transport, get_running_loop
from collections.abc import Callable
from typing import cast

import h11
import structlog
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from app.settings import Settings

_KERNEL_BYTES = 256 * 1024
_log = structlog.get_logger(__name__)


class Serving(uvicorn.Config):
    """How uvicorn serves: within our limits, and without a log of its own."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        super().__init__(
            app,
            host=settings.host,
            port=settings.port,
            http=Connection,
            ws="websockets-sansio",
            # By itself it would believe whoever connects from this machine.
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=settings.trusted_proxies,
            server_header=False,
            log_config=None,
            access_log=False,
            lifespan="on",
            h11_max_incomplete_event_size=settings.max_header_bytes,
            ws_max_size=settings.max_body_bytes,
            timeout_keep_alive=settings.keep_alive_seconds,
            timeout_graceful_shutdown=10,
        )
        self.settings = settings


class Connection(H11Protocol):
    """A connection that does not wait for its client for ever."""

    config: Serving

    def connection_made(self, transport: BaseTransport) -> None:
        """Wait for the first headers; if there are too many connections, one makes room."""
        settings = self.config.settings
        self._headers = _Patience(settings.header_timeout_seconds, lambda: False, self._gives_up("headers"))
        self._body = _Patience(settings.slow_client_seconds, self._has_sent_enough, self._gives_up("body"))
        self._answer = _Patience(settings.slow_client_seconds, self._has_taken_enough, self._gives_up("answer"))
        self._received = self._left = 0
        self._idle_since = self.loop.time()
        _hold_little(cast(Transport, transport))
        super().connection_made(cast(Transport, transport))
        self._headers.wait(True)
        if len(self.connections) > settings.max_connections:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._wait_no_longer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what is received."""
        self._received += len(data)
        super().data_received(data)

    def handle_events(self) -> None:
        """Read on, and wait for what the client is to send next."""
        super().handle_events()
        if self.transport.get_protocol() is not self:
            self._wait_no_longer()  # it is a websocket now, which has pings
            return
        state = self.conn.their_state
        # Before the first byte of another request uvicorn waits, for as long as it keeps a connection alive.
        begun = self._headers.is_on or any(self.conn.trailing_data)
        self._headers.wait(state is h11.IDLE and begun)
        self._body.wait(state is h11.SEND_BODY)

    def on_response_complete(self) -> None:
        """Be there for another request."""
        self._idle_since = self.loop.time()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """Wait until the client has taken what was written."""
        super().pause_writing()
        self._left = self.transport.get_write_buffer_size()
        self._answer.wait(True)

    def resume_writing(self) -> None:
        """It has."""
        self._answer.wait(False)
        super().resume_writing()

    def _has_sent_enough(self) -> bool:
        sent, self._received = self._received, 0
        waits_for_us = self.flow.read_paused or self.conn.they_are_waiting_for_100_continue
        return waits_for_us or sent >= self.config.settings.slow_client_bytes

    def _has_taken_enough(self) -> bool:
        before, self._left = self._left, self.transport.get_write_buffer_size()
        return before - self._left >= self.config.settings.slow_client_bytes

    def _make_room(self) -> None:
        idle = [
            one
            for one in self.connections
            if isinstance(one, Connection) and one.conn.their_state is h11.IDLE and not one.transport.is_closing()
        ]
        # This one is idle, too: it goes when all others are busy.
        min(idle, key=lambda one: one._idle_since)._gives_up("room")()

    def _gives_up(self, why: str) -> Callable[[], None]:
        def give_up() -> None:
            _log.info("let go of a client", client=self.client and self.client[0], waited_for=why)
            self.transport.abort()

        return give_up

    def _wait_no_longer(self) -> None:
        for one in (self._headers, self._body, self._answer):
            one.wait(False)


def _hold_little(transport: Transport) -> None:
    """Let nothing of an answer wait unseen for a client that does not take it."""
    # The kernel would hold up to 4 MiB, and tell only by a third of that what was taken.
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _KERNEL_BYTES)
    # uvicorn would hear of what is in our own buffer from 64 KiB on.
    transport.set_write_buffer_limits(0)


class _Patience:
    """While it is on, looks again and again whether there was enough since the last look, and gives up if not."""

    def __init__(self, seconds: float, was_enough: Callable[[], bool], give_up: Callable[[], None]) -> None:
        self._seconds = seconds
        self._was_enough = was_enough
        self._give_up = give_up
        self._timer: TimerHandle | None = None

    @property
    def is_on(self) -> bool:
        """Whether it looks."""
        return self._timer is not None

    def wait(self, on: bool) -> None:
        """Begin to look, or cease; what is on already goes on."""
        if on and self._timer is None:
            self._timer = get_running_loop().call_later(self._seconds, self._look)
        elif not on and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._timer = None
        if self._was_enough():
            self.wait(True)
        else:
            self._give_up()
