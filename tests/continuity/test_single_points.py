"""Single points of failure: the worked examples, and brute force over random worlds."""

import numpy as np
from hypothesis import given

from app.continuity.single_points import single_points, single_points_of
from app.inventory.model import ItemType
from tests.continuity.oracle import LAW
from tests.graphs import DOWN, World, graph
from tests.impact.oracle import least_fixpoint, worlds

W1 = """
payments -> pay-api; payments ~> fraud, notify; pay-api -> G_app{2 of app1, app2, app3}, G_db{1 of db1, db2}
fraud -> ml; notify -> queue; queue -> notify; app1, app2, db1 -> zoneA; app3, db2 -> zoneB
"""
W3 = """
svc -> G_lb{1 of lb1, lb2}, G_app{2 of a1, a2, a3}, G_net{1 of ispX, ispY}, idp; idp -> saas
lb1, a1 -> zA; lb2, a2 -> zB; ispX -> duct
"""


def single(world: World, key: str) -> set[str]:
    """The single points of an item, asked of it alone."""
    return set(single_points_of(world.graph, world.graph.number[key]))


def brute_force(world: World, key: str) -> set[str]:
    """Everything that alone takes an item DOWN which is not DOWN anyway."""
    if least_fixpoint(world, {})[key] is DOWN:
        return set()
    items = [vertex.key for vertex in world.vertices if vertex.type is not ItemType.REDUNDANCY_GROUP]
    return {one for one in items if least_fixpoint(world, {one: DOWN})[key] is DOWN}


def test_the_nominal_single_points_of_w1() -> None:
    assert single(graph(W1), "payments") == {"payments", "pay-api", "zoneA"}


def test_the_single_points_of_w3() -> None:
    world = graph(W3 + "; a3 -> zB; ispY -> duct")

    assert single(world, "svc") == {"svc", "idp", "saas", "duct", "zB"}
    assert single(world, "G_lb") == set()
    assert single(world, "G_app") == {"zB"}
    assert single(world, "G_net") == {"duct"}


def test_the_single_points_of_w3_after_two_moves() -> None:
    assert single(graph(W3 + "; a3 -> zC; ispY -> duct2"), "svc") == {"svc", "idp", "saas"}


def test_members_that_need_each_other_are_single_points() -> None:
    assert single(graph("t -> G{1 of p, q}; p -> q; q -> p"), "t") == {"t", "p", "q"}


def test_what_is_down_whatever_happens_has_no_single_points() -> None:
    world = graph("t -> G{2 of p}; s -> t; r -> H{1 of t, q}")

    assert single(world, "s") == set()
    assert single(world, "r") == {"r", "q"}


def test_heavy_members_are_single_points_and_light_ones_together_are_not() -> None:
    world = graph("t -> G{3 of big:3, a:1, b:1}; a, b -> host; big -> rack")

    assert single(world, "t") == {"t", "big", "rack"}


def test_what_a_loss_hurts_is_counted_without_itself() -> None:
    world = graph("p{process tier 1} -> s{service tier 3}; s -> G{1 of x, y}; x, y -> net; q{process} -> x")
    numbers = np.array([world.graph.number[key] for key in ("p", "s", "q")], np.int32)

    count, weighty = single_points(world.graph).hurt(numbers, np.array([True, False, False]))

    told = {key: (int(count[n]), int(weighty[n])) for key, n in world.graph.number.items() if count[n]}
    assert told == {"s": (1, 1), "net": (3, 1), "x": (1, 0)}


@LAW
@given(worlds())
def test_single_points_are_those_of_brute_force(world: World) -> None:
    whole = single_points(world.graph)
    for key, number in world.graph.number.items():
        expected = brute_force(world, key)
        assert {world.graph.keys[one] for one in whole.of(number).tolist()} == expected
        assert single(world, key) == expected
        some = np.array([number], np.int32)
        assert single_points(world.graph, some).of(number).tolist() == whole.of(number).tolist()
