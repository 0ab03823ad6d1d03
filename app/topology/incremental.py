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
from app.topology.prefetch import FAR, NEAR, prefetch

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
def _ask_for(far: int, near: int, edges: _Edges) -> None:
    """Ask ahead for where the edges of one item begin, and for the edges of another."""
    prefetch(edges.start, far)
    prefetch(edges.end, edges.start[near])
    prefetch(edges.kind, edges.start[near])


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
        if head + FAR < waiting:
            _ask_for(queue[head + FAR], queue[head + NEAR], forward)
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
        if waiting > FAR:
            _ask_for(queue[(head + FAR) % size], queue[(head + NEAR) % size], rules.providers)
            _ask_for(queue[(head + FAR) % size], queue[(head + NEAR) % size], forward)
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


@njit(cache=True, nogil=True)
def _written(down: int, at_least_degraded: int, to_down: _Ledger, to_degraded: _Ledger, state: Int8) -> Int32:
    """Write the states of the items noted on either level, and note nothing any more; those whose state differs."""
    changed = np.empty(down + at_least_degraded, np.int32)
    count = 0
    for noted, ledger in ((to_down.changed[:down], to_down), (to_degraded.changed[:at_least_degraded], to_degraded)):
        for item in noted:
            ledger.seen[item] = 0
            now = DOWN if to_down.stamp[item] != 0 else DEGRADED if to_degraded.stamp[item] != 0 else 0
            if state[item] != now:
                state[item] = now
                changed[count] = item
                count += 1
    return np.sort(changed[:count])


@njit(cache=True, nogil=True)
def _happen(
    rows: Int32, both: Bools, rules: tuple[_Rules, _Rules], ledgers: tuple[_Ledger, _Ledger], state: Int8
) -> Int32:
    """Failures begin and end, as (item, difference) on both levels or on the lower one; whose state is another now."""
    severe = rows[both]
    down = _apply(severe[:, 0].copy(), severe[:, 1].copy(), rules[0], ledgers[0])
    degraded = _apply(rows[:, 0].copy(), rows[:, 1].copy(), rules[1], ledgers[1])
    return _written(down, degraded, ledgers[0], ledgers[1], state)


@njit(cache=True, nogil=True)
def _settle_both(
    suspects: tuple[Int32, Int32], rules: tuple[_Rules, _Rules], ledgers: tuple[_Ledger, _Ledger], state: Int8
) -> Int32:
    """Settle the suspects of each level; whose state is another now."""
    down = _settle(suspects[0], rules[0], ledgers[0], 0)
    degraded = _settle(suspects[1], rules[1], ledgers[1], 0)
    return _written(down, degraded, ledgers[0], ledgers[1], state)


def _ledger(size: int) -> _Ledger:
    return _Ledger(
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


def _grown(had: _Ledger, size: int) -> _Ledger:
    more = size - len(had.stamp)
    if more <= 0:
        return had
    return _Ledger(
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


def _rules_of(graph: Graph) -> tuple[_Rules, _Rules]:
    """The rules of both levels."""
    forward, back = _edges(graph.dependents), _edges(graph.providers)
    return (
        _Rules(forward, back, graph.total, graph.needed, soft=False),
        _Rules(forward, back, graph.total, graph.healthy, soft=True),
    )


def _edges(adjacency: Adjacency) -> _Edges:
    return _Edges(adjacency.start, adjacency.index, adjacency.kind, adjacency.weight)


class LiveStates:
    """The state of every item, UNKNOWN read as `unknown_counts` says, kept up to date."""

    def __init__(self, graph: Graph, *, unknown_counts: bool) -> None:
        self._severe = (DOWN, UNKNOWN) if unknown_counts else (DOWN,)
        self._passed_over = () if unknown_counts else (UNKNOWN,)
        self._rules = _rules_of(graph)
        self._ledgers = _ledger(graph.size), _ledger(graph.size)
        self.state: Int8 = zeros(graph.size, np.int8)
        """Of every item 0, DEGRADED or DOWN; written in place."""
        # Groups that have lost members before anything fails.
        lost = [np.flatnonzero(rules.threshold > graph.total).astype(np.int32) for rules in self._rules]
        _settle_both((lost[0], lost[1]), self._rules, self._ledgers, self.state)

    def apply(self, failures: Iterable[tuple[int, int, int]]) -> Int32:
        """Failures begin and end, as (item, state, 1 or -1); the items whose state is another now, ascending."""
        counted = [row for row in failures if row[1] and row[1] not in self._passed_over]
        if not counted:
            return np.empty(0, np.int32)
        rows = np.array([(item, sign) for item, _, sign in counted], np.int32)
        both = np.array([state in self._severe for _, state, _ in counted], np.bool_)
        return _happen(rows, both, self._rules, self._ledgers, self.state)

    def follow(self, graph: Graph, touched: Int32, gone: Int32) -> Int32:
        """Take an edited graph for the one before; the items whose state is another now, ascending.

        `touched` are the items whose edges to providers or whose thresholds may differ, `gone` those removed; what
        failed of them no longer does.
        """
        self._rules = _rules_of(graph)
        self._ledgers = _grown(self._ledgers[0], graph.size), _grown(self._ledgers[1], graph.size)
        self.state = np.append(self.state, np.zeros(graph.size - len(self.state), np.int8))
        groups = touched[graph.needed[touched] > 0].tolist()
        for ledger in self._ledgers:
            ledger.own[gone] = 0
            for group in groups:
                ledger.lost[group] = _lost_of(graph, group, ledger)
        suspects = np.union1d(touched, gone).astype(np.int32)
        return _settle_both((suspects, suspects), self._rules, self._ledgers, self.state)


def _lost_of(graph: Graph, group: int, ledger: _Ledger) -> int:
    """What the members of a group weigh that have fallen."""
    back = graph.providers
    span = slice(back.start[group], back.start[group + 1])
    fallen = (back.kind[span] == MEMBER) & (ledger.stamp[back.index[span]] != 0)
    return int(back.weight[span][fallen].sum())
