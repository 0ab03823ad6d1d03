"""Mapping quality: how much is known of what an item stands on, and how sure that is. Pure.

Five pillars are looked at, as supervisors do: people, process, technology, facility and information. What a pillar
expects of the items is written at its rule; where it expects nothing its share is unknown, not complete.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import cached_property
from heapq import heappop, heappush

import numpy as np

from app.inventory.model import KINDS, PROPERTIES, ItemType
from app.topology.components import components
from app.topology.graph import Graph
from app.topology.reaching import reach

T = ItemType
_BUSINESS = (T.BUSINESS_PROCESS, T.BUSINESS_SERVICE)
_TECHNOLOGY = (T.IT_SERVICE, T.COMPONENT)
_STORES = ("DATABASE", "DATASTORE")
# They have defaults, or belong to another field: leaving them out says something too.
_NOT_WANTED = {"restartTimeSeconds", "degradedBelow", "criticalityWeight", "lossCurrency", "failoverTimeSeconds"}
_WANTED: Mapping[str, frozenset[ItemType]] = {
    "owner": frozenset(T),
    "kind": frozenset(one for one in T if KINDS[one]),
    **{name: rule.types for name, rule in PROPERTIES.items() if name not in _NOT_WANTED},
}


class Pillar(Enum):
    """What a business service is made of, besides its name."""

    PEOPLE = "PEOPLE"
    PROCESS = "PROCESS"
    TECHNOLOGY = "TECHNOLOGY"
    FACILITY = "FACILITY"
    INFORMATION = "INFORMATION"


@dataclass(frozen=True, slots=True)
class MappedItem:
    """What is filled in of an item: `fields` are the names of its properties, `owner` and `kind` among them."""

    key: str
    type: ItemType
    kind: str | None
    is_operated: bool
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class MappedEdge:
    """An edge along which failure travels, and what is known of it."""

    dependent: str
    provider: str
    carries_data: bool
    confidence: float | None
    verified_at: datetime | None


@dataclass(frozen=True, slots=True)
class PillarQuality:
    """How many items should be mapped in a pillar, and which of them are not."""

    pillar: Pillar
    expected_count: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FieldQuality:
    """How many of the items that may hold a field do."""

    field: str
    item_count: int
    filled_count: int


@dataclass(frozen=True, slots=True)
class EdgeQuality:
    """How fresh and how sure the edges are. `least_confidence` is the least that anybody gave an edge.

    `surest_path_confidence` is the product along the surest path to the item that is least sure, `least_sure_key`: at
    most, where edges on it are of unknown confidence. Both are `None` where nobody gave any.
    """

    edge_count: int
    never_verified_count: int
    stale_count: int
    unknown_confidence_count: int
    least_confidence: float | None
    surest_path_confidence: float | None
    least_sure_key: str | None


@dataclass(frozen=True)
class ServiceMap:
    """What an item stands on: `graph` has the item first, and the edges between all that is looked at.

    `needed_by_process` says whether a business process needs the item directly.
    """

    graph: Graph
    items: Mapping[str, MappedItem]
    edges: Sequence[MappedEdge]
    needed_by_process: bool

    @cached_property
    def key(self) -> str:
        """The item whose mapping it is."""
        return self.graph.keys[0]

    def of_types(self, types: Collection[ItemType]) -> list[str]:
        """The items of these types, by key."""
        return sorted(one.key for one in self.items.values() if one.type in types)

    def reaching(self, keys: Collection[str]) -> set[str]:
        """These items and all that stand on any of them."""
        numbers = np.array(sorted(self.graph.number[key] for key in keys), np.int32)
        return {self.graph.keys[number] for number in reach(self.graph.dependents, numbers).items.tolist()}

    def pillars(self) -> tuple[PillarQuality, ...]:
        """Every pillar in order."""
        return tuple(_pillar(pillar, *rule(self)) for pillar, rule in _RULES.items())

    def fields(self) -> tuple[FieldQuality, ...]:
        """Every field that any of the items may hold, in the order of the model."""
        found = []
        for name, types in _WANTED.items():
            holding = [one for one in self.items.values() if one.type in types]
            if holding:
                found.append(FieldQuality(name, len(holding), sum(name in one.fields for one in holding)))
        return tuple(found)

    def cycles(self) -> tuple[tuple[str, ...], ...]:
        """The items that need each other, each circle by key."""
        order, begins = components(self.graph.providers.start, self.graph.providers.index)
        circles = (order[begins[one] : begins[one + 1]] for one in np.flatnonzero(np.diff(begins) > 1).tolist())
        return tuple(sorted(tuple(sorted(self.graph.keys[one] for one in inside.tolist())) for inside in circles))

    def unsatisfiable(self) -> tuple[str, ...]:
        """The groups whose members are too few."""
        return tuple(sorted(self.graph.keys[number] for number in self.graph.unsatisfiable.tolist()))

    def edge_quality(self, now: datetime, stale_after: timedelta) -> EdgeQuality:
        """How fresh and how sure its edges are."""
        told = [one.confidence for one in self.edges if one.confidence is not None]
        verified = [one.verified_at for one in self.edges if one.verified_at is not None]
        least = min(((sure, key) for key, sure in self._surest_paths()), default=None) if told else None
        return EdgeQuality(
            edge_count=len(self.edges),
            never_verified_count=len(self.edges) - len(verified),
            stale_count=sum(at < now - stale_after for at in verified),
            unknown_confidence_count=len(self.edges) - len(told),
            least_confidence=min(told, default=None),
            surest_path_confidence=least[0] if least else None,
            least_sure_key=least[1] if least else None,
        )

    def _surest_paths(self) -> Iterator[tuple[str, float]]:
        """Each item and the product of the confidences along the surest path to it (Dijkstra, 1959)."""
        leaving: dict[str, list[MappedEdge]] = {}
        for edge in self.edges:
            leaving.setdefault(edge.dependent, []).append(edge)
        waiting, done = [(-1.0, self.key)], set[str]()
        while waiting:
            sure, key = heappop(waiting)
            if key not in done:
                done.add(key)
                yield key, -sure
                for edge in leaving.get(key, ()):
                    heappush(waiting, (sure * (1.0 if edge.confidence is None else edge.confidence), edge.provider))


def _pillar(pillar: Pillar, expected: Collection[str], mapped: Collection[str]) -> PillarQuality:
    return PillarQuality(pillar, len(expected), tuple(sorted({*expected} - {*mapped})))


Expected = tuple[Collection[str], Collection[str]]
"""Which items a pillar expects something of, and for which it is there."""


def _people(known: ServiceMap) -> Expected:
    """Whatever people keep running says which team does."""
    return known.of_types((*_BUSINESS, *_TECHNOLOGY)), [one.key for one in known.items.values() if one.is_operated]


def _process(known: ServiceMap) -> Expected:
    """The item is a process, stands on one, or one needs it."""
    is_there = known.needed_by_process or bool(known.of_types((T.BUSINESS_PROCESS,)))
    return [known.key], [known.key] if is_there else ()


def _technology(known: ServiceMap) -> Expected:
    """Processes and services stand on technology."""
    return known.of_types(_BUSINESS), known.reaching(known.of_types(_TECHNOLOGY))


def _facility(known: ServiceMap) -> Expected:
    """Components stand somewhere, but for software that somebody else runs."""
    places = known.reaching(known.of_types((T.LOCATION,)))
    return [key for key in known.of_types((T.COMPONENT,)) if known.items[key].kind != "SAAS"], places


def _information(known: ServiceMap) -> Expected:
    """Of stores it is said who depends on their data."""
    stores = [one.key for one in known.items.values() if one.kind in _STORES]
    return stores, [edge.provider for edge in known.edges if edge.carries_data]


_RULES: Mapping[Pillar, Callable[[ServiceMap], Expected]] = {
    Pillar.PEOPLE: _people,
    Pillar.PROCESS: _process,
    Pillar.TECHNOLOGY: _technology,
    Pillar.FACILITY: _facility,
    Pillar.INFORMATION: _information,
}
