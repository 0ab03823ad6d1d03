"""Reach over the arrays: everything that needs some items, or that they need, with its distance. Pure.

The Cypher twins are `dependents_of` and `dependencies_of` in `cypher/impact.cypher`; this one follows every edge of the
arrays, in which the ties of third parties count as well, and costs what it touches.
"""

from dataclasses import dataclass

from numba import njit

from app.topology.graph import Adjacency, Bools, Int32, Int64
from app.topology.prefetch import FAR, NEAR, prefetch
from app.topology.rooms import room_for


@dataclass(frozen=True, slots=True)
class Reach:
    """What is reached, nearest first and the starts before all, and how many `hops` each of it is away."""

    items: Int32
    hops: Int32


@njit(cache=True, nogil=True)
def _walk(starts: Int32, start: Int64, index: Int32, seen: Bools, order: Int32, hops: Int32) -> int:
    """Breadth first; returns how many are in `order`.

    Whether a neighbour is new is a coin toss to the processor, so there is no branch on it: each is written behind
    the last, and stays if it is.
    """
    count = 0
    for item in starts:
        order[count] = item
        count += not seen[item]
        seen[item] = True
    begin, end, depth = 0, count, 0
    while begin < end:
        hops[begin:end] = depth
        for head in range(begin, end):
            if head + FAR < count:
                prefetch(start, order[head + FAR])
                prefetch(index, start[order[head + NEAR]])
            for position in range(start[order[head]], start[order[head] + 1]):
                neighbour = index[position]
                order[count] = neighbour
                count += not seen[neighbour]
                seen[neighbour] = True
        begin, end, depth = end, count, depth + 1
    for item in order[:count]:
        seen[item] = False
    return count


def reach(along: Adjacency, starts: Int32) -> Reach:
    """Everything on the way from these items along `graph.dependents` or `graph.providers`, themselves included."""
    with room_for(len(along.start) - 1) as room:
        count = _walk(starts, along.start, along.index, room.seen, room.order, room.rounds)
        return Reach(room.order[:count].copy(), room.rounds[:count].copy())
