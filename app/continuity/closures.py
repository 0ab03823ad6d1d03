"""Closures: what can take some items DOWN, cut out as a graph of its own; compiled. Pure."""

from collections.abc import Sequence

import numpy as np
from numba import njit

from app.topology.cones import Cone, part
from app.topology.graph import Bools, EdgeKind, Graph, Int8, Int32, Int64
from app.topology.rooms import room_for

_SOFT = int(EdgeKind.SOFT)


@njit(cache=True, nogil=True)
def _gather(tips: Int32, start: Int64, index: Int32, kind: Int8, seen: Bools, inside: Int32) -> int:
    """List the tips and all that they stand on but by SOFT edges; forgets who was seen."""
    count, head = 0, 0
    for tip in tips:
        inside[count] = tip
        count += not seen[tip]
        seen[tip] = True
    while head < count:
        one = inside[head]
        head += 1
        for position in range(start[one], start[one + 1]):
            other = index[position]
            if kind[position] != _SOFT and not seen[other]:
                seen[other] = True
                inside[count] = other
                count += 1
    for one in inside[:count]:
        seen[one] = False
    return count


def closure(graph: Graph, tips: Sequence[int]) -> Int32:
    """These items and everything whose loss may take one of them DOWN, the tips first."""
    back = graph.providers
    with room_for(graph.size) as room:
        count = _gather(np.array(tips, np.int32), back.start, back.index, back.kind, room.seen, room.order)
        return room.order[:count].copy()


def closed_part(graph: Graph, tips: Sequence[int]) -> Cone:
    """The closure of these items as a graph of its own, in which the tips come first."""
    return part(graph, closure(graph, tips))
