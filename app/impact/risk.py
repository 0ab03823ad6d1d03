"""At risk: what one more loss would take DOWN now and would not in the nominal graph (semantics §2). Pure.

An UNKNOWN item counts as DOWN, and an item with an own state is no candidate for one more loss. A group never fails
by itself, but it can be at risk.
"""

from dataclasses import dataclass

import numpy as np

from app.impact.model import HealthState, Position
from app.impact.propagation import Propagation, propagate
from app.impact.ranking import ranked_page
from app.topology.graph import Graph, Int32
from app.topology.losing import Losses
from app.topology.sight import EVERYTHING, Sight


@dataclass(frozen=True, slots=True)
class AtRiskItem:
    """An item that one more loss would take DOWN, and how many items' loss would."""

    number: int
    key: str
    state: HealthState
    single_point_count: int


class Risk:
    """What is at risk after one propagation, as far as it is seen: an item may be at risk by what is not, which is
    neither named nor counted. `complete` is false when finding out cost more than `most_edges`."""

    def __init__(self, propagation: Propagation, most_edges: int, sight: Sight = EVERYTHING) -> None:
        self._propagation = propagation
        self.graph: Graph = propagation.graph
        nominal = propagate(self.graph, {}).worst.down
        self._losses = Losses(self.graph, propagation.worst.down, nominal)
        candidates = self._candidates()
        self._count, self._single_points, tried = self._losses.try_each(candidates, most_edges)
        self.complete = tried == len(candidates)
        self.numbers = sight.numbers_among(self.graph, np.flatnonzero(self._count).astype(np.int32))
        if sight.is_limited:
            seen = sight.numbers_among(self.graph, candidates)
            self._count, self._single_points, tried = self._losses.try_each(seen, most_edges)

    def _candidates(self) -> Int32:
        failed = [number for number, state in self._propagation.own.items() if state]
        foundations = self._losses.foundations
        wanted = [not self.graph.is_group(number) for number in foundations.tolist()]
        return foundations[np.array(wanted, np.bool_) & ~np.isin(foundations, failed)]

    def page(self, first: int, after: Position | None = None) -> list[tuple[Position, AtRiskItem]]:
        """The next `first` items at risk, in the order of the impacted ones."""
        states = self._propagation.states(self.numbers)
        ranked = ranked_page(self.graph, self.numbers, states, first, after)
        return [
            (
                position,
                AtRiskItem(number, self.graph.keys[number], self._propagation.state(number), int(self._count[number])),
            )
            for position, number in ranked
        ]

    def single_points(self, items: list[AtRiskItem], most: int) -> dict[str, tuple[str, ...]]:
        """Of each of these items the first `most` whose loss would take it DOWN, by key."""
        by_key = sorted(self._single_points.tolist(), key=self.graph.keys.__getitem__)
        found = self._losses.takers(
            np.array(by_key, np.int32), np.array([item.number for item in items], np.int32), most
        )
        return {
            item.key: tuple(self.graph.keys[number] for number in numbers.tolist())
            for item, numbers in zip(items, found, strict=True)
        }
