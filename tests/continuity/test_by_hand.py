"""Worked examples beyond those of the specification, each number found by hand from the definitions alone."""

from dataclasses import replace

import pytest

from app.continuity.conflicts import ObjectiveFinding
from app.continuity.cut_sets import minimal_cut_sets
from app.continuity.scenario import Outcome, Scenario, ScenarioKind, Tolerance, outcomes
from app.continuity.single_points import single_points_of
from app.continuity.times import CycleRule
from app.continuity.verdicts import Bounds, ObjectiveStatus
from tests.continuity.drawing import HOUR, Recovery, hours, recovering, with_facts
from tests.graphs import DEGRADED, DOWN, World, graph

BREACHED, MET, MISSING_INPUT = ObjectiveStatus.BREACHED, ObjectiveStatus.MET, ObjectiveStatus.MISSING_INPUT


def chain() -> Recovery:
    """A bank's payments: the ledger and the queue need each other, two of three gateways at two sites must be up."""
    return recovering(
        """
        pay{process} -> clear{service} -> ledger{it-service} -> queue{it-service} -> ledger
        clear -> gate{2 of g1, g2, g3}; clear ~> fraud; ledger -> disk
        g1, g2 -> north{location}; g3 -> south{location}
        report{process} -> ledger
        """,
        {
            **{"pay": 0, "clear": 1, "ledger": 2, "queue": 1, "disk": 3, "fraud": 9, "report": 0.5},
            **{"g1": 2, "g2": 4, "g3": 5, "north": 0, "south": 4},
        },
        rto_seconds={"pay": 8, "report": 24, "disk": 4, "ledger": 6},
        mtpd_seconds={"pay": 12, "report": 5},
        wrt_seconds={"pay": 6},
    )


def test_the_chain_is_up_when_the_circle_and_two_gateways_are() -> None:
    times = chain().times()

    # The circle begins with the disk at 3 and takes 2 + 1. Gateways are up after 2, 4 and 4 + 5.
    assert hours(times.finish, times.estate.graph.keys) == {
        "disk": 3, "ledger": 6, "queue": 6, "g1": 2, "g2": 4, "g3": 9, "north": 0, "south": 4, "gate": 4,
        "clear": 7, "pay": 7, "report": 6.5, "fraud": 9,
    }  # fmt: skip


def test_the_chain_must_be_up_as_the_mtpd_less_the_work_says() -> None:
    world = chain()

    # pay: min(8, 12 - 6) = 6; clear 6 - 0; ledger 6 - 1, of report min(24, 5) - 0.5 = 4.5; disk 4.5 - 3 for the circle.
    required = {
        key: world.objectives(key).rto.required for key in ("pay", "clear", "ledger", "queue", "disk", "report")
    }
    assert required == {
        key: Bounds(int(at * HOUR), int(at * HOUR))
        for key, at in {"pay": 6, "clear": 6, "ledger": 4.5, "queue": 4.5, "disk": 1.5, "report": 5}.items()
    }
    assert world.objectives("g2").rto.required == Bounds(5 * HOUR, 5 * HOUR)
    assert world.objectives("g3").rto.required is None
    assert world.objectives("north").rto.required == Bounds(HOUR, HOUR)
    assert [(one.code, one.seconds) for one in world.objectives("disk").conflicts] == [
        (ObjectiveFinding.RTO_CONFLICT, 2.5 * HOUR)
    ]


def test_the_chain_breaches_what_the_declared_rto_alone_would_meet() -> None:
    found = chain().objectives("pay").rto

    assert (found.achievable, found.gap_seconds, found.slack_seconds) == (Bounds(7 * HOUR, 7 * HOUR), 0, -HOUR)
    assert found.status is BREACHED


def test_the_chain_is_up_sooner_if_only_the_longest_of_a_circle_counts() -> None:
    times = chain().times(cycles=CycleRule.MAX)

    assert times.finish[times.estate.graph.number["ledger"]] == 5 * HOUR
    assert times.finish[times.estate.graph.number["pay"]] == 6 * HOUR


def test_the_chain_loses_a_site_and_another() -> None:
    world = chain().world

    assert world.assess(["south"]).states == {"south": DOWN, "g3": DOWN}
    assert world.assess(["north"]).states == dict.fromkeys(("north", "g1", "g2", "gate", "clear", "pay"), DOWN)
    assert {key: state for key, state in world.assess(["fraud"]).states.items() if state is DEGRADED} == {
        "clear": DEGRADED, "pay": DEGRADED,
    }  # fmt: skip
    found = set(single_points_of(world.graph, world.graph.number["pay"]))
    assert found == {"pay", "clear", "ledger", "queue", "disk", "north"}


