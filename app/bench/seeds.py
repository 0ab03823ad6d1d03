"""Seeds: the items whose failure is measured, the same in every run on the same estate. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.impact.model import HealthState
from app.impact.propagation import propagate
from app.inventory.model import ItemType
from app.topology.graph import TYPE_RANKS, Graph
from app.topology.reaching import reach

NARROW_ITEMS = 100
_CHANCES = 40


@dataclass(frozen=True, slots=True)
class Seeds:
    """Items that can fail by themselves: the `wide` ones that most items need directly or not, and `narrow` ones,
    drawn among those that somebody, but fewer than `NARROW_ITEMS`, needs."""

    wide: Sequence[int]
    narrow: Sequence[int]


def chosen_seeds(graph: Graph, count: int) -> Seeds:
    """So many of each; fewer where the estate has not as many."""
    direct = np.diff(graph.dependents.start)
    can_fail = np.flatnonzero((graph.needed == 0) & (direct > 0))
    # What most items need is hardly ever what few need directly.
    popular = can_fail[np.argsort(-direct[can_fail], kind="stable")][: _CHANCES * count]
    wide = sorted(popular.tolist(), key=lambda item: -reached_items(graph, item))[:count]
    drawn = np.random.default_rng(7).permutation(can_fail)[: _CHANCES * count]
    few = [item for item in drawn.tolist() if 1 < reached_items(graph, item) < NARROW_ITEMS]
    return Seeds(wide, few[:count])


def reached_items(graph: Graph, item: int) -> int:
    """How many items need this one, itself included."""
    return len(reach(graph.dependents, np.array([item], np.int32)).items)


def largest_place(graph: Graph) -> int:
    """The location whose failure changes the state of most items."""
    places = np.flatnonzero(graph.type_rank == TYPE_RANKS[ItemType.LOCATION]).tolist()
    return max(places, key=lambda place: len(propagate(graph, {place: HealthState.DOWN}).affected))
