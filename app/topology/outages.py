"""When each item is out (semantics §4), compiled: windows over everything that falls, providers first.

    start(n) = min and end(n) = max + restart(n) over its own outage and [start + tolerance, end) of each HARD provider
    start(g) and end(g) = when the members lost begin and cease to weigh more than the group can spare

A standby takes over whenever a member is lost, which counts for as long as that takes: together with the time in which
the group can spare no more if one follows the other without a gap, else by itself if it can spare what is lost. So what
a standby got over on Monday does not make the outage of Thursday begin on Monday.

Strongly connected components are contracted: inside one the windows are a fixpoint without restarts, and the sum of
its restarts is added once. What falls is cut out first, and its items are numbered by their place in the cut.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from app.topology.components import components
from app.topology.falling import Cut, cut_out, fall_of
from app.topology.graph import NO_SECONDS, Graph, Int32, Int64

OPEN = 1 << 60
"""The end of an outage that has none."""
NEVER = -1
"""The end of what is never out."""


@dataclass(frozen=True, slots=True)
class OwnOutage:
    """An item is out by itself from `start`; until `end`, else as long as it takes to recover. Epoch seconds.

    An item that should have recovered by now has not: nothing is known of its end.
    """

    start: int
    end: int | None = None


@dataclass(frozen=True, slots=True)
class OwnOutages:
    """The own outages of some items, side by side; the end is `NEVER` where it is as long as the item recovers."""

    items: Int32
    start: Int64
    end: Int64

    @classmethod
    def of(cls, own: Mapping[int, OwnOutage]) -> "OwnOutages":
        """The same, by item."""
        ends = [NEVER if outage.end is None else outage.end for outage in own.values()]
        starts = [outage.start for outage in own.values()]
        return cls(np.array([*own], np.int32), np.array(starts, np.int64), np.array(ends, np.int64))


@dataclass(frozen=True, slots=True)
class Windows:
    """Of the `items` that are out at some time the epoch seconds from `start` up to `end`, `OPEN` if there is none.

    The items ascend.
    """

    items: Int32
    start: Int64
    end: Int64

    def of(self, numbers: Int32) -> tuple[Int64, Int64]:
        """Start and end of each of these items, [`OPEN`, `NEVER`) where it is never out."""
        if not len(self.items):
            return np.full(len(numbers), OPEN, np.int64), np.full(len(numbers), NEVER, np.int64)
        place = np.minimum(np.searchsorted(self.items, numbers), len(self.items) - 1)
        out = self.items[place] == numbers
        return np.where(out, self.start[place], OPEN), np.where(out, self.end[place], NEVER)


class Facts(NamedTuple):
    """Of each place: its own outage, [`OPEN`, `NEVER`) if it has none and with the end `NEVER` if none is known;
    how long it takes to come up; what its members lost must weigh to take it down, and how long it fails over.

    And what time it is `now`.
    """

    own_start: Int64
    own_end: Int64
    duration: Int64
    enough: Int64
    failover: Int64
    now: int


@njit(cache=True, nogil=True)
def _reached(times: Int64, weights: Int64, enough: int) -> int:
    """The first of the times at which those up to it weigh enough, as all of them do."""
    heavy = 0
    for one in np.argsort(times, kind="mergesort"):
        heavy += weights[one]
        if heavy >= enough:
            return int(times[one])
    raise AssertionError


@njit(cache=True, nogil=True)
def _lost(cut: Cut, one: int, enough: int, component: Int32, slack: int, begin: Int64, end: Int64) -> tuple[int, int]:
    """When the members of a group that are out begin and cease to weigh enough; [OPEN, NEVER) if they never do.

    The end is without the `slack` of those in the group's own component, as all ends inside it are.
    """
    span = slice(cut.start[one], cut.start[one + 1])
    out = cut.member[span] & (begin[cut.provider[span]] < OPEN)
    providers, weights = cut.provider[span][out], cut.weight[span][out]
    if weights.sum() < enough:
        return OPEN, NEVER
    first = _reached(begin[providers], weights, enough)
    outlasts = end[providers] + slack * (component[providers] == component[one])
    if first >= -_reached(-outlasts, weights, enough):
        return OPEN, NEVER
    return first, -_reached(-end[providers], weights, enough)


@njit(cache=True, nogil=True)
def _missed(starts: Int64, failover: int, first: int, last: int) -> tuple[int, int]:
    """When a group is out whose members are lost at these times, and which can spare no more from `first` to `last`,
    [OPEN, NEVER) if it always can: then with all takeovers that leave no gap; else the last of those."""
    begins, ends = np.append(starts, first), np.append(starts + failover, last)
    earliest, latest, has_lost = OPEN, NEVER, False
    for one in np.argsort(begins, kind="mergesort"):
        if begins[one] > latest:
            if has_lost or begins[one] == OPEN:
                break
            earliest = begins[one]
        latest = max(latest, ends[one])
        has_lost = has_lost or one == len(starts)
    return earliest, latest


@njit(cache=True, nogil=True)
def _contributed(
    cut: Cut, facts: Facts, one: int, component: Int32, slack: int, begin: Int64, end: Int64
) -> tuple[int, int]:
    """What its providers contribute to the outage of a place; nothing is [OPEN, NEVER).

    `slack` is what the component of the place still adds to the ends inside it.
    """
    earliest, latest = OPEN, NEVER
    members = 0
    for position in range(cut.start[one], cut.start[one + 1]):
        other = cut.provider[position]
        if begin[other] == OPEN:
            continue
        if cut.member[position]:
            members += 1
            continue
        outlasts = end[other] + (slack if component[other] == component[one] else 0)
        if outlasts > begin[other] + cut.tolerance[position]:
            earliest = min(earliest, begin[other] + cut.tolerance[position])
            latest = max(latest, end[other])
    if members:
        first, last = _lost(cut, one, facts.enough[one], component, slack, begin, end)
        if facts.failover[one] > 0:
            span = slice(cut.start[one], cut.start[one + 1])
            starts = begin[cut.provider[span]][cut.member[span]]
            first, last = _missed(starts[starts < OPEN], facts.failover[one], first, last)
        earliest, latest = min(earliest, first), max(latest, last)
    return earliest, latest


@njit(cache=True, nogil=True)
def _outage_of(
    cut: Cut, facts: Facts, one: int, component: Int32, slack: int, begin: Int64, end: Int64
) -> tuple[int, int]:
    """What its providers contribute to the outage of a place, and its own outage without a known end."""
    earliest, latest = _contributed(cut, facts, one, component, slack, begin, end)
    if facts.own_start[one] < OPEN:
        earliest = min(earliest, facts.own_start[one])
        if facts.own_end[one] == NEVER:
            latest = max(latest, facts.own_start[one])
    return earliest, latest


@njit(cache=True, nogil=True)
def _grow(facts: Facts, one: int, outage: tuple[int, int], begin: Int64, end: Int64, base: Int64) -> bool:
    """Take in an outage of a place; whether it is more than was known."""
    earliest, latest = outage
    if earliest >= begin[one] and latest <= base[one]:
        return False
    begin[one], base[one] = min(begin[one], earliest), max(base[one], latest)
    end[one] = max(base[one], facts.own_end[one])
    return True


@njit(cache=True, nogil=True)
def _round(
    cut: Cut, facts: Facts, inside: Int32, component: Int32, slack: int, begin: Int64, end: Int64, base: Int64
) -> bool:
    """Look at every place as the last round left all of them; whether any has grown."""
    found = [_outage_of(cut, facts, one, component, slack, begin, end) for one in inside]
    changed = False
    for place in range(len(inside)):
        changed |= _grow(facts, inside[place], found[place], begin, end, base)
    return changed


@njit(cache=True, nogil=True)
def _settle(
    cut: Cut, facts: Facts, inside: Int32, component: Int32, slack: int, begin: Int64, end: Int64, base: Int64
) -> None:
    """The fixpoint of one component without its restarts; `base` is the latest end but a known own one.

    Windows only grow, and what grows makes others grow, so the order of the items does not matter. But a standby has
    taken over the earlier, the earlier it is needed: where there is one, it goes by rounds.
    """
    in_rounds = len(inside) > 1 and facts.failover[inside].any()
    changed = True
    while changed:
        changed = False
        if in_rounds:
            changed = _round(cut, facts, inside, component, slack, begin, end, base)
        else:
            for one in inside:
                outage = _outage_of(cut, facts, one, component, slack, begin, end)
                changed |= _grow(facts, one, outage, begin, end, base)
        # What needs nothing of its own component is settled at once, for its providers are.
        changed = changed and len(inside) > 1


@njit(cache=True, nogil=True)
def _is_overdue(facts: Facts, inside: Int32, slack: int, base: Int64) -> bool:
    """Whether an item that failed by itself should be up again by now."""
    for one in inside:
        if facts.own_start[one] < OPEN and facts.own_end[one] == NEVER and base[one] + slack <= facts.now:
            return True
    return False


@njit(cache=True, nogil=True)
def _windows(cut: Cut, facts: Facts, order: Int32, begins: Int32) -> tuple[Int64, Int64]:
    """Start and end of each place, [OPEN, NEVER) where it is never out."""
    size = len(cut.start) - 1
    begin, end, base = np.full(size, OPEN, np.int64), np.full(size, NEVER, np.int64), np.full(size, NEVER, np.int64)
    component = np.empty(size, np.int32)
    for number in range(len(begins) - 1):
        inside = order[begins[number] : begins[number + 1]]
        slack = 0
        for one in inside:
            component[one] = number
            slack = min(OPEN, slack + facts.duration[one])
        _settle(cut, facts, inside, component, slack, begin, end, base)
        if _is_overdue(facts, inside, slack, base):
            slack = OPEN
            _settle(cut, facts, inside, component, slack, begin, end, base)
        for one in inside:
            if base[one] != NEVER:
                end[one] = max(min(OPEN, base[one] + slack), facts.own_end[one])
    return begin, end


def outage_windows(graph: Graph, own: OwnOutages, now: int) -> Windows:
    """When everything is out that these own outages take with them; groups whose members are gone are from now on."""
    return windows_among(graph, own, now, *fall_of(graph, own.items))


def windows_among(graph: Graph, own: OwnOutages, now: int, items: Int32, place: Int32) -> Windows:
    """When these items are out, given their own outages; `place` is each one's position among them, from 1.

    With an item all that it needs must be among them that may be out at some time.
    """
    back = graph.providers
    cut = cut_out(items, place, back.start, back.index, back.kind, back.weight, back.tolerance_seconds)
    begin, end = _windows(cut, _facts(graph, own, now, items, place), *components(cut.start, cut.provider))
    out = begin < OPEN
    order = np.flatnonzero(out)[np.argsort(items[out])]
    return Windows(items[order], begin[order], end[order])


def _facts(graph: Graph, own: OwnOutages, now: int, fallen: Int32, place: Int32) -> Facts:
    own_start, own_end = np.full(len(fallen), OPEN, np.int64), np.full(len(fallen), NEVER, np.int64)
    duration = graph.restart_seconds[fallen]
    failed = place[own.items] - 1
    own_start[failed], own_end[failed] = own.start, own.end
    recovering = own.end == NEVER
    recovery = graph.recovery_seconds[own.items[recovering]]
    duration[failed[recovering]] = np.where(recovery == NO_SECONDS, OPEN, recovery)
    gone = place[graph.unsatisfiable] - 1
    gone = gone[gone >= 0]
    own_start[gone], own_end[gone] = now, OPEN
    enough = graph.total[fallen] - graph.needed[fallen] + 1
    return Facts(own_start, own_end, duration, enough, graph.failover_seconds[fallen], now)
