"""Maintenance: windows in which items are meant to be out, and what they make of the open events (semantics §2). Pure.

While a window is in effect its items have its state, planned, and their open events say nothing. An event that is
still open when it ends counts again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from app.errors import InvalidInput
from app.events.model import OpenEvent
from app.impact.model import Failure, HealthState, worst_failure

MAX_SUMMARY = 500
_STATES = (HealthState.DOWN, HealthState.DEGRADED)


@dataclass(frozen=True, slots=True)
class MaintenanceDraft:
    """A window as somebody asks for it; without a start it begins at once."""

    keys: Sequence[str]
    state: HealthState
    starts_at: datetime | None
    ends_at: datetime
    summary: str


@dataclass(frozen=True, slots=True)
class MaintenanceWindow:
    """Items that are meant to be in a state from one instant until before another. Times are UTC."""

    id: str
    keys: tuple[str, ...]
    state: HealthState
    starts_at: datetime
    ends_at: datetime
    summary: str
    created_at: datetime
    created_by: str
    cancelled_at: datetime | None = None

    @property
    def effective_from(self) -> datetime:
        """When it begins to count: not before it was known."""
        return max(self.starts_at, self.created_at)

    @property
    def effective_until(self) -> datetime:
        """When it counts no more."""
        return min(self.ends_at, self.cancelled_at or self.ends_at)

    def in_effect(self, at: datetime) -> bool:
        """Whether it counts at an instant."""
        return self.effective_from <= at < self.effective_until


def checked(draft: MaintenanceDraft, now: datetime, *, most_items: int, longest: timedelta) -> MaintenanceDraft:
    """The draft with its start filled in, its times in UTC and each key once.

    Raises:
        InvalidInput: it covers nothing or too much, is too long, is over or ends before it begins, or says no why.
    """
    keys, summary = tuple(dict.fromkeys(draft.keys)), draft.summary.strip()
    if not 1 <= len(keys) <= most_items:
        raise InvalidInput(f"keys must name 1 to {most_items} items, not {len(keys)}; plan several windows")
    if draft.state not in _STATES:
        raise InvalidInput(f"state must be DOWN or DEGRADED, not {draft.state.name}; it is what is meant to happen")
    if not 1 <= len(summary) <= MAX_SUMMARY:
        raise InvalidInput(f"summary must have 1 to {MAX_SUMMARY} characters; say what is done, for whoever is on call")
    starts_at, ends_at = _utc("startsAt", draft.starts_at or now), _utc("endsAt", draft.ends_at)
    if ends_at <= max(starts_at, now):
        raise InvalidInput(f"endsAt {ends_at.isoformat()} must be later than startsAt, and still to come")
    if ends_at - starts_at > longest:
        raise InvalidInput(
            f"the window lasts {ends_at - starts_at}, at most {longest} are taken; "
            "what is out for longer is better retired, or planned in parts"
        )
    return replace(draft, keys=keys, starts_at=starts_at, ends_at=ends_at, summary=summary)


def _utc(name: str, instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise InvalidInput(f"{name} has no time zone; write it as {instant.isoformat()}Z")
    return instant.astimezone(UTC)


def last_windows(windows: Iterable[MaintenanceWindow], at: datetime) -> dict[str, MaintenanceWindow]:
    """Of each item in maintenance at an instant the window that ends last."""
    in_turn = sorted(windows, key=lambda one: (one.effective_until, one.id))
    return {key: window for window in in_turn if window.in_effect(at) for key in window.keys}


def failures_at(opened: Iterable[OpenEvent], windows: Iterable[MaintenanceWindow], at: datetime) -> dict[str, Failure]:
    """How each item fails at an instant: as its windows in effect say, else as the worst of its open events does."""
    return own_failures(opened, planned_failures(windows, at))


def own_failures(opened: Iterable[OpenEvent], planned: Mapping[str, Failure]) -> dict[str, Failure]:
    """How each item fails: as it was planned to, else as the worst of its open events says."""
    failures = dict(planned)
    for one in opened:
        if one.key not in planned:
            failures[one.key] = worst_failure((one.failure, failures.get(one.key, one.failure)))
    return failures


def planned_failures(windows: Iterable[MaintenanceWindow], at: datetime) -> dict[str, Failure]:
    """How each item in maintenance at an instant is meant to fail: of several windows as the worst says, for as long
    as one of them says so."""
    planned: dict[str, Failure] = {}
    for window in windows:
        if window.in_effect(at):
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
    turns = (
        turn
        for window in windows
        if window.effective_from < window.effective_until
        for turn in (window.effective_from, window.effective_until)
        if turn > at
    )
    return min(turns, default=None)
