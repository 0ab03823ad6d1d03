"""Concentration: how much of the business rests on one supplier, one place or anything else (semantics §7). Pure.

dependencyShare = what weighs that has it among all it depends on / what all weighs
knockoutShare = what weighs that is DOWN when it fails, and is not DOWN anyway / what all weighs
HHI = the sum of the squared shares, where each business item splits its weight evenly among those it depends on
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import fsum

import numpy as np

from app.continuity.business import business_among, business_down, business_items
from app.inventory.model import ItemType
from app.topology.graph import TYPE_RANKS, Graph
from app.topology.reaching import reach

# Shares are told apart down to this part of the whole.
_PARTS = 1_000_000_000
SharePlace = tuple[int, int, str]
"""Where a holding stands in a list: its shares in billionths and below zero, its name."""


@dataclass(frozen=True, slots=True)
class Holding:
    """Something that business may rest on: its items, and what fails when it does."""

    name: str
    items: tuple[int, ...]
    failing: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Concentrated:
    """What rests on one holding: shares of the whole, fractions 0-1, and how many business items that is."""

    name: str
    dependency_share: float
    dependent_count: int
    knockout_share: float
    knocked_out: tuple[str, ...]
    split_share: float

    @property
    def place(self) -> SharePlace:
        """Where it stands in the list."""
        return -round(self.knockout_share * _PARTS), -round(self.dependency_share * _PARTS), self.name


@dataclass(frozen=True, slots=True)
class Concentration:
    """All holdings that any business item depends on, the largest knock-out first, then dependency, then by name.

    `hhi` is 1 when all rests on one of them and nears 0 the more there are; `None` when nothing rests on any.
    """

    holdings: tuple[Concentrated, ...]
    hhi: float | None

    def page(self, first: int, after: SharePlace | None = None) -> tuple[Concentrated, ...]:
        """The next holdings behind a place."""
        begin = bisect_right(self.holdings, after, key=lambda one: one.place) if after else 0
        return self.holdings[begin : begin + first]


def concentration(graph: Graph, weights: Mapping[str, float], holdings: Sequence[Holding]) -> Concentration:
    """How the business rests on these holdings; a business item weighs 1 unless `weights`, by key, say otherwise."""
    business = business_items(graph)
    weight = {one: weights.get(graph.keys[one], 1.0) for one in business.tolist()}
    whole = fsum(weight.values())
    anyway = frozenset(business_down(graph, ()).tolist())
    dependents = [_dependents(graph, one.items) for one in holdings]
    parts = Counter(chain.from_iterable(dependents))
    split = fsum(weight[one] for one in parts)
    found = [
        _rests(graph, holding, depending, weight, anyway, (whole, split), parts)
        for holding, depending in zip(holdings, dependents, strict=True)
        if depending
    ]
    found.sort(key=lambda one: one.place)
    return Concentration(tuple(found), fsum(one.split_share**2 for one in found) if found else None)


def suppliers(graph: Graph, parents: Mapping[str, Collection[str]]) -> list[Holding]:
    """Every third party; with it fails its whole corporate group, as `parents` (CHILD_OF, by key) make one.

    Those that subcontract to any of these fall with them along the edges.
    """
    rank = TYPE_RANKS[ItemType.THIRD_PARTY]
    heads = {key: _heads(key, parents) for key in _keys(graph, rank)}
    together: dict[str, set[str]] = {}
    for key, above in heads.items():
        for head in above:
            together.setdefault(head, set()).add(key)
    return [
        Holding(
            key,
            (graph.number[key],),
            tuple(sorted(graph.number[one] for head in above for one in together[head])),
        )
        for key, above in heads.items()
    ]


def places(graph: Graph) -> list[Holding]:
    """Every location; what lies in it falls along the edges."""
    keys = _keys(graph, TYPE_RANKS[ItemType.LOCATION])
    return [Holding(key, (graph.number[key],), (graph.number[key],)) for key in keys]


def groups(graph: Graph, values: Mapping[str, Collection[str]]) -> list[Holding]:
    """For every value the items that have it, by key; they fail together. What is not in the graph is left out."""
    found = []
    for value, keys in sorted(values.items()):
        inside = tuple(sorted(graph.number[key] for key in keys if key in graph.number))
        found.append(Holding(value, inside, inside))
    return [one for one in found if one.items]


def _rests(
    graph: Graph,
    holding: Holding,
    depending: Collection[int],
    weight: Mapping[int, float],
    anyway: Collection[int],
    wholes: tuple[float, float],
    parts: Mapping[int, int],
) -> Concentrated:
    knocked = [one for one in business_down(graph, holding.failing).tolist() if one not in anyway]
    whole, split = wholes
    return Concentrated(
        holding.name,
        fsum(weight[one] for one in depending) / whole,
        len(depending),
        fsum(weight[one] for one in knocked) / whole,
        tuple(sorted(graph.keys[one] for one in knocked)),
        fsum(weight[one] / parts[one] for one in depending) / split,
    )


def _heads(key: str, parents: Mapping[str, Collection[str]]) -> frozenset[str]:
    """Who stands at the top of a corporate group; in a circle of owners all of them do."""
    seen, waiting = {key}, [key]
    while waiting:
        new = set(parents.get(waiting.pop(), ())) - seen
        seen |= new
        waiting += new
    tops = {one for one in seen if not parents.get(one)}
    return frozenset(tops or seen)


def _keys(graph: Graph, rank: int) -> list[str]:
    found = np.flatnonzero(graph.type_rank == rank).tolist()
    return sorted(graph.keys[one] for one in found if graph.keys[one] in graph.number)


def _dependents(graph: Graph, items: Collection[int]) -> list[int]:
    """The business items that depend on any of these, hard or not."""
    reached = reach(graph.dependents, np.array(sorted(items), np.int32)).items
    found: list[int] = business_among(graph, reached).tolist()
    return found
