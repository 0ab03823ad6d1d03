"""Minimal cut sets: which few losses together take an item DOWN, none of them in vain (semantics §7). Pure.

    C(n) = min of {n} and C of its hard providers       C(g) = min of what takes from g members that weigh too much

What takes an item DOWN alone is known exactly (`single_points`), and nothing that holds such a loss is minimal. So
only groups have sets of more than one loss, and only those are kept: an item has those of the groups that it falls
with. They are found order by order, so that when they become too many those of the lower orders are all there.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import combinations, pairwise

import numpy as np

from app.continuity.closures import closed_part
from app.continuity.single_points import SinglePoints, single_points, without_soft
from app.inventory.model import ItemType
from app.topology.components import components
from app.topology.graph import TYPE_RANKS, Bools, Graph

Cut = frozenset[int]
USUAL_ORDER = 3
"""Up to how many losses are looked for if nobody says (semantics §7)."""


class CutElements(Enum):
    """What may fail: anything but groups, places, third parties, or what itself needs nothing that could fail."""

    ALL = "ALL"
    LOCATIONS = "LOCATIONS"
    THIRD_PARTIES = "THIRD_PARTIES"
    LEAVES = "LEAVES"


_TYPES = {CutElements.LOCATIONS: ItemType.LOCATION, CutElements.THIRD_PARTIES: ItemType.THIRD_PARTY}


@dataclass(frozen=True, slots=True)
class CutSets:
    """Minimal cut sets by order, then by key, each in the order of its keys.

    All up to `complete_order` are there; `truncated` says that those of a higher order that was asked for took too
    many steps. `has_more` says whether there may be any beyond those.
    """

    sets: tuple[tuple[str, ...], ...]
    complete_order: int
    truncated: bool
    has_more: bool

    @property
    def lowest_order(self) -> int | None:
        """How many losses it takes at least; `None` if that is not known, or nothing takes the item DOWN."""
        return len(self.sets[0]) if self.sets else None


class _TooManySteps(Exception):
    pass


def minimal_cut_sets(
    graph: Graph, number: int, order: int, *, most_steps: int, elements: CutElements = CutElements.ALL
) -> CutSets:
    """The minimal cut sets of an item of up to `order` losses, as far as `most_steps` comparisons lead.

    What is DOWN whatever happens has none. It costs what the item stands on.
    """
    inside = closed_part(graph, [number]).graph
    search = _Search(inside, may_fail(inside, elements))
    found: set[Cut] = {frozenset([one]) for one in search.single(0)}
    complete, beyond = 1, order == 1 and search.has_groups
    for tried in range(2, order + 1):
        try:
            more, beyond = search.cuts(tried, most_steps)
        except _TooManySteps:
            return CutSets(_told(inside, found), complete, truncated=True, has_more=True)
        found |= more
        complete = tried
        if not beyond:
            break
    return CutSets(_told(inside, found), complete if beyond else max(complete, order), truncated=False, has_more=beyond)


def may_fail(graph: Graph, elements: CutElements) -> Bools:
    """Which items of a closed graph may fail."""
    fails: Bools = graph.type_rank != TYPE_RANKS[ItemType.REDUNDANCY_GROUP]
    if elements is CutElements.LEAVES:
        fails &= np.diff(without_soft(graph)[0]) == 0
    elif elements is not CutElements.ALL:
        fails = np.equal(graph.type_rank, TYPE_RANKS[_TYPES[elements]])
    return fails


def minimal(cuts: Iterable[Cut]) -> set[Cut]:
    """The cuts that hold no other."""
    kept: set[Cut] = set()
    for cut in sorted(cuts, key=len):
        if not any(frozenset(part) in kept for size in range(1, len(cut)) for part in combinations(cut, size)):
            kept.add(cut)
    return kept


class _Search:
    """The cuts of the first item of a closed graph."""

    def __init__(self, graph: Graph, fails: Bools) -> None:
        self._graph = graph
        self._points: SinglePoints = single_points(graph)
        self._fails = fails
        order, begins = components(*without_soft(graph))
        self._components = [order[begin:end].tolist() for begin, end in pairwise(begins.tolist())]
        self._reached: dict[int, tuple[frozenset[int], list[int]]] = {}
        self._singles = self.single(0)
        self._beyond = False
        self._steps = 0

    @property
    def has_groups(self) -> bool:
        """Whether any group could take more than one loss."""
        return bool(self._graph.needed.any())

    def single(self, item: int) -> frozenset[int]:
        """What takes an item DOWN alone, of what may fail."""
        return self._below(item)[0]

    def cuts(self, order: int, most_steps: int) -> tuple[set[Cut], bool]:
        """The minimal cuts of two to `order` losses, and whether there may be larger ones."""
        self._beyond, self._steps = False, most_steps
        products: dict[int, set[Cut]] = {}
        for inside in self._components:
            groups = [one for one in inside if self._graph.needed[one] and not self._points.down[one]]
            changed = bool(groups)
            while changed:
                changed = False
                for group in groups:
                    found = self._product(group, order, products)
                    # What is new may be news to others of the same circle.
                    changed = changed or (len(inside) > 1 and found != products.get(group, set()))
                    products[group] = found
        return minimal(self._larger(0, products, frozenset())), self._beyond

    def _below(self, item: int) -> tuple[frozenset[int], list[int]]:
        """What takes an item DOWN alone, of what may fail, and the groups it falls with."""
        if item not in self._reached:
            reached = self._points.reached(np.array([item], np.int32))[0]
            groups = reached[self._graph.needed[reached] > 0].tolist()
            self._reached[item] = frozenset(reached[self._fails[reached]].tolist()), groups
        return self._reached[item]

    def _larger(self, item: int, products: dict[int, set[Cut]], absorbing: Collection[int]) -> Iterator[Cut]:
        """The cuts of two and more losses of an item, without those that hold what is absorbing."""
        for group in self._below(item)[1]:
            for cut in products.get(group, ()):
                if cut.isdisjoint(absorbing):
                    yield cut

    def _product(self, group: int, order: int, products: dict[int, set[Cut]]) -> set[Cut]:
        """The cuts of two to `order` losses that take too many members of a group."""
        absorbing = self._singles | self.single(group)
        members, spare = self._points.members(group)
        open_cuts: dict[Cut, int] = {frozenset(): 0}
        done: set[Cut] = set()
        for member, weight in members:
            alone = [frozenset([one]) for one in self.single(member) - absorbing]
            losses = minimal([*alone, *self._larger(member, products, absorbing)])
            for cut, lost in list(open_cuts.items()):
                self._spend(len(losses))
                for loss in losses:
                    both = cut | loss
                    if len(both) > order:
                        self._beyond = True
                    elif lost + weight > spare:
                        done.add(both)
                    else:
                        open_cuts[both] = max(open_cuts.get(both, 0), lost + weight)
        return minimal(done)

    def _spend(self, steps: int) -> None:
        self._steps -= steps
        if self._steps < 0:
            raise _TooManySteps


def _told(graph: Graph, cuts: Iterable[Cut]) -> tuple[tuple[str, ...], ...]:
    told = [tuple(sorted(graph.keys[one] for one in cut)) for cut in cuts]
    return tuple(sorted(told, key=lambda keys: (len(keys), keys)))
