"""Business: the items that weak points are weighed by. Pure.

Important are those that are critical or important, or of tier 0 or 1.
"""

from collections.abc import Collection

import numpy as np

from app.inventory.model import ItemType
from app.topology.graph import TYPE_RANKS, Bools, Graph, Int32
from app.topology.kernels import spread_states

_BUSINESS = (TYPE_RANKS[ItemType.BUSINESS_PROCESS], TYPE_RANKS[ItemType.BUSINESS_SERVICE])
_HIGH_TIER = 1


def business_items(graph: Graph) -> Int32:
    """The numbers of the business processes and services, ascending."""
    found = np.flatnonzero(np.isin(graph.type_rank, _BUSINESS)).tolist()
    # What an edit removed keeps its number.
    return np.array([one for one in found if graph.number.get(graph.keys[one]) == one], np.int32)


def business_among(graph: Graph, numbers: Int32) -> Int32:
    """Those of these items that are business processes or services."""
    among: Int32 = numbers[np.isin(graph.type_rank[numbers], _BUSINESS)]
    return among


def business_down(graph: Graph, failing: Collection[int]) -> Int32:
    """The business items that are DOWN when these items fail, in no order; it costs what falls."""
    failed = np.union1d(np.array(sorted(failing), np.int32), graph.unsatisfiable).astype(np.int32)
    _, down, _ = spread_states(graph, failed, np.empty(0, np.int32))
    return business_among(graph, down.order)


def is_important(graph: Graph, numbers: Int32) -> Bools:
    """Which of these items are important."""
    important: Bools = graph.critical[numbers] | (graph.tier[numbers] <= _HIGH_TIER)
    return important
