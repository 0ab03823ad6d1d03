"""The graph that follows the journal is the graph one would load, whatever was written and when."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.database.client import Connection, Database
from app.errors import Unavailable
from app.history.store import graph_version
from app.inventory.actions import remove_dependencies, remove_items
from app.inventory.admission import EdgeName
from app.inventory.losses import LossBand, LossCurve
from app.inventory.model import Relation
from app.topology.current import Topology
from app.topology.graph import EdgeKind
from tests.neo4j_server import Loop
from tests.service import emptied
from tests.stored import NOW, Raw, item, needs, upserted
from tests.topology.reading import Snapshot, snapshot
from tests.topology.rows import ENDS, KEYS, RELATIONS, ROWS

LAW = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
Write = Callable[[Database], Awaitable[object]]


_UPSERTS = ROWS.map(lambda rows: ("upsert", *rows))
_REMOVALS = st.tuples(st.just("remove"), st.sets(KEYS, min_size=1, max_size=2).map(sorted))
_DISCONNECTIONS = st.tuples(
    st.just("disconnect"), st.lists(st.tuples(ENDS, st.sampled_from(RELATIONS)), min_size=1, max_size=4)
)
_LOOKS = st.just(("look",))
STEPS = st.lists(_UPSERTS | _UPSERTS | _REMOVALS | _DISCONNECTIONS | _LOOKS, min_size=5, max_size=12)


async def _take(step: tuple[object, ...], database: Database, topology: Topology) -> None:
    match step:
        case ("upsert", list(items), list(edges)):
            await upserted(database, items, edges, skip_bad_rows=True)
        case ("remove", list(keys)):
            await remove_items(database, keys, caller="tester", now=NOW)
        case ("disconnect", list(edges)):
            names: list[EdgeName] = [(one, other, Relation(relation)) for (one, other), relation in edges]
            await remove_dependencies(database, names, caller="tester", now=NOW)
        case _:
            await topology.current()


def topology_of(database: Database) -> Topology:
    return Topology(database, lambda: 0.0)


async def loaded(database: Database) -> Snapshot:
    """The graph as one who was never there before reads it."""
    return snapshot(await topology_of(database).current())


@contextmanager
def statements_of(database: Database) -> Iterator[list[str]]:
    """The names of the statements sent meanwhile."""
    sent: list[str] = []
    database.listeners.append(sent.append)
    yield sent
    database.listeners.remove(sent.append)


@contextmanager
def writing_at(statement: str, database: Database, *writes: Write) -> Iterator[None]:
    """Another writer commits the next of these writes each time that `database` is about to send the statement."""
    left = list(writes)
    loop = Loop()

    async def write(one: Write) -> None:
        other = Database(database.connection, read_timeout_seconds=30, write_timeout_seconds=30)
        try:
            await one(other)
        finally:
            await other.close()

    def notice(name: str) -> None:
        if name == statement and left:
            loop.run(write(left.pop(0)))

    database.listeners.append(notice)
    try:
        yield
    finally:
        database.listeners.remove(notice)
        loop.close()
    assert not left, f"{statement} was sent less often than that"


def removing(*keys: str) -> Write:
    return lambda database: remove_items(database, keys, caller="another", now=NOW)


def upserting(items: list[Raw], edges: list[Raw]) -> Write:
    return lambda database: upserted(database, items, edges)


@LAW
@given(steps=STEPS)
async def test_the_followed_graph_is_the_one_that_would_be_loaded(
    connection: Connection, database: Database, steps: list[tuple[object, ...]]
) -> None:
    emptied(connection)
    topology = topology_of(database)
    await upserted(database, [item("a", "BUSINESS_SERVICE"), item("b"), item("c")], [needs("a", "b")])
    await topology.current()

    with statements_of(database) as sent:
        for step in steps:
            await _take(step, database, topology)
        followed = snapshot(await topology.current())

    assert followed == await loaded(database)
    assert followed.edges == followed.edges_from_dependents
    assert "vertex_page" not in sent, "it was loaded again, so nothing was followed"


async def test_the_graph_holds_what_propagates_and_nothing_else(database: Database) -> None:
    await upserted(
        database,
        [
            item("pay", "BUSINESS_PROCESS", tier=1, criticalOrImportant=True, owner="ops"),
            item("shop", "BUSINESS_SERVICE", important=True),
            item("ops", "TEAM"),
            item("db", "REDUNDANCY_GROUP", minAvailable="60%", degradedBelow=4, members=["db-1", "db-2"]),
            item("db-1"),
            item("db-2"),
            item("cloud", "THIRD_PARTY"),
            item("parent", "THIRD_PARTY"),
            item("zone", "LOCATION"),
        ],
        [
            needs("pay", "shop"),
            needs("shop", "db", strength="SOFT"),
            needs("shop", "db-1", strength="INFO"),
            needs("db", "db-1", "HAS_MEMBER", weight=3),
            needs("db-1", "zone", "LOCATED_IN"),
            needs("db-1", "cloud", "PROVIDED_BY"),
            needs("cloud", "parent", "SUBCONTRACTS_TO"),
            needs("parent", "cloud", "CHILD_OF"),
            needs("db-1", "ops", "OPERATED_BY"),
            needs("db-1", "shop", "PART_OF"),
        ],
    )  # fmt: skip

    graph = await topology_of(database).current()

    found = snapshot(graph)
    assert found.edges == [
        ("cloud", "parent", EdgeKind.HARD, 1, 0),
        ("db", "db-1", EdgeKind.MEMBER, 3, 0),
        ("db", "db-2", EdgeKind.MEMBER, 1, 0),
        ("db-1", "cloud", EdgeKind.HARD, 1, 0),
        ("db-1", "zone", EdgeKind.HARD, 1, 0),
        ("parent", "cloud", EdgeKind.HARD, 1, 0),
        ("pay", "shop", EdgeKind.HARD, 1, 0),
        ("shop", "db", EdgeKind.SOFT, 1, 0),
    ]
    assert (found.items["db"].needed, found.items["db"].healthy, found.items["db"].total) == (3, 4, 4)
    assert [key for key, facts in found.items.items() if facts.critical] == ["pay", "shop"]
    assert found.items["pay"].tier == 1


async def test_an_empty_database_is_an_empty_graph(database: Database) -> None:
    graph = await topology_of(database).current()

    assert (graph.size, graph.edge_count, graph.version) == (0, 0, 0)


async def test_nothing_is_read_again_while_the_version_stays(database: Database) -> None:
    await upserted(database, [item("a"), item("b")], [needs("a", "b")])
    topology = topology_of(database)
    before = await topology.current()

    with statements_of(database) as sent:
        after = await topology.current()

    assert after is before
    assert sent == ["graph_position"]


async def test_only_what_the_journal_names_is_read_again(database: Database) -> None:
    await upserted(database, [item("a"), item("b"), item("c")], [needs("a", "b")])
    topology = topology_of(database)
    await topology.current()
    await upserted(database, (), [needs("b", "c")])

    with statements_of(database) as sent:
        graph = await topology.current()

    assert sent == ["graph_position", "changes_since", "vertices_by_key", "edges_by_dependent", "graph_version"]
    assert snapshot(graph).edges == [("a", "b", EdgeKind.HARD, 1, 0), ("b", "c", EdgeKind.HARD, 1, 0)]


async def test_what_an_outage_costs_is_read_again_with_a_business_item(database: Database) -> None:
    bands = [{"afterSeconds": 60, "cumulativeLoss": "0.10"}]
    await upserted(database, [item("a", "BUSINESS_SERVICE", lossCurrency="EUR", lossBands=bands), item("b")])
    topology = topology_of(database)
    before = await topology.current()
    await upserted(database, [item("a", "BUSINESS_SERVICE", lossCurrency="CHF")])

    with statements_of(database) as sent:
        after = await topology.current()

    assert "loss_curves_by_key" in sent
    curve = LossCurve((LossBand(60, Decimal("0.10")),), "EUR")
    assert before.loss_curves == {before.number["a"]: curve}
    assert after.loss_curves == {after.number["a"]: replace(curve, currency="CHF")}


async def test_a_graph_once_given_out_does_not_change(database: Database) -> None:
    await upserted(database, [item("a"), item("b")], [needs("a", "b")])
    topology = topology_of(database)
    graph = await topology.current()
    before = snapshot(graph)

    await remove_items(database, ["b"], caller="tester", now=NOW)
    await topology.current()

    assert snapshot(graph) == before


async def test_a_journal_with_a_gap_is_loaded_again(database: Database) -> None:
    await upserted(database, [item("a"), item("b")], [needs("a", "b")])
    topology = topology_of(database)
    await topology.current()
    await upserted(database, [item("c")], [needs("b", "c")], keep_changes=1)
    await remove_items(database, ["a"], caller="tester", now=NOW, keep_changes=1)

    with statements_of(database) as sent:
        followed = snapshot(await topology.current())

    assert "vertex_page" in sent
    assert followed.version == 3
    assert followed == await loaded(database)


async def test_a_database_that_was_replaced_by_an_older_one_is_loaded_again(
    connection: Connection, database: Database
) -> None:
    topology = topology_of(database)
    await upserted(database, [item("a"), item("b")], [needs("a", "b")])
    await upserted(database, [item("c")])
    await topology.current()

    emptied(connection)
    await upserted(database, [item("x"), item("y")], [needs("y", "x")])

    followed = snapshot(await topology.current())
    assert (followed.version, list(followed.items)) == (1, ["x", "y"])
    assert followed == await loaded(database)


async def test_an_item_that_was_removed_and_made_again_has_only_its_new_edges(database: Database) -> None:
    await upserted(database, [item("a"), item("b"), item("c")], [needs("a", "b"), needs("b", "c")])
    topology = topology_of(database)
    await topology.current()

    await remove_items(database, ["b"], caller="tester", now=NOW)
    await upserted(database, [item("b")], [needs("c", "b")])

    assert snapshot(await topology.current()).edges == [("c", "b", EdgeKind.HARD, 1, 0)]


async def test_what_is_written_while_the_graph_is_loaded_is_in_it(database: Database) -> None:
    await upserted(database, [item("a"), item("b"), item("c")], [needs("a", "b"), needs("b", "c")])
    topology = topology_of(database)

    with (
        writing_at("vertex_page", database, removing("b")),
        writing_at("edge_page", database, upserting([item("a2")], [needs("c", "a2"), needs("a2", "a")])),
    ):
        graph = await topology.current()

    assert snapshot(graph) == await loaded(database)
    assert snapshot(graph).edges == [("a2", "a", EdgeKind.HARD, 1, 0), ("c", "a2", EdgeKind.HARD, 1, 0)]


async def test_what_is_written_while_the_journal_is_followed_is_in_the_graph(database: Database) -> None:
    await upserted(database, [item("a"), item("b"), item("c")], [needs("a", "b"), needs("b", "c")])
    topology = topology_of(database)
    await topology.current()
    await upserted(database, (), [needs("c", "a")])

    with writing_at("edges_by_dependent", database, removing("c"), upserting([item("d")], [needs("a", "d")])):
        graph = await topology.current()

    assert snapshot(graph) == await loaded(database)
    assert snapshot(graph).edges == [("a", "b", EdgeKind.HARD, 1, 0), ("a", "d", EdgeKind.HARD, 1, 0)]


async def test_an_endless_stream_of_writes_does_not_hold_up_a_caller_and_is_caught_up_with(database: Database) -> None:
    await upserted(database, [item("a"), item("b")], [needs("a", "b")])
    topology = topology_of(database)
    await topology.current()
    await upserted(database, [item("c")], [needs("b", "c")])
    stream = [upserting([item(f"n-{number}")], [needs("c", f"n-{number}")]) for number in range(4)]

    with writing_at("edges_by_dependent", database, *stream, removing("b")):
        during = await topology.current()

    assert during.version < await graph_version(database)
    assert snapshot(await topology.current()) == await loaded(database)


async def test_a_caller_that_gives_up_does_not_stop_the_load(database: Database) -> None:
    await upserted(database, [item("a")])
    topology = topology_of(database)

    loading = asyncio.Event()

    with statements_of(database) as sent:
        database.listeners.append(lambda name: loading.set() if name == "edge_page" else None)
        impatient = asyncio.create_task(topology.current())
        await loading.wait()
        impatient.cancel()
        graph = await topology.current()

    assert impatient.cancelled()
    assert (list(graph.keys), sent.count("edge_page")) == (["a"], 1)


async def test_many_callers_at_once_cause_one_load(database: Database) -> None:
    await upserted(database, [item("a"), item("b")], [needs("a", "b")])
    topology = topology_of(database)

    with statements_of(database) as sent:
        graphs = await asyncio.gather(*(topology.current() for _ in range(20)))

    assert len(set(map(id, graphs))) == 1
    assert sent.count("edge_page") == 1


async def test_a_load_that_failed_is_tried_again(database: Database) -> None:
    await upserted(database, [item("a")])
    topology = topology_of(database)

    def fail(name: str) -> None:
        if name == "edge_page":
            raise Unavailable("the line is cut")

    database.listeners.append(fail)
    with pytest.raises(Unavailable):
        await topology.current()
    database.listeners.remove(fail)

    assert list((await topology.current()).keys) == ["a"]
