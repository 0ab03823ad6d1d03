"""What another program writes in Neo4j is in the next answer, and what we write ourselves is never taken for it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from neo4j import Driver, GraphDatabase
from structlog.testing import capture_logs

from app.auth.actions import create_token, revoke_token
from app.auth.model import Role
from app.database.client import Connection, Database, Transaction
from app.database.queries import Query
from app.errors import InvalidInput
from app.events.standing import LiveStanding
from app.inventory.actions import remove_dependencies, remove_items
from app.inventory.model import Relation
from app.topology.current import Topology
from tests.events.deliveries import alert, parsed, receive
from tests.service import emptied
from tests.stored import NOW, item, needs, upserted
from tests.topology.reading import snapshot
from tests.topology.test_current import loaded, statements_of, topology_of, writing_at

LAW = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
_FROM_TO = "MATCH (a:ConfigurationItem {key: $one}), (b:ConfigurationItem {key: $other}) "
_EDGE = "MATCH (:ConfigurationItem {key: $one})-[edge:DEPENDS_ON]->(:ConfigurationItem {key: $other}) "
FOREIGN = {
    "an edge added": _FROM_TO + "CREATE (a)-[:DEPENDS_ON {strength: 'HARD'}]->(b)",
    "an edge removed": _EDGE + "DELETE edge",
    "a strength changed": _EDGE + "SET edge.strength = 'SOFT'",
    "a tolerance changed": _EDGE + "SET edge.toleranceSeconds = coalesce(edge.toleranceSeconds, 0) + 60",
    "an item added": "MERGE (item:ConfigurationItem {key: $one + $other}) SET item:Component",
    "an item removed": "MATCH (item:ConfigurationItem {key: $one}) DETACH DELETE item",
    "a tier changed": "MATCH (item:ConfigurationItem {key: $one}) SET item.tier = (coalesce(item.tier, 0) + 1) % 5",
    "a threshold changed": "MATCH (item:RedundancyGroup) SET item.minAvailable = 3 - item.minAvailable",
    "a member removed": "MATCH (:RedundancyGroup)-[edge:HAS_MEMBER]->(:ConfigurationItem {key: $one}) DELETE edge",
    "something else": "CREATE (:Note {text: $one})",
}
MANY_EVENTS = Query(
    "many_events",
    "UNWIND range(1, 60000) AS number CREATE (:Event {id: toString(number), fingerprint: toString(number), "
    "source: 'load', status: 'firing', matchKey: toString(number), startsAt: datetime(), version: number})",
    "",
    frozenset(),
    (),
)
_KEYS = st.sampled_from(["a", "b", "c"])
_FOREIGN = st.tuples(st.just("foreign"), st.sampled_from(sorted(FOREIGN)), _KEYS, _KEYS)
_OWN = st.tuples(
    st.sampled_from(["add", "remove", "connect", "disconnect", "alert"]), st.permutations(["a", "b", "c"])
).map(lambda drawn: (drawn[0], *drawn[1][:2]))
_LOOKS = st.tuples(st.just("look"), st.integers(0, 1))
STEPS = st.lists(_FOREIGN | _OWN | _LOOKS | _LOOKS, min_size=6, max_size=14)


@pytest.fixture
def foreign(connection: Connection) -> Iterator[Driver]:
    """Another program's driver, which knows nothing of versions and journals."""
    with GraphDatabase.driver(
        connection.uri, auth=(connection.username, connection.password), notifications_min_severity="OFF"
    ) as driver:
        # A name that is new to Neo4j is a transaction of its own; the test is about what follows.
        driver.execute_query("CREATE (note:Note {text: 'x'}) DELETE note")
        yield driver


@asynccontextmanager
async def client(connection: Connection) -> AsyncIterator[Database]:
    """The database as another process sees it."""
    database = Database(connection, read_timeout_seconds=30, write_timeout_seconds=30)
    try:
        yield database
    finally:
        await database.close()


