"""A graph read in pages is the one that would have been built item by item."""

from collections.abc import Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from neo4j import GraphDatabase

from app.database.client import Connection, Database
from app.history.store import graph_version
from app.topology import store
from app.topology.graph import Edge, EdgeTable, Graph, Vertex, assembled, build_graph
from app.topology.loading import items_loaded, loaded
from app.topology.pages import EdgePage, VertexPage, joined_edges, joined_vertices
from tests.graphs import World
from tests.impact.oracle import worlds
from tests.service import emptied
from tests.stored import Raw, item, needs, upserted
from tests.topology.reading import snapshot
from tests.topology.rows import ROWS

LAW = settings(deadline=None, derandomize=True)
STORED_LAW = settings(
    LAW, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def vertex_page(vertices: Sequence[Vertex]) -> VertexPage:
    """The items as the database would tell them."""
    return VertexPage(
        [one.key for one in vertices],
        [one.type.value for one in vertices],
        [9 if one.tier is None else one.tier for one in vertices],
        [one.critical for one in vertices],
        [one.restart_seconds or 0 for one in vertices],
        [-1 if one.recovery_seconds is None else one.recovery_seconds for one in vertices],
        [-1 if one.target_seconds is None else one.target_seconds for one in vertices],
        [
            (one.min_available, one.degraded_below, one.failover_seconds or 0)
            for one in vertices
            if one.type.value == "RedundancyGroup"
        ],
    )


def edge_page(edges: Sequence[Edge]) -> EdgePage:
    """The edges as the database would tell them."""
    return EdgePage(
        [one.dependent for one in edges],
        [one.provider for one in edges],
        [int(one.kind) for one in edges],
        [one.weight for one in edges],
        [one.tolerance_seconds for one in edges],
    )


@LAW
@given(worlds(), st.integers(0, 8), st.integers(0, 8))
def test_pages_are_the_arrays_of_their_items_and_edges(world: World, item_cut: int, edge_cut: int) -> None:
    number = {one.key: place for place, one in enumerate(world.vertices)}
    vertices = [vertex_page(part).table() for part in (world.vertices[:item_cut], world.vertices[item_cut:])]
    edges = [edge_page(part).table(number) for part in (world.edges[:edge_cut], world.edges[edge_cut:])]

    found = assembled(1, number, joined_vertices(vertices), joined_edges(edges), {})

    assert snapshot(found) == snapshot(world.graph)
    assert found.keys == world.graph.keys


def test_an_edge_to_an_item_that_was_not_read_is_left_out() -> None:
    page = EdgePage(["a", "a", "b"], ["", "b", "x"], [0, 1, 2], [1, 5, 1], [0, 7, 0])

    table = page.table({"a": 0, "b": 1})

    assert (table.dependent.tolist(), table.provider.tolist(), table.kind.tolist()) == ([0], [1], [1])
    assert (table.weight.tolist(), table.tolerance_seconds.tolist()) == ([5], [7])


async def read_by_key(database: Database, keys: Sequence[str]) -> Graph:
    """The graph of these items, read as those are that the journal names."""
    edges = await store.edges_by_dependent(database, keys)
    table = EdgeTable.of(edges, {key: place for place, key in enumerate(keys)})
    return build_graph(await graph_version(database), await items_loaded(database, keys), table)


@STORED_LAW
@given(rows=ROWS, page_items=st.integers(1, 4))
async def test_a_page_tells_what_is_told_of_an_item_by_its_key(
    connection: Connection, database: Database, rows: tuple[list[Raw], list[Raw]], page_items: int
) -> None:
    emptied(connection)
    await upserted(database, *rows, skip_bad_rows=True)

    graph = await loaded(database, await graph_version(database), page_items=page_items)

    assert snapshot(graph) == snapshot(await read_by_key(database, graph.keys))


async def test_pages_together_hold_everything_once_in_the_order_of_keys(database: Database) -> None:
    await upserted(
        database,
        [item(f"c-{number}") for number in range(7)],
        [needs(f"c-{number}", f"c-{(number + 3) % 7}") for number in range(7)],
    )

    graphs = [await loaded(database, 1, page_items=size) for size in (1, 3, 7, 8)]

    assert {tuple(graph.keys) for graph in graphs} == {tuple(f"c-{number}" for number in range(7))}
    assert [graph.providers.index.tolist() for graph in graphs] == [[3, 4, 5, 6, 0, 1, 2]] * 4
    assert [graph.dependents.index.tolist() for graph in graphs] == [[4, 5, 6, 0, 1, 2, 3]] * 4


async def test_a_node_without_a_type_is_no_item(connection: Connection, database: Database) -> None:
    await upserted(database, [item("a"), item("b")], [needs("a", "b")])
    with (
        GraphDatabase.driver(connection.uri, auth=(connection.username, connection.password)) as driver,
        driver.session(database=connection.database) as session,
    ):
        session.run(
            "MATCH (a:ConfigurationItem {key: 'a'}) CREATE (a)-[:DEPENDS_ON]->(:ConfigurationItem {key: 'aa'})"
        ).consume()

    graph = await loaded(database, 1)

    assert (list(graph.keys), graph.edge_count) == (["a", "b"], 1)
    assert await store.vertices_by_key(database, ["aa"]) == []
