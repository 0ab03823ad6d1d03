"""What the open events and the maintenance in effect tell of the estate, followed as they change. Pure.

While an item is in maintenance its events are silent, and the maintenance speaks for it if it says how it is; an event
that is still open when it ends speaks again.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from app.events.maintenance import MaintenanceWindow, last_windows, next_change_at, planned_failures, under_way
from app.events.model import OpenEvent
from app.impact.live import Told
from app.impact.model import Failure

Hosted = Mapping[str, frozenset[str]]
"""The keys of what is hosted on the items of each window that includes it, by the window's id."""


class Telling:
    """The open events by id, and the windows that are not over, as of an instant."""

    def __init__(self) -> None:
        self._events: dict[str, OpenEvent] = {}
        self._ids: dict[str, set[str]] = {}
        self._windows: dict[str, MaintenanceWindow] = {}
        self._hosted: Hosted = {}
        self._planned: Mapping[str, Failure] = {}
        self._changes_at: datetime | None = None
        self.maintained: Mapping[str, MaintenanceWindow] = {}
        """Of each item in maintenance the window that ends last, as the occurrence that is under way."""

    def lasts(self, now: datetime) -> bool:
        """Whether no window begins or ends by now."""
        return self._changes_at is None or now < self._changes_at

    def hosting(self, windows: Sequence[MaintenanceWindow], now: datetime) -> tuple[MaintenanceWindow, ...]:
        """The windows under way that include what is hosted on their items, given those that were changed."""
        known = self._windows | {window.id: window for window in windows}
        return under_way((window for window in known.values() if window.include_hosted), now)

    def news(
        self,
        events: Mapping[str, OpenEvent | None],
        windows: Sequence[MaintenanceWindow],
        now: datetime,
        hosted: Hosted | None = None,
    ) -> Mapping[str, Told | None]:
        """What is told now and was not before, by id, and `None` for what is told no longer.

        `events` have changed, `None` that they hurt nothing any more; `windows` were planned or cancelled. `hosted` is
        of those that are `hosting`, by default nothing.
        """
        hosted = hosted or {}
        self._windows |= {window.id: window for window in windows}
        stale = windows or hosted != self._hosted or not self.lasts(now)
        replanned, turned = self._replanned(now, hosted) if stale else ((), ())
        news: dict[str, Told | None] = {_planned_id(key): self._told_of(key) for key in replanned}
        for key in turned:
            news |= {id: self._heard(id) for id in self._ids.get(key, ())}
        for id, event in events.items():
            self._replace(id, event)
            news[id] = self._heard(id)
        return news

    def _replanned(self, now: datetime, hosted: Hosted) -> tuple[Collection[str], Collection[str]]:
        """Mind the windows as of now: the items that are meant to be otherwise, and those that turn silent or turn
        back."""
        planned, silent = self._planned, self.maintained.keys()
        ahead = [window for window in self._windows.values() if window.over_at is None or window.over_at > now]
        active = under_way(ahead, now)
        self._windows, self._hosted = {window.id: window for window in ahead}, hosted
        self._planned, self.maintained = planned_failures(active), last_windows(active, hosted)
        self._changes_at = next_change_at(ahead, now)
        known = planned.keys() | self._planned.keys()
        return {key for key in known if planned.get(key) != self._planned.get(key)}, silent ^ self.maintained.keys()

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
        return (event.key, event.failure) if event and event.key not in self.maintained else None

    def _told_of(self, key: str) -> Told | None:
        return (key, self._planned[key]) if key in self._planned else None


def _planned_id(key: str) -> str:
    # No event has such an id: theirs are UUIDs.
    return f"maintenance of {key}"


def told_at(
    opened: Iterable[OpenEvent], windows: Sequence[MaintenanceWindow], at: datetime, hosted: Hosted | None = None
) -> dict[str, Told]:
    """All that is told at an instant, by id."""
    news = Telling().news({one.id: one for one in opened}, windows, at, hosted)
    return {id: told for id, told in news.items() if told is not None}
