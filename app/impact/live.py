"""How an estate stands under failures that begin and end, kept up by what changes and never worked out again.

A picture shares its arrays with what is kept until the next change; then, if somebody still looks at it, the arrays
are left to it and copied.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from weakref import ReferenceType, ref

import numpy as np
from numba import njit

from app.impact.model import Failure, HealthState, Moment, worst_failure
from app.impact.propagation import Propagation, States
from app.impact.report import ImpactReport
from app.topology.graph import Graph, Int8, Int32
from app.topology.incremental import LiveStates
from app.topology.kernels import with_slack, zeros

Told = tuple[str, Failure]
"""What a failure says: the key of an item, and how it fails."""
_Row = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Picture:
    """How the estate stood at one time: by what was `told`, of which `failures` holds the worst of each item, and
    `planned` those that were planned.

    `told_of` are the ids of what was told of the item with each key. `upto` is the version of what is told that it
    knows.
    """

    propagation: Propagation
    failures: Mapping[int, Failure]
    planned: Mapping[int, Failure]
    told: Mapping[str, Told]
    told_of: Mapping[str, frozenset[str]]
    upto: int

    @property
    def graph(self) -> Graph:
        """The estate."""
        return self.propagation.graph

    def failures_without(self, id: str) -> Mapping[int, Failure]:
        """The failures as if this one thing had not been told."""
        key = self.told[id][0] if id in self.told else None
        number = self.graph.number.get(key) if key else None
        if key is None or number is None or number not in self.failures:
            return self.failures
        rest = self.told_without(key, id)
        others = {one: failure for one, failure in self.failures.items() if one != number}
        return others | {number: worst_failure(rest)} if rest else others

    def told_without(self, key: str, id: str) -> list[Failure]:
        """How else, this one thing aside, the item with this key was told to fail."""
        return [self.told[other][1] for other in self.told_of.get(key, ()) if other != id]

    def report(self, moment: Moment) -> ImpactReport:
        """What the failures do to the estate."""
        return ImpactReport(self.propagation, self.failures, moment, planned=self.planned)


class LiveImpact:
    """One estate and what fails in it. A failure is known by an id; one of a group or of no item says nothing."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._told: dict[str, Told] = {}
        self._ids: dict[str, frozenset[str]] = {}
        self._counted: dict[str, tuple[int, HealthState]] = {}
        self._unknown = 0
        self._failures: dict[int, Failure] = {}
        self._planned: dict[int, Failure] = {}
        self._own: dict[int, HealthState] = {}
        self._worst = LiveStates(graph, unknown_counts=True)
        # Kept only while anything is UNKNOWN: otherwise it is the worst one.
        self._best: LiveStates | None = None
        self._fallen = _Listed(self._worst.state)
        self._shared: ReferenceType[Propagation] | None = None
        self._upto = 0

    @property
    def graph(self) -> Graph:
        """The newest estate."""
        return self._graph

    def picture(self) -> Picture:
        """How the estate stands now; a later change does not change it."""
        propagation = self._shared() if self._shared else None
        if propagation is None:
            worst = best = States(self._worst.state, self._fallen.items)
            if self._best:
                best = States(self._best.state, worst.fallen[self._best.state[worst.fallen] != 0])
            propagation = Propagation(self._graph, self._own, best, worst)
            self._shared = ref(propagation)
        return Picture(propagation, self._failures, self._planned, self._told, self._ids, self._upto)

    def tell(self, news: Mapping[str, Told | None], upto: int = 0) -> Int32:
        """Failures begin, change, or are over (`None`), up to a version of what is told.

        Returns the items whose state, best or worst, is another now.
        """
        self._let_go()
        self._upto = upto
        rows: list[_Row] = []
        for id, told in news.items():
            rows += self._forget(id)
            if told is not None:
                self._told[id] = told
                self._ids[told[0]] = self._ids.get(told[0], frozenset()) | {id}
                rows += self._count(id)
        return self._applied(rows)

    def follow(self, graph: Graph, touched: Int32, gone: Int32) -> None:
        """Take an edited graph for the one before (`Edited`)."""
        self._let_go()
        known, self._graph = self._graph.size, graph
        self._fallen.grow(graph.size)
        changed = self._worst.follow(graph, touched, gone)
        if self._best:
            self._best.follow(graph, touched, gone)
        self._fallen.update(changed, self._worst.state)
        # Failures of what is gone say nothing until something has its key again.
        for number in gone.tolist():
            for id in self._ids.get(graph.keys[number], ()):
                self._uncount(id)
            self._forget_failure(number)
        new = (id for key in graph.keys[known:] for id in sorted(self._ids.get(key, ())))
        self._applied([row for id in new for row in self._count(id)])

    def _forget(self, id: str) -> Iterable[_Row]:
        told = self._told.pop(id, None)
        if told is None:
            return
        self._ids[told[0]] -= {id}
        if not self._ids[told[0]]:
            del self._ids[told[0]]
        yield from self._uncount(id)

    def _uncount(self, id: str) -> list[_Row]:
        if id not in self._counted:
            return []
        number, state = self._counted.pop(id)
        self._unknown -= state is HealthState.UNKNOWN
        return [(number, state, -1)]

    def _count(self, id: str) -> Iterable[_Row]:
        key, failure = self._told[id]
        number = self._graph.number.get(key)
        if number is not None and not self._graph.is_group(number) and id not in self._counted:
            self._counted[id] = number, failure.state
            self._unknown += failure.state is HealthState.UNKNOWN
            yield number, failure.state, 1

    def _applied(self, rows: list[_Row]) -> Int32:
        for number in {number for number, _, _ in rows}:
            self._reconsider(number)
        changed = self._worst.apply(rows)
        self._fallen.update(changed, self._worst.state)
        if self._unknown and self._best is None:
            self._best = LiveStates(self._graph, unknown_counts=False)
            self._best.apply((number, state, 1) for number, state in self._counted.values())
            return np.union1d(changed, np.flatnonzero(self._best.state != self._worst.state).astype(np.int32))
        if self._best:
            changed = np.union1d(changed, self._best.apply(rows))
            if not self._unknown:
                self._best = None
        return changed

    def _reconsider(self, number: int) -> None:
        """Find the worst failure of an item again."""
        ids = self._ids.get(self._graph.keys[number], ())
        counted = [self._told[id][1] for id in ids if id in self._counted]
        self._forget_failure(number)
        if counted:
            worst = self._failures[number] = worst_failure(counted)
            self._own[number] = worst.state
            if worst.planned:
                self._planned[number] = worst

    def _forget_failure(self, number: int) -> None:
        for known in (self._failures, self._planned, self._own):
            known.pop(number, None)

    def _let_go(self) -> None:
        """Leave what is shared to the picture that somebody still looks at."""
        if self._shared and self._shared():
            self._told, self._ids = dict(self._told), dict(self._ids)
            self._failures, self._planned, self._own = dict(self._failures), dict(self._planned), dict(self._own)
            self._worst.state = self._worst.state.copy()
            if self._best:
                self._best.state = self._best.state.copy()
        self._shared = None