async def small_estate(database: Database) -> None:
    await upserted(
        database,
        [
            *(item(key, identifiers=[{"kind": "fqdn", "value": f"{key}.x"}]) for key in "abc"),
            item("db", "REDUNDANCY_GROUP", minAvailable=1, members=["a", "b"]),
            item("pay", "BUSINESS_PROCESS"),
        ],
        [needs("pay", "db"), needs("a", "b"), needs("b", "c")],
    )


async def take(step: tuple[object, ...], database: Database, foreign: Driver, workers: list[Topology]) -> None:
    match step:
        case ("foreign", str(name), str(one), str(other)):
            foreign.execute_query(FOREIGN[name], {"one": one, "other": other})
        case ("look", int(number)):
            assert snapshot(await workers[number].current()) == await loaded(database)
        case ("add", str(one), str(other)):
            await upserted(
                database, [item(one, recoveryTimeSeconds=90), item(other)], [needs(one, other)], skip_bad_rows=True
            )
        case ("connect", str(one), str(other)):
            await upserted(database, [], [needs(one, other, toleranceSeconds=30)], skip_bad_rows=True)
        case ("remove", str(one), str()):
            await remove_items(database, [one], caller="tester", now=NOW)
        case ("disconnect", str(one), str(other)):
            await remove_dependencies(database, [(one, other, Relation.DEPENDS_ON)], caller="tester", now=NOW)
        case ("alert", str(one), str()):
            await receive(database, parsed(alert(f"{one}.x", fingerprint=one)), NOW)


@LAW
@given(steps=STEPS)
async def test_every_look_of_every_worker_is_what_would_be_loaded(
    connection: Connection, database: Database, foreign: Driver, steps: list[tuple[object, ...]]
) -> None:
    emptied(connection)
    await small_estate(database)
    async with client(connection) as first, client(connection) as second:
        workers = [topology_of(first), topology_of(second)]
        for topology in workers:
            await topology.current()

        for step in [*steps, ("look", 0), ("look", 1)]:
            await take(step, database, foreign, workers)


@pytest.mark.parametrize("statement", FOREIGN.values(), ids=FOREIGN.keys())
async def test_a_foreign_write_is_in_the_next_answer(database: Database, foreign: Driver, statement: str) -> None:
    await small_estate(database)
    topology = topology_of(database)
    await topology.current()

    foreign.execute_query(statement, {"one": "a", "other": "b"})

    assert snapshot(await topology.current()) == await loaded(database)


async def test_a_foreign_write_is_noticed_in_one_round_trip_said_once_and_settled(
    database: Database, foreign: Driver
) -> None:
    await small_estate(database)
    topology = topology_of(database)
    await topology.current()
    foreign.execute_query(FOREIGN["a strength changed"], {"one": "a", "other": "b"})

    with statements_of(database) as sent, capture_logs() as logs:
        noticed = await topology.current()
    with statements_of(database) as sent_after:
        after = await topology.current()

    assert "vertex_page" in sent
    assert [(entry["log_level"], "another program" in entry["event"]) for entry in logs] == [("warning", True)]
    assert (sent_after, after is noticed) == (["graph_position"], True)


async def test_what_is_written_beside_our_items_changes_no_answer_and_is_not_warned_of(
    database: Database, foreign: Driver
) -> None:
    await small_estate(database)
    topology = topology_of(database)
    await upserted(database, [item("c", recoveryTimeSeconds=9)])
    before = await topology.current()

    foreign.execute_query(FOREIGN["something else"], {"one": "a"})
    with capture_logs() as logs:
        after = await topology.current()

    assert after is before
    assert [entry for entry in logs if entry["log_level"] != "debug"] == []


async def test_a_program_that_writes_beside_our_items_all_the_time_takes_a_tenth_of_it(
    database: Database, foreign: Driver
) -> None:
    await small_estate(database)
    now = 0.0

    def clock() -> float:
        # Every look at it takes a second, so a load takes one.
        nonlocal now
        now += 1
        return now

    topology = Topology(database, clock)
    await topology.current()
    loads = []
    for _ in range(40):
        foreign.execute_query(FOREIGN["something else"], {"one": "a"})
        await topology.current()
        loads.append(topology.loads)

    assert loads[-1] - loads[0] == 4  # 40 looks of a second each
    foreign.execute_query(FOREIGN["an edge removed"], {"one": "a", "other": "b"})
    now += 100
    assert snapshot(await topology.current()) == await loaded(database)


