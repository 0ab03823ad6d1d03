"""Who has kept a graph learns what edits have made of it, or that it has to begin again."""

import numpy as np

from app.inventory.model import ItemType
from app.topology.edits import Edit, edited
from app.topology.graph import Edge, EdgeKind, Graph, Vertex
from app.topology.lineage import Lineage, Place
from tests.graphs import graph


def step(lineage: Lineage, before: Graph, edit: Edit) -> Graph:
    after = edited(before, edit)
    lineage.add(after)
    return after.graph


def test_edits_since_a_place_are_told_together() -> None:
    estate, lineage = graph("a -> b; c -> b; d").graph, Lineage()
    lineage.begin(1)
    at_first = lineage.place
    estate = step(lineage, estate, Edit(2, [Vertex("a", ItemType.COMPONENT)], [Edge("a", "d", EdgeKind.HARD)]))
    in_between = lineage.place
    estate = step(lineage, estate, Edit(3, [], [], ["b"]))

    whole, last = lineage.since(at_first), lineage.since(in_between)

    assert whole is not None
    assert last is not None
    assert [[estate.keys[one] for one in found.tolist()] for found in (whole.touched, whole.gone)] == [
        ["a", "c"],
        ["b"],
    ]
    assert [[estate.keys[one] for one in found.tolist()] for found in (last.touched, last.gone)] == [["c"], ["b"]]


def test_nothing_has_changed_at_the_newest_place() -> None:
    lineage = Lineage()
    lineage.begin(4)

    found = lineage.since(lineage.place)

    assert found is not None
    assert not len(np.concatenate((found.touched, found.gone)))


def test_a_graph_of_another_load_or_from_before_what_is_kept_has_to_be_taken_anew() -> None:
    estate, lineage = graph("a -> b").graph, Lineage()
    lineage.begin(1)
    at_first = lineage.place
    for version in range(2, 1_100):
        estate = step(lineage, estate, Edit(version, [], []))

    assert lineage.since(at_first) is None
    assert lineage.since(Place(at_first.load, 1_050)) is not None
    lineage.begin(1_099)
    assert lineage.since(Place(at_first.load, 1_050)) is None
