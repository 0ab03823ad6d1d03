"""Reach over the arrays: what a plain search finds, from any items, along either side of the edges."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.inventory.model import ItemType
from app.topology.graph import Edge, EdgeKind, EdgeTable, Graph, Vertex, build_graph
from app.topology.reaching import Reach, reach
from app.topology.rooms import room_for

SIZE = 40
_NUMBERS = st.integers(0, SIZE - 1)
_ARROWS = st.lists(st.tuples(_NUMBERS, _NUMBERS), max_size=150)


def drawn(arrows: Sequence[tuple[int, int]], size: int = SIZE) -> Graph:
    """Components that need each other, dependent first."""
    vertices = [Vertex(str(number), ItemType.COMPONENT) for number in range(size)]
    edges = [Edge(str(dependent), str(provider), EdgeKind.HARD) for dependent, provider in arrows]
    return build_graph(1, vertices, EdgeTable.of(edges, {one.key: number for number, one in enumerate(vertices)}))


def searched(arrows: Sequence[tuple[int, int]], starts: Sequence[int]) -> dict[int, int]:
    """The hops to everything on the way from these along the arrows: a plain breadth-first search."""
    hops = dict.fromkeys(starts, 0)
    queue = list(hops)
    for item in queue:
        fresh = {end for start, end in arrows if start == item} - hops.keys()
        hops |= dict.fromkeys(sorted(fresh), hops[item] + 1)
        queue += sorted(fresh)
    return hops


def numbers(*items: int) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    return np.array(items, np.int32)


def hops_of(found: Reach) -> Mapping[int, int]:
    return dict(zip(found.items.tolist(), found.hops.tolist(), strict=True))


@settings(derandomize=True, deadline=None)
@given(arrows=_ARROWS, starts=st.lists(_NUMBERS, min_size=1, max_size=3))
def test_both_directions_reach_what_a_plain_search_does(arrows: list[tuple[int, int]], starts: list[int]) -> None:
    graph = drawn(arrows)

    needed, needing = (reach(side, numbers(*starts)) for side in (graph.providers, graph.dependents))

    assert hops_of(needed) == searched(arrows, starts)
    assert hops_of(needing) == searched([(provider, dependent) for dependent, provider in arrows], starts)
    assert needing.hops.tolist() == sorted(needing.hops.tolist())


def test_everything_can_be_reached_and_a_cycle_ends() -> None:
    ring = [(number, (number + 1) % SIZE) for number in range(SIZE)]

    found = reach(drawn(ring).providers, numbers(0))

    assert hops_of(found) == {number: number for number in range(SIZE)}


def test_a_long_row_is_reached_hop_by_hop() -> None:
    graph = drawn([(number, number + 1) for number in range(999)], 1_000)

    assert hops_of(reach(graph.dependents, numbers(999))) == {number: 999 - number for number in range(1_000)}


def test_a_walk_leaves_its_room_as_it_found_it() -> None:
    reach(drawn([(0, 1), (1, 2)]).providers, numbers(0))

    with room_for(SIZE) as room:
        assert not room.seen.any()
        assert not room.lost.any()


def test_a_room_whose_walk_failed_is_not_lent_again() -> None:
    def fail() -> None:
        with room_for(SIZE) as room:
            room.seen[3] = True
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert hops_of(reach(drawn([(2, 3)]).providers, numbers(2))) == {2: 0, 3: 1}


def test_two_walks_at_once_have_a_room_each() -> None:
    with room_for(SIZE) as one, room_for(SIZE) as other:
        assert one.order is not other.order
