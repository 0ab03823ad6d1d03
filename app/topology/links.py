"""Links: which of some marked items stand on each other, directly or over a few others in between; compiled. Pure.

A walk begins at every marked item and follows what it stands on; it ends at the next marked one. It costs the
neighbourhood of what is marked, for an item in between is looked at once for each distance.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

from app.topology.graph import TYPE_ORDER, Graph, Int8, Int32, Int64
from app.topology.kernels import zeros

_GROUP = len(TYPE_ORDER) - 1


@dataclass(frozen=True, slots=True)
class Links:
    """Steps from `dependents` to `providers`, by place; the places of the marked items come first, in their order.

    The others are items in between, `size` is how many places there are.
    """

    dependents: Int32
    providers: Int32
    size: int


@njit(cache=True, nogil=True)
def _step(provider: int, layer: int, marked: int, hops: int, type_rank: Int8, place: Int32) -> int:
    """Where a step from a layer to this provider leads; -1 where the walk ends without a link."""
    size = len(type_rank)
    if 0 < place[provider] <= marked:
        return provider
    # A group is no hop: it only says which of its members are needed.
    if type_rank[provider] == _GROUP:
        return layer * size + provider
    return (layer + 1) * size + provider if layer < hops else -1


@njit(cache=True, nogil=True)
def _touch(
    marked: int, hops: int, type_rank: Int8, start: Int64, index: Int32, place: Int32, queue: Int64
) -> tuple[int, int]:
    """List everything the walks touch behind the marked; returns how much that is, and how many edges it has."""
    size, head, count, edges = len(type_rank), 0, marked, 0
    while head < count:
        layer, item = queue[head] // size, queue[head] % size
        head += 1
        edges += start[item + 1] - start[item]
        for position in range(start[item], start[item + 1]):
            node = _step(index[position], layer, marked, hops, type_rank, place)
            if node >= 0 and place[node] == 0:
                queue[count] = node
                count += 1
                place[node] = count
    return count, edges


@njit(cache=True, nogil=True)
def _steps(
    queue: Int64,
    marked: int,
    hops: int,
    type_rank: Int8,
    start: Int64,
    index: Int32,
    place: Int32,
    dependents: Int32,
    providers: Int32,
) -> int:
    """List the steps between what was touched; returns how many there are."""
    size, count = len(type_rank), 0
    for one in range(len(queue)):
        layer, item = queue[one] // size, queue[one] % size
        for position in range(start[item], start[item + 1]):
            node = _step(index[position], layer, marked, hops, type_rank, place)
            if node >= 0:
                dependents[count] = one
                providers[count] = place[node] - 1
                count += 1
    return count


def links(graph: Graph, marked: Int32, hops: int) -> Links:
    """The links between the marked items, each named once, with at most so many others between; groups do not count.

    Steps that lead to no marked item are left out.
    """
    back = graph.providers
    place, queue = zeros(graph.size * (hops + 1), np.int32), np.empty(graph.size * (hops + 1), np.int64)
    queue[: len(marked)] = marked
    place[marked] = np.arange(1, len(marked) + 1)
    count, edges = _touch(len(marked), hops, graph.type_rank, back.start, back.index, place, queue)
    dependents, providers = np.empty(edges, np.int32), np.empty(edges, np.int32)
    used = _steps(
        queue[:count], len(marked), hops, graph.type_rank, back.start, back.index, place, dependents, providers
    )
    dependents, providers = dependents[:used], providers[:used]
    leads = _leading(dependents, providers, count, len(marked))
    kept = leads[providers]
    return Links(dependents[kept], providers[kept], count)


def _leading(
    dependents: Int32, providers: Int32, count: int, marked: int
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which places are marked or lead to a marked one."""
    leads = np.zeros(count, np.bool_)
    leads[:marked] = True
    known = 0
    while (now := int(leads.sum())) != known:
        known = now
        leads[dependents[leads[providers]]] = True
    return leads


@njit(cache=True, nogil=True)
def united(size: int, ones: Int32, others: Int32) -> Int32:
    """Of each place the smallest one that it is connected with over these pairs."""
    root = np.arange(size).astype(np.int32)
    for pair in range(len(ones)):
        one, other = ones[pair], others[pair]
        while root[one] != one:
            root[one] = root[root[one]]
            one = root[one]
        while root[other] != other:
            root[other] = root[root[other]]
            other = root[other]
        if one < other:
            root[other] = one
        else:
            root[one] = other
    for place in range(size):
        root[place] = root[root[place]]
    return root
