"""Concentration: W4, corporate groups, places, and what is left out."""

import pytest

from app.continuity.concentration import Concentration, Holding, concentration, places, suppliers
from tests.graphs import World, graph

W4 = """
F1{process} -> G{1 of rA1, rB1}, rP; F2{process} -> rA2; F3{process} -> rB2
rA1, rA2 -> CloudA{third-party}; rB1, rB2 -> CloudB{third-party}; rP -> PayCo{third-party}
"""
WEIGHTS = {"F1": 5, "F2": 3, "F3": 2}


def by_supplier(world: World, parents: dict[str, list[str]] | None = None) -> Concentration:
    return concentration(world.graph, WEIGHTS, suppliers(world.graph, parents or {}))


def shares(found: Concentration) -> dict[str, tuple[float, float, tuple[str, ...]]]:
    return {one.name: (one.dependency_share, one.knockout_share, one.knocked_out) for one in found.holdings}


def test_the_concentration_of_w4() -> None:
    found = by_supplier(graph(W4))

    assert shares(found) == {
        "PayCo": (0.5, 0.5, ("F1",)),
        "CloudA": (0.8, 0.3, ("F2",)),
        "CloudB": (0.7, 0.2, ("F3",)),
    }
    assert [one.name for one in found.holdings] == ["PayCo", "CloudA", "CloudB"]
    assert {one.name: one.split_share for one in found.holdings} == pytest.approx(
        {"CloudA": 4.6667 / 10, "CloudB": 3.6667 / 10, "PayCo": 1.6667 / 10}, abs=1e-4
    )
    assert found.hhi == pytest.approx(0.38)


def test_the_concentration_of_w4_when_payco_subcontracts_to_clouda() -> None:
    found = by_supplier(graph(W4 + "; PayCo -> CloudA"))

    assert shares(found) == {
        "CloudA": (0.8, 0.8, ("F1", "F2")),
        "PayCo": (0.5, 0.5, ("F1",)),
        "CloudB": (0.7, 0.2, ("F3",)),
    }
    assert found.hhi == pytest.approx(0.38)


def test_a_corporate_group_fails_together() -> None:
    world = graph(W4 + "; CloudA -> Holding{third-party}; CloudB -> Holding")

    found = by_supplier(world, {"CloudA": ["Holding"], "CloudB": ["Holding"]})

    assert {name: knocked for name, (_, _, knocked) in shares(found).items()} == {
        "CloudA": ("F1", "F2", "F3"),
        "CloudB": ("F1", "F2", "F3"),
        "Holding": ("F1", "F2", "F3"),
        "PayCo": ("F1",),
    }


def test_places_hold_what_lies_in_them() -> None:
    world = graph(
        "F1{process} -> G{1 of a, b}; F2{service} -> a; a -> zA{location}; b -> zB{location}; zA, zB -> site{location}"
    )

    found = concentration(world.graph, WEIGHTS, places(world.graph))

    assert {name: knocked for name, (_, _, knocked) in shares(found).items()} == {
        "site": ("F1", "F2"),
        "zA": ("F2",),
        "zB": (),
    }


def test_anything_else_can_be_what_business_rests_on() -> None:
    world = graph("F1{process} -> a, b; F2{process} -> c; F3{process}")
    vendor = Holding("postgres", (world.graph.number["a"], world.graph.number["c"]), (world.graph.number["a"],))

    assert shares(concentration(world.graph, WEIGHTS, [vendor])) == {"postgres": (0.8, 0.5, ("F1",))}


def test_what_is_down_whatever_happens_is_knocked_out_by_nobody() -> None:
    world = graph("F1{process} -> G{2 of a}; a -> CloudA{third-party}")

    assert shares(by_supplier(world)) == {"CloudA": (1.0, 0.0, ())}


def test_without_suppliers_there_is_no_concentration() -> None:
    found = by_supplier(graph("F1{process} -> a"))

    assert (found.holdings, found.hhi) == ((), None)
