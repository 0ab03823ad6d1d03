"""What may be out at some time when some items are, and the edges inside of that, cut out of the estate.

The items that fall are numbered by their place in the cut, so that whoever works on them walks over nothing else.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from app.topology.graph import Bools, Graph, Int8, Int32, Int64
from app.topology.kernels import MEMBER, SOFT, zeros
from app.topology.prefetch import ask_ahead


class Cut(NamedTuple):
    """The HARD and MEMBER edges inside what falls: place p has the providers `provider[start[p]:start[p + 1]]`."""

    start: Int64
    provider: Int32
    member: Bools
    weight: Int64
    tolerance: Int64


@njit(cache=True, nogil=True)
def _fall(
    seeds: Int32,
    start: Int64,
    index: Int32,
    kind: Int8,
    weight: Int64,
    total: Int64,
    needed: Int64,
    failover: Int64,
    place: Int32,
    lost: Int64,
    fallen: Int32,
) -> int:
    """List everything that may be out at some time in `fallen`; `place` is each item's position there, from 1."""
    count = 0
    for seed in seeds:
        if place[seed] == 0:
            fallen[count] = seed
            count += 1
            place[seed] = count
    head = 0
    while head < count:
        ask_ahead(fallen, head, count, start, index, kind)
        provider = fallen[head]
        head += 1
        for position in range(start[provider], start[provider + 1]):
            dependent = index[position]
            if kind[position] == SOFT or place[dependent]:
                continue
            if kind[position] == MEMBER:
                lost[dependent] += weight[position]
                # A standby takes over after a while, so any loss costs that while.
                if total[dependent] - lost[dependent] >= needed[dependent] and failover[dependent] == 0:
                    continue
            fallen[count] = dependent
            count += 1
            place[dependent] = count
    return count


@njit(cache=True, nogil=True)
def cut_out(
    fallen: Int32, place: Int32, start: Int64, index: Int32, kind: Int8, weight: Int64, tolerance: Int64
) -> Cut:
    """The edges among what has fallen; the arrays are those of the providers of all items."""
    edges = 0
    for item in fallen:
        edges += start[item + 1] - start[item]
    starts, providers = np.zeros(len(fallen) + 1, np.int64), np.empty(edges, np.int32)
    members, weights, tolerances = np.empty(edges, np.bool_), np.empty(edges, np.int64), np.empty(edges, np.int64)
    count = 0
    for one in range(len(fallen)):
        ask_ahead(fallen, one, len(fallen), start, index, kind)
        for position in range(start[fallen[one]], start[fallen[one] + 1]):
            other = place[index[position]]
            if kind[position] != SOFT and other:
                providers[count] = other - 1
                members[count] = kind[position] == MEMBER
                weights[count] = weight[position]
                tolerances[count] = tolerance[position]
                count += 1
        starts[one + 1] = count
    return Cut(starts, providers[:count], members[:count], weights[:count], tolerances[:count])


def fall_of(graph: Graph, seeds: Int32) -> tuple[Int32, Int32]:
    """What may be out at some time when these are, and of every item its position among that, from 1: what they take
    DOWN, and what is out while a standby takes over."""
    forward = graph.dependents
    place, queue = zeros(graph.size, np.int32), np.empty(graph.size, np.int32)
    count = _fall(
        np.concatenate((np.sort(seeds), graph.unsatisfiable)),
        forward.start,
        forward.index,
        forward.kind,
        forward.weight,
        graph.total,
        graph.needed,
        graph.failover_seconds,
        place,
        zeros(graph.size, np.int64),
        queue,
    )
    return queue[:count].copy(), place
