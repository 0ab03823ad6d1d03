"""The smallest repair: the examples an operator would work out, and the law against every combination."""

from itertools import combinations

import pytest
from hypothesis import given, settings

from app.impact import repair
from app.impact.propagation import propagate
from app.impact.repair import smallest_repair
from tests.graphs import DEGRADED, DOWN, UNKNOWN, World, graph
from tests.impact.oracle import States, failures, least_fixpoint, read
from tests.impact.test_propagation import W1

LAW = settings(max_examples=200, deadline=None, derandomize=True)


def repair_of(world: World, own: States, key: str) -> tuple[str, ...] | None:
    number = world.graph.number
    return smallest_repair(propagate(world.graph, {number[one]: state for one, state in own.items()}), number[key])


def clears(world: World, own: States, key: str, repaired: tuple[str, ...]) -> bool:
    left = {one: state for one, state in read(own, DOWN).items() if one not in repaired}
    return least_fixpoint(world, left)[key] <= least_fixpoint(world, {})[key]


@pytest.mark.parametrize(
    ("drawing", "own", "repaired"),
    [
        pytest.param(W1, {"app1": DOWN, "app3": DOWN}, ("app1",), id="one of two is enough"),
        pytest.param(W1, {"zone-a": DOWN, "app1": DOWN}, ("zone-a",), id="what stands below"),
        pytest.param(W1, {"ml": DOWN, "queue": DOWN}, ("ml", "queue"), id="both soft ones"),
        pytest.param(W1, {"app1": DOWN, "app3": UNKNOWN}, ("app1",), id="perhaps down"),
        pytest.param("payments -> g{1/2 of x, y}", {"x": DOWN, "y": DEGRADED}, ("x", "y"), id="clear, not only up"),
        pytest.param("payments -> a, b; a -> g{2 of x, y, z}", {"x": DOWN, "y": DOWN, "b": DOWN}, ("b", "x"), id="two"),
    ],
)
def test_the_smallest_repair_is_what_an_operator_would_choose(
    drawing: str, own: States, repaired: tuple[str, ...]
) -> None:
    found = repair_of(graph(drawing), own, "payments")

    assert found is not None
    assert tuple(sorted(found)) == repaired


@LAW
@given(failures())
def test_no_smaller_set_of_repairs_clears_an_item(drawn: tuple[World, States]) -> None:
    world, own = drawn
    for item in world.under(own).items:
        found = repair_of(world, own, item.key)

        assert found is not None
        assert clears(world, own, item.key, found)
        if found:
            # With fewer than that it clears still less: one repair more never hurts.
            assert not any(clears(world, own, item.key, fewer) for fewer in combinations(sorted(own), len(found) - 1))


def test_a_search_that_takes_too_long_says_that_it_found_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repair, "MAX_EXPLANATIONS", 1)

    assert repair_of(graph("payments -> a, b"), {"a": DOWN, "b": DOWN}, "payments") is None
