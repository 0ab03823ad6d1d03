"""The times of an estate's recovery, and the bounds of those that nobody can know (semantics §5). Pure.

A component that nobody gave a recovery time is taken to need none for the lower bound and for ever for the upper one.
All rules are monotone, so what lies between is all that can be; where both are the same the time is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

import numpy as np

from app.continuity.estate import RecoveryEstate
from app.continuity.timing import OPEN, Net, backward, durations, forward, struck
from app.topology.graph import NO_SECONDS, Bools, Int32, Int64


class CycleRule(Enum):
    """What items take together that wait for each other: all their times, or the longest."""

    SUM = "sum"
    MAX = "max"


@dataclass(frozen=True)
class RecoveryTimes:
    """When each item of an estate is up after the failure, in seconds, and until when it must be.

    `start` and `finish` are lower bounds, `finish_most` upper ones, `OPEN` where there is none; `late` and
    `late_least` likewise, `OPEN` where nobody asks for the item. `own` is what each component takes at least;
    `chosen` marks the edges of the net that are waited for, `missing` the items whose recovery time is needed and
    unknown, `affected` those that are not up all the time.
    """

    estate: RecoveryEstate
    own: Int64
    missing: Bools
    affected: Bools
    start: Int64
    finish: Int64
    finish_most: Int64
    chosen: Bools
    late: Int64
    late_least: Int64

    @property
    def net(self) -> Net:
        """What recovery waits for."""
        return self.estate.net

    def together(self, number: int) -> list[int]:
        """The items that wait for each other with this one, itself included, by key."""
        component = self.net.component[number]
        inside = self.net.order[self.net.begins[component] : self.net.begins[component + 1]]
        return sorted(inside.tolist(), key=self.estate.graph.keys.__getitem__)

    def waited_for(self, number: int) -> list[int]:
        """What an item waits for, of a group's members only those that it has to."""
        place = self.net.place[number]
        span = slice(self.net.start[place], self.net.start[place + 1])
        found: list[int] = self.net.order[self.net.provider[span][self.chosen[span]]].tolist()
        return found

    def late_for(self, deadline: Int64) -> Int64:
        """Until when each item must be up if these were the deadlines, `OPEN` where nobody asks."""
        late: Int64 = backward(self.net, self.own, self.chosen, deadline[self.net.order])[self.net.place]
        return late

    def own_of(self, number: int) -> int:
        """What an item takes at least, with those it waits for in a circle, once it can begin."""
        return int(self.own[self.net.component[number]])


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a recovery is: when which items were up again, and now, in seconds after the failure.

    What is not done and could have begun is under way; if it should be done by now, it is at the earliest now. Items
    that wait for each other are done when all of them are.
    """

    now_seconds: int
    done_seconds: Mapping[int, int]


NOT_BEGUN = Progress(0, {})


def recovery_times(estate: RecoveryEstate, *, cycles: CycleRule = CycleRule.SUM) -> RecoveryTimes:
    """The times after the loss of everything, and what the deadlines of the business ask for."""
    everything = np.ones(estate.graph.size, np.bool_)
    return _times(estate, estate.recovery_seconds, everything, NOT_BEGUN, cycles)


def times_after(
    estate: RecoveryEstate,
    failed: Bools,
    *,
    seconds: Int64,
    progress: Progress = NOT_BEGUN,
    cycles: CycleRule = CycleRule.SUM,
) -> RecoveryTimes:
    """The times after the loss of some items, which take these seconds (`NO_SECONDS`: unknown); what is struck
    besides only has to restart."""
    affected = struck(estate.net, failed[estate.net.order])[estate.net.place]
    own = np.where(failed, seconds, np.where(affected, estate.graph.restart_seconds, 0))
    return _times(estate, own, affected, progress, cycles)


class _Work(NamedTuple):
    """What is left to do, by item or by place: the time of each, zero where it is `missing`; who is `waiting`, when the
    others were `up`, and before what time (`floor`) those who wait cannot be."""

    left: Int64
    missing: Bools
    waiting: Bools
    up: Int64
    floor: Int64

    def in_order(self, order: Int32) -> "_Work":
        """The same of items in this order."""
        return _Work(self.left[order], self.missing[order], self.waiting[order], self.up[order], self.floor[order])


def _left_to_do(net: Net, seconds: Int64, affected: Bools, now_seconds: int, done: Mapping[int, int]) -> _Work:
    up, floor = np.zeros((2, len(seconds)), np.int64)
    waiting = affected
    if done:
        waiting, seconds = affected.copy(), seconds.copy()
        numbers = list(done)
        waiting[numbers], seconds[numbers], up[numbers] = False, 0, list(done.values())
    missing = seconds == NO_SECONDS
    left = np.where(missing, 0, seconds)
    if now_seconds:
        floor[_together(net, (left > 0) | missing)] = now_seconds
    return _Work(left, missing, waiting, up, floor)


def _times(
    estate: RecoveryEstate, seconds: Int64, affected: Bools, progress: Progress, cycles: CycleRule
) -> RecoveryTimes:
    net, longest = estate.net, cycles is CycleRule.MAX
    done = _done(net, progress.done_seconds)
    work = _left_to_do(net, seconds, affected, progress.now_seconds, done)
    deadline = np.where(estate.deadline_seconds == NO_SECONDS, OPEN, estate.deadline_seconds)[net.order]
    left, missing, waiting, up, floor = work.in_order(net.order)
    least = durations(net, left, longest)
    first = forward(net, least, waiting, 0, up, floor)
    for place in net.place[list(done)].tolist():
        # What is up waits for nothing any more.
        first.chosen[net.start[place] : net.start[place + 1]] = False
    late = backward(net, least, first.chosen, deadline)
    finish_most, late_least = first.finish, late
    if missing.any() or len(estate.graph.unsatisfiable):
        most = durations(net, np.where(missing, OPEN, left), longest)
        finish_most = forward(net, most, waiting, OPEN, up, floor).finish
        late_least = backward(net, most, first.chosen, deadline)
    found = (one[net.place] for one in (first.start, first.finish, finish_most, late, late_least))
    start, finish, finish_most, late, late_least = found
    return RecoveryTimes(
        estate, least, work.missing, affected, start, finish, finish_most, first.chosen, late, late_least
    )


def _done(net: Net, done_seconds: Mapping[int, int]) -> Mapping[int, int]:
    """When what is done was: of items that wait for each other all must be, and the last one counts."""
    if not done_seconds:
        return {}
    component, sizes = net.component[list(done_seconds)], np.diff(net.begins)
    last = np.zeros(len(sizes), np.int64)
    np.maximum.at(last, component, list(done_seconds.values()))
    whole = (np.bincount(component, minlength=len(sizes)) == sizes)[component]
    return dict(zip(np.array(list(done_seconds))[whole].tolist(), last[component[whole]].tolist(), strict=True))


def _together(net: Net, marks: Bools) -> Bools:
    """The items that are marked, or wait for a marked one in a circle."""
    found = marks.copy()
    if len(net.order):
        found[net.order] = np.repeat(np.logical_or.reduceat(marks[net.order], net.begins[:-1]), np.diff(net.begins))
    return found
