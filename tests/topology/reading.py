"""A graph as plain values, so that two of them can be compared whatever the order of their arrays."""

from dataclasses import dataclass

from app.inventory.losses import LossCurve
from app.inventory.model import ItemType
from app.topology.graph import Adjacency, EdgeKind, Graph, Thresholds

Row = tuple[str, str, EdgeKind, int, int]
"""An edge: dependent, provider, kind, weight and tolerance."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What propagation knows of one item: `needed`, `healthy` and `total` are those of a group, else 0.

    `seconds` are restart, recovery, target and failover; `lost` whether it counts as unsatisfiable, as weakened.
    """

    type: ItemType
    tier: int
    critical: bool
    needed: int
    healthy: int
    total: int
    seconds: tuple[int, ...]
    thresholds: Thresholds | None
    lost: tuple[bool, bool]
    loss_curve: LossCurve | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One graph: its items, and its edges as either adjacency holds them."""

    version: int
    items: dict[str, Facts]
    edges: list[Row]
    edges_from_dependents: list[Row]


def snapshot(graph: Graph) -> Snapshot:
    """The graph as plain values."""
    seconds = (graph.restart_seconds, graph.recovery_seconds, graph.target_seconds, graph.failover_seconds)
    items = {
        key: Facts(
            graph.type_of(number),
            int(graph.tier[number]),
            bool(graph.critical[number]),
            int(graph.needed[number]),
            int(graph.healthy[number]),
            int(graph.total[number]),
            tuple(int(column[number]) for column in seconds),
            graph.thresholds.get(number),
            (number in graph.unsatisfiable, number in graph.weakened),
            graph.loss_curves.get(number),
        )
        for key, number in graph.number.items()
    }
    forwards = _edges(graph, graph.providers)
    backwards = [
        (dependent, provider, kind, weight, tolerance)
        for provider, dependent, kind, weight, tolerance in _edges(graph, graph.dependents)
    ]
    return Snapshot(graph.version, items, sorted(forwards), sorted(backwards))


def _edges(graph: Graph, adjacency: Adjacency) -> list[Row]:
    return [
        (
            graph.keys[number],
            graph.keys[adjacency.index[place]],
            EdgeKind(adjacency.kind[place]),
            int(adjacency.weight[place]),
            int(adjacency.tolerance_seconds[place]),
        )
        for number in range(graph.size)
        for place in range(adjacency.start[number], adjacency.start[number + 1])
    ]
