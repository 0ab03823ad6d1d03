"""Scenarios through import and export, against a real Neo4j."""

from pathlib import Path

import pytest

from app.continuity import scenario_store
from app.database.client import Connection, Database
from app.errors import InvalidInput
from app.exchange.model import Format
from app.history.store import graph_version
from app.inventory.actions import remove_items
from app.inventory.changes import Tally
from tests.exchange.test_assessments import NATIVE, exported, imported
from tests.service import emptied
from tests.stored import NOW, contents

ROWS = """\
items:
  - {key: north, type: LOCATION}
  - {key: db, type: COMPONENT}
scenarios:
  - {name: fire, version: 3, kind: SITE, keys: [north], durationSeconds: 3600, savedBy: ann}
  - {name: "encrypted: 'all'", kind: RANSOMWARE, keys: [db, north], durationSeconds: 86400}
  - {name: gone, kind: LIST, keys: [was-there], durationSeconds: 60}
"""


@pytest.mark.parametrize("form", NATIVE)
async def test_an_export_makes_an_empty_database_the_same(
    connection: Connection, database: Database, tmp_path: Path, form: Format
) -> None:
    first = await imported(database, tmp_path, ROWS)
    whole, before = await exported(database, form), await contents(database)
    again = await imported(database, tmp_path, whole, form=form)
    assert await contents(database) == before
    emptied(connection)

    anew = await imported(database, tmp_path, whole, form=form)

    assert (first.scenarios, again.scenarios, anew.scenarios) == (
        *(Tally(created=3), Tally(unchanged=3)),
        Tally(created=3),
    )
    assert await exported(database, form) == whole


async def test_a_scenario_outlives_its_items_in_an_export_too(database: Database, tmp_path: Path) -> None:
    await imported(database, tmp_path, ROWS)
    await remove_items(database, ["north"], caller="ann", now=NOW)

    report = await imported(database, tmp_path, await exported(database, Format.YAML))

    assert report.scenarios == Tally(unchanged=3)


async def test_another_scenario_of_the_name_is_its_next_version(database: Database, tmp_path: Path) -> None:
    await imported(database, tmp_path, ROWS)
    later = "scenarios:\n  - {name: fire, kind: SITE, keys: [north], durationSeconds: 7200}\n"

    report = await imported(database, tmp_path, later)

    saved = await scenario_store.scenario_by_name(database, "fire")
    assert saved is not None
    assert (report.scenarios, saved.version, saved.scenario.duration_seconds, saved.saved_by, saved.saved_at) == (
        *(Tally(changed=1), 4, 7200),
        *("eve", NOW),
    )


async def test_a_dry_run_tells_the_same_and_writes_nothing(database: Database, tmp_path: Path) -> None:
    report = await imported(database, tmp_path, ROWS, dry_run=True)

    assert (report.inventory.items, report.scenarios) == (Tally(created=2), Tally(created=3))
    assert (await graph_version(database), await scenario_store.count_scenarios(database)) == (0, 0)


async def test_one_bad_scenario_stops_the_whole_import(database: Database, tmp_path: Path) -> None:
    text = ROWS + "  - {name: flood, kind: SITE, keys: [db], durationSeconds: 60}\n"

    with pytest.raises(InvalidInput) as refused:
        await imported(database, tmp_path, text)

    assert "bia.yaml:8: scenarios[3]: keys names 'db', but a SITE scenario takes Location only" in refused.value.message
    assert await contents(database) == []


async def test_a_scenario_is_given_once(database: Database, tmp_path: Path) -> None:
    text = ROWS + "  - {name: fire, kind: LIST, keys: [db], durationSeconds: 60}\n"

    report = await imported(database, tmp_path, text, skip_bad_rows=True)

    (refused,) = report.inventory.refused
    assert str(refused) == (
        "bia.yaml:8: scenarios[3]: the scenario 'fire' was already given in bia.yaml:5: scenarios[0]; keep one"
    )
    assert report.scenarios == Tally(created=3)
