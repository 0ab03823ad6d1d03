"""Compiles the kernels, or loads them from the cache, before the first question is asked. Pure."""

from datetime import UTC, datetime

import numpy as np

from app.impact.actions import assess
from app.impact.live import live_impact
from app.impact.model import Failure, HealthState, Moment
from app.inventory.model import ItemType
from app.topology.graph import Edge, EdgeKind, EdgeTable, Vertex, build_graph
from app.topology.losing import Losses


def warm_up() -> None:
    """Ask everything that is compiled of a process that needs one component."""
    vertices = [Vertex("a", ItemType.BUSINESS_PROCESS), Vertex("b", ItemType.COMPONENT)]
    edges = EdgeTable.of([Edge("a", "b", EdgeKind.HARD)], {"a": 0, "b": 1})
    graph = build_graph(0, vertices, edges)
    report = assess(graph, {"b": Failure(HealthState.DOWN)}, Moment(datetime.fromtimestamp(0, UTC)))
    assert report.priority is not None
    assert report.since("a") is not None
    cause = np.array([1], np.int32)
    Losses(graph, cause, cause[:0]).try_each(cause, 1)
    live = live_impact(graph, {"failure": ("b", Failure(HealthState.DOWN))})
    live.tell({"failure": None})
    live.follow(graph, cause, cause[:0])
