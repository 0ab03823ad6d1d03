"""Use cases of maintenance: plan a window, and cancel one."""

from datetime import datetime, timedelta

from app.database.client import Database, Transaction
from app.errors import InvalidInput, NotFound
from app.events import windows
from app.events.maintenance import MaintenanceDraft, MaintenanceWindow, checked, window_of
from app.events.store import next_event_version

_MOST_NAMED = 5


async def plan_maintenance(
    database: Database, draft: MaintenanceDraft, *, caller: str, now: datetime, most_items: int, longest: timedelta
) -> MaintenanceWindow:
    """Store a window; every worker minds it from its next look on.

    Raises:
        InvalidInput: as `checked`, or a redundancy group is named.
        NotFound: a key names nothing.
    """
    right = checked(draft, now, most_items=most_items, longest=longest)
    window = window_of(right, caller=caller, now=now)
    if window.over_at and window.over_at <= now:
        raise InvalidInput(f"the last of it is over since {window.over_at.isoformat()}; let the recurrence go on")

    async def work(transaction: Transaction) -> None:
        version = await next_event_version(transaction)
        await _refuse_what_cannot_be_covered(transaction, window.keys)
        await windows.store_window(transaction, window, version)
        transaction.account.tell(window.id, after=window)

    await database.write(work, counter="events")
    return window


async def _refuse_what_cannot_be_covered(transaction: Transaction, keys: tuple[str, ...]) -> None:
    groups = await windows.coverable_items(transaction, keys)
    if unknown := [key for key in keys if key not in groups]:
        raise NotFound(
            f"no configuration item has the key {_listed(unknown)}; "
            "look it up with search(text:) or items(filter:), nothing was planned"
        )
    if wrong := [key for key in keys if groups[key]]:
        raise InvalidInput(
            f"{_listed(wrong)} is a redundancy group and never fails by itself; name its members instead"
        )


def _listed(keys: list[str]) -> str:
    more = f" and {len(keys) - _MOST_NAMED} more" if len(keys) > _MOST_NAMED else ""
    return ", ".join(repr(key) for key in keys[:_MOST_NAMED]) + more


async def cancel_maintenance(database: Database, id: str, *, now: datetime) -> MaintenanceWindow:
    """The window, in effect no longer; one that is over, or was cancelled before, stays as it was.

    Raises:
        NotFound: the id names no window.
    """
    found = await _found(database, id)
    if found.over_at and found.over_at <= now:
        return found

    async def work(transaction: Transaction) -> MaintenanceWindow | None:
        version = await next_event_version(transaction)
        cancelled = await windows.cancel_window(transaction, id, at=now, version=version)
        _tell(transaction, found, cancelled)
        return cancelled

    return await database.write(work, counter="events") or found


async def cancel_occurrence(database: Database, id: str, start: datetime, *, now: datetime) -> MaintenanceWindow:
    """The series without the occurrence of that start; one under way ends now, one that is over stays as it was.

    Raises:
        InvalidInput: the series has no such occurrence.
        NotFound: the id names no window.
    """
    found = await _found(database, id)
    if start.tzinfo is None:
        raise InvalidInput(f"occurrence has no time zone; write it as {start.isoformat()}Z")
    if all(skip.start != start for skip in found.skipped):
        one = next(found.occurrences(start), None)
        if found.recurrence is None or one is None or one.starts_at != start:
            raise InvalidInput(f"no occurrence starts at {start.isoformat()}; give the start of one of its occurrences")
        if one.effective_until <= now:
            return found

    async def work(transaction: Transaction) -> MaintenanceWindow | None:
        version = await next_event_version(transaction)
        skipped = await windows.skip_occurrence(transaction, id, start=start, at=now, version=version)
        _tell(transaction, found, skipped)
        return skipped

    return await database.write(work, counter="events") or found


def _tell(transaction: Transaction, before: MaintenanceWindow, after: MaintenanceWindow | None) -> None:
    if after is not None and after != before:
        transaction.account.tell(before.id, before=before, after=after)


async def _found(database: Database, id: str) -> MaintenanceWindow:
    found = await windows.window_by_id(database, id)
    if found is None:
        raise NotFound(f"no maintenance window has the id {id!r}; list them with maintenanceWindows")
    return found