def test_the_chain_falls_with_any_two_gateways() -> None:
    world = chain().world

    found = minimal_cut_sets(world.graph, world.graph.number["gate"], 3, most_steps=10_000)

    assert found.sets == (("north",), ("g1", "g2"), ("g1", "g3"), ("g1", "south"), ("g2", "g3"), ("g2", "south"))


def test_after_the_loss_of_a_site_only_it_recovers_and_the_rest_restarts() -> None:
    world = chain()

    found = world.objectives("pay", failed=["north"])

    # north takes no time, g1 and g2 were struck and restart in none.
    assert found.rto.achievable == Bounds(0, 0)
    # Both fast gateways failed: the third stands all the time, and one more is up after 2.
    assert world.objectives("clear", failed=["g1", "g2"]).rto.achievable == Bounds(2 * HOUR, 2 * HOUR)
    assert world.objectives("clear", failed=["g3"]).rto.achievable == Bounds(0, 0)


def test_a_group_whose_members_share_a_host_only_seems_redundant() -> None:
    world = recovering(
        "s{service} -> g{1 of a, b}; a, b -> host", {"s": 0, "a": 1, "b": 1, "host": 3}, rto_seconds={"s": 4}
    )

    assert set(single_points_of(world.world.graph, world.world.graph.number["s"])) == {"s", "host"}
    # Of equal members the first by key is asked; the host has 4 - 1 - 0 left and takes 3.
    assert world.objectives("host").rto.required == Bounds(3 * HOUR, 3 * HOUR)
    assert world.objectives("s").rto.status is MET
    assert world.objectives("s").rto.slack_seconds == 0


def test_a_time_nobody_knows_does_not_hide_a_breach_that_is_certain() -> None:
    text, known = "s{service} -> a, b", {"s": 0, "a": 5}

    assert recovering(text, known, rto_seconds={"s": 4}).objectives("s").rto.status is BREACHED
    assert recovering(text, known, rto_seconds={"s": 5}).objectives("s").rto.status is MISSING_INPUT
    assert recovering(text, {**known, "b": 5}, rto_seconds={"s": 5}).objectives("s").rto.status is MET


def test_a_process_with_two_services_stands_on_the_one_it_needs() -> None:
    world = graph("p{process} -> must{service} -> x; p ~> may{service} -> y")

    assert world.assess(["y"]).states == {"y": DOWN, "may": DOWN, "p": DEGRADED}
    assert set(single_points_of(world.graph, world.graph.number["p"])) == {"p", "must", "x"}


def test_deadlines_that_cannot_be_met_even_by_nothing_are_below_zero() -> None:
    world = recovering("s{service} -> a -> b", {"s": 1, "a": 2, "b": 0}, rto_seconds={"s": 2})

    found = world.objectives("b").rto

    assert (found.required, found.slack_seconds, found.status) == (Bounds(-HOUR, -HOUR), -HOUR, BREACHED)


@pytest.mark.parametrize(("duration", "outage"), [(3600, None), (3601, 1), (5400, 1800), (5401, 1801)])
def test_what_ends_when_the_tolerance_does_is_not_felt(duration: int, outage: int | None) -> None:
    drawn = graph("pay{process} -> db")
    edges = [replace(edge, tolerance_seconds=3600) for edge in drawn.edges]
    vertices = [replace(one, target_seconds=1800 if one.key == "pay" else None) for one in drawn.vertices]
    picture = with_facts(World.of(vertices, edges)).picture

    found = outcomes(picture, Scenario(ScenarioKind.LIST, ("db",), duration), {})

    within = Tolerance.WITHIN if outage is None or outage <= 1800 else Tolerance.BREACHED
    assert found.outcomes == (() if outage is None else (Outcome("pay", within, outage, 1800),))


@pytest.mark.parametrize(("weights", "ready"), [("a:2, b:1, c:1", 2), ("a:1, b:2, c:1", 2), ("a:1, b:1, c:1", 6)])
def test_members_are_waited_for_until_they_weigh_enough(weights: str, ready: int) -> None:
    world = recovering(f"s -> g{{3 of {weights}}}", {"s": 0, "a": 1, "b": 2, "c": 6})

    assert world.objectives("s").rto.achievable == Bounds(ready * HOUR, ready * HOUR)
