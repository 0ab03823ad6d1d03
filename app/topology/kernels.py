"""The walks over the arrays, compiled; each costs what it touches, for untouched pages of zeros stay unmapped."""

from dataclasses import dataclass
from functools import cached_property
from mmap import mmap
from typing import NamedTuple, TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

from app.topology.graph import (
    Bools,
    Graph,
    Int8,
    Int32,
    Int64,
)
from app.topology.prefetch import FAR, NEAR, prefetch
from app.topology.rooms import Room, room_for

# Compiled code sees no enums: these are EdgeKind and HealthState.
SOFT, MEMBER = 1, 2
DEGRADED, DOWN = 1, 2
# Below, clearing costs less than a mapping.
_PAGES_FROM_BYTES = 1 << 16
D = TypeVar("D", bound=np.generic)
_NOTHING = np.empty((0, 0), np.int32)


class _Rules(NamedTuple):
    """Who needs each item, and what groups need: more than one walk has to be told."""

    start: Int64
    end: Int32
    kind: Int8
    weight: Int64
    total: Int64
    needed: Int64
    healthy: Int64


@njit(cache=True, nogil=True)
def _group_state(level: int, left: int, needed: int, healthy: int) -> int:
    """How a group is whose members that have not fallen to `level` weigh this much."""
    return 0 if left >= healthy else DEGRADED if left >= needed else level


@njit(cache=True, nogil=True)
def _spread_level(
    level: int, head: int, count: int, waits: int, losers: int, rules: _Rules, state: Int8, room: Room
) -> tuple[int, int, int]:
    """Let what lies in `order` from `head` on take others to the level; returns how many lie in each list now.

    What an edge takes only to a lesser state waits; groups that have lost members are listed, to be forgotten.
    """
    start, index, kind, weight, total, needed, healthy = rules
    _, lost, order, rounds, waiting, losing = room
    while head < count:
        if head + FAR < count:
            prefetch(start, order[head + FAR])
            prefetch(index, start[order[head + NEAR]])
            prefetch(kind, start[order[head + NEAR]])
        provider, later = order[head], rounds[head] + 1
        head += 1
        for position in range(start[provider], start[provider + 1]):
            dependent = index[position]
            if state[dependent] >= level:
                continue
            carried = DEGRADED if kind[position] == SOFT else level
            if kind[position] == MEMBER:
                if lost[dependent] == 0:
                    losing[losers] = dependent
                    losers += 1
                lost[dependent] += weight[position]
                left = total[dependent] - lost[dependent]
                carried = _group_state(level, left, needed[dependent], healthy[dependent])
            if carried <= state[dependent]:
                continue
            state[dependent] = carried
            if carried == level:
                order[count], rounds[count] = dependent, later
                count += 1
            else:
                waiting[waits] = dependent
                waits += 1
    return count, waits, losers


@njit(cache=True, nogil=True)
def _spread(
    down: Int32,
    degraded: Int32,
    state: Int8,
    start: Int64,
    end: Int32,
    kind: Int8,
    weight: Int64,
    total: Int64,
    needed: Int64,
    healthy: Int64,
    seen: Bools,
    lost: Int64,
    order: Int32,
    rounds: Int32,
    waiting: Int32,
    losing: Int32,
) -> tuple[int, int]:
    """Raise everything to what these own states take it to; returns how many are DOWN, and how many not OPERATIONAL.

    They lie in `order` as they fell, first to DOWN, then to DEGRADED; what waits for the second is marked already.
    `rounds` is 1 for own states, one more than the provider that was the last straw for the others; to what is
    DEGRADED everything DOWN counts as 1.
    """
    # Taken apart for the call: numba looks up a compiled version for arrays much faster than for tuples.
    rules = _Rules(start, end, kind, weight, total, needed, healthy)
    room = Room(seen, lost, order, rounds, waiting, losing)
    waits, fell = len(degraded), len(down)
    waiting[:waits] = degraded
    order[:fell], rounds[:fell] = down, 1
    for item in degraded:
        state[item] = DEGRADED
    for item in down:
        state[item] = DOWN
    fell, waits, losers = _spread_level(DOWN, 0, fell, waits, 0, rules, state, room)
    count = fell
    for place in range(waits):
        if state[waiting[place]] == DEGRADED:
            order[count], rounds[count] = waiting[place], 1 if place < len(degraded) else 2
            count += 1
    count, _, losers = _spread_level(DEGRADED, fell, count, waits, losers, rules, state, room)
    for group in losing[:losers]:
        lost[group] = 0
    return fell, count


