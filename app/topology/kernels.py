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
from app.topology.prefetch import ask_ahead
from app.topology.rooms import Room, room_for

# Compiled code sees no enums: these are EdgeKind and HealthState.
SOFT, MEMBER = 1, 2
DEGRADED, DOWN = 1, 2
# Below, clearing costs less than a mapping.
_PAGES_FROM_BYTES = 1 << 16
D = TypeVar("D", bound=np.generic)


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
        ask_ahead(order, head, count, start, index, kind)
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


@njit(cache=True, nogil=True)
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


def zeros(size: int, kind: type[D]) -> NDArray[D]:
    """Zeros that cost nothing until they are touched; `np.zeros` clears the memory it is given a second time."""
    length = size * np.dtype(kind).itemsize
    if length < _PAGES_FROM_BYTES:
        return np.zeros(size, kind)
    return np.frombuffer(mmap(-1, length), kind)


def with_slack(size: int) -> int:
    """A length for what grows with an estate of this size: it is copied now and then, not for every new item."""
    return size + size // 64 + 2


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
