"""Windows for a test, and what they make of the open events, worked out without following anything."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from app.database.client import Database
from app.events.maintenance import MaintenanceWindow, planned_failures, under_way
from app.events.model import OpenEvent
from app.events.standing import LiveStanding
from app.impact.model import Failure, HealthState, worst_failure
from app.topology.current import Topology
from tests.graphs import DOWN
from tests.stored import NOW


def after(hours: float) -> datetime:
    """An instant so many hours from now."""
    return NOW + timedelta(hours=hours)


def window(
    *keys: str,
    starts: float = 0,
    ends: float = 4,
    state: HealthState | None = DOWN,
    planned: float = -24,
    cancelled: float | None = None,
    id: str = "w",
    include_hosted: bool = False,
) -> MaintenanceWindow:
    """A window over these items; times are hours from now."""
    return MaintenanceWindow(
        id,
        keys,
        state,
        after(starts),
        after(ends),
        "a disk",
        after(planned),
        "ops",
        None if cancelled is None else after(cancelled),
        include_hosted,
    )


def failures_at(
    opened: Iterable[OpenEvent],
    windows: Iterable[MaintenanceWindow],
    at: datetime,
    hosted: Mapping[str, Iterable[str]] | None = None,
) -> dict[str, Failure]:
    """How each item fails: as the windows over it say; if none is over it, as the worst of its open events does."""
    active = under_way(windows, at)
    silent = {key for one in active for key in (*one.keys, *(hosted or {}).get(one.id, ()))}
    failures = planned_failures(active)
    for one in opened:
        if one.key not in silent:
            failures[one.key] = worst_failure((one.failure, failures.get(one.key, one.failure)))
    return failures


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def live(database: Database, clock: Clock) -> LiveStanding:
    """A worker that looks at such a clock."""
    return LiveStanding(database, Topology(database, lambda: 0.0), clock)
