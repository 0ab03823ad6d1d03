"""Repair: the smallest set of causes that has to be put right for an item to be clear again. Pure.

An item is clear when it is no worse than with nothing failed. Every repair must touch every set of causes that is
enough to hurt the item; so we collect such sets until a smallest set that touches them all clears it, which is then
the smallest repair of all. Source: implicit hitting sets (Moreno-Centeno and Karp, 2013).
"""

from collections.abc import Collection, Sequence

from app.impact.explanation import Explainer, keys_of
from app.impact.propagation import Propagation, own_at_worst, propagate

MAX_EXPLANATIONS = 100
MAX_TRIES = 100_000


def smallest_repair(propagation: Propagation, number: int) -> tuple[str, ...] | None:
    """The keys of the smallest repair of an affected item, the first by key among several; none at all
    where members of a group are gone, which no repair of what failed brings back.

    `None` when it was not found within `MAX_EXPLANATIONS` propagations or `MAX_TRIES` combinations.
    """
    graph = propagation.graph
    target = propagate(graph, {}).worst.of(number)
    repair: tuple[int, ...] | None = ()
    explanations: list[list[int]] = []
    while repair is not None and len(explanations) < MAX_EXPLANATIONS:
        left = propagate(graph, {one: state for one, state in propagation.own.items() if one not in repair})
        if left.worst.of(number) <= target:
            return keys_of(graph, list(repair))
        causes = Explainer(graph, own_at_worst(graph, left.own)).causes(number)
        explanations.append([cause for cause in causes if cause in propagation.own])
        repair = _smallest_touching(explanations)
    return None


def _smallest_touching(sets: Sequence[Sequence[int]]) -> tuple[int, ...] | None:
    """The smallest set that shares an element with each, the first in their order; `None` after too many tries."""
    tries = [MAX_TRIES]
    for size in range(1, len(sets) + 1):
        found = _touching(sets, (), size, tries)
        if found is not None or tries[0] <= 0:
            return found
    return None


def _touching(
    sets: Sequence[Collection[int]], chosen: tuple[int, ...], left: int, tries: list[int]
) -> tuple[int, ...] | None:
    missed = [one for one in sets if not set(chosen) & set(one)]
    if not missed:
        return chosen
    if left == 0:
        return None
    for element in min(missed, key=len):
        tries[0] -= 1
        if tries[0] <= 0:
            return None
        found = _touching(missed, (*chosen, element), left - 1, tries)
        if found is not None:
            return found
    return None
