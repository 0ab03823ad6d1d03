"""Serving: the application as a worker runs it, with all that goes on beside, on a free port of loopback, in this event
loop."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2
import uvicorn

from app.application import create_app, keep_what_is_loaded
from app.auth.actions import open_gatekeeper
from app.background import work_beside
from app.database.client import Database
from app.events.own_sources import Sources
from app.events.standing import LiveStanding
from app.intake.opening import open_intake
from app.runtime import Runtime, utc_now
from app.settings import Settings
from app.topology.current import Topology
from app.web.connections import Serving

_TIMEOUT_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Worker:
    """A running service and a caller of it."""

    runtime: Runtime
    client: httpx2.AsyncClient


class _Server(uvicorn.Server):
    """A server that says when it listens, and leaves the signals to the command."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.servers[0].sockets[0].getsockname()[1]}"

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        return nullcontext()


@asynccontextmanager
async def working(database: Database, topology: Topology) -> AsyncIterator[Worker]:
    """A worker in local mode over this database, its graph loaded."""
    with TemporaryDirectory(prefix="underpin-bench-") as folder:
        async with _served(database, topology, Settings(data_dir=Path(folder), host="127.0.0.1", port=0)) as worker:
            yield worker


@asynccontextmanager
async def _served(database: Database, topology: Topology, settings: Settings) -> AsyncIterator[Worker]:
    sources = Sources(database, settings.sources)
    intake = await open_intake(database, settings, sources, utc_now)
    runtime = Runtime(settings, database, topology, LiveStanding(database, topology), intake, sources)
    await runtime.standing.current()
    keep_what_is_loaded()
    gatekeeper = open_gatekeeper(database, settings, local_mode=True, clock=utc_now)
    app = create_app(runtime, gatekeeper, [], local_mode=True)
    server = _Server(Serving(app, settings))
    serving = asyncio.create_task(server.serve())
    beside = [asyncio.create_task(work) for work in work_beside(runtime)]
    try:
        await server.listens.wait()
        async with httpx2.AsyncClient(base_url=server.url, timeout=_TIMEOUT_SECONDS) as client:
            yield Worker(runtime, client)
    finally:
        server.should_exit = True
        await serving
        for task in beside:
            task.cancel()
        await asyncio.wait(beside)
        await intake.close()
        await gatekeeper.close()
