"""What stands directly on an item, and on what it stands, redundancy groups seen through; compiled. Pure."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from app.topology.graph import TYPE_ORDER, Bools, Graph, Int8, Int32, Int64
from app.topology.rooms import room_for

_GROUP = len(TYPE_ORDER) - 1
Floats = NDArray[np.float64]


@njit(cache=True, nogil=True)
def _beyond(item: int, most: int, start: Int64, index: Int32, type_rank: Int8, seen: Bools, order: Int32) -> int:
    """List the item, its neighbours, and those of each group among them, each once; returns how many are listed.

    Gives up once more than `most` of them are no groups. Leaves `seen` clean.
    """
    order[0], seen[item] = item, True
    head, count, found = 0, 1, 0
    while head < count and found <= most:
        one = order[head]
        head += 1
        if one != item and type_rank[one] != _GROUP:
            continue
        for position in range(start[one], start[one + 1]):
            other = index[position]
            if not seen[other]:
                seen[other] = True
                order[count] = other
                count += 1
                found += type_rank[other] != _GROUP
                if found > most:
                    break
    for listed in order[:count]:
        seen[listed] = False
    return count


@njit(cache=True, nogil=True)
def _all_beyond(
    items: Int32,
    start: Int64,
    index: Int32,
    type_rank: Int8,
    seen: Bools,
    order: Int32,
    places: Int32,
    neighbours: Int32,
) -> int:
    """List the neighbours of each item as far as there is space; returns how many there are."""
    total = 0
    for place in range(len(items)):
        count = _beyond(items[place], len(type_rank), start, index, type_rank, seen, order)
        for other in order[1:count]:
            if type_rank[other] != _GROUP:
                if total < len(places):
                    places[total], neighbours[total] = place, other
                total += 1
    return total


@njit(cache=True, nogil=True)
def _weigh(
    items: Int32,
    most: Int64,
    value: Floats,
    start: Int64,
    index: Int32,
    type_rank: Int8,
    seen: Bools,
    order: Int32,
    counts: Int64,
    weights: Floats,
) -> None:
    for place in range(len(items)):
        count = _beyond(items[place], most[place], start, index, type_rank, seen, order)
        for other in order[1:count]:
            if type_rank[other] != _GROUP:
                counts[place] += 1
                weights[place] += value[other]


def direct_providers(graph: Graph, items: Int32) -> tuple[Int32, Int32]:
    """What each item stands on directly: the place of the item among these, and the provider."""
    back = graph.providers
    space = 4 * len(items) + 16
    while True:
        places, providers = np.empty(space, np.int32), np.empty(space, np.int32)
        with room_for(graph.size) as room:
            count = _all_beyond(
                items, back.start, back.index, graph.type_rank, room.seen, room.order, places, providers
            )
        if count <= space:
            return places[:count], providers[:count]
        space = count


def direct_dependents(graph: Graph, items: Int32, most: Int64, value: Floats) -> tuple[Int64, Floats]:
    """How many stand on each item directly, and the sum of their values; an item with more than its `most` is not
    looked at to the end, so a popular one costs no more than that."""
    forward = graph.dependents
    counts, weights = np.zeros(len(items), np.int64), np.zeros(len(items))
    with room_for(graph.size) as room:
        _weigh(
            items,
            most,
            value,
            forward.start,
            forward.index,
            graph.type_rank,
            room.seen,
            room.order,
            counts,
            weights,
        )
    return counts, weights
