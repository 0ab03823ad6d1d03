"""States kept up to date: what fails and recovers changes only what it must (semantics §2). Pure.

Of each level, DOWN and "at least DEGRADED", `stamps` keeps who has fallen to it; an item's state is the worse one.
"""

from collections.abc import Iterable

import numpy as np
from numba import njit

from app.topology.graph import Adjacency, Bools, Graph, Int8, Int32
from app.topology.kernels import DEGRADED, DOWN, MEMBER, zeros
from app.topology.stamps import Edges, Ledger, Rules, apply, grown, new_ledger, settle

UNKNOWN = 3


@njit(cache=True, nogil=True)
def _written(down: int, at_least_degraded: int, to_down: Ledger, to_degraded: Ledger, state: Int8) -> Int32:
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
def _happen(rows: Int32, both: Bools, rules: tuple[Rules, Rules], ledgers: tuple[Ledger, Ledger], state: Int8) -> Int32:
    """Failures begin and end, as (item, difference) on both levels or on the lower one; whose state is another now."""
    severe = rows[both]
    down = apply(severe[:, 0].copy(), severe[:, 1].copy(), rules[0], ledgers[0])
    degraded = apply(rows[:, 0].copy(), rows[:, 1].copy(), rules[1], ledgers[1])
    return _written(down, degraded, ledgers[0], ledgers[1], state)


@njit(cache=True, nogil=True)
def _settle_both(
    suspects: tuple[Int32, Int32], rules: tuple[Rules, Rules], ledgers: tuple[Ledger, Ledger], state: Int8
) -> Int32:
    """Settle the suspects of each level; whose state is another now."""
    down = settle(suspects[0], rules[0], ledgers[0], 0)
    degraded = settle(suspects[1], rules[1], ledgers[1], 0)
    return _written(down, degraded, ledgers[0], ledgers[1], state)


def _rules_of(graph: Graph) -> tuple[Rules, Rules]:
    """The rules of both levels."""
    forward, back = edges_of(graph.dependents), edges_of(graph.providers)
    return (
        Rules(forward, back, graph.total, graph.needed, soft=False),
        Rules(forward, back, graph.total, graph.healthy, soft=True),
    )


def edges_of(adjacency: Adjacency) -> Edges:
    """The edges as compiled code takes them."""
    return Edges(adjacency.start, adjacency.index, adjacency.kind, adjacency.weight)


class LiveStates:
    """The state of every item, UNKNOWN read as `unknown_counts` says, kept up to date."""

    def __init__(self, graph: Graph, *, unknown_counts: bool) -> None:
        self._severe = (DOWN, UNKNOWN) if unknown_counts else (DOWN,)
        self._passed_over = () if unknown_counts else (UNKNOWN,)
        self._rules = _rules_of(graph)
        self._ledgers = new_ledger(graph.size), new_ledger(graph.size)
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
        self._ledgers = grown(self._ledgers[0], graph.size), grown(self._ledgers[1], graph.size)
        self.state = np.append(self.state, np.zeros(graph.size - len(self.state), np.int8))
        groups = touched[graph.needed[touched] > 0].tolist()
        for ledger in self._ledgers:
            ledger.own[gone] = 0
            for group in groups:
                ledger.lost[group] = _lost_of(graph, group, ledger)
        suspects = np.union1d(touched, gone).astype(np.int32)
        return _settle_both((suspects, suspects), self._rules, self._ledgers, self.state)


def _lost_of(graph: Graph, group: int, ledger: Ledger) -> int:
    """What the members of a group weigh that have fallen."""
    back = graph.providers
    span = slice(back.start[group], back.start[group + 1])
    fallen = (back.kind[span] == MEMBER) & (ledger.stamp[back.index[span]] != 0)
    return int(back.weight[span][fallen].sum())
