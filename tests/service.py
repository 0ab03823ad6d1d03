"""The real application over the real Neo4j of this run, behind a real uvicorn on loopback, and a client of it."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import httpx2
import uvloop
from neo4j import GraphDatabase

from app.application import create_app, load_demo
from app.auth.actions import Gatekeeper, create_token, open_gatekeeper
from app.auth.model import Role
from app.auth.scope import Scope
from app.background import forward_alerts
from app.database.client import Connection, Database
from app.events.own_sources import Sources
from app.events.standing import LiveStanding
from app.health.recorder import HealthRecorder
from app.intake.opening import open_intake
from app.outgoing.forwarding import open_forwarding
from app.runtime import Runtime, utc_now
from app.settings import Settings
from app.situations.correlator import Correlator
from app.situations.correlator import Policy as SituationPolicy
from app.topology.current import Topology
from tests.http_server import served
from tests.neo4j_server import Loop

# What GraphQL answers is JSON: a test reads any path of it.
Json = Any
T = TypeVar("T")

IMPORT = "mutation ($items: [ItemInput!]!) { upsertItems(items: $items) { graphVersion } }"
CONNECT = "mutation ($edges: [DependencyInput!]!) { upsertDependencies(dependencies: $edges) { graphVersion } }"


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error as a caller sees it."""

    code: str
    message: str
    problems: tuple[tuple[str, str], ...] = ()


class Client:
    """A caller of the service: of local mode, or with a token."""

    def __init__(self, url: str, token: str | None = None) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.http = httpx2.Client(base_url=url, headers=headers, timeout=60)

    def answer(self, query: str, variables: Json = None) -> Json:
        """The whole GraphQL answer."""
        return self.http.post("/graphql", json={"query": query, "variables": variables or {}}).json()

    def graphql(self, query: str, **variables: Json) -> Json:
        """The data of an answer without errors; a variable whose name Python reserves takes a trailing underscore."""
        answer = self.answer(query, {name.rstrip("_"): value for name, value in variables.items()})
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def refusal(self, query: str, **variables: Json) -> Refusal:
        """The only error of an answer."""
        answer = self.answer(query, {name.rstrip("_"): value for name, value in variables.items()})
        (error,) = answer["errors"]
        problems = tuple((one["where"], one["message"]) for one in error["extensions"].get("problems", ()))
        return Refusal(error["extensions"]["code"], error["message"], problems)

    def add(self, items: list[Json], *edges: str) -> None:
        """Write items, and HARD dependencies as `dependent -> provider`."""
        self.graphql(IMPORT, items=items)
        if edges:
            ends = [edge.split(" -> ") for edge in edges]
            self.graphql(CONNECT, edges=[{"from": dependent, "to": provider} for dependent, provider in ends])


@dataclass(slots=True)
class Service:
    """A running service; `statements` names every query it sends to Neo4j."""

    url: str
    runtime: Runtime
    statements: list[str]
    _loop: Loop
    _clients: list[Client] = field(default_factory=list)

    def client(self, token: str | None = None) -> Client:
        """A caller with this token, or without one."""
        client = Client(self.url, token)
        self._clients.append(client)
        return client

    def client_as(self, role: Role, scope: Scope | None = None) -> Client:
        """A caller with a stored token of this role."""
        return self.client(self.token(role, scope))

    def token(self, role: Role, scope: Scope | None = None) -> str:
        """The secret of a new token."""
        name, database = f"a {role.value}", self.runtime.database
        made = create_token(database, name, role=role, expires_at=None, now=utc_now(), scope=scope)
        return self.run(made)[1]

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work` on the service's own loop."""
        return self._loop.run(work)

    def record_health(self) -> None:
        """Write the history of health, as the service does every second."""
        runtime = self.runtime
        recorder = HealthRecorder(runtime.database, runtime.picture, runtime.moment, kept_days=400)
        self.run(recorder.catch_up())

    def gather_situations(self) -> None:
        """Gather the open events into situations, as the service does every second."""
        runtime = self.runtime
        policy = SituationPolicy.of(runtime.settings)
        self.run(Correlator(runtime.database, runtime.picture, runtime.moment, policy=policy).catch_up())

    def close(self) -> None:
        """Close every client."""
        for client in self._clients:
            client.http.close()


def eventually(look: Callable[[], object], wanted: object) -> None:
    """Wait until what is seen is what is wanted: events are processed after they are acknowledged."""
    until = time.monotonic() + 20
    while look() != wanted and time.monotonic() < until:
        time.sleep(0.05)
    assert look() == wanted


def emptied(connection: Connection) -> Connection:
    """The server with nothing in it but its schema."""
    with (
        GraphDatabase.driver(connection.uri, auth=(connection.username, connection.password)) as driver,
        driver.session(database=connection.database) as session,
    ):
        session.run(
            "MATCH (n) WHERE NOT n:__Neo4jMigration CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS"
        ).consume()
    return connection


async def started(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Work that goes on."""
    return asyncio.create_task(work)


async def stopped(task: asyncio.Task[None]) -> None:
    """End what goes on."""
    task.cancel()
    await asyncio.wait([task])


@contextmanager
def running(
    connection: Connection,
    *,
    local_mode: bool = True,
    demo: bool = False,
    clock: Callable[[], datetime] = utc_now,
    **settings: Json,
) -> Iterator[Service]:
    """The service over this Neo4j, with these settings, for as long as this lasts; its journal is a new one.

    `clock` is that of the gatekeeper.
    """
    with TemporaryDirectory() as folder:
        chosen = Settings.model_validate({"data_dir": folder, **settings})
        with _running(connection, chosen, local_mode=local_mode, demo=demo, clock=clock) as service:
            yield service


@contextmanager
def _running(
    connection: Connection, chosen: Settings, *, local_mode: bool, demo: bool, clock: Callable[[], datetime]
) -> Iterator[Service]:
    loop = Loop(uvloop.new_event_loop())

    async def parts() -> tuple[Runtime, Gatekeeper]:
        database = Database(
            connection,
            read_timeout_seconds=chosen.query_timeout_seconds,
            write_timeout_seconds=chosen.write_timeout_seconds,
            adhoc_login=chosen.cypher_login,
        )
        # A clock that stands still: time is not what these tests are about.
        topology = Topology(database, lambda: 0.0)
        sources = Sources(database, chosen.sources)
        intake = await open_intake(database, chosen, sources, utc_now)
        runtime = Runtime(
            chosen,
            database,
            topology,
            LiveStanding(database, topology),
            intake,
            sources,
            forwarding=open_forwarding(chosen, utc_now),
        )
        if demo:
            await load_demo(runtime, lambda _: None)
        return runtime, open_gatekeeper(database, chosen, local_mode=local_mode, clock=clock)

    runtime, gatekeeper = loop.run(parts())
    statements: list[str] = []
    runtime.database.listeners.append(statements.append)
    server = served(create_app(runtime, gatekeeper, [], local_mode=local_mode), chosen)
    service = Service(loop.run(server.__aenter__()), runtime, statements, loop)
    beside = [loop.run(started(work)) for work in (runtime.intake.run(), forward_alerts(runtime))]
    try:
        yield service
    finally:
        service.close()
        loop.run(server.__aexit__(None, None, None))
        for task in beside:
            loop.run(stopped(task))
        loop.run(runtime.intake.close())
        loop.run(runtime.forwarding.close())
        loop.run(gatekeeper.close())
        loop.run(runtime.database.close())
        loop.close()
