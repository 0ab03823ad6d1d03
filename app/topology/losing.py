"""Losing one item after another on top of what has fallen: what each takes with it, and taking it back; compiled."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from app.topology.graph import Bools, Graph, Int8, Int32, Int64
from app.topology.kernels import DEGRADED, DOWN, MEMBER, SOFT, zeros

_NOTHING = np.empty((0, 0), np.int32)


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
