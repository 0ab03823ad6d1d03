"""Data: how old what can be restored is, and how old it may be (semantics §5, RPO). Pure.

    age(n) = max of the item's own copies and of age(d) over what it depends on for data; of a group the k-th smallest
    required(d) = min of its own objective and of required(a) over those that depend on it for data

PHYSICAL_LOSS: a replica lags, else the backup's interval. DATA_CORRUPTION: replication copies the damage, so the
interval of the backup. Only dependencies that say `dataDependency` count, and what depends on no other data holds it.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property

import numpy as np

from app.continuity.estate import Ranks
from app.continuity.facts import EdgeFacts, Facts
from app.continuity.timing import OPEN
from app.inventory.model import ItemType
from app.topology.graph import NO_SECONDS, EdgeKind, Graph

_BUSINESS = (ItemType.BUSINESS_PROCESS, ItemType.BUSINESS_SERVICE)


class LossKind(Enum):
    """What happens to data: it is gone, or it is wrong in every replica."""

    PHYSICAL_LOSS = "PHYSICAL_LOSS"
    DATA_CORRUPTION = "DATA_CORRUPTION"


@dataclass(frozen=True, slots=True)
class DataLoss:
    """What an item loses: the seconds of work since the oldest of what it is restored from, at least and at most
    (`None`: no limit is known).

    `skew_seconds` lie between the oldest and the newest; unless they are 0 the stores contradict each other when they
    are restored. `missing` are the stores that say nothing of their copies.
    """

    kind: LossKind
    at_least_seconds: int
    at_most_seconds: int | None
    skew_seconds: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Ages:
    """Of some items the age of what can be restored, and which members their groups choose."""

    age: Mapping[int, int]
    chosen: Mapping[int, frozenset[int]]


@dataclass(frozen=True)
class DataEstate:
    """Who depends on whom for data, in the graph as it runs; `hit` are the stores whose data are lost, `None`: all."""

    graph: Graph
    facts: Facts
    rank: Ranks
    hit: frozenset[int] | None = None

    def hit_at(self, numbers: Collection[int]) -> "DataEstate":
        """The same where the data of these items alone are wrong, and those of their replicas: the other members of
        their groups."""
        replicas = {other for one in numbers for group in self._groups(one) for other in self._members(group)}
        return replace(self, hit=frozenset({*numbers, *replicas}))

    def _groups(self, number: int) -> Iterator[int]:
        return (one for one, kind in self.graph.dependents.of(number) if kind is EdgeKind.MEMBER)

    def _members(self, group: int) -> Iterator[int]:
        return (one for one, kind in self.graph.providers.of(group) if kind is EdgeKind.MEMBER)

    @cached_property
    def _edges(self) -> EdgeFacts:
        return self.facts.edges.among(self.facts.edges.data)

    @cached_property
    def _providers(self) -> Mapping[int, list[int]]:
        return self._edges.by_dependent()

    @cached_property
    def _dependents(self) -> Mapping[int, list[int]]:
        return self._edges.by_provider()

    def _below(self, number: int) -> Iterator[int]:
        """What an item depends on for data; of a group its members."""
        yield from self._providers.get(number, ())
        if self.graph.is_group(number):
            yield from self._members(number)

    def _above(self, number: int) -> Iterator[int]:
        """Who depends on an item for data, and the groups it is a member of."""
        yield from self._dependents.get(number, ())
        yield from self._groups(number)

    def has_data(self, number: int) -> bool:
        """Whether an item depends on anything for its data, or holds some."""
        return number in self._providers or number in self._dependents or self._copies(number) != (None, None)

    def loss(self, number: int, kind: LossKind) -> DataLoss | None:
        """What an item loses; `None` where it depends on nothing for data and holds none."""
        if not self.has_data(number):
            return None
        inside = self._closure([number])
        least, most = self._ages(inside, kind, 0), self._ages(inside, kind, OPEN)
        stores = self._counted(number, least)
        told = [one for one in stores if self._own(one, kind, OPEN) < OPEN]
        ages = [self._own(one, kind, 0) for one in told]
        return DataLoss(
            kind,
            least.age[number],
            None if most.age[number] == OPEN else most.age[number],
            max(ages) - min(ages) if ages else 0,
            tuple(sorted(self.graph.keys[one] for one in stores.difference(told))),
        )

    def required_seconds(self, number: int, kind: LossKind) -> int | None:
        """How old what an item is restored from may be; `None` where nobody says. Of a group only the freshest members
        that are enough must."""
        above, waiting = {number}, [number]
        while waiting:
            fresh = [one for one in self._above(waiting.pop()) if one not in above]
            above.update(fresh)
            waiting += fresh
        chosen = self._ages(self._closure(list(above)), kind, 0).chosen
        asked, waiting, found = {number}, [number], []
        while waiting:
            one = waiting.pop()
            found.append(self._objective(one))
            leaning = [
                *self._dependents.get(one, ()),
                *(group for group in self._above(one) if one in chosen.get(group, ())),
            ]
            asking = [up for up in dict.fromkeys(leaning) if up not in asked]
            asked.update(asking)
            waiting += asking
        return min((one for one in found if one is not None), default=None)

    def overruns(self, kind: LossKind) -> Iterator[tuple[int, int]]:
        """The items that certainly lose more than they may, and by how many seconds at least, in one pass over all."""
        items = self.facts.items
        held = np.flatnonzero(
            (items.replication_lag_seconds != NO_SECONDS) | (items.backup_interval_seconds != NO_SECONDS)
        )
        concerned = {*held.tolist(), *self._providers, *self._dependents}
        inside = self._closure(sorted(concerned))
        ages = self._ages(inside, kind, 0)
        asked = self._asked(inside, ages.chosen)
        for number in concerned:
            declared = int(self.facts.items.rpo_seconds[number])
            most = min(asked.get(number, OPEN), OPEN if declared == NO_SECONDS else declared)
            if ages.age[number] > most:
                yield number, ages.age[number] - most

    def _asked(self, inside: list[int], chosen: Mapping[int, frozenset[int]]) -> dict[int, int]:
        """How old what these items are restored from may be, where anybody says."""
        asked = {one: said for one in inside if (said := self._objective(one)) is not None}
        waiting = list(asked)
        while waiting:
            one = waiting.pop()
            for other in (*self._providers.get(one, ()), *chosen.get(one, ())):
                if asked[one] < asked.get(other, OPEN):
                    asked[other] = asked[one]
                    waiting.append(other)
        return asked

    def _objective(self, number: int) -> int | None:
        """What a business item asks for; what others declare is a promise."""
        said = int(self.facts.items.rpo_seconds[number])
        return said if said != NO_SECONDS and self.graph.type_of(number) in _BUSINESS else None

    def _copies(self, number: int) -> tuple[int | None, int | None]:
        """How far the replica lags, and how far backups are apart."""
        items = self.facts.items
        both = int(items.replication_lag_seconds[number]), int(items.backup_interval_seconds[number])
        lag, interval = (None if one == NO_SECONDS else one for one in both)
        return lag, interval

    def _is_store(self, number: int) -> bool:
        leans_on_none = number not in self._providers and not self.graph.is_group(number)
        return leans_on_none or self._copies(number) != (None, None)

    def _own(self, number: int, kind: LossKind, unknown: int) -> int:
        """How old the copies of an item are, `unknown` if it is a store that does not say; 0 if it needs none."""
        lag, interval = self._copies(number)
        if not self._is_store(number) or (self.hit is not None and number not in self.hit):
            return 0
        best = lag if kind is LossKind.PHYSICAL_LOSS and lag is not None else interval
        return unknown if best is None else best

    def _closure(self, numbers: list[int]) -> list[int]:
        found, waiting = dict.fromkeys(numbers), list(numbers)
        while waiting:
            fresh = [one for one in self._below(waiting.pop()) if one not in found]
            found |= dict.fromkeys(fresh)
            waiting += fresh
        return list(found)

    def _ages(self, inside: list[int], kind: LossKind, unknown: int) -> _Ages:
        """The least fixpoint; it ends, for every age is the own age of one of them."""
        own = {one: self._own(one, kind, unknown) for one in inside}
        age, chosen = dict.fromkeys(inside, -1), dict[int, frozenset[int]]()
        changed = True
        while changed:
            changed = False
            for one in reversed(inside):
                below = [age[other] for other in self._providers.get(one, ())]
                if self.graph.is_group(one):
                    chosen[one], ready = self._freshest(one, age, unknown)
                    below.append(ready)
                now = max([own[one], *below])
                changed = changed or now != age[one]
                age[one] = now
        return _Ages(age, chosen)

    def _freshest(self, group: int, age: Mapping[int, int], unknown: int) -> tuple[frozenset[int], int]:
        """The freshest members that weigh enough, and the age of the last of them."""
        edges = self.graph.providers
        span = slice(edges.start[group], edges.start[group + 1])
        members = [
            (age[one], self.rank[one], one, weight)
            for one, kind, weight in zip(
                edges.index[span].tolist(), edges.kind[span].tolist(), edges.weight[span].tolist(), strict=True
            )
            if kind == EdgeKind.MEMBER
        ]
        chosen, heavy, oldest = set(), 0, 0
        for old, _, one, weight in sorted(members):
            if heavy >= self.graph.needed[group]:
                break
            chosen.add(one)
            heavy, oldest = heavy + weight, old
        return frozenset(chosen), oldest if heavy >= self.graph.needed[group] else max(oldest, unknown)

    def _counted(self, number: int, ages: _Ages) -> set[int]:
        """The stores that an item is restored from."""
        found, waiting = {number}, [number]
        while waiting:
            one = waiting.pop()
            chosen = ages.chosen.get(one)
            fresh = [
                other
                for other in self._below(one)
                if other not in found and (chosen is None or other in chosen or other in self._providers.get(one, ()))
            ]
            found.update(fresh)
            waiting += fresh
        return {one for one in found if self._is_store(one)}
