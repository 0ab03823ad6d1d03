"""Minimal cut sets: the worked examples, limits, and brute force over random worlds."""

from hypothesis import given
from hypothesis import strategies as st

from app.continuity.cut_sets import CutElements, CutSets, minimal_cut_sets
from app.inventory.model import ItemType
from tests.continuity.brute_force import cuts, failing, outcomes
from tests.continuity.oracle import LAW
from tests.continuity.test_single_points import W1, W3
from tests.graphs import World, graph
from tests.impact.oracle import worlds

PLENTY = 1_000_000


def cut_sets(world: World, key: str, order: int = 3, elements: CutElements = CutElements.ALL) -> CutSets:
    return minimal_cut_sets(world.graph, world.graph.number[key], order, most_steps=PLENTY, elements=elements)


def test_the_cut_sets_of_w1() -> None:
    found = cut_sets(graph(W1), "payments")

    assert found.sets == (
        *(("pay-api",), ("payments",), ("zoneA",)),
        *(("app1", "app2"), ("app1", "app3"), ("app1", "zoneB"), ("app2", "app3"), ("app2", "zoneB")),
        *(("db1", "db2"), ("db1", "zoneB")),
    )
    assert (found.complete_order, found.truncated, found.has_more) == (3, False, False)


def test_the_cut_sets_of_w3_may_be_asked_for_places_alone() -> None:
    world = graph(W3.replace("zA", "zA{location}") + "; a3 -> zB{location}; ispY -> duct; a2 -> zB")

    assert cut_sets(world, "svc", elements=CutElements.LOCATIONS).sets == (("zB",),)


def test_places_can_take_an_item_down_together() -> None:
    world = graph("svc -> G{1 of a, b}; a -> zA{location}; b -> zB{location}; svc -> x")

    assert cut_sets(world, "svc", elements=CutElements.LOCATIONS).sets == (("zA", "zB"),)


def test_a_leaf_needs_nothing_that_could_fail() -> None:
    world = graph("svc -> G{1 of a, b}; a -> host; b -> disk; svc ~> fraud; svc -> cloud{third-party}")

    assert cut_sets(world, "svc", elements=CutElements.LEAVES).sets == (("cloud",), ("disk", "host"))
    assert cut_sets(world, "svc", elements=CutElements.THIRD_PARTIES).sets == (("cloud",),)


def test_more_losses_than_were_asked_for_are_told() -> None:
    found = cut_sets(graph("svc -> G{1 of a, b, c}"), "svc", order=2)

    assert (found.sets, found.complete_order, found.has_more) == ((("svc",),), 2, True)
    assert cut_sets(graph("svc -> G{1 of a, b, c}"), "svc").sets == (("svc",), ("a", "b", "c"))


def test_too_many_steps_leave_the_lower_orders_complete() -> None:
    world = graph("svc -> G{1 of a, b, c, d, e}, H{1 of x, y}")

    found = minimal_cut_sets(world.graph, 0, 3, most_steps=30)

    assert found.sets == (("svc",), ("x", "y"))
    assert (found.complete_order, found.truncated, found.has_more) == (2, True, True)


def test_what_is_down_whatever_happens_has_no_cut_sets() -> None:
    found = cut_sets(graph("svc -> G{2 of a}"), "svc")

    assert (found.sets, found.lowest_order) == ((), None)


@LAW
@given(worlds())
def test_minimal_cut_sets_are_those_of_brute_force(world: World) -> None:
    outcome = outcomes(world, failing(world), 3)
    for key in world.graph.keys:
        found = cut_sets(world, key)
        assert {frozenset(one) for one in found.sets} == cuts(outcome, key)
        assert found.complete_order == 3


@LAW
@given(worlds(), st.sampled_from([CutElements.LOCATIONS, CutElements.THIRD_PARTIES]))
def test_restricted_cut_sets_are_those_of_brute_force(world: World, elements: CutElements) -> None:
    kind = ItemType.LOCATION if elements is CutElements.LOCATIONS else ItemType.THIRD_PARTY
    outcome = outcomes(world, [vertex.key for vertex in world.vertices if vertex.type is kind], 3)
    for key in world.graph.keys:
        found = cut_sets(world, key, elements=elements)
        assert {frozenset(one) for one in found.sets} == cuts(outcome, key)
