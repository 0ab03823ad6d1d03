"""Instants as Neo4j gives them back."""

from datetime import UTC, datetime
from typing import Any


def utc(stored: Any) -> datetime:
    """A stored instant, in UTC.

    Neo4j orders one instant of two time zones by the zone, and what it gives back as UTC is not the zone we sent.
    """
    native: datetime = stored.to_native()
    return native.astimezone(UTC)


def utc_or_none(stored: Any) -> datetime | None:
    """A stored instant in UTC, if there is one."""
    return None if stored is None else utc(stored)
