"""Maintenance windows in Neo4j: one wrapper for each query of `cypher/maintenance.cypher`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from app.database.client import Reader, Row, Transaction
from app.database.instants import utc
from app.database.queries import load_queries
from app.events.maintenance import MaintenanceWindow, Origin, Skip
from app.events.recurrence import Recurrence
from app.impact.model import HealthState

_QUERIES = load_queries("maintenance")
# What never ends is over then: an index finds it, and would not find what has no end.
_NEVER = datetime(9999, 12, 31, tzinfo=UTC)


async def coverable_items(reader: Reader, keys: Sequence[str]) -> dict[str, bool]:
    """Those of the keys that name items, and whether each is a group."""
    rows = await reader.rows(_QUERIES["coverable_items"], keys=list(keys))
    return {row["key"]: row["isGroup"] for row in rows}


async def store_window(transaction: Transaction, window: MaintenanceWindow, version: int) -> None:
    """Store a window over its items."""
    await transaction.rows(
        _QUERIES["store_window"], id=window.id, properties=_properties(window), keys=list(window.keys), version=version
    )


async def cancel_window(transaction: Transaction, id: str, *, at: datetime, version: int) -> MaintenanceWindow | None:
    """The window, cancelled by now unless it was over."""
    return _first(await transaction.rows(_QUERIES["cancel_window"], id=id, at=at, version=version))


async def skip_occurrence(
    transaction: Transaction, id: str, *, start: datetime, at: datetime, version: int
) -> MaintenanceWindow | None:
    """The window without the occurrence that was to start then."""
    return _first(await transaction.rows(_QUERIES["skip_occurrence"], id=id, start=start, at=at, version=version))


async def newest_of_origins(reader: Reader, source: str, ids: Sequence[str]) -> dict[str, MaintenanceWindow]:
    """Of each of these windows of a source, by its own id, the one that was planned last."""
    found = _windows(await reader.rows(_QUERIES["newest_of_origins"], source=source, ids=list(ids)))
    return {window.origin.id: window for window in found if window.origin}


async def kinds_among(reader: Reader, keys: Collection[str], kinds: Collection[str]) -> frozenset[str]:
    """Those of the keys that name components of these kinds."""
    rows = await reader.rows(_QUERIES["kinds_among"], keys=sorted(keys), kinds=list(kinds))
    return frozenset(rows[0]["keys"])


async def window_by_id(reader: Reader, id: str) -> MaintenanceWindow | None:
    """One window, or `None`."""
    return _first(await reader.rows(_QUERIES["window_by_id"], id=id))


async def windows_ahead(reader: Reader, at: datetime) -> tuple[MaintenanceWindow, ...]:
    """The windows that are not over at an instant, by id."""
    return _windows(await reader.rows(_QUERIES["windows_ahead"], at=at))


async def windows_changed_since(reader: Reader, version: int) -> tuple[MaintenanceWindow, ...]:
    """The windows planned or cancelled after a version of the events, by id."""
    return _windows(await reader.rows(_QUERIES["windows_changed_since"], version=version))


async def windows_at(reader: Reader, at: datetime) -> tuple[MaintenanceWindow, ...]:
    """The windows in effect at an instant, as far as we knew then, by id."""
    found = _windows(await reader.rows(_QUERIES["windows_at"], at=at))
    return tuple(window for window in found if window.in_effect(at))


async def windows(
    reader: Reader,
    *,
    key: str | None,
    active_at: datetime | None,
    before: tuple[datetime, str] | None,
    first: int,
) -> tuple[MaintenanceWindow, ...]:
    """Windows, those that start last first, before a start and id."""
    rows = await reader.rows(
        _QUERIES["windows"],
        key=key,
        ids=await _ids_at(reader, active_at),
        before_at=before[0] if before else None,
        before_id=before[1] if before else "",
        first=first,
    )
    return _windows(rows)


async def count_windows(reader: Reader, *, key: str | None, active_at: datetime | None) -> int:
    """How many windows pass the filter."""
    rows = await reader.rows(_QUERIES["count_windows"], key=key, ids=await _ids_at(reader, active_at))
    return int(rows[0]["count"])


async def _ids_at(reader: Reader, at: datetime | None) -> list[str] | None:
    # Whether a series is under way only its rule can tell.
    return None if at is None else [window.id for window in await windows_at(reader, at)]


def _properties(window: MaintenanceWindow) -> dict[str, object]:
    return {
        "state": window.state.name if window.state else None,
        "startsAt": window.starts_at,
        "endsAt": window.ends_at,
        "overAt": window.over_at or _NEVER,
        "summary": window.summary,
        "createdAt": window.created_at,
        "createdBy": window.created_by,
        "cancelledAt": window.cancelled_at,
        "includeHosted": window.include_hosted,
        "rule": window.recurrence.rule if window.recurrence else None,
        "timeZone": window.recurrence.time_zone if window.recurrence else None,
        "skippedStarts": [skip.start for skip in window.skipped],
        "skippedAt": [skip.at for skip in window.skipped],
        "source": window.origin.source if window.origin else None,
        "externalId": window.origin.id if window.origin else None,
    }


def _first(rows: Sequence[Row]) -> MaintenanceWindow | None:
    return _window(rows[0]["window"]) if rows else None


def _windows(rows: Sequence[Row]) -> tuple[MaintenanceWindow, ...]:
    return tuple(_window(row["window"]) for row in rows)


def _window(stored: Mapping[str, Any]) -> MaintenanceWindow:
    skipped = zip(stored.get("skippedStarts", ()), stored.get("skippedAt", ()), strict=True)
    return MaintenanceWindow(
        id=stored["id"],
        keys=tuple(stored["keys"]),
        state=HealthState[stored["state"]] if stored.get("state") else None,
        starts_at=utc(stored["startsAt"]),
        ends_at=utc(stored["endsAt"]),
        summary=stored["summary"],
        created_at=utc(stored["createdAt"]),
        created_by=stored["createdBy"],
        cancelled_at=utc(stored["cancelledAt"]) if stored.get("cancelledAt") else None,
        include_hosted=stored.get("includeHosted", False),
        recurrence=Recurrence(stored["rule"], stored["timeZone"]) if stored.get("rule") else None,
        skipped=tuple(Skip(utc(start), utc(at)) for start, at in skipped),
        origin=Origin(stored["source"], stored["externalId"]) if stored.get("externalId") else None,
    )
