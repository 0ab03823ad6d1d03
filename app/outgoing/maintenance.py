"""Maintenance: which notices a window that was planned here makes, and what they say. Pure.

Windows that another tool told us of stay with that tool. Of a series the other tools are told one occurrence after
another, for they know none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from app.events.importing import SOURCE as CALENDAR
from app.events.maintenance import MaintenanceWindow
from app.inventory.model import Item
from app.notify.model import Notice, NoticeType

AHEAD = timedelta(days=7)
"""How long before it begins an occurrence of a series is told of."""
MAX_HOSTS = 10_000
_AT_ONCE = 2  # the occurrence under way, and the next one
_HOST_KINDS = frozenset({"alias", "fqdn", "hostname", "ip"})
_MAX_NAMED = 5


@dataclass(frozen=True, slots=True)
class Covered:
    """What a window covers: its items, those hosted on them, and the business that its planned state hurts."""

    items: tuple[Item, ...]
    hosted: tuple[Item, ...] = ()
    services: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """A window that is once, or an occurrence of a series, and what is told of it."""

    type: NoticeType
    subject: str
    window: MaintenanceWindow


def is_ours(window: MaintenanceWindow) -> bool:
    """Whether a window was planned here, or in a calendar that no other tool reads."""
    return window.origin is None or window.origin.source == CALENDAR


def due(window: MaintenanceWindow, now: datetime) -> Iterator[Due]:
    """What is to be told of a window that was planned or changed; told before, it has the same words."""
    if not is_ours(window):
        return
    if window.recurrence is None:
        type = NoticeType.MAINTENANCE_CANCELLED if window.cancelled_at else NoticeType.MAINTENANCE_PLANNED
        if window.ends_at > now:
            yield Due(type, window.id, window)
        return
    yield from _called_off(window, now)
    if window.cancelled_at is None:
        yield from coming(window, now)


def coming(series: MaintenanceWindow, now: datetime) -> Iterator[Due]:
    """The occurrence of a series that is under way, and the next one if it begins soon."""
    if series.recurrence is None or series.cancelled_at is not None or not is_ours(series):
        return
    for one in islice(series.occurrences(now), _AT_ONCE):
        if one.starts_at <= now + AHEAD:
            yield Due(NoticeType.MAINTENANCE_PLANNED, _subject(series, one.starts_at), one)


def _called_off(series: MaintenanceWindow, now: datetime) -> Iterator[Due]:
    """The occurrences that were told of and then called off, as far as they are not over."""
    lasts = series.ends_at - series.starts_at
    for skip in series.skipped:
        if skip.start + lasts > now and skip.start <= skip.at + AHEAD:
            one = replace(series, starts_at=skip.start, ends_at=skip.start + lasts)
            yield Due(NoticeType.MAINTENANCE_CANCELLED, _subject(series, skip.start), one)
    if series.cancelled_at is not None:
        for told in coming(replace(series, cancelled_at=None), series.cancelled_at):
            yield replace(told, type=NoticeType.MAINTENANCE_CANCELLED)


def _subject(series: MaintenanceWindow, start: datetime) -> str:
    return f"{series.id} {start.isoformat()}"


def notice(told: Due, covered: Covered, now: datetime) -> Notice:
    """The notice; told again of the same it has the same id."""
    window, hosts = told.window, _hosts((*covered.items, *covered.hosted))
    items = covered.items
    more = f" and {len(items) - _MAX_NAMED} more" if len(items) > _MAX_NAMED else ""
    named = ", ".join(item.name for item in items[:_MAX_NAMED]) + more
    verb = "is planned" if told.type is NoticeType.MAINTENANCE_PLANNED else "is called off"
    return Notice(
        id=f"{told.subject} {told.type.value}",
        type=told.type,
        subject=told.subject,
        title=f"Maintenance of {named} {verb}: {window.summary}",
        sentence=f"from {_words(window.effective_from)} to {_words(window.ends_at)}",
        at=now,
        services=covered.services,
        processes=covered.processes,
        teams=tuple(sorted({item.owner for item in items if item.owner})),
        data={
            "windowId": window.id,
            "startsAt": window.effective_from.isoformat(),
            "endsAt": window.ends_at.isoformat(),
            "state": window.state.name if window.state else None,
            "summary": window.summary,
            "createdBy": window.created_by,
            "keys": window.keys,
            "hosts": hosts[:MAX_HOSTS],
            "hostCount": len(hosts),
        },
    )


def _hosts(items: Sequence[Item]) -> list[str]:
    """The names by which monitoring tools may know these items as hosts."""
    identifiers = {one.value for item in items for one in item.identifiers if one.kind in _HOST_KINDS}
    return sorted(identifiers.union(*({item.key, item.name} for item in items)))


def _words(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
