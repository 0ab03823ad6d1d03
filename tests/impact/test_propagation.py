"""Which items fall: the worked table, groups, cycles, unknown states, and the laws of the fixpoint."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.impact.model import HealthState
from tests.graphs import DEGRADED, DOWN, OPERATIONAL, UNKNOWN, World, graph
from tests.impact.oracle import States, failures, intervals, own_states

T = TypeVar("T")

LAW = settings(max_examples=200, deadline=None, derandomize=True)
MANY = settings(LAW, max_examples=3_000)
W1 = """
payments -> pay-api
payments ~> fraud, notify
pay-api -> g-app{2 of app1, app2, app3}, g-db{1 of db1, db2}
fraud -> ml
notify -> queue -> notify
app1, app2, db1 -> zone-a
app3, db2 -> zone-b
"""


def _shuffled(listed: Sequence[T], seed: int) -> list[T]:
    return Random(seed).sample(listed, len(listed))


@pytest.mark.parametrize(
    ("own", "states"),
    [
        pytest.param({}, {}, id="a cycle does not fail itself"),
        pytest.param({"app1": DOWN}, {"app1": DOWN}, id="two of three are left"),
        pytest.param({"zone-b": DOWN}, {"zone-b": DOWN, "app3": DOWN, "db2": DOWN}, id="zone B is sheltered twice"),
        pytest.param({"db1": DOWN}, {"db1": DOWN}, id="one of two is left"),
        pytest.param(
            {"zone-a": DOWN},
            {
                "zone-a": DOWN,
                "app1": DOWN,
                "app2": DOWN,
                "db1": DOWN,
                "g-app": DOWN,
                "pay-api": DOWN,
                "payments": DOWN,
            },
            id="zone A takes two of three with it",
        ),
        pytest.param(
            {"db1": DEGRADED, "db2": DOWN},
            {"db1": DEGRADED, "db2": DOWN, "g-db": DEGRADED, "pay-api": DEGRADED, "payments": DEGRADED},
            id="the best of the group is degraded",
        ),
        pytest.param({"ml": DOWN}, {"ml": DOWN, "fraud": DOWN, "payments": DEGRADED}, id="a soft edge caps"),
        pytest.param(
            {"queue": DOWN}, {"queue": DOWN, "notify": DOWN, "payments": DEGRADED}, id="a cycle fails with its items"
        ),
        pytest.param(
            {"app1": DOWN, "app3": DOWN},
            {"app1": DOWN, "app3": DOWN, "g-app": DOWN, "pay-api": DOWN, "payments": DOWN},
            id="one of three is left",
        ),
        pytest.param(
            {"app1": DOWN, "app3": UNKNOWN},
            {"app1": DOWN, "app3": UNKNOWN, "g-app": UNKNOWN, "pay-api": UNKNOWN, "payments": UNKNOWN},
            id="the second one is unknown",
        ),
    ],
)
def test_the_worked_example_w1_holds(own: States, states: States) -> None:
    assert graph(W1).under(own).states == states


def test_one_of_three_lost_degrades_what_is_degraded_below_three() -> None:
    world = graph(W1.replace("{2 of app1", "{2/3 of app1"))

    assert world.assess({"app1"}).states == {
        "app1": DOWN,
        "g-app": DEGRADED,
        "pay-api": DEGRADED,
        "payments": DEGRADED,
    }


def test_an_unknown_item_is_an_interval_from_best_to_worst() -> None:
    payments = graph(W1).assess({"app1"}, unknown={"app3"}).item("payments")

    assert (payments.state, payments.best_state, payments.worst_state) == (UNKNOWN, OPERATIONAL, DOWN)


def test_what_is_degraded_for_certain_and_down_perhaps_has_a_narrower_interval() -> None:
    checkout = graph("checkout -> db; checkout ~> mail").assess({"mail"}, unknown={"db"}).item("checkout")

    assert (checkout.state, checkout.best_state, checkout.worst_state) == (UNKNOWN, DEGRADED, DOWN)


def test_an_unknown_provider_does_not_matter_where_the_state_is_certain() -> None:
    checkout = graph("checkout -> db, net").assess({"db"}, unknown={"net"}).item("checkout")

    assert (checkout.state, checkout.best_state, checkout.worst_state) == (DOWN, DOWN, DOWN)


@pytest.mark.parametrize(
    ("drawing", "failed", "group"),
    [
        pytest.param("g{1 of x, y}", {"x"}, OPERATIONAL, id="one is enough"),
        pytest.param("g{1 of x, y}", {"x", "y"}, DOWN, id="none is left"),
        pytest.param("g{1/2 of x, y}", {"x"}, DEGRADED, id="degraded below two"),
        pytest.param("g{1/2 of x, y}", {"x", "y"}, DOWN, id="degraded below two, none is left"),
        pytest.param("g{3 of x:3, y, z}", {"y", "z"}, OPERATIONAL, id="the heavy one carries alone"),
        pytest.param("g{3 of x:3, y, z}", {"x"}, DOWN, id="the light ones do not"),
        pytest.param("g{2/5 of x:3, y, z}", {"x"}, DEGRADED, id="the light ones do, but hardly"),
        pytest.param("g{60% of a, b, c, d}", {"a"}, OPERATIONAL, id="60% of 4 is 3"),
        pytest.param("g{60% of a, b, c, d}", {"a", "b"}, DOWN, id="2 of 4 is not 60%"),
        pytest.param("g{50% of a, b, c, d}", {"a", "b"}, OPERATIONAL, id="half of 4 is exactly 2"),
        pytest.param("g{50%/75% of a, b, c, d}", {"a", "b"}, DEGRADED, id="percentages on both"),
        pytest.param("g{50% of x:3, y, z}", {"y", "z"}, OPERATIONAL, id="a percentage is of the weight"),
        pytest.param("g{100% of a, b, c}", {"a"}, DOWN, id="all are needed"),
        pytest.param("g{1% of a, b, c}", {"a", "b"}, OPERATIONAL, id="a small percentage is still one"),
    ],
)
def test_a_group_is_as_good_as_the_last_member_it_needs(drawing: str, failed: set[str], group: HealthState) -> None:
    assert graph(drawing).assess(failed).states.get("g", OPERATIONAL) == group


def test_a_degraded_member_still_counts_towards_min_available() -> None:
    assert graph("g{2 of x, y, z}").assess({"x"}, degraded={"y"}).states["g"] == DEGRADED


def test_nested_groups_shelter_twice() -> None:
    world = graph("checkout -> all{1 of east, west}; east{1 of e1, e2}; west{1 of w1, w2}")

    assert world.assess({"e1", "e2", "w1"}).states == {"e1": DOWN, "e2": DOWN, "w1": DOWN, "east": DOWN}


def test_a_group_whose_members_vanished_is_down() -> None:
    world = graph("checkout -> db{2 of db-1, db-2}").without("db-2")

    assert world.assess().states == {"db": DOWN, "checkout": DOWN}


@pytest.mark.parametrize("threshold", ["1", "60%"])
def test_a_group_without_any_member_is_down(threshold: str) -> None:
    assert graph(f"checkout -> db{{{threshold} of x}}").without("x").assess().states == {"db": DOWN, "checkout": DOWN}


def test_a_group_that_can_no_longer_be_healthy_but_still_serves_is_degraded() -> None:
    world = graph("checkout -> db{1/3 of db-1, db-2, db-3}").without("db-3")

    assert world.assess().states == {"db": DEGRADED, "checkout": DEGRADED}


@pytest.mark.parametrize(
    "drawing",
    [
        pytest.param("a -> b -> c -> a", id="hard"),
        pytest.param("a ~> b ~> a", id="soft"),
        pytest.param("t -> g{1 of p, q}; p -> q -> p", id="behind a group"),
        pytest.param("g{1 of a, b}; a, b -> g", id="through a group"),
        pytest.param("g{1 of h, x}; h{1 of g, x}", id="of groups"),
    ],
)
def test_a_cycle_never_fails_by_itself(drawing: str) -> None:
    assert graph(drawing).assess().states == {}


@pytest.mark.parametrize(
    ("drawing", "failed", "states"),
    [
        pytest.param("a -> b -> c -> a", {"b"}, {"a": DOWN, "b": DOWN, "c": DOWN}, id="hard"),
        pytest.param("a ~> b ~> a", {"b"}, {"a": DEGRADED, "b": DOWN}, id="soft"),
        pytest.param(
            "t -> g{1 of p, q}; p -> q -> p", {"p"}, {"p": DOWN, "q": DOWN, "g": DOWN, "t": DOWN}, id="behind a group"
        ),
        pytest.param("g{2 of a, b}; a, b -> g", {"a"}, {"a": DOWN, "b": DOWN, "g": DOWN}, id="through a group"),
        pytest.param("g{1 of a, b}; a, b -> g", {"a"}, {"a": DOWN}, id="through a group that shelters"),
    ],
)
def test_a_cycle_falls_with_what_it_needs(drawing: str, failed: set[str], states: States) -> None:
    assert graph(drawing).assess(failed).states == states


def test_soft_edges_in_a_row_carry_degraded() -> None:
    assert graph("a ~> b ~> c").assess({"c"}).states == {"a": DEGRADED, "b": DEGRADED, "c": DOWN}


def test_an_info_edge_carries_nothing() -> None:
    assert graph("a .. b").assess({"b"}).states == {"b": DOWN}


def test_an_item_degraded_by_itself_is_down_with_its_provider() -> None:
    assert graph("a -> b").assess({"b"}, degraded={"a"}).states == {"a": DOWN, "b": DOWN}


@MANY
@given(failures())
def test_states_are_those_of_the_definition(drawn: tuple[World, States]) -> None:
    world, own = drawn

    propagation = world.under(own).report.propagation

    assert {
        key: (propagation.best.of(number), propagation.worst.of(number)) for key, number in world.graph.number.items()
    } == intervals(world, own)


@LAW
@given(failures().flatmap(lambda drawn: st.tuples(st.just(drawn), own_states(drawn[0]))))
def test_more_failures_never_improve_a_state(drawn: tuple[tuple[World, States], States]) -> None:
    (world, own), more = drawn

    fewer = world.under(own).report.propagation
    together = world.under(more | dict.fromkeys(own, DOWN)).report.propagation

    assert (together.worst.state >= fewer.worst.state).all()
    assert (together.best.state >= fewer.best.state).all()


@LAW
@given(failures(), st.integers())
def test_the_answer_does_not_depend_on_the_order_of_items_and_edges(drawn: tuple[World, States], seed: int) -> None:
    world, own = drawn
    shuffled = World.of(_shuffled(world.vertices, seed), _shuffled(world.edges, seed))

    first, second = world.under(own), shuffled.under(dict(reversed(own.items())))

    assert (first.items, first.causes, first.report.counts) == (second.items, second.causes, second.report.counts)
    assert (first.report.priority, first.report.assumptions) == (second.report.priority, second.report.assumptions)
