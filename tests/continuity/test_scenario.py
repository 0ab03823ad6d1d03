"""Scenarios against impact tolerances, and runs against each other."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from app.continuity.scenario import (
    Lost,
    Outcome,
    OutcomeChange,
    Outcomes,
    Scenario,
    ScenarioKind,
    Tolerance,
    checked,
    compared,
    outcomes,
)
from app.continuity.verdicts import ObjectiveStatus
from app.errors import InvalidInput
from tests.continuity.drawing import HOUR, with_facts
from tests.graphs import World, graph

WITHIN, BREACHED, MISSING_TARGET = Tolerance
ESTATE = """
pay{process} -> G{1 of a, b}; book{service} -> a; read{service} -> b; idle{service} -> c
a -> north{location}; b -> south{location}; a -> CloudA{third-party}; b -> CloudB{third-party}; CloudB -> CloudA
"""


def world_with(targets: Mapping[str, int], recovery: Mapping[str, int] | None = None, text: str = ESTATE) -> World:
    world = graph(text)
    vertices = [
        replace(one, target_seconds=targets.get(one.key), recovery_seconds=(recovery or {}).get(one.key))
        for one in world.vertices
    ]
    return World.of(vertices, world.edges)


def run(world: World, kind: ScenarioKind, *keys: str, seconds: int = 100) -> Outcomes:
    return outcomes(with_facts(world).picture, Scenario(kind, keys, seconds), {})


def test_a_site_takes_what_is_not_redundant_out() -> None:
    found = run(world_with({"book": 60}), ScenarioKind.SITE, "north")

    assert found == Outcomes((Outcome("book", BREACHED, 100, 60),), 3, (), ())


def test_an_outage_as_long_as_the_tolerance_is_within_it() -> None:
    found = run(world_with({"book": 100}), ScenarioKind.SITE, "north")

    assert found.outcomes == (Outcome("book", WITHIN, 100, 100),)


def test_a_supplier_takes_those_out_that_subcontract_to_it() -> None:
    found = run(world_with({"pay": 10, "book": 200}), ScenarioKind.SUPPLIER, "CloudA")

    assert found.outcomes == (
        Outcome("pay", BREACHED, 100, 10),
        Outcome("read", MISSING_TARGET, 100, None),
        Outcome("book", WITHIN, 100, 200),
    )


def test_a_supplier_fails_with_its_corporate_group() -> None:
    world = world_with(
        {}, text="s{service} -> A{third-party}; t{service} -> B{third-party}; A, B -> Parent{third-party}"
    )
    scenario = Scenario(ScenarioKind.SUPPLIER, ("A",), 10)

    found = outcomes(with_facts(world).picture, scenario, {"A": ["Parent"], "B": ["Parent"]})

    assert [one.key for one in found.outcomes] == ["s", "t"]


def test_ransomware_lasts_until_the_backup_is_restored() -> None:
    found = run(world_with({"book": 120, "read": 500}, {"a": 30, "b": 300}), ScenarioKind.RANSOMWARE, "a", "b")

    assert found.outcomes == (
        Outcome("book", BREACHED, 130, 120),
        Outcome("pay", MISSING_TARGET, 130, None),
        Outcome("read", WITHIN, 400, 500),
    )


def test_restoring_that_nobody_timed_breaches_every_tolerance_and_is_told() -> None:
    found = run(world_with({"book": 10_000}), ScenarioKind.RANSOMWARE, "a")

    assert found.outcomes == (Outcome("book", BREACHED, None, 10_000),)
    assert found.unknown_keys == ("a",)


def test_what_is_gone_since_appears_in_the_report() -> None:
    found = run(world_with({}), ScenarioKind.LIST, "a", "gone")

    assert ([one.key for one in found.outcomes], found.missing_keys) == (["book"], ("gone",))


def test_runs_differ_by_what_changed() -> None:
    before = (Outcome("a", WITHIN, 5, 10), Outcome("b", BREACHED, 50, 10), Outcome("c", WITHIN, 1, 10))
    after = (Outcome("a", BREACHED, 15, 10), Outcome("c", WITHIN, 1, 10), Outcome("d", MISSING_TARGET, 5, None))

    assert compared(before, after) == (
        OutcomeChange("a", before[0], after[0]),
        OutcomeChange("b", before[1], None),
        OutcomeChange("d", None, after[2]),
    )


@pytest.mark.parametrize(
    ("scenario", "sentence"),
    [
        (Scenario(ScenarioKind.LIST, (), 1), "a scenario names 1 to 3 keys, not 0"),
        (Scenario(ScenarioKind.LIST, ("a",), 0), "durationSeconds must be at least 1, not 0"),
        (Scenario(ScenarioKind.LIST, ("x",), 1), "keys names 'x', which is no configuration item; leave it out"),
        (Scenario(ScenarioKind.SITE, ("a",), 1), "keys names 'a', but a SITE scenario takes Location only"),
    ],
)
def test_a_scenario_that_cannot_be_run_is_refused(scenario: Scenario, sentence: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        checked(graph(ESTATE).graph, scenario, most_keys=3)

    assert refusal.value.message == sentence


def test_keys_are_kept_once_and_in_order() -> None:
    scenario = Scenario(ScenarioKind.LIST, ("b", "a", "b"), 1)

    assert checked(graph(ESTATE).graph, scenario, most_keys=3).keys == ("a", "b")


def test_ransomware_loses_what_was_done_since_the_last_clean_copy() -> None:
    """Replication copies the damage, so the replica that was not cut off is of no use."""
    world = world_with(
        {}, {"db-1": 10}, "pay{process} -> db{1 of db-1, db-2}; book{service} ~> db; read{service} -> log"
    )
    columns = {
        "replication_lag_seconds": {"db-2": 0},
        "backup_interval_seconds": {"db-1": 4, "db-2": 6, "log": 1},
        "rpo_seconds": {"pay": 2, "book": 5, "read": 0},
    }
    data = [("pay", "db"), ("book", "db"), ("read", "log")]
    picture = with_facts(world, data=data, columns=columns).picture

    found = outcomes(picture, Scenario(ScenarioKind.RANSOMWARE, ("db-1",), 100), {})

    assert found.outcomes == (
        Outcome("pay", MISSING_TARGET, 0, None, Lost(4 * HOUR, 4 * HOUR, 2 * HOUR, ObjectiveStatus.BREACHED)),
        Outcome("book", MISSING_TARGET, 0, None, Lost(4 * HOUR, 4 * HOUR, 5 * HOUR, ObjectiveStatus.MET)),
    )
    assert found.unaffected_count == 1


def test_what_a_store_does_not_tell_of_its_backups_may_lose_anything() -> None:
    world = world_with({"pay": 500}, {"db": 10}, "pay{process} -> db")
    picture = with_facts(world, data=[("pay", "db")], columns={"rpo_seconds": {"pay": 2}}).picture

    found = outcomes(picture, Scenario(ScenarioKind.RANSOMWARE, ("db",), 100), {})

    assert found.outcomes == (Outcome("pay", WITHIN, 110, 500, Lost(0, None, 2 * HOUR, ObjectiveStatus.MISSING_INPUT)),)
