"""Which business items stand on what is mapped incompletely, or was verified too long ago (`mapping_quality`). Pure.

The pillars are those of `mapping_quality`, looked at in the whole estate at once: what an item lacks is found once,
and then counted among what each business item stands on.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from app.continuity.business import business_items
from app.inventory.model import ItemType
from app.topology.graph import TYPE_RANKS, Bools, Graph
from app.topology.reaching import reach

T = ItemType
_BUSINESS = (T.BUSINESS_PROCESS, T.BUSINESS_SERVICE)
_TECHNOLOGY = (T.IT_SERVICE, T.COMPONENT)


@dataclass(frozen=True, slots=True)
class MappingFacts:
    """What the arrays do not hold of how the estate is mapped, as keys: what no team operates, what somebody else runs
    somewhere, stores, stores that nobody is known to need for data, and what depends on something by a dependency that
    was verified too long ago."""

    unoperated: Collection[str] = ()
    elsewhere: Collection[str] = ()
    stores: Collection[str] = ()
    unread_stores: Collection[str] = ()
    stale: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class MappingGaps:
    """What a business item stands on, itself included: in sentences what is not mapped, and how many items have a
    stale dependency of how many."""

    key: str
    incomplete: tuple[str, ...]
    stale_count: int
    item_count: int


def mapping_gaps(graph: Graph, facts: MappingFacts) -> Iterator[MappingGaps]:
    """The gaps below each business item; it costs what each stands on."""
    pillars, stale = _pillars(graph, facts), _marked(graph, facts.stale)
    for number in business_items(graph).tolist():
        below = reach(graph.providers, np.array([number], np.int32)).items
        counts = [
            (int(lacking[below].sum()), int(expected[below].sum()), words) for expected, lacking, words in pillars
        ]
        sentences = tuple(f"{lacking} of {expected} {words}" for lacking, expected, words in counts if lacking)
        yield MappingGaps(graph.keys[number], sentences, int(stale[below].sum()), len(below))


def _pillars(graph: Graph, facts: MappingFacts) -> list[tuple[Bools, Bools, str]]:
    """For each pillar of which items it expects something, which of them lack it, and what that is."""
    business, technology = _of_types(graph, _BUSINESS), _of_types(graph, _TECHNOLOGY)
    components = _of_types(graph, (T.COMPONENT,)) & ~_marked(graph, facts.elsewhere)
    somewhere = _standing_on(graph, _of_types(graph, (T.LOCATION,)))
    return [
        (business | technology, _marked(graph, facts.unoperated), "items have no team that operates them"),
        (business, business & ~_standing_on(graph, technology), "processes and services stand on no technology"),
        (components, components & ~somewhere, "components have no location"),
        (_marked(graph, facts.stores), _marked(graph, facts.unread_stores), "stores are no dataDependency of anything"),
    ]


def _of_types(graph: Graph, types: Collection[ItemType]) -> Bools:
    return np.isin(graph.type_rank, [TYPE_RANKS[one] for one in types])


def _marked(graph: Graph, keys: Collection[str]) -> Bools:
    marks = np.zeros(graph.size, np.bool_)
    marks[[graph.number[key] for key in keys if key in graph.number]] = True
    return marks


def _standing_on(graph: Graph, marks: Bools) -> Bools:
    """What is marked, and whatever stands on any of it."""
    found = np.zeros(graph.size, np.bool_)
    found[reach(graph.dependents, np.flatnonzero(marks).astype(np.int32)).items] = True
    return found
