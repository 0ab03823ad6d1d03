"""What the open events and the maintenance in effect tell of the estate, followed as they change. Pure.

While an item is in maintenance the maintenance speaks for it and its events are silent; an event that is still open
when it ends speaks again.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from app.events.maintenance import MaintenanceWindow, last_windows, next_change_at, planned_failures
from app.events.model import OpenEvent
from app.impact.live import Told
from app.impact.model import Failure


class Telling:
    """The open events by id, and the windows that are not over, as of an instant."""

    def __init__(self) -> None:
        self._events: dict[str, OpenEvent] = {}
        self._ids: dict[str, set[str]] = {}
        self._windows: dict[str, MaintenanceWindow] = {}
        self._planned: Mapping[str, Failure] = {}
        self._changes_at: datetime | None = None
        self.maintained: Mapping[str, MaintenanceWindow] = {}
        """Of each item in maintenance the window that ends last."""

    def lasts(self, now: datetime) -> bool:
        """Whether no window begins or ends by now."""
        return self._changes_at is None or now < self._changes_at

    def news(
        self, events: Mapping[str, OpenEvent | None], windows: Sequence[MaintenanceWindow], now: datetime
    ) -> Mapping[str, Told | None]:
        """What is told now and was not before, by id, and `None` for what is told no longer.

        `events` have changed, `None` that they hurt nothing any more; `windows` were planned or cancelled.
        """
        self._windows |= {window.id: window for window in windows}
        turned = self._replanned(now) if windows or not self.lasts(now) else set()
        news: dict[str, Told | None] = {_planned_id(key): self._told_of(key) for key in turned}
        for key in turned:
            news |= {id: self._heard(id) for id in self._ids.get(key, ())}
        for id, event in events.items():
            self._replace(id, event)
            news[id] = self._heard(id)
        return news

    def _replanned(self, now: datetime) -> set[str]:
        """Mind the windows as of now; the items for which that makes a difference."""
        before = self._planned
        ahead = [window for window in self._windows.values() if window.effective_until > now]
        self._windows = {window.id: window for window in ahead}
        self._planned, self.maintained = planned_failures(ahead, now), last_windows(ahead, now)
        self._changes_at = next_change_at(ahead, now)
        return {key for key in before.keys() | self._planned.keys() if before.get(key) != self._planned.get(key)}

    def _replace(self, id: str, event: OpenEvent | None) -> None:
        if had := self._events.pop(id, None):
            self._ids[had.key].discard(id)
            if not self._ids[had.key]:
                del self._ids[had.key]
        if event is not None:
            self._events[id] = event
            self._ids.setdefault(event.key, set()).add(id)

    def _heard(self, id: str) -> Told | None:
        event = self._events.get(id)
        return (event.key, event.failure) if event and event.key not in self._planned else None

    def _told_of(self, key: str) -> Told | None:
        return (key, self._planned[key]) if key in self._planned else None


def _planned_id(key: str) -> str:
    # No event has such an id: theirs are UUIDs.
    return f"maintenance of {key}"


def told_at(opened: Iterable[OpenEvent], windows: Sequence[MaintenanceWindow], at: datetime) -> dict[str, Told]:
    """All that is told at an instant, by id."""
    news = Telling().news({one.id: one for one in opened}, windows, at)
    return {id: told for id, told in news.items() if told is not None}
