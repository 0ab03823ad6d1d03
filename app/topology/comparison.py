"""Whether two graphs say the same of the same items, however their arrays are arranged. Pure."""

import numpy as np

from app.topology.graph import Adjacency, Graph, Int64

_OF_ITEMS = (
    "type_rank",
    "tier",
    "critical",
    "needed",
    "healthy",
    "total",
    "restart_seconds",
    "recovery_seconds",
    "target_seconds",
    "failover_seconds",
)


def is_same(one: Graph, other: Graph) -> bool:
    """Whether items, thresholds and edges are the same; the version is not looked at."""
    if (one.item_count, one.edge_count) != (
        other.item_count,
        other.edge_count,
    ) or one.number.keys() != other.number.keys():
        return False
    theirs = np.fromiter((other.number[key] for key in one.number), np.int64, one.item_count)
    ours = np.fromiter(one.number.values(), np.int64, one.item_count)
    place = np.full(one.size, -1, np.int64)
    place[ours] = theirs
    return (
        all(np.array_equal(getattr(one, name)[ours], getattr(other, name)[theirs]) for name in _OF_ITEMS)
        and {int(place[group]): written for group, written in one.thresholds.items()} == dict(other.thresholds)
        and {int(place[item]): curve for item, curve in one.loss_curves.items()} == dict(other.loss_curves)
        and all(map(np.array_equal, _edges(one.providers, place), _edges(other.providers, np.arange(other.size))))
    )


def _edges(adjacency: Adjacency, place: Int64) -> list[Int64]:
    """The edges as columns, each end at its place, in one order."""
    ends = np.repeat(place, np.diff(adjacency.start))
    others = place[adjacency.index]
    weights = adjacency.weight
    order = np.lexsort((adjacency.tolerance_seconds, weights, adjacency.kind, others, ends))
    kinds = adjacency.kind.astype(np.int64)
    return [column[order] for column in (ends, others, kinds, weights, adjacency.tolerance_seconds)]
