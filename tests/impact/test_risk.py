"""At risk: the worked example, the law against brute force, pages and the limit on what finding out may cost."""

import pytest
from hypothesis import given, settings

from app.impact.propagation import propagate
from app.impact.risk import Risk
from app.inventory.model import ItemType
from tests.graphs import DEGRADED, DOWN, OPERATIONAL, UNKNOWN, World, graph
from tests.impact.oracle import States, failures, least_fixpoint, read
from tests.impact.test_propagation import W1

LAW = settings(max_examples=300, deadline=None, derandomize=True)
NO_LIMIT = 1_000_000


def risk_of(world: World, own: States, most_edges: int = NO_LIMIT) -> Risk:
    numbers = {world.graph.number[key]: state for key, state in own.items()}
    return Risk(propagate(world.graph, numbers), most_edges)


def at_risk(world: World, own: States) -> dict[str, set[str]]:
    """The items at risk, each with the items whose loss would take it DOWN."""
    risk = risk_of(world, own)
    items = [item for _, item in risk.page(100)]
    found = risk.single_points(items, 100)
    assert risk.complete
    assert {item.key: item.single_point_count for item in items} == {key: len(keys) for key, keys in found.items()}
    assert all(list(keys) == sorted(keys) for keys in found.values())
    return {key: set(keys) for key, keys in found.items()}


def by_definition(world: World, own: States) -> dict[str, set[str]]:
    """Semantics §2, word by word: not DOWN, and one more loss takes it DOWN that would not in the nominal graph."""
    known = read(own, DOWN)
    now = least_fixpoint(world, known)
    found: dict[str, set[str]] = {}
    for vertex in world.vertices:
        if vertex.type is ItemType.REDUNDANCY_GROUP or own.get(vertex.key, OPERATIONAL) is not OPERATIONAL:
            continue
        with_it, alone = least_fixpoint(world, {**known, vertex.key: DOWN}), least_fixpoint(world, {vertex.key: DOWN})
        for key, state in with_it.items():
            if state is DOWN and now[key] is not DOWN and alone[key] is not DOWN:
                found.setdefault(key, set()).add(vertex.key)
    return found


@pytest.mark.parametrize(
    ("own", "single_points"),
    [
        pytest.param({}, None, id="nothing has failed"),
        pytest.param({"app1": DOWN}, {"app2", "app3", "zone-b"}, id="app1 is down"),
        pytest.param({"zone-b": DOWN}, {"app1", "app2", "db1"}, id="zone B is down"),
        pytest.param({"db1": DOWN}, {"db2", "zone-b"}, id="db1 is down"),
        pytest.param({"zone-a": DOWN}, None, id="zone A is down, and payments with it"),
        pytest.param({"db1": DEGRADED, "db2": DOWN}, None, id="db1 is degraded and db2 down"),
        pytest.param({"ml": DOWN}, None, id="ml is down"),
        pytest.param({"queue": DOWN}, None, id="the queue is down"),
        pytest.param({"app1": DOWN, "app3": DOWN}, None, id="one of three is left"),
        pytest.param({"app1": DOWN, "app3": UNKNOWN}, None, id="perhaps one of three is left"),
    ],
)
def test_the_worked_example_w1_holds(own: States, single_points: set[str] | None) -> None:
    assert at_risk(graph(W1), own).get("payments") == single_points


@LAW
@given(failures())
def test_what_is_at_risk_is_what_brute_force_finds(drawn: tuple[World, States]) -> None:
    world, own = drawn

    assert at_risk(world, own) == by_definition(world, own)


def test_items_at_risk_come_in_the_order_of_the_impacted_ones_and_in_pages() -> None:
    world = graph("b{process tier 1} -> app; a{process} -> app; s{service} -> app; app -> g{1 of x, y}")
    risk = risk_of(world, {"x": DOWN})

    first = risk.page(2)
    rest = risk.page(10, first[-1][0])

    assert [item.key for _, item in (*first, *rest)] == ["b", "a", "s", "app", "g"]


def test_of_many_single_points_the_first_by_key_are_listed_and_all_are_counted() -> None:
    world = graph("app -> g{1 of x, y}; y -> d -> c -> b -> a")
    risk = risk_of(world, {"x": DOWN})
    items = [item for _, item in risk.page(10) if item.key == "app"]

    assert risk.single_points(items, 2) == {"app": ("a", "b")}
    assert [item.single_point_count for item in items] == [5]


def test_a_search_that_costs_too_much_says_so() -> None:
    world = graph("app -> g{1 of x, y}; y -> d -> c -> b -> a")

    assert not risk_of(world, {"x": DOWN}, most_edges=1).complete
