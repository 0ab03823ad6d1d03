"""The worked examples of the specification, W1, W3 and W4, as far as they follow from states alone.

The states of W1 are in `test_propagation`. Single points and shares are found here by failing one thing after another.
"""

from fractions import Fraction

import pytest

from app.inventory.model import ItemType
from tests.graphs import DEGRADED, DOWN, World, graph
from tests.impact.oracle import States
from tests.impact.test_propagation import W1

W3 = """
svc -> g-lb{1 of lb1, lb2}, g-app{2 of a1, a2, a3}, g-net{1 of isp-x, isp-y}, idp
idp -> saas
lb1, a1 -> z-a
lb2, a2, a3 -> z-b
isp-x, isp-y -> duct
"""
W3_APART = W3.replace("lb2, a2, a3 -> z-b", "lb2, a2 -> z-b; a3 -> z-c").replace(
    "isp-x, isp-y -> duct", "isp-x -> duct; isp-y -> duct2"
)
W4 = """
f1 -> g{1 of r-a1, r-b1}, r-p
f2 -> r-a2
f3 -> r-b2
r-a1, r-a2 -> cloud-a{third-party}
r-b1, r-b2 -> cloud-b{third-party}
r-p -> pay-co{third-party}
"""
WEIGHTS = {"f1": 5, "f2": 3, "f3": 2}


def takes_down(world: World, key: str, own: States | None = None) -> set[str]:
    """The items, not failed yet, whose failure alone takes this one DOWN; a group never fails by itself."""
    before = own or {}
    return {
        vertex.key
        for vertex in world.vertices
        if vertex.type is not ItemType.REDUNDANCY_GROUP
        and vertex.key not in before
        and world.under({**before, vertex.key: DOWN}).states.get(key) is DOWN
    }


def test_w1_has_three_single_points_of_failure() -> None:
    assert takes_down(graph(W1), "payments") == {"payments", "pay-api", "zone-a"}


@pytest.mark.parametrize(
    ("own", "at_risk"),
    [
        pytest.param({"app1": DOWN}, {"app2", "app3", "zone-b"}, id="app1 is down"),
        pytest.param({"zone-b": DOWN}, {"app1", "app2", "db1"}, id="zone B is down"),
        pytest.param({"db1": DOWN}, {"db2", "zone-b"}, id="db1 is down"),
        pytest.param({"db1": DEGRADED, "db2": DOWN}, set(), id="db1 is degraded and db2 down"),
        pytest.param({"ml": DOWN}, set(), id="ml is down"),
        pytest.param({"queue": DOWN}, set(), id="the queue is down"),
    ],
)
def test_w1_after_a_failure_more_items_are_single_points(own: States, at_risk: set[str]) -> None:
    world = graph(W1)

    assert takes_down(world, "payments", own) - takes_down(world, "payments") == at_risk


def test_w3_a_zone_that_holds_two_of_three_is_a_single_point_and_the_other_is_not() -> None:
    assert takes_down(graph(W3), "svc") == {"svc", "idp", "saas", "duct", "z-b"}


@pytest.mark.parametrize(("group", "single_points"), [("g-lb", set()), ("g-app", {"z-b"}), ("g-net", {"duct"})])
def test_w3_each_group_has_its_own_single_points(group: str, single_points: set[str]) -> None:
    assert takes_down(graph(W3), group) == single_points


def test_w3_members_that_are_kept_apart_leave_no_shared_single_point() -> None:
    assert takes_down(graph(W3_APART), "svc") == {"svc", "idp", "saas"}


def test_w3_members_that_need_each_other_are_single_points() -> None:
    assert takes_down(graph("t -> g{1 of p, q}; p -> q -> p"), "t") == {"t", "p", "q"}


def knock_out_share(world: World, provider: str) -> Fraction:
    states = world.assess({provider}).states
    lost = sum(weight for key, weight in WEIGHTS.items() if states.get(key) is DOWN)
    return Fraction(lost, sum(WEIGHTS.values()))


@pytest.mark.parametrize(
    ("provider", "share", "share_when_pay_co_stands_on_cloud_a"),
    [("cloud-a", "0.3", "0.8"), ("cloud-b", "0.2", "0.2"), ("pay-co", "0.5", "0.5")],
)
def test_w4_the_loss_of_a_third_party_knocks_out_its_share(
    provider: str, share: str, share_when_pay_co_stands_on_cloud_a: str
) -> None:
    assert knock_out_share(graph(W4), provider) == Fraction(share)
    assert knock_out_share(graph(W4 + "; pay-co -> cloud-a"), provider) == Fraction(share_when_pay_co_stands_on_cloud_a)
