"""Availability: how likely an item is up, and how much each loss counts for that (semantics §7). Pure.

What takes the item DOWN alone multiplies. A group holds by how its members are spread over the weights it can lose.
What stands under several members is shared: each of its states is taken in turn, so what is left is independent and
the answer exact. With too much of that, or groups in a circle, it is bounded by the minimal cuts (Esary, Proschan).

The importance of a loss is Birnbaum's: how much more available the item is with it up than with it down.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from graphlib import CycleError
from itertools import accumulate
from math import prod
from operator import mul

import numpy as np
from numpy.typing import NDArray

from app.continuity.closures import closed_part
from app.continuity.cut_sets import CutSets
from app.continuity.redundancy import Redundancy, redundancy_of
from app.continuity.single_points import single_points
from app.inventory.model import ItemType
from app.topology.graph import Graph

Floats = NDArray[np.float64]
_MOST_SHARED = 20
# What is worked out for one answer, in numbers: about a second.
_MOST_CELLS = 50_000_000


class AvailabilityMethod(Enum):
    """How far an availability can be trusted. ESTIMATE: a bound by cuts, of which larger ones were left out."""

    EXACT = "EXACT"
    LOWER_BOUND = "LOWER_BOUND"
    ESTIMATE = "ESTIMATE"


@dataclass(frozen=True, slots=True)
class Importance:
    """How much more available an item is with another one up than with it down, a fraction 0-1."""

    key: str
    birnbaum: float


@dataclass(frozen=True, slots=True)
class Availability:
    """How likely an item is up, a fraction 0-1.

    `importance` is of everything that counts, the highest first; of redundant items it is left out, and
    `is_importance_complete` false, where it would take too long. `assumed` are the components of which nobody said it,
    taken to be always up, as is all else that has none of its own.
    """

    value: float
    method: AvailabilityMethod
    importance: tuple[Importance, ...]
    is_importance_complete: bool
    assumed: tuple[str, ...]


def availability(graph: Graph, number: int, known: Mapping[str, float], cuts: Callable[[], CutSets]) -> Availability:
    """How likely an item is up, given the availabilities that are known, by key; `cuts` are asked for only if needed.

    It costs what the item stands on.
    """
    inside = closed_part(graph, [number]).graph
    points = single_points(inside)
    assumed = tuple(
        sorted(
            key for one, key in enumerate(inside.keys) if key not in known and inside.type_of(one) is ItemType.COMPONENT
        )
    )
    if points.down[0]:
        return Availability(0.0, AvailabilityMethod.EXACT, (), True, assumed)
    up = np.array([known.get(key, 1.0) for key in inside.keys])
    alone = points.of(0).tolist()
    try:
        redundancy = redundancy_of(points, up)
    except CycleError:
        redundancy = None
    if redundancy and len(redundancy.shared) <= _MOST_SHARED and redundancy.cells <= _MOST_CELLS:
        holds, rest, complete = _conditioned(redundancy)
        method = AvailabilityMethod.EXACT
    else:
        found = cuts()
        holds, rest, complete = *_bounded(inside, up, found), True
        method = AvailabilityMethod.ESTIMATE if found.has_more else AvailabilityMethod.LOWER_BOUND
    series = prod(up[alone].tolist())
    importance = {one: holds * others for one, others in zip(alone, _without_each(up[alone].tolist()), strict=True)}
    importance |= {one: series * value for one, value in rest.items()}
    ranked = sorted((-value, inside.keys[one]) for one, value in importance.items())
    return Availability(
        series * holds, method, tuple(Importance(key, -value) for value, key in ranked), complete, assumed
    )


def _conditioned(redundancy: Redundancy) -> tuple[float, dict[int, float], bool]:
    """How likely the groups hold, what each redundant item counts for that, and whether that is of all."""
    holds = redundancy.holds(redundancy.together)
    if redundancy.cells * len(redundancy.classes) > _MOST_CELLS:
        return holds, {}, False
    found: dict[int, float] = {}
    for place, one in enumerate(redundancy.classes):
        with_all, without = (redundancy.holds(redundancy.together_but(place, up)) for up in (1.0, 0.0))
        others = _without_each(redundancy.up[list(one.items)].tolist())
        found |= {item: (with_all - without) * left for item, left in zip(one.items, others, strict=True)}
    return holds, found, True


def _without_each(values: Sequence[float]) -> list[float]:
    """Of each value the product of all the others."""
    before = list(accumulate(values, mul, initial=1.0))
    after = list(accumulate(reversed(values), mul, initial=1.0))
    return [before[place] * after[len(values) - 1 - place] for place in range(len(values))]


def _bounded(graph: Graph, up: Floats, cuts: CutSets) -> tuple[float, dict[int, float]]:
    """The same by the cuts of more than one loss: each holds as if it were alone."""
    larger = [[graph.number[key] for key in one] for one in cuts.sets if len(one) > 1]
    width = max(map(len, larger), default=0)
    # A place of its own, which is always lost, fills up the smaller cuts.
    table = np.array([[*one, *[graph.size] * (width - len(one))] for one in larger], np.int64).reshape(
        len(larger), width
    )
    lost = np.append(1 - up, 1.0)

    def holds(lost: Floats) -> float:
        return float(np.prod(1 - np.prod(lost[table], axis=1)))

    def holds_with(one: int, value: float) -> float:
        changed = lost.copy()
        changed[one] = value
        return holds(changed)

    found = {one: holds_with(one, 0.0) - holds_with(one, 1.0) for one in {item for cut in larger for item in cut}}
    return holds(lost), found
