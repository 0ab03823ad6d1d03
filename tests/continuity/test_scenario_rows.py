"""Scenarios as rows of a file, and what they make of those that are there."""

from datetime import UTC, datetime

import pytest

from app.continuity.scenario import Saved, Scenario, ScenarioKind
from app.continuity.scenario_rows import MergedScenarios, ScenarioRow, merged, native_scenario, scenario_row
from app.inventory.changes import Tally
from app.inventory.model import ItemType
from app.inventory.values import Problems

BEFORE, NOW = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 26, tzinfo=UTC)
BURNS = Scenario(ScenarioKind.SITE, ("north", "south"), 3600)
LONGER = Scenario(ScenarioKind.SITE, ("north",), 7200)
SAVED = Saved("fire", 2, BURNS, BEFORE, "ann")
RAW = {"name": "fire", "kind": "SITE", "keys": ["south", "north", "south"], "durationSeconds": 3600}
TYPES = {"north": ItemType.LOCATION, "db": ItemType.COMPONENT}


def read(**raw: object) -> ScenarioRow | list[str]:
    problems = Problems()
    row = scenario_row({**RAW, **raw}, "rows.yaml:2", 3, problems)
    return row or [str(one) for one in problems.found]


def row(scenario: Scenario, version: int | None = None, name: str = "fire") -> ScenarioRow:
    return ScenarioRow("rows.yaml:2", name, version, scenario)


def merge(*rows: ScenarioRow) -> MergedScenarios:
    return merged(rows, {"fire": SAVED}, TYPES, caller="eve", now=NOW)


def test_a_row_names_its_items_once_and_in_order() -> None:
    assert read() == row(BURNS)


def test_what_is_written_is_read_back() -> None:
    problems = Problems()

    assert scenario_row(native_scenario(SAVED), "x", 3, problems) == ScenarioRow("x", "fire", 2, BURNS, BEFORE, "ann")
    assert problems.found == []


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ({"name": None}, "name is missing"),
        ({"name": " "}, "name must have 1 to 100 characters, not 0"),
        ({"kind": "FLOOD"}, "kind must be one of SITE, SUPPLIER, RANSOMWARE, LIST, not 'FLOOD'"),
        ({"keys": []}, "keys must be a list of 1 to 3 keys"),
        ({"keys": ["a", "b", "c", "d"]}, "keys must be a list of 1 to 3 keys"),
        ({"durationSeconds": 0}, "durationSeconds must be 1 or more"),
        ({"version": 0}, "version must be 1 or more"),
        (
            {"owner": "ann"},
            "owner is no field of a scenario; use name, kind, keys, durationSeconds, version, savedAt, savedBy",
        ),
    ],
)
def test_a_bad_row_is_told_by_row_and_field(raw: dict[str, object], sentence: str) -> None:
    assert read(**raw) == [f"rows.yaml:2: {sentence}"]


def test_what_is_there_already_changes_nothing() -> None:
    assert merge(row(BURNS)) == MergedScenarios((), Tally(unchanged=1), ())
    assert merge(row(BURNS, 1)) == MergedScenarios((), Tally(unchanged=1), ())


def test_another_scenario_is_the_next_version_or_the_one_that_is_named() -> None:
    assert merge(row(LONGER)).written == (Saved("fire", 3, LONGER, NOW, "eve"),)
    assert merge(row(LONGER, 7)).written == (Saved("fire", 7, LONGER, NOW, "eve"),)
    assert merge(row(BURNS, 7)).tally == Tally(changed=1)
    assert merge(row(LONGER, name="flood")) == MergedScenarios(
        (Saved("flood", 1, LONGER, NOW, "eve"),), Tally(created=1), ()
    )


def test_a_version_that_is_there_never_says_something_else() -> None:
    (refused,) = merge(row(LONGER, 2)).refused

    assert str(refused) == (
        "rows.yaml:2: version 2 of 'fire' is there and says something else; leave version out to save the next one"
    )


def test_an_item_of_another_type_is_refused_and_one_that_is_not_there_is_not() -> None:
    site = Scenario(ScenarioKind.SITE, ("db", "gone"), 60)

    (refused,) = merge(row(site)).refused

    assert str(refused) == "rows.yaml:2: keys names 'db', but a SITE scenario takes Location only"
    assert merge(row(Scenario(ScenarioKind.SITE, ("gone",), 60))).refused == ()
