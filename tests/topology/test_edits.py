"""An edited graph is the graph that would have been built, up to numbers and order."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from app.inventory.model import ItemType
from app.topology.edits import Edit, edited
from app.topology.graph import Edge, EdgeKind, Vertex
from tests.graphs import graph
from tests.impact.oracle import worlds
from tests.topology.edits import edits
from tests.topology.reading import snapshot

LAW = settings(max_examples=400, deadline=None, derandomize=True)


@LAW
@given(st.data())
def test_edits_lead_to_the_graph_that_would_have_been_built(data: st.DataObject) -> None:
    world = data.draw(worlds())
    found = world.graph
    for _ in range(3):
        before = snapshot(found)
        world, edit = data.draw(edits(world))
        earlier, found = found, edited(found, edit).graph

        assert snapshot(found) == replace(snapshot(world.graph), version=edit.version)
        assert snapshot(earlier) == before


def test_an_edge_to_nothing_is_left_out() -> None:
    found = edited(graph("a -> b").graph, Edit(2, [Vertex("a", ItemType.COMPONENT)], [Edge("a", "x", EdgeKind.HARD)]))

    assert found.graph.edge_count == 0
