"""Composition: the one place where the parts are made and joined, and where a service begins and ends."""

import asyncio
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import Protocol

import uvicorn
from fastapi import FastAPI

from app.api.http import graphql_router
from app.api.schema import build_schema
from app.auth.actions import Gatekeeper, may_listen
from app.auth.model import is_loopback
from app.database.client import Connection, Database
from app.database.migrations import migrate, migration_state
from app.database.server import ManagedServer, ServerState
from app.errors import Conflict, Unavailable
from app.exchange.actions import import_files
from app.exchange.demo import demo_source
from app.runtime import Runtime, utc_now
from app.settings import Settings
from app.topology.current import Topology
from app.topology.kernels import warm_up
from app.web import access, downloads, imports, limits, logs, problems, webhooks
from app.web.health import Metrics, Part, RequestMetrics, health_router


class Teller(Protocol):
    """Someone to tell how the start goes: the CLI's console."""

    def say(self, message: str) -> None:
        """One line."""
        ...

    def progress(self, done: int, total: int) -> None:
        """Bytes of the first download."""
        ...


@dataclass(frozen=True, slots=True)
class Opened:
    """An open database, and the server behind it when it is ours."""

    database: Database
    server: ManagedServer | None


@asynccontextmanager
async def opened_database(settings: Settings, teller: Teller) -> AsyncIterator[Opened]:
    """The Neo4j of `NEO4J_URI`, or the managed one for as long as this lasts; migrated.

    Raises:
        Conflict: the data folder is in use, or the database belongs to a newer version.
        Unavailable: Neo4j cannot be fetched, booted or reached.
    """
    server: ManagedServer | None = None
    if settings.neo4j_uri is not None:
        connection = _existing(settings, settings.neo4j_uri)
    else:
        server = ManagedServer(
            settings.data_dir,
            say=teller.say,
            version=settings.neo4j_version,
            progress=teller.progress,
            maven_url=settings.maven_url,
        )
        connection = await server.start()
    database = Database(
        connection,
        read_timeout_seconds=settings.query_timeout_seconds,
        write_timeout_seconds=settings.write_timeout_seconds,
    )
    try:
        await migrate(connection, teller.say)
        yield Opened(database, server)
    finally:
        await database.close()
        if server:
            await server.stop()


def _existing(settings: Settings, uri: str) -> Connection:
    return Connection(uri, settings.neo4j_username, settings.neo4j_password.get_secret_value(), settings.neo4j_database)


def create_app(runtime: Runtime, gatekeeper: Gatekeeper, parts: list[Part], *, local_mode: bool) -> FastAPI:
    """The HTTP application over a running service."""
    app = FastAPI(title="Underpin", description="What holds a business up, and what an event hurts.", version="0.1.0")
    app.state.runtime = runtime
    app.state.gatekeeper = gatekeeper
    graph = runtime.topology
    metrics = Metrics(
        graph_version=lambda: graph.graph.version if graph.graph else 0,
        item_count=lambda: graph.graph.size if graph.graph else 0,
    )
    runtime.database.listeners.append(metrics.count_statement)
    app.include_router(graphql_router(runtime, build_schema(runtime.settings), access.caller), prefix="/graphql")
    for router in (webhooks.router, imports.router, downloads.router, health_router(parts, metrics)):
        app.include_router(router)
    limits.install(app, runtime.settings, local_mode=local_mode)
    problems.install(app)
    app.add_middleware(RequestMetrics, metrics=metrics)
    app.add_middleware(logs.RequestLog)
    return app


def readiness(opened: Opened, topology: Topology) -> list[Part]:
    """What has to work before we say that we are ready."""

    async def neo4j() -> str:
        if opened.server and opened.server.state is not ServerState.RUNNING:
            raise Unavailable(f"the managed Neo4j is {opened.server.state}")
        return f"Neo4j {await opened.database.server_version()}"

    async def migrations() -> str:
        state = await migration_state(opened.database.connection)
        if state.pending:
            raise Unavailable(f"migrations wait: {', '.join(state.pending)}; run `underpin migrate`")
        return f"at V{state.applied}"

    async def graph() -> str:
        current = await topology.current()
        return f"version {current.version}, {current.size} items, {current.edge_count} edges"

    return [Part("neo4j", neo4j), Part("migrations", migrations), Part("topology", graph)]


def serve(settings: Settings, *, demo: bool, teller: Teller) -> None:
    """Run the service until SIGINT or SIGTERM."""
    logs.configure_logs(settings)
    with suppress(asyncio.CancelledError):
        asyncio.run(_serve(settings, demo=demo, teller=teller))


async def _serve(settings: Settings, *, demo: bool, teller: Teller) -> None:
    """Everything in order: the port, Neo4j, the schema, the graph, then the door opens."""
    listener = _listener(settings)
    settings = settings.model_copy(update={"port": listener.getsockname()[1]})
    task = asyncio.current_task()
    assert task is not None
    _on_signals(task.cancel)
    warming = asyncio.create_task(asyncio.to_thread(warm_up))
    async with opened_database(settings, teller) as opened:
        database = opened.database
        await may_listen(database, settings, settings.host, now=utc_now())
        runtime = Runtime(settings, database, Topology(database, time.monotonic))
        if demo:
            await load_demo(runtime, teller.say)
        await warming
        graph = await runtime.topology.current()
        local_mode = is_loopback(settings.host)
        gatekeeper = Gatekeeper(
            database,
            local_mode=local_mode,
            admin_token=settings.admin_token,
            webhook_secrets=settings.webhook_secrets,
            clock=utc_now,
        )
        app = create_app(runtime, gatekeeper, readiness(opened, runtime.topology), local_mode=local_mode)
        _announce(teller.say, runtime, graph.size, local_mode=local_mode)
        await _run(app, listener)
        await gatekeeper.close()
        teller.say("stopping")


async def load_demo(runtime: Runtime, say: Callable[[str], None]) -> None:
    """Import the demo company; loading it again changes nothing."""
    report = await import_files(
        runtime.database,
        [demo_source()],
        settings=runtime.settings,
        caller="demo",
        source="demo",
        now=runtime.clock(),
    )
    items = report.items
    say(f"demo company: {items.created} items created, {items.changed} changed, {items.unchanged} unchanged")


def _listener(settings: Settings) -> socket.socket:
    """The listening socket, taken before anything slow is started.

    Raises:
        Conflict: the address is taken or not ours.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise Conflict(
            f"cannot listen on {settings.host}:{settings.port} ({error.strerror}); choose another with --port or --host"
        ) from error
    return listener


def _announce(say: Callable[[str], None], runtime: Runtime, items: int, *, local_mode: bool) -> None:
    connection = runtime.database.connection
    say(f"Neo4j at {connection.uri} (user {connection.username}), {items} items")
    mode = "local mode: every caller on this machine is an administrator" if local_mode else "bearer tokens required"
    say(f"Underpin at {runtime.base_url}/graphql ({mode}); Ctrl-C stops it")


class _Server(uvicorn.Server):
    """A server that leaves the signals to us: Neo4j has to be stopped after it, in order."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take no signal."""
        yield


async def _run(app: FastAPI, listener: socket.socket) -> None:
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        ws="websockets-sansio",
        h11_max_incomplete_event_size=64 * 1024,
        timeout_graceful_shutdown=10,
    )
    server = _Server(config)

    def stop() -> None:
        server.should_exit = True

    _on_signals(stop)
    await server.serve(sockets=[listener])


def _on_signals(act: Callable[[], object]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, act)
