"""Which important business items stand on what is mapped too thinly, or was verified too long ago. Pure.

Nobody maps everything, and a finding for each fact that is missing would be read by nobody. So those items are looked
at that a register or a supervisor asks about: critical or important, of tier 0 to 2, or with an approved business
impact analysis. A finding is due where a whole pillar of what one stands on is missing, or where less of it is mapped
than a threshold; likewise where more of what it stands on is stale than the threshold leaves.

The pillars are those of `mapping_quality`, looked at in the whole estate at once: what an item lacks is found once,
and then counted among what each business item stands on.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from app.continuity.business import business_items, is_important
from app.inventory.model import ItemType
from app.topology.graph import TYPE_RANKS, Bools, Graph, Int32
from app.topology.reaching import reach

T = ItemType
_BUSINESS = (T.BUSINESS_PROCESS, T.BUSINESS_SERVICE)
_TECHNOLOGY = (T.IT_SERVICE, T.COMPONENT)
_LAST_TIER = 2


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
class Share:
    """How many of how many items lack something, and in `words` what."""

    lacking: int
    expected: int
    words: str

    def is_thin(self, percent: int) -> bool:
        """Whether none has it, or less than so many per cent."""
        return self.lacking > 0 and (self.is_missing or 100 * (self.expected - self.lacking) < percent * self.expected)

    @property
    def is_missing(self) -> bool:
        """Whether none has it."""
        return 0 < self.expected == self.lacking


@dataclass(frozen=True, slots=True)
class MappingGaps:
    """What is not mapped of all that a business item stands on, itself included, by pillar, and what is stale."""

    key: str
    pillars: tuple[Share, ...]
    stale: Share

    def thin(self, percent: int) -> tuple[Share, ...]:
        """The pillars that are mapped too thinly."""
        return tuple(one for one in self.pillars if one.is_thin(percent))


def mapping_gaps(graph: Graph, facts: MappingFacts, assessed: Collection[str]) -> Iterator[MappingGaps]:
    """The gaps below each business item that is looked at, those that are `assessed` among them; it costs what each
    stands on."""
    pillars, stale = _pillars(graph, facts), _marked(graph, facts.stale)
    for number in _looked_at(graph, assessed).tolist():
        below = reach(graph.providers, np.array([number], np.int32)).items
        shares = [
            Share(int(lacking[below].sum()), int(expected[below].sum()), words) for expected, lacking, words in pillars
        ]
        old = Share(int(stale[below].sum()), len(below), "items have dependencies that were verified too long ago")
        yield MappingGaps(graph.keys[number], tuple(shares), old)


def _looked_at(graph: Graph, assessed: Collection[str]) -> Int32:
    numbers = business_items(graph)
    important = is_important(graph, numbers) | (graph.tier[numbers] <= _LAST_TIER)
    found: Int32 = numbers[important | _marked(graph, assessed)[numbers]]
    return found


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
