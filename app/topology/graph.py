"""The graph as arrays: items are numbers, and the edges of each item lie together (compressed sparse rows)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from app.inventory.admission import resolved_threshold
from app.inventory.losses import LossCurve
from app.inventory.model import ItemType, Scalar

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Int8 = NDArray[np.int8]
Bools = NDArray[np.bool_]


class EdgeKind(IntEnum):
    """How failure crosses an edge.

    HARD is a DEPENDS_ON of that strength, LOCATED_IN, and what ties third parties (PROVIDED_BY, SUBCONTRACTS_TO,
    CHILD_OF). INFO edges and relations that never propagate are not in the arrays.
    """

    HARD = 0
    SOFT = 1
    MEMBER = 2


_EDGE_KINDS = tuple(EdgeKind)
NO_TIER = 9
NO_SECONDS = -1
TYPE_ORDER = (
    ItemType.BUSINESS_PROCESS,
    ItemType.BUSINESS_SERVICE,
    ItemType.IT_SERVICE,
    ItemType.COMPONENT,
    ItemType.LOCATION,
    ItemType.TEAM,
    ItemType.THIRD_PARTY,
    ItemType.CONTRACT,
    ItemType.REDUNDANCY_GROUP,
)
TYPE_RANKS: Mapping[ItemType, int] = {kind: rank for rank, kind in enumerate(TYPE_ORDER)}


@dataclass(frozen=True, slots=True)
class Vertex:
    """What propagation has to know of an item."""

    key: str
    type: ItemType
    tier: int | None = None
    critical: bool = False
    min_available: Scalar | None = None
    degraded_below: Scalar | None = None
    restart_seconds: int | None = None
    recovery_seconds: int | None = None
    target_seconds: int | None = None
    failover_seconds: int | None = None
    loss_curve: LossCurve | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """A propagating edge from dependent to provider."""

    dependent: str
    provider: str
    kind: EdgeKind
    weight: int = 1
    tolerance_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Adjacency:
    """Of item n the neighbours `index[start[n]:start[n+1]]`, with the kind, weight and tolerance of each edge."""

    start: Int64
    index: Int32
    kind: Int8
    weight: Int64
    tolerance_seconds: Int64

    def of(self, number: int) -> Iterable[tuple[int, EdgeKind]]:
        """The neighbours of one item."""
        span = slice(self.start[number], self.start[number + 1])
        return zip(self.index[span].tolist(), map(_EDGE_KINDS.__getitem__, self.kind[span].tolist()), strict=True)


Thresholds = tuple[Scalar | None, Scalar | None]
"""`minAvailable` and `degradedBelow` of a group: whole numbers or percentages."""


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Graph:
    """One version of the graph.

    `dependents` leads from a provider to those who need it, `providers` the other way. `needed` and `healthy` are
    the resolved `minAvailable` and `degradedBelow` of groups (0 for other items; more than the members weigh where
    the members are gone), `total` what the members of a group weigh. The `unsatisfiable` groups are DOWN whatever
    happens, for their members no longer reach `minAvailable`; the `weakened` ones, for `degradedBelow` alone is out
    of reach, are DEGRADED at best. Of seconds that nobody gave, restart and failover are 0, recovery and target
    `NO_SECONDS`; `target_seconds` is the impact tolerance, else the MTPD, and only ACTIVE_STANDBY groups fail over.
    `thresholds` are those of groups as they were written, `loss_curves` what an outage costs of the few items of which
    anybody said it. An item that an edit removed keeps its number and its key in `keys`, but is not in `number` and
    has no edges.
    """

    version: int
    keys: Sequence[str]
    number: Mapping[str, int]
    type_rank: Int8
    tier: Int8
    critical: Bools
    needed: Int64
    healthy: Int64
    total: Int64
    dependents: Adjacency
    providers: Adjacency
    unsatisfiable: Int32
    weakened: Int32
    restart_seconds: Int64
    recovery_seconds: Int64
    target_seconds: Int64
    failover_seconds: Int64
    thresholds: Mapping[int, Thresholds]
    loss_curves: Mapping[int, LossCurve]

    @property
    def size(self) -> int:
        """How many numbers are in use: the items, and those that edits removed."""
        return len(self.keys)

    @property
    def item_count(self) -> int:
        """The number of items."""
        return len(self.number)

    @property
    def edge_count(self) -> int:
        """The number of propagating edges."""
        return len(self.dependents.index)

    def type_of(self, number: int) -> ItemType:
        """The type of one item."""
        return TYPE_ORDER[self.type_rank[number]]

    def is_group(self, number: int) -> bool:
        """Whether the item is a redundancy group."""
        return bool(self.type_rank[number] == len(TYPE_ORDER) - 1)


@dataclass(frozen=True, slots=True)
class VertexTable:
    """The items as parallel columns, in the order of their numbers; the raw material of a `Graph`.

    `thresholds` are those of the groups alone, in the same order; the other columns are as `Graph` has them.
    """

    keys: Sequence[str]
    type_rank: Int8
    tier: Int8
    critical: Bools
    restart_seconds: Int64
    recovery_seconds: Int64
    target_seconds: Int64
    failover_seconds: Int64
    thresholds: Sequence[Thresholds]

    @classmethod
    def of(cls, vertices: Sequence[Vertex]) -> "VertexTable":
        """The columns of these items."""
        groups = [vertex for vertex in vertices if vertex.type is ItemType.REDUNDANCY_GROUP]
        return cls(
            [vertex.key for vertex in vertices],
            np.array([TYPE_RANKS[vertex.type] for vertex in vertices], np.int8),
            np.array([NO_TIER if vertex.tier is None else vertex.tier for vertex in vertices], np.int8),
            np.array([vertex.critical for vertex in vertices], np.bool_),
            np.array([vertex.restart_seconds or 0 for vertex in vertices], np.int64),
            _seconds(vertex.recovery_seconds for vertex in vertices),
            _seconds(vertex.target_seconds for vertex in vertices),
            np.array([vertex.failover_seconds or 0 for vertex in vertices], np.int64),
            [(group.min_available, group.degraded_below) for group in groups],
        )

    def groups(self) -> list[int]:
        """The numbers of the redundancy groups."""
        return np.flatnonzero(self.type_rank == TYPE_RANKS[ItemType.REDUNDANCY_GROUP]).tolist()


def _seconds(values: Iterable[int | None]) -> Int64:
    return np.array([NO_SECONDS if value is None else value for value in values], np.int64)


class EdgeTable:
    """The edges as three parallel arrays of numbers; the raw material of a `Graph`."""

    def __init__(self, dependent: Int32, provider: Int32, kind: Int8, weight: Int64, tolerance_seconds: Int64) -> None:
        self.dependent = dependent
        self.provider = provider
        self.kind = kind
        self.weight = weight
        self.tolerance_seconds = tolerance_seconds

    @classmethod
    def of(cls, edges: Iterable[Edge], number: Mapping[str, int]) -> "EdgeTable":
        """The edges between known items."""
        known = [edge for edge in edges if edge.dependent in number and edge.provider in number]
        return cls(
            np.array([number[edge.dependent] for edge in known], np.int32),
            np.array([number[edge.provider] for edge in known], np.int32),
            np.array([edge.kind for edge in known], np.int8),
            np.array([edge.weight for edge in known], np.int64),
            np.array([edge.tolerance_seconds for edge in known], np.int64),
        )

    def adjacency(self, sources: Int32, targets: Int32, size: int) -> Adjacency:
        """The edges grouped by `sources`."""
        order = np.argsort(sources, kind="stable")
        start = np.zeros(size + 1, np.int64)
        np.cumsum(np.bincount(sources, minlength=size), out=start[1:])
        return Adjacency(start, targets[order], self.kind[order], self.weight[order], self.tolerance_seconds[order])


def build_graph(version: int, vertices: Sequence[Vertex], edges: EdgeTable) -> Graph:
    """The arrays of these items and edges."""
    number = {vertex.key: place for place, vertex in enumerate(vertices)}
    curves = {place: vertex.loss_curve for place, vertex in enumerate(vertices) if vertex.loss_curve is not None}
    return assembled(version, number, VertexTable.of(vertices), edges, curves)


def assembled(
    version: int,
    number: Mapping[str, int],
    vertices: VertexTable,
    edges: EdgeTable,
    loss_curves: Mapping[int, LossCurve],
) -> Graph:
    """The arrays of these items, whose numbers are their places, and of these edges."""
    size = len(vertices.keys)
    member = edges.kind == EdgeKind.MEMBER
    total = np.zeros(size, np.int64)
    np.add.at(total, edges.dependent[member], edges.weight[member])
    needed, healthy = np.zeros(size, np.int64), np.zeros(size, np.int64)
    thresholds = dict(zip(vertices.groups(), vertices.thresholds, strict=True))
    for group, written in thresholds.items():
        needed[group], healthy[group] = resolved(written, int(total[group]))
    return Graph(
        version=version,
        keys=vertices.keys,
        number=number,
        type_rank=vertices.type_rank,
        tier=vertices.tier,
        critical=vertices.critical,
        needed=needed,
        healthy=healthy,
        total=total,
        dependents=edges.adjacency(edges.provider, edges.dependent, size),
        providers=edges.adjacency(edges.dependent, edges.provider, size),
        unsatisfiable=np.flatnonzero(needed > total).astype(np.int32),
        weakened=np.flatnonzero((healthy > total) & (needed <= total)).astype(np.int32),
        restart_seconds=vertices.restart_seconds,
        recovery_seconds=vertices.recovery_seconds,
        target_seconds=vertices.target_seconds,
        failover_seconds=vertices.failover_seconds,
        thresholds=thresholds,
        loss_curves=loss_curves,
    )


def resolved(thresholds: Thresholds, total: int) -> tuple[int, int]:
    """What a group whose members weigh `total` needs not to be DOWN, and not to be DEGRADED."""
    min_available, degraded_below = thresholds
    # A group that lost every member resolves "60%" to 0; it must still count as lost.
    needed = max(1, resolved_threshold(min_available or 1, total))
    return needed, max(needed, resolved_threshold(degraded_below, total) if degraded_below else 0)
