"""Compiles what finds situations, or loads it from the cache, before the first storm. Pure."""

from datetime import UTC, datetime

from app.impact.model import Failure, HealthState
from app.inventory.model import ItemType
from app.situations.correlation import correlate
from app.situations.model import Rule
from app.topology.graph import Edge, EdgeKind, EdgeTable, Vertex, build_graph


def warm_up() -> None:
    """Find the silent cause of three alerts."""
    keys = ("a", "b", "c", "rack")
    edges = [Edge(key, "rack", EdgeKind.HARD) for key in keys[:3]]
    vertices = [Vertex(key, ItemType.COMPONENT) for key in keys]
    graph = build_graph(0, vertices, EdgeTable.of(edges, {key: place for place, key in enumerate(keys)}))
    began = Failure(HealthState.DOWN, datetime.fromtimestamp(0, UTC))
    (group,) = correlate(graph, {key: (key, began) for key in keys[:3]}, Rule())
    assert group.causes[0].key == "rack"
