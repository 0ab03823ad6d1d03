"""Availability: numbers that can be checked by hand, and every state of random worlds."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.continuity.availability import Availability, AvailabilityMethod, availability
from app.continuity.cut_sets import minimal_cut_sets
from tests.continuity.brute_force import chances, down_in_every_state, failing
from tests.continuity.oracle import LAW
from tests.graphs import World, graph
from tests.impact.oracle import worlds

EXACT = AvailabilityMethod.EXACT


def available(world: World, key: str, up: Mapping[str, float], order: int = 12) -> Availability:
    number = world.graph.number[key]
    cuts = partial(minimal_cut_sets, world.graph, number, order, most_steps=1_000_000)
    return availability(world.graph, number, up, cuts)


def importance(found: Availability) -> dict[str, float]:
    return {one.key: one.birnbaum for one in found.importance}


def test_what_an_item_needs_multiplies() -> None:
    found = available(graph("s{service} -> a; s -> b"), "s", {"a": 0.9, "b": 0.8})

    assert found.value == pytest.approx(0.72)
    assert (found.method, found.assumed) == (EXACT, ())
    assert [one.key for one in found.importance] == ["b", "a", "s"]
    assert importance(found) == pytest.approx({"a": 0.8, "b": 0.9, "s": 0.72})


def test_a_group_holds_by_the_weights_of_its_members() -> None:
    world = graph("s{service} -> G{3 of big:2, x:1, y:1}")

    found = available(world, "s", {"big": 0.9, "x": 0.5, "y": 0.5})

    assert found.value == pytest.approx(0.9 * 0.75)
    assert found.method is EXACT


def test_a_shared_host_is_counted_once() -> None:
    world = graph("s{service} -> G{1 of a, b}, H{1 of c, d}; a, c -> h1; b, d -> h2")

    found = available(world, "s", {"h1": 0.9, "h2": 0.8, "a": 1, "b": 1, "c": 1, "d": 1})

    assert found.value == pytest.approx(1 - 0.1 * 0.2)
    assert found.method is EXACT
    assert importance(found)["h1"] == pytest.approx(0.2)


def test_what_nobody_said_is_taken_to_be_up_and_listed() -> None:
    found = available(graph("s{service} -> a; s -> b; s -> site{location}"), "s", {"a": 0.9})

    assert found.value == pytest.approx(0.9)
    assert found.assumed == ("b",)


def test_groups_that_need_each_other_are_bounded_by_their_cuts() -> None:
    world = graph("s{service} -> T{1 of x, y}; x -> G{1 of a, b}; y -> H{1 of c, d}; a -> H; c -> G")

    up = {"a": 0.9, "b": 0.8, "c": 0.9, "d": 0.7}
    found = available(world, "s", up)

    assert found.method is AvailabilityMethod.LOWER_BOUND
    # Of what can fail a, b and d take it down, or b, c and d.
    assert found.value == pytest.approx((1 - 0.1 * 0.2 * 0.3) * (1 - 0.2 * 0.1 * 0.3))
    assert available(world, "s", up, order=2).method is AvailabilityMethod.ESTIMATE


def test_groups_that_need_each_other_may_hold_for_certain() -> None:
    world = graph("s{service} -> G{1 of a, H}; H{1 of a, J}; J{1 of a, H}")

    assert available(world, "s", {"a": 0.9}).value == 1


def test_what_is_down_whatever_happens_is_never_up() -> None:
    assert available(graph("s{service} -> G{2 of a}"), "s", {"a": 0.9}).value == 0


def test_too_much_that_is_shared_is_bounded_by_cuts() -> None:
    hosts = [f"h{one}" for one in range(21)]
    groups = "; ".join(
        f"s -> G{one}{{1 of a{one}, b{one}}}; a{one} -> h{one}; b{one} -> h{(one + 1) % 21}" for one in range(21)
    )

    found = available(graph(groups), "s", {**dict.fromkeys(hosts, 0.99)}, order=2)

    assert found.method is AvailabilityMethod.LOWER_BOUND
    assert found.value == pytest.approx((1 - 0.01**2) ** 21)


@LAW
@given(worlds(), st.lists(st.sampled_from([0.0, 0.5, 0.9, 0.75, 1.0]), min_size=12, max_size=12))
def test_availability_is_the_sum_over_every_state(world: World, drawn: list[float]) -> None:
    elements = failing(world)
    up = dict(zip(elements, drawn, strict=False))
    down = down_in_every_state(world, elements)
    for key in world.graph.keys:
        found = available(world, key, up)
        truth = float(chances(list(up.values())) @ ~down[key])
        if found.method is AvailabilityMethod.LOWER_BOUND:
            assert found.value <= truth + 1e-9
            continue
        assert found.method is EXACT
        assert found.value == pytest.approx(truth, abs=1e-9)
        for other, birnbaum in importance(found).items():
            with_it, without = (chances(list((up | {other: one}).values())) @ ~down[key] for one in (1.0, 0.0))
            assert birnbaum == pytest.approx(with_it - without, abs=1e-9)
        assert np.all(np.diff([-one.birnbaum for one in found.importance]) >= 0)