@njit(cache=True)
def _measure(causes: Int32, start: Int64, index: Int32, kind: Int8, state: Int8, depth: Int32, queue: Int32) -> None:
    """Distance of each affected item to the nearest cause over edges that carry its state, plus one, into `depth`."""
    count = 0
    for cause in causes:
        if depth[cause] == 0:
            depth[cause] = 1
            queue[count] = cause
            count += 1
    head = 0
    while head < count:
        provider = queue[head]
        head += 1
        for position in range(start[provider], start[provider + 1]):
            dependent = index[position]
            if state[dependent] == 0 or depth[dependent] != 0:
                continue
            carries = state[dependent] == DEGRADED if kind[position] == SOFT else state[provider] >= state[dependent]
            if carries:
                depth[dependent] = depth[provider] + 1
                queue[count] = dependent
                count += 1


@njit(cache=True, nogil=True)
def _count_losses(fallen: Int32, start: Int64, index: Int32, kind: Int8, weight: Int64, lost: Int64) -> None:
    """What the members among `fallen` weigh in each of their groups, into `lost`."""
    for member in fallen:
        for position in range(start[member], start[member + 1]):
            if kind[position] == MEMBER:
                lost[index[position]] += weight[position]


@njit(cache=True, nogil=True)
def _drop(
    seed: int,
    soft: bool,
    start: Int64,
    index: Int32,
    kind: Int8,
    weight: Int64,
    total: Int64,
    threshold: Int64,
    down: Bools,
    lost: Int64,
    fallen: Int32,
) -> tuple[int, int]:
    """Take one more item DOWN, in place; returns how many fell with it, in `fallen`, and how many edges it cost.

    With `soft` it is to DEGRADED, which SOFT edges carry too.
    `lost` counts every member that fell, also of groups that are DOWN already, so that `_lift` can undo it.
    """
    down[seed] = True
    fallen[0] = seed
    count, head, edges = 1, 0, 0
    while head < count:
        provider = fallen[head]
        head += 1
        edges += start[provider + 1] - start[provider]
        for position in range(start[provider], start[provider + 1]):
            dependent = index[position]
            if kind[position] == MEMBER:
                lost[dependent] += weight[position]
                if total[dependent] - lost[dependent] >= threshold[dependent]:
                    continue
            elif kind[position] == SOFT and not soft:
                continue
            if not down[dependent]:
                down[dependent] = True
                fallen[count] = dependent
                count += 1
    return count, edges


@njit(cache=True, nogil=True)
def _take_turns(
    seeds: Int32,
    soft: bool,
    start: Int64,
    index: Int32,
    kind: Int8,
    weight: Int64,
    total: Int64,
    threshold: Int64,
    fell: Bools,
    lost: Int64,
    queue: Int32,
    turn: Int32,
) -> None:
    """Drop one seed after the other for good; `turn` is the place of the one with which an item fell, from 1."""
    for place in range(len(seeds)):
        if not fell[seeds[place]]:
            size, _ = _drop(seeds[place], soft, start, index, kind, weight, total, threshold, fell, lost, queue)
            turn[queue[:size]] = place + 1


@njit(cache=True, nogil=True)
def _lift(fallen: Int32, start: Int64, index: Int32, kind: Int8, weight: Int64, down: Bools, lost: Int64) -> None:
    """Undo a `_drop`."""
    for one in fallen:
        down[one] = False
        for position in range(start[one], start[one + 1]):
            if kind[position] == MEMBER:
                lost[index[position]] -= weight[position]


