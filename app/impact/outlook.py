"""The outlook of an impact: when each item is out, when that breaches its tolerance, how urgent it is (semantics §4).

Pure. An item that may be DOWN counts as DOWN here, as it does for the priority.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cached_property

import numpy as np

from app.impact.model import Failure, Forecast, HealthState, Moment
from app.impact.priority import OutTimes, Priorities, priorities
from app.impact.propagation import Propagation
from app.inventory.model import ItemType
from app.topology.cones import stood_on
from app.topology.falling import fall_of
from app.topology.graph import NO_SECONDS, TYPE_ORDER, Bools, Int8, Int32, Int64
from app.topology.outages import NEVER, OPEN, OwnOutages, Windows, outage_windows, windows_among

_IS_BUSINESS = np.array([one in (ItemType.BUSINESS_PROCESS, ItemType.BUSINESS_SERVICE) for one in TYPE_ORDER])
_OUT = (HealthState.DOWN, HealthState.UNKNOWN)
_LAST_SECOND = int(datetime.max.replace(tzinfo=UTC).timestamp())


class Outlook:
    """What time does to one propagation, given when its failures began and are expected to end.

    What is asked of the items of `focus` alone costs what they stand on, however much else has fallen.
    """

    def __init__(
        self, propagation: Propagation, failures: Mapping[int, Failure], moment: Moment, focus: Int32 | None = None
    ) -> None:
        self._propagation = propagation
        self._graph = propagation.graph
        self._failures = failures
        self._moment = moment
        self._focus = np.empty(0, np.int32) if focus is None else focus

    def focused(self, numbers: Int32) -> "Outlook":
        """The same outlook, to be asked about these items, ascending."""
        if self._is_near(numbers):
            return self
        return Outlook(self._propagation, self._failures, self._moment, numbers)

    @cached_property
    def _windows(self) -> Windows:
        return outage_windows(self._graph, self._own(self._failures), self._second_now)

    @cached_property
    def _windows_near(self) -> Windows:
        """The windows of all that the items of the focus stand on."""
        items, place = stood_on(self._graph, self._out_at_some_time(), self._focus)
        return windows_among(self._graph, self._own(items.tolist()), self._second_now, items, place)

    @property
    def _second_now(self) -> int:
        return _second(self._moment.at)

    def _own(self, numbers: Iterable[int]) -> OwnOutages:
        """The outages of those of these items that failed and may be out by themselves."""
        told = ((number, self._failures.get(number)) for number in numbers)
        own = [(number, failure) for number, failure in told if failure is not None and failure.state in _OUT]
        starts = [self._second_now if one.since is None else _second(one.since) for _, one in own]
        ends = [NEVER if one.until is None else _second(one.until) for _, one in own]
        items = np.array([number for number, _ in own], np.int32)
        return OwnOutages(items, np.array(starts, np.int64), np.array(ends, np.int64))

    def _out_at_some_time(self) -> Int8:
        """1 for what may be out at some time: what is DOWN, and what is out only while a standby takes over.

        Nothing else: windows in a circle add up the restarts of all that is in it.
        """
        out: Int8 = (self._propagation.worst.state == HealthState.DOWN).astype(np.int8)
        if self._graph.failover_seconds.any():
            out[fall_of(self._graph, self._own(self._failures).items)[0]] = 1
        return out

    def _times(self, numbers: Int32) -> tuple[Int64, Int64]:
        """Start and end of the outage of each of these items, [`OPEN`, `NEVER`) where it is never out."""
        return (self._windows_near if self._is_near(numbers) else self._windows).of(numbers)

    def _is_near(self, numbers: Int32) -> bool:
        """Whether all of these items are in the focus."""
        if not len(numbers):
            return True
        if not len(self._focus):
            return False
        place = np.minimum(np.searchsorted(self._focus, numbers), len(self._focus) - 1)
        return bool((self._focus[place] == numbers).all())

    @property
    def failing_over(self) -> Int32:
        """The items that are out at some time although they are not DOWN."""
        found: Int32 = self._windows.items[self._propagation.worst.state[self._windows.items] != HealthState.DOWN]
        return found

    def seconds_out(self, numbers: Int32) -> Int64:
        """How long each of these affected items is out in all: `OPEN` without a known end, `NO_SECONDS` if it is not
        DOWN, or back within a tolerance."""
        start, end = self._times(numbers)
        out = (self._propagation.worst.state[numbers] == HealthState.DOWN) & (start < OPEN)
        return np.select([out & (end < OPEN), out], [end - start, OPEN], NO_SECONDS)

    @property
    def endless(self) -> Int32:
        """The items that failed of which neither an expected end is known nor how long they take to recover."""
        endless = [
            number for number, failure in self._failures.items() if failure.state in _OUT and failure.until is None
        ]
        found = np.array(endless, np.int32)
        unknown: Int32 = found[self._graph.recovery_seconds[found] == NO_SECONDS]
        return unknown

    def is_business(self, numbers: Int32) -> Bools:
        """Which of these items are business processes or services, which alone have a priority."""
        found: Bools = _IS_BUSINESS[self._graph.type_rank[numbers]]
        return found

    def business_among(self, numbers: Int32) -> Int32:
        """Those of these items that are business processes or services."""
        return numbers[self.is_business(numbers)]

    def priorities(self, numbers: Int32) -> Priorities:
        """The priorities of these affected business items."""
        if not self._is_near(numbers):
            return self._judged(numbers)
        place = np.searchsorted(self._focus, numbers)
        return Priorities(self._judged_near.priority[place], self._judged_near.assumed[place])

    @cached_property
    def _judged_near(self) -> Priorities:
        """The priorities of the items of the focus."""
        return self._judged(self._focus)

    def _judged(self, numbers: Int32) -> Priorities:
        start, end = self._times(numbers)
        times = OutTimes(start < OPEN, end >= OPEN, end - start, self._graph.target_seconds[numbers])
        worst = self._propagation.worst.state[numbers]
        tiers, critical = self._graph.tier[numbers], self._graph.critical[numbers]
        return priorities(worst, tiers, critical, times, self._moment.cut_offs)

    def of(self, number: int) -> Forecast:
        """The forecast of one affected item."""
        return self.forecasts(np.array([number], np.int32))[0]

    def forecasts(self, numbers: Int32) -> list[Forecast]:
        """The forecasts of these affected items."""
        starts, ends = self._times(numbers)
        judged = self.priorities(numbers)
        columns = starts, ends, self._graph.target_seconds[numbers], judged.priority, judged.assumed
        rows = zip(*(column.tolist() for column in (*columns, self.is_business(numbers))), strict=True)
        return [_forecast(*row) for row in rows]


def _forecast(start: int, end: int, target: int, priority: int, assumed: bool, business: bool) -> Forecast:
    breach = start + target if start < OPEN and target != NO_SECONDS else None
    return Forecast(
        start=_instant(start),
        end=_instant(end) if end != NEVER else None,
        breach_at=_instant(breach) if breach is not None else None,
        slack_seconds=breach - end if breach is not None and end < OPEN else None,
        priority=priority if business else None,
        assumed=business and assumed,
    )


def _second(instant: datetime) -> int:
    return int(instant.timestamp())


def _instant(second: int) -> datetime | None:
    return datetime.fromtimestamp(second, UTC) if second <= _LAST_SECOND else None
