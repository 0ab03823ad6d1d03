"""Random edits of random worlds."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

from app.inventory.losses import LossBand, LossCurve
from app.inventory.model import ItemType
from app.topology.edits import Edit
from app.topology.graph import Edge, EdgeKind, Vertex
from tests.graphs import World

CURVES = st.sampled_from([None, *(LossCurve((LossBand(60, Decimal("0.10")),), one) for one in ("EUR", "CHF"))])


@st.composite
def edits(draw: st.DrawFn, world: World) -> tuple[World, Edit]:
    """An edit of a world, and the world after it."""
    keys = [vertex.key for vertex in world.vertices]
    removed = draw(st.sets(st.sampled_from(keys), max_size=3)) if keys else set()
    left = {vertex.key: vertex for vertex in world.vertices if vertex.key not in removed}
    touched = draw(st.sets(st.sampled_from([*left, "new-1", "new-2", *sorted(removed)]), max_size=4))
    vertices = [
        replace(
            left[key],
            tier=draw(st.none() | st.integers(0, 4)),
            target_seconds=draw(st.none() | st.integers(0, 9)),
            loss_curve=draw(CURVES),
        )
        if key in left
        else Vertex(
            key, ItemType.COMPONENT, recovery_seconds=draw(st.none() | st.integers(0, 9)), loss_curve=draw(CURVES)
        )
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
