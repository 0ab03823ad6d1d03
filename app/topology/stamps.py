"""Stamps: who has fallen to one level and in which order, as failures begin and end; compiled.

What has fallen has a stamp: everything that took it there fell before it. When support goes, exactly those items are
doubted whose stamps are later than that of what went; one that still stands on earlier stamps stays, the others rise,
and fall again if anything else takes them there. Source: delete and rederive (Gupta, Mumick, Subrahmanian 1993), with
the stamps as a well-founded order.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from app.topology.graph import Bools, Int8, Int32, Int64
from app.topology.kernels import MEMBER, SOFT, with_slack, zeros
from app.topology.prefetch import FAR, NEAR, ask_ahead, prefetch


class Edges(NamedTuple):
    """Of each item the other ends of its edges, `end[start[n]:start[n + 1]]`, with what an edge is and weighs."""

    start: Int64
    end: Int32
    kind: Int8
    weight: Int64


class Rules(NamedTuple):
    """What takes an item to the level: over these edges, with SOFT ones or without, and by which threshold."""

    dependents: Edges
    providers: Edges
    total: Int64
    threshold: Int64
    soft: bool


class Ledger(NamedTuple):
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
def _ask_for(far: int, near: int, edges: Edges) -> None:
    """Ask ahead for where the edges of one item begin, and for the edges of another."""
    prefetch(edges.start, far)
    prefetch(edges.end, edges.start[near])
    prefetch(edges.kind, edges.start[near])


@njit(cache=True, nogil=True)
def _note(item: int, ledger: Ledger, count: int) -> int:
    """Remember how an item was before its first change; returns how many have changed."""
    if ledger.seen[item] == 0:
        ledger.seen[item] = 2 if ledger.stamp[item] == 0 else 1
        ledger.changed[count] = item
        count += 1
    return count


@njit(cache=True, nogil=True)
def _stamp(item: int, ledger: Ledger, count: int) -> int:
    """Let one item fall."""
    count = _note(item, ledger, count)
    ledger.clock[0] += 1
    ledger.stamp[item] = ledger.clock[0]
    return count


@njit(cache=True, nogil=True)
def _fall(seed: int, rules: Rules, ledger: Ledger, count: int) -> int:
    """Let one item fall that stands, and everything it takes with it."""
    forward, queue = rules.dependents, ledger.queue
    count = _stamp(seed, ledger, count)
    queue[0] = seed
    head, waiting = 0, 1
    while head < waiting:
        ask_ahead(queue, head, waiting, forward.start, forward.end, forward.kind)
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
def _stands(item: int, before: int, rules: Rules, ledger: Ledger) -> bool:
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
def _rise(suspects: Int32, rules: Rules, ledger: Ledger, count: int) -> tuple[int, int]:
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
def _fall_again(items: Int32, rules: Rules, ledger: Ledger, count: int) -> int:
    """Let those of the items fall that stand, and that something takes down."""
    for item in items:
        if ledger.stamp[item] == 0 and not _stands(item, ledger.clock[0] + 1, rules, ledger):
            count = _fall(item, rules, ledger, count)
    return count


@njit(cache=True, nogil=True)
def settle(suspects: Int32, rules: Rules, ledger: Ledger, count: int) -> int:
    """Bring in order whose own failures or providers are not what they were when it fell, or did not."""
    count, rose = _rise(suspects, rules, ledger, count)
    # It rose for good only if nothing that is left takes it down.
    count = _fall_again(ledger.risen[:rose], rules, ledger, count)
    return _fall_again(suspects, rules, ledger, count)


@njit(cache=True, nogil=True)
def apply(items: Int32, differences: Int32, rules: Rules, ledger: Ledger) -> int:
    """One failure after another begins (1) or ends (-1); returns how many items changed meanwhile."""
    count = 0
    for place in range(len(items)):
        item = items[place]
        had = ledger.own[item]
        ledger.own[item] += differences[place]
        if ledger.own[item] > 0 and ledger.stamp[item] == 0:
            count = _fall(item, rules, ledger, count)
        elif had > 0 and ledger.own[item] == 0:
            count = settle(items[place : place + 1], rules, ledger, count)
    return count


def new_ledger(size: int) -> Ledger:
    """Of as many items, and some that may come, none of which has fallen."""
    size = with_slack(size)
    return Ledger(
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


def grown(had: Ledger, size: int) -> Ledger:
    """The same with room for more items."""
    if size <= len(had.stamp):
        return had
    size = with_slack(size)
    more = size - len(had.stamp)
    return Ledger(
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
