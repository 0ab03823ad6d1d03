"""A graph as plain values, so that two of them can be compared whatever the order of their arrays."""

from dataclasses import dataclass

from app.inventory.model import ItemType
from app.topology.graph import Adjacency, EdgeKind, Graph

Triple = tuple[str, str, EdgeKind, int]


@dataclass(frozen=True, slots=True)
class Facts:
    """What propagation knows of one item: `needed`, `healthy` and `total` are those of a group, else 0."""

    type: ItemType
    tier: int
    critical: bool
    needed: int
    healthy: int
    total: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One graph: its items, and its edges (dependent, provider, kind, weight) as either adjacency holds them."""

    version: int
    items: dict[str, Facts]
    edges: list[Triple]
    edges_from_dependents: list[Triple]


def snapshot(graph: Graph) -> Snapshot:
    """The graph as plain values."""
    items = {
        key: Facts(
            graph.type_of(number),
            int(graph.tier[number]),
            bool(graph.critical[number]),
            int(graph.needed[number]),
            int(graph.healthy[number]),
            int(graph.total[number]),
        )
        for key, number in graph.number.items()
    }
    forwards = _edges(graph, graph.providers)
    backwards = [
        (dependent, provider, kind, weight) for provider, dependent, kind, weight in _edges(graph, graph.dependents)
    ]
    return Snapshot(graph.version, items, sorted(forwards), sorted(backwards))


def _edges(graph: Graph, adjacency: Adjacency) -> list[Triple]:
    return [
        (
            graph.keys[number],
            graph.keys[adjacency.index[place]],
            EdgeKind(adjacency.kind[place]),
            int(adjacency.weight[place]),
        )
        for number in range(graph.size)
        for place in range(adjacency.start[number], adjacency.start[number + 1])
    ]