class _Listed:
    """The items that have fallen, listed without a walk over those that have not."""

    def __init__(self, state: Int8) -> None:
        room = with_slack(len(state))
        self._items, self._place = np.empty(room, np.int32), zeros(room, np.int32)
        self._count = 0
        self.update(np.flatnonzero(state).astype(np.int32), state)

    @property
    def items(self) -> Int32:
        """A list of its own, in no order."""
        return self._items[: self._count].copy()

    def grow(self, size: int) -> None:
        more = with_slack(size) - len(self._items) if size > len(self._items) else 0
        if more:
            self._items = np.append(self._items, np.zeros(more, np.int32))
            self._place = np.append(self._place, np.zeros(more, np.int32))

    def update(self, changed: Int32, state: Int8) -> None:
        """Take in and leave out what has changed."""
        self._count = _relist(changed, state, self._items, self._place, self._count)


@njit(cache=True, nogil=True)
def _relist(changed: Int32, state: Int8, items: Int32, place: Int32, count: int) -> int:
    """`place` is each item's position in `items`, from 1; the last one fills a gap."""
    for item in changed:
        if state[item] != 0 and place[item] == 0:
            items[count] = item
            count += 1
            place[item] = count
        elif state[item] == 0 and place[item] != 0:
            last = items[count - 1]
            items[place[item] - 1] = last
            place[last] = place[item]
            place[item] = 0
            count -= 1
    return count


def live_impact(graph: Graph, told: Mapping[str, Told]) -> LiveImpact:
    """An estate in which all of this was told."""
    live = LiveImpact(graph)
    live.tell(told)
    return live