async def test_our_own_writes_of_every_kind_by_several_workers_are_no_one_elses(
    connection: Connection, database: Database
) -> None:
    await small_estate(database)
    topology = topology_of(database)
    await topology.current()

    async def writes(by: Database, name: str) -> None:
        for number in range(5):
            key = f"{name}-{number}"
            # The journal is cut, but not so short that a look between two of these writes could find a gap in it.
            await upserted(
                by, [item(key, recoveryTimeSeconds=60)], [needs(key, "c", toleranceSeconds=5)], keep_changes=20
            )
            await upserted(by, [item(key, recoveryTimeSeconds=90)], dry_run=True)
            with pytest.raises(InvalidInput):
                await upserted(by, [], [needs(key, "nobody")])
            await receive(by, parsed(alert("a.x", fingerprint=key)), NOW + timedelta(minutes=number))
            token, _ = await create_token(by, name, role=Role.READER, expires_at=None, now=NOW)
            await revoke_token(by, token.id, now=NOW)
            await remove_dependencies(by, [(key, "c", Relation.DEPENDS_ON)], caller=name, now=NOW)
            await remove_items(by, [key], caller=name, now=NOW)

    loads = topology.loads
    async with client(connection) as other:
        writing = asyncio.gather(writes(database, "one"), writes(other, "two"))
        while not writing.done():
            await topology.current()
        await writing
    followed = snapshot(await topology.current())

    assert followed == await loaded(database)
    assert topology.loads == loads


async def test_a_large_write_of_ours_that_shows_in_parts_for_long_is_no_one_elses(database: Database) -> None:
    await small_estate(database)
    topology = topology_of(database)
    await topology.current()
    loads = topology.loads

    async def large(transaction: Transaction) -> None:
        await transaction.rows(MANY_EVENTS)

    writing = asyncio.create_task(database.write(large, counter="events"))
    while not writing.done():
        await topology.current()
    await writing
    await topology.current()

    assert topology.loads == loads


async def test_what_others_write_while_everything_is_read_is_in_the_answer(database: Database, foreign: Driver) -> None:
    await small_estate(database)
    topology = topology_of(database)

    async def cut(_: Database) -> None:
        foreign.execute_query(FOREIGN["an edge removed"], {"one": "a", "other": "b"})

    with writing_at("edge_page", database, cut):
        graph = await topology.current()

    assert snapshot(graph) == await loaded(database)


async def test_a_database_that_was_replaced_by_one_of_the_same_version_is_noticed(
    connection: Connection, database: Database
) -> None:
    topology = topology_of(database)
    for key in ("a", "b"):
        await upserted(database, [item(key)])
    await topology.current()

    emptied(connection)
    for key in ("x", "y", "z"):
        await upserted(database, [item(key)])

    followed = snapshot(await topology.current())
    assert list(followed.items) == ["x", "y", "z"]
    assert followed == await loaded(database)


async def test_the_standing_follows_what_others_did_to_events(database: Database, foreign: Driver) -> None:
    await small_estate(database)
    standing = LiveStanding(database, topology_of(database))
    await receive(database, parsed(alert("a.x")), NOW)
    opened = (await standing.current()).picture.told

    foreign.execute_query("MATCH (event:Event) SET event.status = 'resolved'")

    assert len(opened) == 1
    assert (await standing.current()).picture.told == {}


async def test_a_read_that_failed_half_way_is_made_again(database: Database, foreign: Driver) -> None:
    await small_estate(database)
    topology = topology_of(database)
    await topology.current()
    foreign.execute_query(FOREIGN["an edge removed"], {"one": "a", "other": "b"})

    def fail(name: str) -> None:
        if name == "edge_page":
            raise InvalidInput("the line is cut")

    database.listeners.append(fail)
    with pytest.raises(InvalidInput):
        await topology.current()
    database.listeners.remove(fail)

    assert snapshot(await topology.current()) == await loaded(database)
