"""The outlook of an impact: when each item is out, when that breaches its tolerance, how urgent it is (semantics §4).

Pure. An item that may be DOWN counts as DOWN here, as it does for the priority.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property

import numpy as np

from app.impact.model import Failure, Forecast, HealthState, Moment
from app.impact.priority import OutTimes, Priorities, priorities
from app.impact.propagation import Propagation
from app.inventory.model import ItemType
from app.topology.graph import NO_SECONDS, TYPE_ORDER, Bools, Int32, Int64
from app.topology.outages import NEVER, OPEN, OwnOutage, Windows, outage_windows

_BUSINESS = [TYPE_ORDER.index(one) for one in (ItemType.BUSINESS_PROCESS, ItemType.BUSINESS_SERVICE)]
_LAST_SECOND = int(datetime.max.replace(tzinfo=UTC).timestamp())


class Outlook:
    """What time does to one propagation, given when its failures began and are expected to end."""

    def __init__(self, propagation: Propagation, failures: Mapping[int, Failure], moment: Moment) -> None:
        self._propagation = propagation
        self._graph = propagation.graph
        self._failures = failures
        self._moment = moment

    @cached_property
    def _windows(self) -> Windows:
        now = _second(self._moment.at)
        own = {
            number: OwnOutage(
                now if failure.since is None else _second(failure.since),
                None if failure.until is None else _second(failure.until),
            )
            for number, failure in self._failures.items()
            if failure.state in (HealthState.DOWN, HealthState.UNKNOWN)
        }
        return outage_windows(self._graph, own, now)

    @property
    def failing_over(self) -> int:
        """How many items are out at some time although they are not DOWN."""
        return int(np.count_nonzero(self._propagation.worst.state[self._windows.items] != HealthState.DOWN))

    def seconds_out(self, numbers: Int32) -> Int64:
        """How long each of these affected items is out in all: `OPEN` without a known end, `NO_SECONDS` if it is not
        DOWN, or back within a tolerance."""
        start, end = self._windows.of(numbers)
        out = (self._propagation.worst.state[numbers] == HealthState.DOWN) & (start < OPEN)
        return np.select([out & (end < OPEN), out], [end - start, OPEN], NO_SECONDS)

    @property
    def endless(self) -> Int32:
        """The items that failed of which neither an expected end is known nor how long they take to recover."""
        endless = [
            number
            for number, failure in self._failures.items()
            if failure.state in (HealthState.DOWN, HealthState.UNKNOWN) and failure.until is None
        ]
        found = np.array(endless, np.int32)
        unknown: Int32 = found[self._graph.recovery_seconds[found] == NO_SECONDS]
        return unknown

    def is_business(self, numbers: Int32) -> Bools:
        """Which of these items are business processes or services, which alone have a priority."""
        return np.isin(self._graph.type_rank[numbers], _BUSINESS)

    def priorities(self, numbers: Int32) -> Priorities:
        """The priorities of these affected business items."""
        start, end = self._windows.of(numbers)
        times = OutTimes(start < OPEN, end >= OPEN, end - start, self._graph.target_seconds[numbers])
        worst = self._propagation.worst.state[numbers]
        tiers, critical = self._graph.tier[numbers], self._graph.critical[numbers]
        return priorities(worst, tiers, critical, times, self._moment.cut_offs)

    def of(self, number: int) -> Forecast:
        """The forecast of one affected item."""
        one = np.array([number], np.int32)
        (start,), (end,) = (times.tolist() for times in self._windows.of(one))
        target = int(self._graph.target_seconds[number])
        breach = start + target if start < OPEN and target != NO_SECONDS else None
        judged = self.priorities(one) if self.is_business(one)[0] else None
        return Forecast(
            start=_instant(start),
            end=_instant(end) if end != NEVER else None,
            breach_at=_instant(breach) if breach is not None else None,
            slack_seconds=breach - end if breach is not None and end < OPEN else None,
            priority=int(judged.priority[0]) if judged else None,
            assumed=bool(judged.assumed[0]) if judged else False,
        )


def _second(instant: datetime) -> int:
    return int(instant.timestamp())


def _instant(second: int) -> datetime | None:
    return datetime.fromtimestamp(second, UTC) if second <= _LAST_SECOND else None
