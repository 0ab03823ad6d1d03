"""Instants as Neo4j gives them back, and as it gets many of them."""

from collections.abc import Iterable
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


class Instants:
    """The instants of many rows, each sent once; in the rows stands its place.

    The driver takes 60 µs to pack one (6.4.1, measured), and those of a batch are mostly the same few.
    """

    def __init__(self) -> None:
        self._places: dict[datetime, int] = {}

    def place(self, instant: datetime | None) -> int | None:
        """Where it stands in `sent`."""
        return None if instant is None else self._places.setdefault(instant, len(self._places))

    def places(self, instants: Iterable[datetime]) -> list[int]:
        """Where each of them stands in `sent`."""
        return [self._places.setdefault(instant, len(self._places)) for instant in instants]

    @property
    def sent(self) -> list[datetime]:
        """The parameter into which the places lead."""
        return list(self._places)
