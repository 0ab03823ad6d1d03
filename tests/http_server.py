"""A real uvicorn on a free port of loopback, for an application under test."""

import asyncio
import socket
import threading
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType

import uvicorn
from starlette.types import ASGIApp

from app.settings import Settings
from app.web.connections import Serving


class _Server(uvicorn.Server):
    """Says when it has started, and leaves the process's signals alone."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        config = Serving(app, settings.model_copy(update={"host": "127.0.0.1", "port": 0}))
        config.timeout_graceful_shutdown = 2
        super().__init__(config)
        self.settled = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except SystemExit as error:
            raise RuntimeError("the application did not start; its log says why") from error
        finally:
            self.settled.set()

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        return nullcontext()

    @property
    def url(self) -> str:
        assert self.started, "the application did not start"
        port: int = self.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"


class served:
    """Serves `app` and gives its base URL.

    `async with` serves in the running loop, so the app may share what is bound to it, such as a `Database`;
    `with` serves in a thread of its own, for tests that block.
    """

    def __init__(self, app: ASGIApp, settings: Settings | None = None) -> None:
        self._server = _Server(app, settings or Settings())
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._task: asyncio.Task[None] | None = None

    def __enter__(self) -> str:
        self._thread.start()
        assert self._server.settled.wait(timeout=30)
        return self._server.url

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=30)
        assert not self._thread.is_alive()

    async def __aenter__(self) -> str:
        self._task = asyncio.create_task(self._server.serve())
        await asyncio.to_thread(self._server.settled.wait, 30)
        return self._server.url

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        assert self._task is not None
        await self._task
