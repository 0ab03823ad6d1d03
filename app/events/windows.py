"""Maintenance windows in Neo4j: one wrapper for each query of `cypher/maintenance.cypher`."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from app.database.client import Reader, Row, Transaction
from app.database.queries import load_queries
from app.events.maintenance import MaintenanceWindow
from app.impact.model import HealthState

_QUERIES = load_queries("maintenance")


async def coverable_items(reader: Reader, keys: Sequence[str]) -> dict[str, bool]:
    """Those of the keys that name items, and whether each is a group."""
    rows = await reader.rows(_QUERIES["coverable_items"], keys=list(keys))
    return {row["key"]: row["isGroup"] for row in rows}


async def store_window(transaction: Transaction, window: MaintenanceWindow, version: int) -> None:
    """Store a window over its items."""
    properties = {
        "state": window.state.name,
        "startsAt": window.starts_at,
        "endsAt": window.ends_at,
        "summary": window.summary,
        "createdAt": window.created_at,
        "createdBy": window.created_by,
        "cancelledAt": window.cancelled_at,
    }
    await transaction.rows(
        _QUERIES["store_window"], id=window.id, properties=properties, keys=list(window.keys), version=version
    )


async def cancel_window(transaction: Transaction, id: str, *, at: datetime, version: int) -> MaintenanceWindow | None:
    """The window, cancelled by now unless it was over."""
    return _first(await transaction.rows(_QUERIES["cancel_window"], id=id, at=at, version=version))


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
    return _windows(await reader.rows(_QUERIES["windows_at"], at=at))


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
        active_at=active_at,
        before_at=before[0] if before else None,
        before_id=before[1] if before else "",
        first=first,
    )
    return _windows(rows)


async def count_windows(reader: Reader, *, key: str | None, active_at: datetime | None) -> int:
    """How many windows pass the filter."""
    rows = await reader.rows(_QUERIES["count_windows"], key=key, active_at=active_at)
    return int(rows[0]["count"])


def _first(rows: Sequence[Row]) -> MaintenanceWindow | None:
    return _window(rows[0]["window"]) if rows else None


def _windows(rows: Sequence[Row]) -> tuple[MaintenanceWindow, ...]:
    return tuple(_window(row["window"]) for row in rows)


def _window(stored: Mapping[str, Any]) -> MaintenanceWindow:
    return MaintenanceWindow(
        id=stored["id"],
        keys=tuple(stored["keys"]),
        state=HealthState[stored["state"]],
        starts_at=_instant(stored["startsAt"]),
        ends_at=_instant(stored["endsAt"]),
        summary=stored["summary"],
        created_at=_instant(stored["createdAt"]),
        created_by=stored["createdBy"],
        cancelled_at=_instant(stored["cancelledAt"]) if stored.get("cancelledAt") else None,
    )


def _instant(stored: Any) -> datetime:
    native: datetime = stored.to_native()
    return native.astimezone(UTC)
