"""Compiles what works out recovery, or loads it from the cache, before the first question is asked. Pure."""

from app.continuity.estate import key_ranks
from app.continuity.facts import EdgeRows, ItemRows, facts_of
from app.continuity.picture import ContinuityPicture
from app.continuity.times import CycleRule, times_after
from app.continuity.weak_points import item_points, ranked_points
from app.inventory.model import ItemType
from app.topology.graph import Edge, EdgeKind, EdgeTable, Vertex, build_graph


def warm_up() -> None:
    """Ask everything that is compiled of a service that needs one of two components."""
    keys = ("a", "g", "x", "y")
    vertices = [
        Vertex("a", ItemType.BUSINESS_SERVICE, tier=0),
        Vertex("g", ItemType.REDUNDANCY_GROUP, min_available=1),
        *(Vertex(key, ItemType.COMPONENT, recovery_seconds=1) for key in keys[2:]),
    ]
    edges = [Edge("a", "g", EdgeKind.HARD), *(Edge("g", key, EdgeKind.MEMBER) for key in keys[2:])]
    graph = build_graph(0, vertices, EdgeTable.of(edges, {key: place for place, key in enumerate(keys)}))
    picture = ContinuityPicture(
        graph, facts_of(graph, [ItemRows([], [])], EdgeRows([], [], [], [], [])), key_ranks(keys, 4)
    )
    assert picture.objectives("a", cycles=CycleRule.SUM).rto.achievable.exact == 1
    estate = picture.estate
    assert times_after(estate, estate.is_component, seconds=estate.recovery_seconds).finish[0] == 1
    assert item_points(graph, 0, 1).count == 1
    assert not ranked_points(graph).places