@njit(cache=True, nogil=True)
def _weaken(
    fallen: Int32,
    start: Int64,
    index: Int32,
    kind: Int8,
    back_start: Int64,
    back_index: Int32,
    back_kind: Int8,
    down: Bools,
    weakened: Bools,
    seen: Bools,
    queue: Int32,
) -> int:
    """Mark the groups that hold without these members; returns how many items what is left of them stands on."""
    count = 0
    for one in fallen:
        for position in range(start[one], start[one + 1]):
            group = index[position]
            if kind[position] != MEMBER or down[group] or weakened[group]:
                continue
            weakened[group] = True
            for back in range(back_start[group], back_start[group + 1]):
                member = back_index[back]
                if back_kind[back] == MEMBER and not down[member] and not seen[member]:
                    seen[member] = True
                    queue[count] = member
                    count += 1
    head = 0
    while head < count:
        dependent = queue[head]
        head += 1
        for position in range(back_start[dependent], back_start[dependent + 1]):
            provider = back_index[position]
            if back_kind[position] != SOFT and not down[provider] and not seen[provider]:
                seen[provider] = True
                queue[count] = provider
                count += 1
    return count


@njit(cache=True, nogil=True)
def _try_each(
    candidates: Int32,
    start: Int64,
    index: Int32,
    kind: Int8,
    weight: Int64,
    total: Int64,
    threshold: Int64,
    down: Bools,
    lost: Int64,
    nominal_down: Bools,
    nominal_lost: Int64,
    weakened: Bools,
    most_edges: int,
    takes: Bools,
    count: Int32,
    row: Int32,
    found: NDArray[np.int32],
) -> int:
    """Drop each candidate alone; in `count`, per item, how many take it DOWN now and would not in the nominal graph.

    `takes[c]` says whether candidate c takes any. Of an item with a `row` from 1 the candidates go to that row of
    `found`, as many as it holds. Returns how many were tried before they had cost `most_edges`.
    """
    fallen = np.empty(len(total), np.int32)
    nominal_fallen = np.empty(len(total), np.int32)
    spent = 0
    for tried in range(len(candidates)):
        if spent >= most_edges:
            return tried
        one = candidates[tried]
        size, edges = _drop(one, False, start, index, kind, weight, total, threshold, down, lost, fallen)
        spent += edges
        # Only through a group that has lost a member does it take down more than it would nominally.
        if weakened[fallen[:size]].any():
            nominal_size, edges = _drop(
                one, False, start, index, kind, weight, total, threshold, nominal_down, nominal_lost, nominal_fallen
            )
            spent += edges
            for taken in fallen[:size]:
                if not nominal_down[taken]:
                    takes[tried] = True
                    place = row[taken]
                    if place and count[taken] < found.shape[1]:
                        found[place - 1, count[taken]] = one
                    count[taken] += 1
            _lift(nominal_fallen[:nominal_size], start, index, kind, weight, nominal_down, nominal_lost)
        _lift(fallen[:size], start, index, kind, weight, down, lost)
    return len(candidates)


def zeros(size: int, kind: type[D]) -> NDArray[D]:
    """Zeros that cost nothing until they are touched; `np.zeros` clears the memory it is given a second time."""
    length = size * np.dtype(kind).itemsize
    if length < _PAGES_FROM_BYTES:
        return np.zeros(size, kind)
    return np.frombuffer(mmap(-1, length), kind)


@dataclass(frozen=True)
class Walk:
    """What reached one level, in the `order` in which it fell, with the round of each, from 1."""

    order: Int32
    rounds: Int32
    size: int

    @cached_property
    def fell(self) -> Int32:
        """The round of every item of the graph, 0 where it did not fall.

        It is a proof: what took an item there fell in an earlier round. Unlike `order` it does not depend on the
        order in which items and edges are listed.
        """
        found = zeros(self.size, np.int32)
        found[self.order] = self.rounds
        return found


def spread_states(graph: Graph, down: Int32, degraded: Int32) -> tuple[Int8, Walk, Walk]:
    """The least fixpoint: every item's state, and the walks to DOWN and to "at least DEGRADED" that found it.

    Each item is named once. DOWN never follows from DEGRADED, so one walk does: first what goes DOWN, then what that
    and what is degraded by itself degrade. It costs what it touches, and a byte for each item.
    """
    edges = graph.dependents
    rules = _Rules(edges.start, edges.index, edges.kind, edges.weight, graph.total, graph.needed, graph.healthy)
    # To clear a byte of every item costs less than the pages it would be written to.
    state = np.zeros(graph.size, np.int8)
    with room_for(graph.size) as room:
        fell_down, count = _spread(down, degraded, state, *rules, *room)
        order, rounds = room.order[:count].copy(), room.rounds[:count].copy()
    to_down = Walk(order[:fell_down], rounds[:fell_down].copy(), graph.size)
    rounds[:fell_down] = 1
    return state, to_down, Walk(order, rounds, graph.size)


