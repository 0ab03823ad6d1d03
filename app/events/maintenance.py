"""Maintenance: windows in which items are meant to be out, and what they make of the open events (semantics §2). Pure.

While a window is in effect its items have its state, planned, and their open events say nothing. An event that is
still open when it ends counts again. A window without a state silences events and takes nothing down.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from app.errors import InvalidInput
from app.events.recurrence import Recurrence, recurrence_of
from app.impact.model import Failure, HealthState

MAX_SUMMARY = 500
_STATES = (HealthState.DOWN, HealthState.DEGRADED)


@dataclass(frozen=True, slots=True)
class MaintenanceDraft:
    """A window as somebody asks for it; without a start it begins at once, without a rule it is once.

    Of a series the times are those of one occurrence, and `time_zone` is the wall clock that the rule means.
    """

    keys: Sequence[str]
    state: HealthState | None
    starts_at: datetime | None
    ends_at: datetime
    summary: str
    include_hosted: bool = False
    recurrence: str | None = None
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Skip:
    """The occurrence that was to start at an instant, and when it was called off."""

    start: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class Origin:
    """Who else knows a window, and under which name."""

    source: str
    id: str


@dataclass(frozen=True, slots=True)
class MaintenanceWindow:
    """Items that are meant to be in a state from one instant until before another. Times are UTC.

    Without a state their events are silent, and they are as they are. Of a series the times are those of its first
    occurrence. With `include_hosted` the events of what is hosted on the items are silent too.
    """

    id: str
    keys: tuple[str, ...]
    state: HealthState | None
    starts_at: datetime
    ends_at: datetime
    summary: str
    created_at: datetime
    created_by: str
    cancelled_at: datetime | None = None
    include_hosted: bool = False
    recurrence: Recurrence | None = None
    skipped: tuple[Skip, ...] = ()
    origin: Origin | None = None

    @property
    def effective_from(self) -> datetime:
        """When it begins to count, of a series for the first time: not before it was known."""
        return max(self.starts_at, self.created_at)

    @property
    def effective_until(self) -> datetime:
        """When it counts no more, of a series for the first time."""
        return min(self.ends_at, self.cancelled_at or self.ends_at)

    @property
    def over_at(self) -> datetime | None:
        """From when on it counts no more, at the latest; `None` if it never ends."""
        last = self.recurrence.last(self.starts_at) if self.recurrence else self.starts_at
        end = last + (self.ends_at - self.starts_at) if last else None
        return min(filter(None, (end, self.cancelled_at)), default=None)

    def occurrences(self, at: datetime) -> Iterator["MaintenanceWindow"]:
        """The times it counts that are not over at an instant, in order, each as a window that is once."""
        skipped = {skip.start: skip.at for skip in self.skipped}
        for start in self._starts(at):
            if self.cancelled_at and start >= self.cancelled_at:
                break
            called_off = min(filter(None, (self.cancelled_at, skipped.get(start))), default=None)
            ends_at = start + (self.ends_at - self.starts_at)
            one = replace(self, starts_at=start, ends_at=ends_at, cancelled_at=called_off, recurrence=None, skipped=())
            if max(at, one.effective_from) < one.effective_until:
                yield one

    def _starts(self, at: datetime) -> Iterable[datetime]:
        if self.recurrence is None:
            return (self.starts_at,)
        return self.recurrence.starts(self.starts_at, after=at - (self.ends_at - self.starts_at))

    def during(self, at: datetime) -> "MaintenanceWindow | None":
        """The occurrence in effect at an instant, as a window that is once; of several the last."""
        found = None
        for one in self.occurrences(at):
            if one.effective_from > at:
                break
            found = one
        return found

    def in_effect(self, at: datetime) -> bool:
        """Whether it counts at an instant."""
        return self.during(at) is not None


def checked(draft: MaintenanceDraft, now: datetime, *, most_items: int, longest: timedelta) -> MaintenanceDraft:
    """The draft with its start filled in, its times in UTC and each key once; of a series the times are those of its
    first occurrence.

    Raises:
        InvalidInput: it covers nothing or too much, is too long, is over or ends before it begins, or says no why.
    """
    keys, summary = tuple(dict.fromkeys(draft.keys)), draft.summary.strip()
    if not 1 <= len(keys) <= most_items:
        raise InvalidInput(f"keys must name 1 to {most_items} items, not {len(keys)}; plan several windows")
    if draft.state is not None and draft.state not in _STATES:
        raise InvalidInput(f"state must be DOWN or DEGRADED, not {draft.state.name}; it is what is meant to happen")
    if not 1 <= len(summary) <= MAX_SUMMARY:
        raise InvalidInput(f"summary must have 1 to {MAX_SUMMARY} characters; say what is done, for whoever is on call")
    starts_at, ends_at = _utc("startsAt", draft.starts_at or now), _utc("endsAt", draft.ends_at)
    if ends_at <= (starts_at if draft.recurrence else max(starts_at, now)):
        raise InvalidInput(f"endsAt {ends_at.isoformat()} must be later than startsAt, and still to come")
    if ends_at - starts_at > longest:
        raise InvalidInput(
            f"the window lasts {ends_at - starts_at}, at most {longest} are taken; "
            "what is out for longer is better retired, or planned in parts"
        )
    right = replace(draft, keys=keys, starts_at=starts_at, ends_at=ends_at, summary=summary)
    return _series(right, starts_at) if draft.recurrence else right


def _series(draft: MaintenanceDraft, starts_at: datetime) -> MaintenanceDraft:
    """The draft with its rule put right, and moved to the first start by it; rules know no parts of a second."""
    starts_at = starts_at.replace(microsecond=0)
    found = recurrence_of(draft.recurrence or "", draft.time_zone, starts_at)
    first = next(found.starts(starts_at, after=starts_at - timedelta(microseconds=1)))
    lasts = draft.ends_at.replace(microsecond=0) - starts_at
    return replace(draft, recurrence=found.rule, starts_at=first, ends_at=first + lasts)


def window_of(
    draft: MaintenanceDraft, *, caller: str, now: datetime, origin: Origin | None = None, skipped: Sequence[Skip] = ()
) -> MaintenanceWindow:
    """A new window as a checked draft asks for it."""
    return MaintenanceWindow(
        id=str(uuid4()),
        keys=tuple(draft.keys),
        state=draft.state,
        starts_at=draft.starts_at or now,
        ends_at=draft.ends_at,
        summary=draft.summary,
        created_at=now,
        created_by=caller,
        include_hosted=draft.include_hosted,
        recurrence=Recurrence(draft.recurrence, draft.time_zone) if draft.recurrence else None,
        skipped=tuple(skipped),
        origin=origin,
    )


def _utc(name: str, instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise InvalidInput(f"{name} has no time zone; write it as {instant.isoformat()}Z")
    return instant.astimezone(UTC)


def under_way(windows: Iterable[MaintenanceWindow], at: datetime) -> tuple[MaintenanceWindow, ...]:
    """The occurrences in effect at an instant."""
    return tuple(found for window in windows if (found := window.during(at)) is not None)


def last_windows(
    active: Iterable[MaintenanceWindow], hosted: Mapping[str, Iterable[str]]
) -> dict[str, MaintenanceWindow]:
    """Of each item in maintenance the window that ends last, of those under way; `hosted` are the keys of what each
    window covers beside its own items, by its id."""
    in_turn = sorted(active, key=lambda one: (one.effective_until, one.id))
    return {key: window for window in in_turn for key in (*hosted.get(window.id, ()), *window.keys)}


def planned_failures(active: Iterable[MaintenanceWindow]) -> dict[str, Failure]:
    """How the items in maintenance are meant to fail by the windows under way: of several as the worst says, for as
    long as one of them says so."""
    planned: dict[str, Failure] = {}
    for window in active:
        if window.state is not None:
            meant = Failure(window.state, window.starts_at, window.ends_at, planned=True)
            for key in window.keys:
                planned[key] = _joined(planned[key], meant) if key in planned else meant
    return planned


def _joined(one: Failure, other: Failure) -> Failure:
    if one.state is not other.state:
        return max(one, other, key=lambda failure: failure.state)
    since, until = (one.since, other.since), (one.until, other.until)
    return replace(one, since=min(filter(None, since)), until=max(filter(None, until)))


def next_change_at(windows: Iterable[MaintenanceWindow], at: datetime) -> datetime | None:
    """When the next window after an instant begins or ends to be in effect; `None` if none ever does."""
    return min((turn for window in windows for turn in _turns(window, at)), default=None)


def _turns(window: MaintenanceWindow, at: datetime) -> Iterator[datetime]:
    """The ends of what is under way, and the next start."""
    for one in window.occurrences(at):
        if one.effective_from > at:
            yield one.effective_from
            return
        yield one.effective_until
