"""Pages of the stored graph, as the long columns they are read in, and the arrays these become.

No object is made for an item or an edge: of a million each, the objects alone took ten times as long as Neo4j did.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from app.inventory.model import Scalar
from app.topology.graph import TYPE_ORDER, EdgeTable, Int32, VertexTable

A = TypeVar("A", bound=np.generic)
_RANKS = {kind.value: rank for rank, kind in enumerate(TYPE_ORDER)}
_UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class VertexPage:
    """Items in key order; `groups` are minAvailable, degradedBelow and failover seconds of the groups among them."""

    keys: list[str]
    labels: list[str]
    tiers: list[int]
    critical: list[bool]
    restart_seconds: list[int]
    recovery_seconds: list[int]
    target_seconds: list[int]
    groups: list[tuple[Scalar | None, Scalar | None, int]]

    def table(self) -> VertexTable:
        """The page as arrays."""
        table = VertexTable(
            self.keys,
            np.array([_RANKS[label] for label in self.labels], np.int8),
            np.array(self.tiers, np.int8),
            np.array(self.critical, np.bool_),
            np.array(self.restart_seconds, np.int64),
            np.array(self.recovery_seconds, np.int64),
            np.array(self.target_seconds, np.int64),
            np.zeros(len(self.keys), np.int64),
            [(min_available, degraded_below) for min_available, degraded_below, _ in self.groups],
        )
        table.failover_seconds[table.groups()] = [seconds for *_, seconds in self.groups]
        return table


@dataclass(frozen=True, slots=True)
class EdgePage:
    """Edges, the keys of their ends not yet resolved."""

    dependents: list[str]
    providers: list[str]
    kinds: list[int]
    weights: list[int]
    tolerance_seconds: list[int]

    def table(self, number: Mapping[str, int]) -> EdgeTable:
        """The edges of the page between known items, as arrays."""
        dependent, provider = _numbers(self.dependents, number), _numbers(self.providers, number)
        known = (dependent != _UNKNOWN) & (provider != _UNKNOWN)
        return EdgeTable(
            dependent[known],
            provider[known],
            np.array(self.kinds, np.int8)[known],
            np.array(self.weights, np.int64)[known],
            np.array(self.tolerance_seconds, np.int64)[known],
        )


def _numbers(keys: Sequence[str], number: Mapping[str, int]) -> Int32:
    return np.fromiter(map(number.get, keys, repeat(_UNKNOWN)), np.int32, len(keys))


def joined_vertices(tables: Sequence[VertexTable]) -> VertexTable:
    """One table after another; at least one."""
    return VertexTable(
        [key for table in tables for key in table.keys],
        _joined(table.type_rank for table in tables),
        _joined(table.tier for table in tables),
        _joined(table.critical for table in tables),
        _joined(table.restart_seconds for table in tables),
        _joined(table.recovery_seconds for table in tables),
        _joined(table.target_seconds for table in tables),
        _joined(table.failover_seconds for table in tables),
        [written for table in tables for written in table.thresholds],
    )


def joined_edges(tables: Sequence[EdgeTable]) -> EdgeTable:
    """One table after another; at least one."""
    return EdgeTable(
        _joined(table.dependent for table in tables),
        _joined(table.provider for table in tables),
        _joined(table.kind for table in tables),
        _joined(table.weight for table in tables),
        _joined(table.tolerance_seconds for table in tables),
    )


def _joined(columns: Iterable[NDArray[A]]) -> NDArray[A]:
    return np.concatenate(list(columns))
