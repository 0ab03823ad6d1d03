"""Windows that somebody else keeps: a calendar, the downtimes of Icinga, the silences of an Alertmanager.

A window is known by its source and its name there. Saying it again changes nothing, not even that it was cancelled
here; what was changed there is planned anew and the window it had is cancelled, so that the past stays as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from uuid import uuid4

from app.database.client import Transaction
from app.events import windows
from app.events.maintenance import MAX_SUMMARY, MaintenanceWindow, Origin
from app.events.model import ReportedWindow


class Outcome(Enum):
    """What became of one window that was told of."""

    PLANNED = "planned"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Notice:
    """A window as its source has it now; `None` where it has been cancelled there."""

    origin: Origin
    window: MaintenanceWindow | None


async def plan_reported(
    transaction: Transaction,
    reported: Sequence[tuple[ReportedWindow, Sequence[str]]],
    *,
    version: int,
    now: datetime,
) -> tuple[Outcome, ...]:
    """Take in downtimes and silences, each with the keys of the items its clues mean, in the order they were told.

    They silence the events of their items and take nothing down: that a tool keeps quiet says nothing of a state. One
    of no item we know, or of no length, is left out. `version` is that of the events, taken in the same transaction.
    """
    notices = [notice for one, keys in reported if (notice := _notice(one, tuple(keys), now)) is not None]
    return await take_notices(transaction, notices, version=version, now=now)


def _notice(told: ReportedWindow, keys: tuple[str, ...], now: datetime) -> Notice | None:
    origin = Origin(told.source, told.id)
    if told.cancelled:
        return Notice(origin, None)
    if not keys or told.ends_at <= told.starts_at:
        return None
    window = MaintenanceWindow(
        id=str(uuid4()),
        keys=keys,
        state=None,
        starts_at=told.starts_at,
        ends_at=told.ends_at,
        summary=told.summary[:MAX_SUMMARY],
        created_at=now,
        created_by=told.author or told.source,
        origin=origin,
    )
    return Notice(origin, window)


async def take_notices(
    transaction: Transaction, notices: Sequence[Notice], *, version: int, now: datetime
) -> tuple[Outcome, ...]:
    """Bring the windows to what their sources say, in the order they were told."""
    ids: dict[str, list[str]] = {}
    for notice in notices:
        ids.setdefault(notice.origin.source, []).append(notice.origin.id)
    known: dict[Origin, MaintenanceWindow] = {}
    for source, named in ids.items():
        found = await windows.newest_of_origins(transaction, source, sorted(set(named)))
        known |= {Origin(source, id): window for id, window in found.items()}
    outcomes = []
    for notice in notices:
        outcome = _outcome(known.get(notice.origin), notice.window, now)
        await _take(transaction, known, notice, outcome, version=version, now=now)
        outcomes.append(outcome)
    return tuple(outcomes)


def _outcome(known: MaintenanceWindow | None, told: MaintenanceWindow | None, now: datetime) -> Outcome:
    ahead = known is not None and not _is_over(known, now)
    if told is None or (_is_over(told, now) and not _same(known, told)):
        return Outcome.CANCELLED if ahead else Outcome.UNCHANGED
    if _same(known, told):
        return Outcome.UNCHANGED
    return Outcome.PLANNED if known is None else Outcome.CHANGED


async def _take(
    transaction: Transaction,
    known: dict[Origin, MaintenanceWindow],
    notice: Notice,
    outcome: Outcome,
    *,
    version: int,
    now: datetime,
) -> None:
    had = known.get(notice.origin)
    if had is not None and outcome in (Outcome.CANCELLED, Outcome.CHANGED):
        known[notice.origin] = await windows.cancel_window(transaction, had.id, at=now, version=version) or had
    if notice.window is not None and outcome in (Outcome.PLANNED, Outcome.CHANGED):
        await windows.store_window(transaction, notice.window, version)
        known[notice.origin] = notice.window
    if outcome is not Outcome.UNCHANGED:
        now_known = known[notice.origin]
        transaction.account.tell(now_known.id, before=had, after=now_known)


def _is_over(window: MaintenanceWindow, now: datetime) -> bool:
    return window.over_at is not None and window.over_at <= now


def _same(known: MaintenanceWindow | None, told: MaintenanceWindow) -> bool:
    """Whether a window says the same; occurrences may have been called off here as well."""
    if known is None:
        return False
    as_told = replace(
        known,
        id=told.id,
        created_at=told.created_at,
        created_by=told.created_by,
        cancelled_at=None,
        skipped=told.skipped,
    )
    return as_told == told and {skip.start for skip in told.skipped} <= {skip.start for skip in known.skipped}