def distances(graph: Graph, causes: Int32, state: Int8) -> Int32:
    """Edges from each affected item to its nearest cause over edges that carry its state, plus one; 0 elsewhere."""
    forward = graph.dependents
    rounds = zeros(graph.size, np.int32)
    with room_for(graph.size) as room:
        _measure(causes, forward.start, forward.index, forward.kind, state, rounds, room.order)
    return rounds


def fallen_in_turn(graph: Graph, seeds: Int32, level: int) -> Int32:
    """Of each item the place in `seeds`, from 1, of the one that took it to `level`, if they fail one by one; 0: none.

    The least fixpoint does not depend on the order in which it is reached, so it may be reached in that of time.
    """
    forward = graph.dependents
    turn = zeros(graph.size, np.int32)
    _take_turns(
        seeds,
        level == DEGRADED,
        forward.start,
        forward.index,
        forward.kind,
        forward.weight,
        graph.total,
        graph.needed if level == DOWN else graph.healthy,
        zeros(graph.size, np.bool_),
        zeros(graph.size, np.int64),
        np.empty(graph.size, np.int32),
        turn,
    )
    return turn


class Losses:
    """Losing one more item, tried out for one candidate after another on top of what is DOWN already.

    `nominal` is what is DOWN whatever fails. `foundations` are the items that what is left of the weakened groups
    stands on: no other can take down more than it would in the nominal graph.
    """

    def __init__(self, graph: Graph, fallen: Int32, nominal: Int32) -> None:
        self._graph = graph
        self._down, self._lost = self._base(fallen)
        self._nominal_down, self._nominal_lost = self._base(nominal)
        self._weakened = zeros(graph.size, np.bool_)
        forward, back = graph.dependents, graph.providers
        queue = np.empty(graph.size, np.int32)
        count = _weaken(
            fallen[~self._nominal_down[fallen]],
            forward.start,
            forward.index,
            forward.kind,
            back.start,
            back.index,
            back.kind,
            self._down,
            self._weakened,
            zeros(graph.size, np.bool_),
            queue,
        )
        self.foundations = queue[:count].copy()

    def _base(self, fallen: Int32) -> tuple[Bools, Int64]:
        down, lost = zeros(self._graph.size, np.bool_), zeros(self._graph.size, np.int64)
        down[fallen] = True
        forward = self._graph.dependents
        _count_losses(fallen, forward.start, forward.index, forward.kind, forward.weight, lost)
        return down, lost

    def try_each(self, candidates: Int32, most_edges: int) -> tuple[Int32, Int32, int]:
        """How many of the candidates take each item DOWN that nominally would not, which ones take any, and how
        many were tried before they had cost `most_edges`."""
        takes, count, tried = self._try(candidates, most_edges, zeros(self._graph.size, np.int32), _NOTHING)
        return count, candidates[takes], tried

    def takers(self, candidates: Int32, items: Int32, most: int) -> list[Int32]:
        """Of each of these items the first `most` candidates that take it DOWN and nominally would not."""
        row = zeros(self._graph.size, np.int32)
        row[items] = np.arange(1, len(items) + 1)
        found = np.empty((len(items), most), np.int32)
        _, count, _ = self._try(candidates, np.iinfo(np.int64).max, row, found)
        return [found[place, : count[item]] for place, item in enumerate(items.tolist())]

    def _try(
        self, candidates: Int32, most_edges: int, row: Int32, found: NDArray[np.int32]
    ) -> tuple[Bools, Int32, int]:
        takes = np.zeros(len(candidates), np.bool_)
        count = zeros(self._graph.size, np.int32)
        forward = self._graph.dependents
        tried = _try_each(
            candidates,
            forward.start,
            forward.index,
            forward.kind,
            forward.weight,
            self._graph.total,
            self._graph.needed,
            self._down,
            self._lost,
            self._nominal_down,
            self._nominal_lost,
            self._weakened,
            most_edges,
            takes,
            count,
            row,
            found,
        )
        return takes, count, tried
