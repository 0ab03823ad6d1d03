"""Facts: what recovery has to know of items and edges and the arrays of `topology` do not hold. Pure.

They are columns in the numbering of the graph they belong to, and follow its edits item by item.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import IntEnum
from itertools import repeat

import numpy as np

from app.topology.graph import NO_SECONDS, Bools, Graph, Int32, Int64

_UNKNOWN = -1


class RecoveryEvidence(IntEnum):
    """What stands behind a recovery time, the strongest first."""

    TESTED = 0
    CONTRACTUAL = 1
    ESTIMATED = 2
    DEFAULT = 3


NO_EVIDENCE = -1


@dataclass(frozen=True, slots=True)
class ItemRows:
    """Items as they are read; `facts` has the columns of `ItemFacts` in their order."""

    keys: list[str]
    facts: list[list[int]]


@dataclass(frozen=True, slots=True)
class EdgeRows:
    """Edges as they are read; `recovery` is 1 where only recovery waits, -1 where only running does, else 0."""

    dependents: list[str]
    providers: list[str]
    recovery: list[int]
    data: list[bool]
    part: list[bool]


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """Of every item, by its number: objectives, what a contract promises, how old its copies are; `NO_SECONDS` where
    nobody said. `evidence` is a `RecoveryEvidence` or `NO_EVIDENCE`."""

    rto_seconds: Int64
    mtpd_seconds: Int64
    wrt_seconds: Int64
    rpo_seconds: Int64
    contract_rto_seconds: Int64
    replication_lag_seconds: Int64
    backup_interval_seconds: Int64
    evidence: Int64

    @classmethod
    def unknown(cls, size: int) -> "ItemFacts":
        """Nothing is known of so many items."""
        return cls(*(np.full(size, NO_SECONDS, np.int64) for _ in fields(cls)))

    def of(self, numbers: Int32) -> "ItemFacts":
        """The facts of these items alone, in this order."""
        return ItemFacts(*(getattr(self, one.name)[numbers] for one in fields(self)))

    def known(self, rows: ItemRows, graph: Graph, forgotten: Int32) -> "ItemFacts":
        """The facts in a later graph: nothing of what is `forgotten`, then what these rows say."""
        numbers = np.fromiter(map(graph.number.get, rows.keys, repeat(_UNKNOWN)), np.int32, len(rows.keys))
        table = np.array(rows.facts, np.int64).reshape(len(rows.keys), len(fields(self)))[numbers != _UNKNOWN]
        numbers = numbers[numbers != _UNKNOWN]
        columns = []
        for place, one in enumerate(fields(self)):
            old: Int64 = getattr(self, one.name)
            column = np.concatenate((old, np.full(graph.size - len(old), NO_SECONDS, np.int64)))
            column[forgotten] = NO_SECONDS
            column[numbers] = table[:, place]
            columns.append(column)
        return ItemFacts(*columns)


@dataclass(frozen=True, slots=True)
class EdgeFacts:
    """The edges that count otherwise than they do in running, as parallel arrays of numbers.

    `recovery` is 1 where only recovery waits for the provider, -1 where only running needs it, else 0; `part` marks
    what is PART_OF another, which neither does.
    """

    dependents: Int32
    providers: Int32
    recovery: Int64
    data: Bools
    part: Bools

    @classmethod
    def of(cls, rows: EdgeRows, number: Mapping[str, int]) -> "EdgeFacts":
        """The edges of these rows between known items."""
        ends = [
            np.fromiter(map(number.get, keys, repeat(_UNKNOWN)), np.int32, len(keys))
            for keys in (rows.dependents, rows.providers)
        ]
        known = (ends[0] != _UNKNOWN) & (ends[1] != _UNKNOWN)
        recovery, flags = np.array(rows.recovery, np.int64), (rows.data, rows.part)
        data, part = (np.array(one, np.bool_)[known] for one in flags)
        return cls(ends[0][known], ends[1][known], recovery[known], data, part)

    def without(self, dependents: Int32, gone: Int32) -> "EdgeFacts":
        """The edges but those that leave any of these items, and those at an end of what is gone."""
        lost = np.isin(self.dependents, np.union1d(dependents, gone)) | np.isin(self.providers, gone)
        return self.among(~lost)

    def among(self, kept: Bools) -> "EdgeFacts":
        """Some of the edges."""
        return EdgeFacts(*(getattr(self, one.name)[kept] for one in fields(self)))

    def by_dependent(self) -> dict[int, list[int]]:
        """The providers of each dependent that has any."""
        return _grouped(self.dependents, self.providers)

    def by_provider(self) -> dict[int, list[int]]:
        """The dependents of each provider that has any."""
        return _grouped(self.providers, self.dependents)

    def joined(self, other: "EdgeFacts") -> "EdgeFacts":
        """These edges and others."""
        return EdgeFacts(*(np.concatenate((getattr(self, one.name), getattr(other, one.name))) for one in fields(self)))


def _grouped(ends: Int32, others: Int32) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for one, other in zip(ends.tolist(), others.tolist(), strict=True):
        found.setdefault(one, []).append(other)
    return found


@dataclass(frozen=True, slots=True)
class Facts:
    """What recovery knows of the items and edges of one graph."""

    items: ItemFacts
    edges: EdgeFacts

    def edited(self, graph: Graph, changed: tuple[ItemRows, EdgeRows], touched: Int32, gone: Int32) -> "Facts":
        """The facts in a later graph of the same numbering: what was `touched` is as these rows say, what is `gone`
        is forgotten."""
        forgotten = np.union1d(touched, gone).astype(np.int32)
        edges = self.edges.without(touched, gone).joined(EdgeFacts.of(changed[1], graph.number))
        return replace(self, items=self.items.known(changed[0], graph, forgotten), edges=edges)


def facts_of(graph: Graph, items: Sequence[ItemRows], edges: EdgeRows) -> Facts:
    """The facts of a graph, of pages of items; what no row tells is unknown."""
    rows = ItemRows([key for page in items for key in page.keys], [row for page in items for row in page.facts])
    nothing = np.empty(0, np.int32)
    return Facts(ItemFacts.unknown(graph.size).known(rows, graph, nothing), EdgeFacts.of(edges, graph.number))
