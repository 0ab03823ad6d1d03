"""An edited graph is the graph that would have been built, up to numbers and order."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from app.inventory.model import ItemType
from app.topology.edits import Edit, edited
from app.topology.graph import Edge, EdgeKind, Vertex
from tests.graphs import World, graph
from tests.impact.oracle import worlds
from tests.topology.reading import snapshot

LAW = settings(max_examples=400, deadline=None, derandomize=True)


@st.composite
def edits(draw: st.DrawFn, world: World) -> tuple[World, Edit]:
    """An edit of a world, and the world after it."""
    keys = [vertex.key for vertex in world.vertices]
    removed = draw(st.sets(st.sampled_from(keys), max_size=3)) if keys else set()
    left = {vertex.key: vertex for vertex in world.vertices if vertex.key not in removed}
    touched = draw(st.sets(st.sampled_from([*left, "new-1", "new-2", *removed]), max_size=4))
    vertices = [
        replace(left[key], tier=draw(st.none() | st.integers(0, 4)), target_seconds=draw(st.none() | st.integers(0, 9)))
        if key in left
        else Vertex(key, ItemType.COMPONENT, recovery_seconds=draw(st.none() | st.integers(0, 9)))
        for key in sorted(touched)
    ]
    after = left | {vertex.key: vertex for vertex in vertices}
    edges: list[Edge] = []
    for vertex in vertices:
        group = vertex.type is ItemType.REDUNDANCY_GROUP
        kinds = [EdgeKind.MEMBER] if group else [EdgeKind.HARD, EdgeKind.SOFT]
        for provider in sorted(draw(st.sets(st.sampled_from(sorted(after)), max_size=4)) - {vertex.key}):
            edges.append(Edge(vertex.key, provider, draw(st.sampled_from(kinds)), draw(st.integers(1, 3)), len(edges)))
    kept = [
        one for one in world.edges if one.dependent in left and one.provider in left and one.dependent not in touched
    ]
    edit = Edit(draw(st.integers(2, 9)), vertices, edges, sorted(removed))
    return World.of(list(after.values()), kept + edges), edit


@LAW
@given(st.data())
def test_edits_lead_to_the_graph_that_would_have_been_built(data: st.DataObject) -> None:
    world = data.draw(worlds())
    found = world.graph
    for _ in range(3):
        before = snapshot(found)
        world, edit = data.draw(edits(world))
        earlier, found = found, edited(found, edit)

        assert snapshot(found) == replace(snapshot(world.graph), version=edit.version)
        assert snapshot(earlier) == before


def test_an_edge_to_nothing_is_left_out() -> None:
    found = edited(graph("a -> b").graph, Edit(2, [Vertex("a", ItemType.COMPONENT)], [Edge("a", "x", EdgeKind.HARD)]))

    assert found.edge_count == 0
