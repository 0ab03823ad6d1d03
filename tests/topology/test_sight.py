"""What is seen of items, by key and by number."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from app.topology.sight import EVERYTHING, Sight
from tests.graphs import World
from tests.impact.oracle import worlds

LAW = settings(max_examples=100, deadline=None, derandomize=True)
KEYS = st.frozensets(st.sampled_from("abcdefghijklxyz"))


@LAW
@given(worlds(), worlds(), KEYS)
def test_numbers_and_keys_tell_the_same_of_any_graph(one: World, other: World, keys: frozenset[str]) -> None:
    sight = Sight(keys)

    for graph in (one.graph, other.graph, one.graph):
        every = np.arange(graph.size, dtype=np.int32)[::-1]
        seen = [graph.keys[number] for number in sight.numbers_among(graph, every).tolist()]
        assert seen == [key for key in reversed(graph.keys) if key in keys]
        assert sight.among(graph.keys) == tuple(key for key in graph.keys if sight.sees(key))


@LAW
@given(worlds())
def test_who_is_not_limited_sees_everything(world: World) -> None:
    every = np.arange(world.graph.size, dtype=np.int32)

    assert EVERYTHING.among(world.graph.keys) == tuple(world.graph.keys)
    assert EVERYTHING.numbers_among(world.graph, every).tolist() == every.tolist()
    assert (EVERYTHING.is_limited, EVERYTHING.parameter, Sight(frozenset()).parameter) == (False, None, [])
