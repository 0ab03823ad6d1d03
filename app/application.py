"""The application: the running service put together from its parts, behind one HTTP door."""

import asyncio
import gc
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import APIRouter, FastAPI

from app.api.http import graphql_router
from app.api.schema import build_schema
from app.audit.model import CLI, Act
from app.auth.actions import Gatekeeper, is_local, open_gatekeeper
from app.auth.model import Caller, Role
from app.background import work_beside
from app.continuity.warm_up import warm_up as warm_up_continuity
from app.database.client import Database
from app.database.migrations import migration_state
from app.database.server import ManagedServer, ServerState
from app.errors import Unavailable
from app.events.own_sources import Sources
from app.events.sources import cloudwatch
from app.events.standing import LiveStanding
from app.exchange.actions import import_files
from app.exchange.demo import demo_source
from app.impact.warm_up import warm_up as warm_up_impact
from app.intake.opening import open_intake
from app.outgoing.forwarding import open_forwarding
from app.runtime import Runtime, utc_now
from app.settings import Settings
from app.situations.warm_up import warm_up as warm_up_situations
from app.topology.current import Topology
from app.web import (
    access,
    audit,
    compatible,
    downloads,
    explore,
    gate,
    imports,
    limits,
    logs,
    plans,
    problems,
    register,
    reports,
    security,
    sessions,
    webhooks,
)
from app.web.connections import Serving
from app.web.event_answers import EventAnswers
from app.web.health import Metrics, Part, RequestMetrics, health_router
from app.web.rate_limits import RateLimits
from app.web.sns import SnsGate

OnSignals = Callable[[Callable[[], object]], None]
"""Takes what is to be done at SIGINT and SIGTERM from now on."""


def prepare(settings: Settings) -> None:
    """What takes time and needs no database."""
    logs.configure_logs(settings)
    warm_up_impact()
    warm_up_continuity()
    warm_up_situations()


async def serve_http(
    database: Database,
    server: ManagedServer | None,
    settings: Settings,
    listener: socket.socket,
    *,
    demo: bool,
    say: Callable[[str], None],
    on_signals: OnSignals,
) -> None:
    """Serve until a signal; the door opens when the graph is loaded.

    Raises:
        Conflict: the address is open to others and no token exists.
        Unavailable: Neo4j did not answer.
    """
    local_mode = await is_local(database, settings, now=utc_now())
    topology = Topology(database, time.monotonic)
    standing = LiveStanding(database, topology, utc_now)
    sources = Sources(database, settings.sources)
    intake = await open_intake(database, settings, sources, utc_now)
    runtime = Runtime(
        settings, database, topology, standing, intake, sources, forwarding=open_forwarding(settings, utc_now)
    )
    if demo:
        await load_demo(runtime, say)
    graph = (await runtime.standing.current()).graph
    keep_what_is_loaded()
    gatekeeper = open_gatekeeper(database, settings, local_mode=local_mode, clock=utc_now)
    app = create_app(runtime, gatekeeper, readiness(database, server, runtime.topology), local_mode=local_mode)
    _announce(say, runtime, graph.item_count, local_mode=local_mode)
    beside = [asyncio.create_task(work) for work in (*work_beside(runtime), gatekeeper.sessions.run())]
    try:
        await _run(app, listener, on_signals, settings)
    finally:
        for task in beside:
            task.cancel()
        await asyncio.wait(beside)
        await runtime.intake.close()
        await runtime.forwarding.close()
        await gatekeeper.close()


def create_app(runtime: Runtime, gatekeeper: Gatekeeper, parts: list[Part], *, local_mode: bool) -> FastAPI:
    """The HTTP application over a running service."""
    app = FastAPI(
        title="Underpin",
        description="What holds a business up, and what an event hurts.",
        version="0.1.0",
        responses=problems.DESCRIBED,
    )
    app.state.runtime = runtime
    app.state.gatekeeper = gatekeeper
    app.state.event_answers = EventAnswers(runtime)
    app.state.rate_limits = RateLimits(runtime.settings)
    app.state.gates = {cloudwatch.NAME: SnsGate(runtime.settings.sns_topics, runtime.settings.sns_hosts)}
    graph = runtime.topology
    metrics = Metrics(
        graph_version=lambda: graph.graph.version if graph.graph else 0,
        item_count=lambda: graph.graph.item_count if graph.graph else 0,
    )
    runtime.database.listeners.append(metrics.count_statement)
    app.include_router(_graphql(runtime, gatekeeper), prefix="/graphql")
    # The audit's own export before those whose last part is a format.
    for router in (webhooks, compatible, imports, audit, downloads, explore, plans, reports, gate, register, sessions):
        app.include_router(router.router)
    app.include_router(health_router(parts, metrics))
    limits.install(app, runtime.settings, local_mode=local_mode)
    problems.install(app)
    security.install(app, runtime.settings)
    app.add_middleware(RequestMetrics, metrics=metrics)
    app.add_middleware(logs.RequestLog)
    return app


def _graphql(runtime: Runtime, gatekeeper: Gatekeeper) -> APIRouter:
    return graphql_router(runtime, build_schema(runtime.settings), access.caller, gatekeeper.caller_of, access.origin)


def keep_what_is_loaded() -> None:
    """Tell the garbage collector that the graph is no garbage: it would look at every key of it again and again, which
    took a fifth of the time of a large answer (measured)."""
    gc.collect()
    gc.freeze()


def readiness(database: Database, server: ManagedServer | None, topology: Topology) -> list[Part]:
    """What has to work before we say that we are ready."""

    async def neo4j() -> str:
        if server and server.state is not ServerState.RUNNING:
            raise Unavailable(f"the managed Neo4j is {server.state}")
        return f"Neo4j {await database.server_version()}"

    async def migrations() -> str:
        state = await migration_state(database.connection)
        if state.pending:
            raise Unavailable(f"migrations wait: {', '.join(state.pending)}; run `underpin migrate`")
        return f"at V{state.applied}"

    async def graph() -> str:
        current = await topology.current()
        # Anybody may ask: how much there is, is for those who may see all of it.
        return f"version {current.version}"

    return [Part("neo4j", neo4j), Part("migrations", migrations), Part("topology", graph)]


async def load_demo(runtime: Runtime, say: Callable[[str], None]) -> None:
    """Import the demo company; loading it again changes nothing."""
    caller = Caller("demo", Role.ADMIN)
    report = await import_files(
        runtime.ledger.writing(Act(caller, CLI, "importFiles")),
        [demo_source()],
        settings=runtime.settings,
        caller=caller.name,
        source="demo",
        now=runtime.clock(),
    )
    items = report.inventory.items
    say(f"demo company: {items.created} items created, {items.changed} changed, {items.unchanged} unchanged")


def _announce(say: Callable[[str], None], runtime: Runtime, items: int, *, local_mode: bool) -> None:
    connection = runtime.database.connection
    say(f"Neo4j at {connection.uri} (user {connection.username}), {items} items")
    mode = "local mode: every caller on this machine is an administrator" if local_mode else "bearer tokens required"
    say(f"Underpin at {runtime.settings.base_url}/graphql ({mode}); Ctrl-C stops it")


class _Server(uvicorn.Server):
    """A server that leaves the signals to us: Neo4j has to be stopped after it, in order."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take no signal."""
        yield


async def _run(app: FastAPI, listener: socket.socket, on_signals: OnSignals, settings: Settings) -> None:
    server = _Server(Serving(app, settings))

    def stop() -> None:
        server.should_exit = True

    on_signals(stop)
    await server.serve(sockets=[listener])
