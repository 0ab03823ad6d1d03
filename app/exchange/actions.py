"""Use cases of import and export: files into the inventory in one transaction, and everything out into one file."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import IO

from app.database.client import Database
from app.errors import InvalidInput, Unavailable
from app.exchange import store
from app.exchange.model import Format, Source
from app.exchange.plan import read_sources
from app.exchange.spool import Spool
from app.exchange.writing import LAYOUTS
from app.history.store import graph_version
from app.inventory.actions import Progress, UpsertReport, upsert
from app.inventory.changes import Tally
from app.settings import Settings

MAX_SHOWN_PROBLEMS = 1_000
EXPORT_ATTEMPTS = 3


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
) -> UpsertReport:
    """Write what the files say, all or nothing unless `skip_bad_rows`; without `form` the suffixes tell the format.

    Raises:
        InvalidInput: a file cannot be read, or rows cannot be stored; nothing was written.
    """
    plan = await asyncio.to_thread(read_sources, sources, max_rows=settings.max_import_rows, form=form)
    return await upsert(
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
    )


def report_document(report: UpsertReport) -> dict[str, object]:
    """The report as `POST /imports` answers it; at most `MAX_SHOWN_PROBLEMS` refused rows, with their true count."""
    shown = report.refused[:MAX_SHOWN_PROBLEMS]
    return {
        "dryRun": report.dry_run,
        "items": _counts(report.items),
        "dependencies": _counts(report.dependencies),
        "refused": [{"where": problem.where, "message": problem.message} for problem in shown],
        "refusedCount": len(report.refused),
        "graphVersion": str(report.graph_version),
    }


def _counts(tally: Tally) -> dict[str, int]:
    return {"created": tally.created, "changed": tally.changed, "unchanged": tally.unchanged}


async def export_everything(database: Database, form: Format, *, page_items: int = 5_000) -> IO[bytes]:
    """Every item and dependency as one graph version has them, items first, in key order.

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
            await _fill(spool, database, page_items)
            # One statement is no snapshot, and the pages are many: only an unmoved version makes them one picture.
            if await graph_version(database) == before:
                return await asyncio.to_thread(spool.whole)
    raise Unavailable(
        f"the inventory changed during each of {EXPORT_ATTEMPTS} attempts to export it; try again in a quieter moment"
    )


async def _fill(spool: Spool, database: Database, page_items: int) -> None:
    after = ""
    while page := await store.export_page(database, after, page_items):
        await asyncio.to_thread(spool.add, page)
        after = page[-1].key
