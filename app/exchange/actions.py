"""Use cases of import and export: files into the inventory in one transaction, and everything out into one file."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from app.continuity.assessing import merge_assessments, write_assessments
from app.continuity.assessment_store import export_assessments
from app.continuity.scenario_actions import merge_scenarios, write_scenarios
from app.continuity.scenario_store import scenarios
from app.database.client import Database, Transaction
from app.errors import InvalidInput, Unavailable
from app.exchange import store
from app.exchange.model import Format, Source
from app.exchange.plan import RowLimits, read_sources
from app.exchange.spool import Spool
from app.exchange.writing import LAYOUTS
from app.history.store import graph_version
from app.inventory.actions import Besides, Progress, UpsertReport, upsert
from app.inventory.changes import Tally
from app.inventory.model import ItemType
from app.settings import Settings

MAX_SHOWN_PROBLEMS = 1_000
EXPORT_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or with `dry_run` would do; what was refused of any kind stands in `inventory`."""

    inventory: UpsertReport
    assessments: Tally
    scenarios: Tally


async def import_files(
    database: Database,
    sources: Sequence[Source],
    *,
    settings: Settings,
    caller: str,
    source: str | None,
    now: datetime,
    form: Format | None = None,
    dry_run: bool = False,
    skip_bad_rows: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Write what the files say, all or nothing unless `skip_bad_rows`; without `form` the suffixes tell the format.

    Raises:
        InvalidInput: a file cannot be read, or rows cannot be stored; nothing was written.
    """
    most, limits = settings.max_import_rows, RowLimits.of(settings)
    plan = await asyncio.to_thread(read_sources, sources, max_rows=most, limits=limits, form=form)
    assessed = planned = Tally()

    async def also(transaction: Transaction, types: Mapping[str, ItemType]) -> Besides:
        nonlocal assessed, planned
        assessments = await merge_assessments(transaction, plan.assessments, types, caller=caller, now=now)
        saved = await merge_scenarios(transaction, plan.scenarios, types, caller=caller, now=now)
        assessed, planned = assessments.tally, saved.tally

        async def write(transaction: Transaction) -> None:
            await write_assessments(transaction, assessments.written)
            await write_scenarios(transaction, saved.written)

        refused = (*assessments.refused, *saved.refused)
        return Besides(refused, write if assessments.written or saved.written else None)

    report = await upsert(
        database,
        plan.items,
        plan.dependencies,
        caller=caller,
        source=source,
        now=now,
        batch_rows=settings.batch_rows,
        dry_run=dry_run,
        skip_bad_rows=skip_bad_rows,
        refused=plan.problems,
        progress=progress,
        keep_changes=settings.change_retention,
        also=also if plan.assessments or plan.scenarios else None,
    )
    return ImportReport(report, assessed, planned)


def report_document(report: ImportReport) -> dict[str, object]:
    """The report as `POST /imports` answers it; at most `MAX_SHOWN_PROBLEMS` refused rows, with their true count."""
    rows = report.inventory
    shown = rows.refused[:MAX_SHOWN_PROBLEMS]
    return {
        "dryRun": rows.dry_run,
        "items": _counts(rows.items),
        "dependencies": _counts(rows.dependencies),
        "assessments": _counts(report.assessments),
        "scenarios": _counts(report.scenarios),
        "refused": [{"where": problem.where, "message": problem.message} for problem in shown],
        "refusedCount": len(rows.refused),
        "graphVersion": str(rows.graph_version),
    }


def _counts(tally: Tally) -> dict[str, int]:
    return {"created": tally.created, "changed": tally.changed, "unchanged": tally.unchanged}


async def export_everything(database: Database, form: Format, *, page_rows: int = 5_000) -> IO[bytes]:
    """Every item, dependency, assessment and scenario as one graph version has them, kind by kind, in key order.

    The answer is an open temporary file at its start; it is gone once the caller closes it.

    Raises:
        InvalidInput: there is no export in this format.
        Unavailable: the inventory changed during each attempt.
    """
    if form not in LAYOUTS:
        raise InvalidInput(f"there is no export as {form.value}; use {', '.join(one.value for one in LAYOUTS)}")
    for _ in range(EXPORT_ATTEMPTS):
        before = await graph_version(database)
        with Spool(LAYOUTS[form]) as spool:
            await _fill(spool, database, page_rows)
            # One statement is no snapshot, and the pages are many: only an unmoved version makes them one picture.
            if await graph_version(database) == before:
                return await asyncio.to_thread(spool.whole)
    raise Unavailable(
        f"the inventory changed during each of {EXPORT_ATTEMPTS} attempts to export it; try again in a quieter moment"
    )


async def _fill(spool: Spool, database: Database, page_rows: int) -> None:
    after = ""
    while page := await store.export_page(database, after, page_rows):
        await asyncio.to_thread(spool.add_items, page)
        after = page[-1].key
    behind = "", 0
    while versions := await export_assessments(database, behind, page_rows):
        await asyncio.to_thread(spool.add_assessments, versions)
        behind = versions[-1].item_key, versions[-1].version
    name = ""
    while saved := await scenarios(database, after=name, first=page_rows):
        await asyncio.to_thread(spool.add_scenarios, saved)
        name = saved[-1].name
