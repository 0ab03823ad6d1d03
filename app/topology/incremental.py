"""States kept up to date: what fails and recovers changes only what it must (semantics §2). Pure.

For each level, DOWN and "at least DEGRADED", an item has fallen or not, and what has fallen has a stamp: everything
that took it there fell before it. When support goes, exactly those items are doubted whose stamps are later than that
of what went; one that still stands on earlier stamps stays, the others rise, and fall again if anything else takes
them there. Source: delete and rederive (Gupta, Mumick, Subrahmanian 1993), with the stamps as a well-founded order.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numba import njit

from app.topology.graph import Adjacency, Bools, Graph, Int8, Int32, Int64
from app.topology.kernels import DEGRADED, DOWN, MEMBER, SOFT, zeros

UNKNOWN = 3


class _Edges(NamedTuple):
    start: Int64
    end: Int32
    kind: Int8
    weight: Int64


class _Rules(NamedTuple):
    """What takes an item to the level: over these edges, with SOFT ones or without, and by which threshold."""

    dependents: _Edges
    providers: _Edges
    total: Int64
    threshold: Int64
    soft: bool


class _Ledger(NamedTuple):
    """Of every item how many failures of its own it has, its stamp (0: it stands), and what its fallen members weigh.

    The rest is room to work in: the last stamp given, whom one change has touched (`seen` is 1 for what had fallen
    before it, 2 for what stood), a queue with who is in it, and who rose in one step.
    """

    own: Int32
    stamp: Int64
    lost: Int64
    clock: Int64
    seen: Int8
    changed: Int32
    queue: Int32
    queued: Bools
    risen: Int32


@njit(cache=True, nogil=True)
def _note(item: int, ledger: _Ledger, count: int) -> int:
    """Remember how an item was before its first change; returns how many have changed."""
    if ledger.seen[item] == 0:
        ledger.seen[item] = 2 if ledger.stamp[item] == 0 else 1
        ledger.changed[count] = item
        count += 1
    return count


@njit(cache=True, nogil=True)
def _stamp(item: int, ledger: _Ledger, count: int) -> int:
    """Let one item fall."""
    count = _note(item, ledger, count)
    ledger.clock[0] += 1
    ledger.stamp[item] = ledger.clock[0]
    return count


@njit(cache=True, nogil=True)
def _fall(seed: int, rules: _Rules, ledger: _Ledger, count: int) -> int:
    """Let one item fall that stands, and everything it takes with it."""
    forward, queue = rules.dependents, ledger.queue
    count = _stamp(seed, ledger, count)
    queue[0] = seed
    head, waiting = 0, 1
    while head < waiting:
        provider = queue[head]
        head += 1
        for position in range(forward.start[provider], forward.start[provider + 1]):
            dependent = forward.end[position]
            if forward.kind[position] == MEMBER:
                ledger.lost[dependent] += forward.weight[position]
                if rules.total[dependent] - ledger.lost[dependent] >= rules.threshold[dependent]:
                    continue
            elif forward.kind[position] == SOFT and not rules.soft:
                continue
            if ledger.stamp[dependent] == 0:
                count = _stamp(dependent, ledger, count)
                queue[waiting] = dependent
                waiting += 1
    return count


@njit(cache=True, nogil=True)
def _stands(item: int, before: int, rules: _Rules, ledger: _Ledger) -> bool:
    """Whether nothing that fell before the stamp `before` takes the item there, nor its own failures."""
    if ledger.own[item] > 0:
        return False
    back = rules.providers
    left = rules.total[item]
    for position in range(back.start[item], back.start[item + 1]):
        fallen = ledger.stamp[back.end[position]]
        if fallen == 0 or fallen >= before:
            continue
        if back.kind[position] == MEMBER:
            left -= back.weight[position]
        elif back.kind[position] != SOFT or rules.soft:
            return False
    # Of an item that is no group both are 0.
    return bool(left >= rules.threshold[item])


@njit(cache=True, nogil=True)
def _rise(suspects: Int32, rules: _Rules, ledger: _Ledger, count: int) -> tuple[int, int]:
    """Lift the suspects that do not stand on earlier stamps any more, and who stood on those.

    Returns how many have changed, and how many rose, in `risen`.
    """
    forward, queue, queued = rules.dependents, ledger.queue, ledger.queued
    size, head, waiting, rose = len(queue), 0, 0, 0
    for item in suspects:
        if ledger.stamp[item] != 0 and not queued[item]:
            queued[item] = True
            queue[waiting] = item
            waiting += 1
    while waiting > 0:
        item = queue[head]
        head, waiting = (head + 1) % size, waiting - 1
        queued[item] = False
        fell = ledger.stamp[item]
        if not _stands(item, fell, rules, ledger):
            continue
        count = _note(item, ledger, count)
        ledger.stamp[item] = 0
        ledger.risen[rose] = item
        rose += 1
        for position in range(forward.start[item], forward.start[item + 1]):
            dependent = forward.end[position]
            if forward.kind[position] == MEMBER:
                ledger.lost[dependent] -= forward.weight[position]
            if ledger.stamp[dependent] > fell and not queued[dependent]:
                queued[dependent] = True
                queue[(head + waiting) % size] = dependent
                waiting += 1
    return count, rose


@njit(cache=True, nogil=True)
def _fall_again(items: Int32, rules: _Rules, ledger: _Ledger, count: int) -> int:
    """Let those of the items fall that stand, and that something takes down."""
    for item in items:
        if ledger.stamp[item] == 0 and not _stands(item, ledger.clock[0] + 1, rules, ledger):
            count = _fall(item, rules, ledger, count)
    return count


@njit(cache=True, nogil=True)
def _settle(suspects: Int32, rules: _Rules, ledger: _Ledger, count: int) -> int:
    """Bring in order whose own failures or providers are not what they were when it fell, or did not."""
    count, rose = _rise(suspects, rules, ledger, count)
    # It rose for good only if nothing that is left takes it down.
    count = _fall_again(ledger.risen[:rose], rules, ledger, count)
    return _fall_again(suspects, rules, ledger, count)


@njit(cache=True, nogil=True)
def _apply(items: Int32, differences: Int32, rules: _Rules, ledger: _Ledger) -> int:
    """One failure after another begins (1) or ends (-1); returns how many items changed meanwhile."""
    count = 0
    for place in range(len(items)):
        item = items[place]
        had = ledger.own[item]
        ledger.own[item] += differences[place]
        if ledger.own[item] > 0 and ledger.stamp[item] == 0:
            count = _fall(item, rules, ledger, count)
        elif had > 0 and ledger.own[item] == 0:
            count = _settle(items[place : place + 1], rules, ledger, count)
    return count


class _Level:
    """Who has fallen to one level."""

    def __init__(self, graph: Graph, level: int) -> None:
        self._level = level
        self._rules = self._rules_of(graph)
        size = graph.size
        self._ledger = _Ledger(
            own=zeros(size, np.int32),
            stamp=zeros(size, np.int64),
            lost=zeros(size, np.int64),
            clock=np.zeros(1, np.int64),
            seen=zeros(size, np.int8),
            changed=np.empty(size, np.int32),
            queue=np.empty(size, np.int32),
            queued=zeros(size, np.bool_),
            risen=np.empty(size, np.int32),
        )
        # Groups that have lost members before anything fails.
        self._settled(np.flatnonzero(self._rules.threshold > graph.total).astype(np.int32))

    @property
    def stamps(self) -> Int64:
        """Of every item its stamp, 0 if it stands."""
        return self._ledger.stamp

    def fallen(self) -> Int32:
        """Everything that has fallen."""
        return np.flatnonzero(self.stamps).astype(np.int32)

    def apply(self, items: Int32, differences: Int32) -> Int32:
        """Failures of these items begin (1) and end (-1), one after another; who has fallen or risen by it."""
        return self._changed(_apply(items, differences, self._rules, self._ledger))

    def follow(self, graph: Graph, touched: Int32, gone: Int32) -> Int32:
        """Take an edited graph for the one before; who has fallen or risen by it."""
        self._rules = self._rules_of(graph)
        self._grow(graph.size)
        self._ledger.own[gone] = 0
        back = graph.providers
        for group in touched[graph.needed[touched] > 0].tolist():
            span = slice(back.start[group], back.start[group + 1])
            fallen = (back.kind[span] == MEMBER) & (self._ledger.stamp[back.index[span]] != 0)
            self._ledger.lost[group] = back.weight[span][fallen].sum()
        return self._settled(np.union1d(touched, gone).astype(np.int32))

    def _settled(self, suspects: Int32) -> Int32:
        return self._changed(_settle(suspects, self._rules, self._ledger, 0))

    def _changed(self, count: int) -> Int32:
        """Those of the items noted that are not as they were; from now on nothing is noted any more."""
        noted = self._ledger.changed[:count].copy()
        had_fallen = self._ledger.seen[noted] == 1
        self._ledger.seen[noted] = 0
        changed: Int32 = noted[had_fallen != (self._ledger.stamp[noted] != 0)]
        return changed

    def _grow(self, size: int) -> None:
        had = self._ledger
        more = size - len(had.stamp)
        if more > 0:
            self._ledger = _Ledger(
                own=np.append(had.own, np.zeros(more, np.int32)),
                stamp=np.append(had.stamp, np.zeros(more, np.int64)),
                lost=np.append(had.lost, np.zeros(more, np.int64)),
                clock=had.clock,
                seen=np.append(had.seen, np.zeros(more, np.int8)),
                changed=np.empty(size, np.int32),
                queue=np.empty(size, np.int32),
                queued=np.append(had.queued, np.zeros(more, np.bool_)),
                risen=np.empty(size, np.int32),
            )

    def _rules_of(self, graph: Graph) -> _Rules:
        down = self._level == DOWN
        threshold = graph.needed if down else graph.healthy
        return _Rules(_edges(graph.dependents), _edges(graph.providers), graph.total, threshold, soft=not down)


def _edges(adjacency: Adjacency) -> _Edges:
    return _Edges(adjacency.start, adjacency.index, adjacency.kind, adjacency.weight)


class LiveStates:
    """The state of every item, UNKNOWN read as `unknown_counts` says, kept up to date."""

    def __init__(self, graph: Graph, *, unknown_counts: bool) -> None:
        self._graph = graph
        self._counts_as_down = (DOWN, UNKNOWN) if unknown_counts else (DOWN,)
        self._down, self._degraded = _Level(graph, DOWN), _Level(graph, DEGRADED)

    def of_each(self, numbers: Int32) -> Int8:
        """The states of these items."""
        fell_down, fell = self._down.stamps[numbers] != 0, self._degraded.stamps[numbers] != 0
        states: Int8 = np.where(fell_down, np.int8(DOWN), fell.astype(np.int8) * np.int8(DEGRADED))
        return states

    def states(self) -> Int8:
        """The state of every item."""
        found = zeros(self._graph.size, np.int8)
        found[self._degraded.fallen()] = DEGRADED
        found[self._down.fallen()] = DOWN
        return found

    def apply(self, failures: Iterable[tuple[int, int, int]]) -> Int32:
        """Failures begin and end, as (item, state, 1 or -1); the items whose state is another now."""
        rows = np.array(list(failures), np.int32).reshape(-1, 3)
        down = rows[np.isin(rows[:, 1], self._counts_as_down)]
        degraded = rows[(rows[:, 1] == DEGRADED) | np.isin(rows[:, 1], self._counts_as_down)]
        return np.union1d(
            self._down.apply(down[:, 0].copy(), down[:, 2].copy()),
            self._degraded.apply(degraded[:, 0].copy(), degraded[:, 2].copy()),
        )

    def follow(self, graph: Graph, touched: Int32, gone: Int32) -> Int32:
        """Take an edited graph for the one before; the items whose state is another now.

        `touched` are the items whose edges to providers or whose thresholds may differ, `gone` those removed; what
        failed of them no longer does.
        """
        self._graph = graph
        return np.union1d(self._down.follow(graph, touched, gone), self._degraded.follow(graph, touched, gone))
