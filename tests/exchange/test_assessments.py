"""Business impact analyses through import and export, against a real Neo4j."""

from pathlib import Path

import pytest

from app.continuity import assessment_store
from app.continuity.assessing import approve_assessment, draft_assessment, retire_assessment
from app.continuity.assessment_rules import AssessmentLimits
from app.database.client import Connection, Database
from app.errors import InvalidInput
from app.exchange.actions import ImportReport, export_everything, import_files
from app.exchange.model import Format, Source
from app.history.store import graph_version
from app.inventory.actions import remove_items
from app.inventory.changes import Tally
from app.settings import Settings
from tests.service import emptied
from tests.stored import NOW, contents, item, upserted

BANDS = [
    {"category": "FINANCIAL", "afterSeconds": 3600, "level": 2, "cumulativeLoss": "1000"},
    {"category": "FINANCIAL", "afterSeconds": 14400, "level": 4, "cumulativeLoss": "9000"},
]
NATIVE = [Format.NDJSON, Format.JSON, Format.YAML]
ROWS = """\
items:
  - {key: pay, type: BUSINESS_PROCESS, mtpdSeconds: 14400}
assessments:
  - {key: pay, status: APPROVED, bands: [{category: Safety, afterSeconds: 14400, level: 4}]}
"""


async def imported(
    database: Database,
    folder: Path,
    text: str,
    *,
    form: Format = Format.YAML,
    dry_run: bool = False,
    skip_bad_rows: bool = False,
) -> ImportReport:
    path = folder / "rows"
    path.write_text(text, encoding="utf-8")
    sources = [Source("bia.yaml", path)]
    return await import_files(
        database,
        sources,
        settings=Settings(),
        caller="eve",
        source=None,
        now=NOW,
        form=form,
        dry_run=dry_run,
        skip_bad_rows=skip_bad_rows,
    )


async def exported(database: Database, form: Format) -> str:
    with await export_everything(database, form, page_rows=2) as file:
        return file.read().decode()


async def drafted(database: Database, key: str, **more: object) -> str:
    raw = {"bands": BANDS, "currency": "EUR", **more}
    draft = await draft_assessment(database, key, raw, limits=AssessmentLimits(4, 200), caller="ann", now=NOW)
    return draft.id


async def assess(database: Database) -> None:
    """Versions of every status, of two items, and one of an item that is gone."""
    await upserted(database, [item(key, "BUSINESS_PROCESS") for key in ("pay", "sell", "gone")])
    for rto in (1800, 3600):
        id = await drafted(database, "pay", rtoSeconds=rto, mbco="half: of 'it'", notes='asked, in "November"')
        await approve_assessment(database, id, None, caller="bob", now=NOW, keep_changes=100)
    await drafted(database, "pay", minimumStaff=2)
    await retire_assessment(database, await drafted(database, "sell"), now=NOW)
    await drafted(database, "gone")
    await remove_items(database, ["gone"], caller="ann", now=NOW)


@pytest.mark.parametrize("form", NATIVE)
async def test_importing_an_export_changes_nothing(database: Database, tmp_path: Path, form: Format) -> None:
    await assess(database)
    before, whole = await contents(database), await exported(database, form)

    again = await imported(database, tmp_path, whole, form=form)

    assert again.assessments == Tally(unchanged=4)
    assert await contents(database) == before


@pytest.mark.parametrize("form", NATIVE)
async def test_an_export_makes_an_empty_database_the_same(
    connection: Connection, database: Database, tmp_path: Path, form: Format
) -> None:
    await assess(database)
    whole = await exported(database, form)
    emptied(connection)

    again = await imported(database, tmp_path, whole, form=form)

    assert again.assessments == Tally(created=4)
    assert await exported(database, form) == whole


async def test_an_item_that_is_added_again_gets_its_assessments_back(database: Database, tmp_path: Path) -> None:
    await assess(database)
    whole = await exported(database, Format.YAML)
    await remove_items(database, ["pay", "sell"], caller="ann", now=NOW)

    again = await imported(database, tmp_path, whole)

    assert again.assessments == Tally(unchanged=4)
    assert sum("ASSESSES" in line for line in await contents(database)) == 4


async def test_versions_that_are_new_are_written_with_their_item(database: Database, tmp_path: Path) -> None:
    report = await imported(database, tmp_path, ROWS)

    found = (await assessment_store.approved_assessments(database, ["pay"]))["pay"]
    assert report.assessments == Tally(created=1)
    assert (found.version, found.approved_by, found.contents.mtpd_seconds) == (1, "eve", 14400)
    assert await assessment_store.assessment_by_id(database, found.id) == found
    assert (await imported(database, tmp_path, ROWS)).assessments == Tally(unchanged=1)


async def test_a_dry_run_tells_the_same_and_writes_nothing(database: Database, tmp_path: Path) -> None:
    report = await imported(database, tmp_path, ROWS, dry_run=True)

    assert (report.inventory.items, report.assessments) == (Tally(created=1), Tally(created=1))
    assert await graph_version(database) == 0
    assert await assessment_store.count_assessments(database, key=None, statuses=()) == 0


async def test_one_bad_assessment_stops_the_whole_import(database: Database, tmp_path: Path) -> None:
    bad = ROWS + "  - {key: sell, bands: [{category: Safety, afterSeconds: 60, level: 4}]}\n"

    with pytest.raises(InvalidInput) as refused:
        await imported(database, tmp_path, bad)

    assert [str(one) for one in refused.value.problems] == [
        "bia.yaml:5: assessments[1]: key names 'sell', which does not exist; add that item or correct the key"
    ]
    assert await graph_version(database) == 0


async def test_bad_assessments_may_be_skipped_with_the_items_they_fall_with(database: Database, tmp_path: Path) -> None:
    rows = ROWS.replace("mtpdSeconds: 14400", "owner: nobody")

    report = await imported(database, tmp_path, rows, skip_bad_rows=True)

    assert [one.where for one in report.inventory.refused] == ["bia.yaml:2: items[0]", "bia.yaml:4: assessments[0]"]
    assert report.assessments == Tally()
