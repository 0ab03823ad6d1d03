"""Times of recovery (semantics §5), compiled: one pass forward for when each item is up, one back for when it must be.

    start(n) = max over what it waits for of finish(d);   finish(n) = start(n) + own(n)
    finish(g) = the k-th smallest finish of the members;  a group takes no time itself unless somebody gave it one
    late(n) = min of its deadline and, over those that wait for it, of late(a) - own(a); of a group's members only
    the k fastest inherit, ties by key

With weights the k-th is the first at which the members up weigh k. Strongly connected components are contracted:
inside one the starts are the least fixpoint without the items' own times, and the sum of these, or the longest, is
added once.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from app.topology.components import components
from app.topology.graph import Bools, EdgeKind, Graph, Int32, Int64

OPEN = 1 << 60
"""A time that never comes, or that nobody asks for."""
_MEMBER = int(EdgeKind.MEMBER)


class Net(NamedTuple):
    """What recovery waits for, in places in which whoever is waited for comes first: a walk over a large estate then
    finds what it needs beside what it has just had.

    Place p waits for `provider[start[p]:start[p + 1]]`, a group for members that weigh `needed`. Components, which wait
    for each other, are whole: component c is the places `begins[c]` to `begins[c + 1]`. Place p is item `order[p]`, and
    item n is at `place[n]`, in `component[n]`.
    """

    start: Int64
    provider: Int32
    member: Bools
    weight: Int64
    needed: Int64
    rank: NDArray[np.float64]
    begins: Int32
    order: Int32
    place: Int32
    component: Int32


class Forward(NamedTuple):
    """When each place can begin, when it is up, and over which edges anybody waits: all but those to the members that
    a group need not wait for."""

    start: Int64
    finish: Int64
    chosen: Bools


def net_of(graph: Graph, rank: NDArray[np.float64]) -> Net:
    """The net of a graph whose edges are those that recovery waits for."""
    edges = graph.providers
    order, begins = components(edges.start, edges.index)
    place, component = np.empty(graph.size, np.int32), np.empty(graph.size, np.int32)
    place[order] = np.arange(graph.size, dtype=np.int32)
    component[order] = np.repeat(np.arange(len(begins) - 1, dtype=np.int32), np.diff(begins))
    counts = np.diff(edges.start)[order]
    start: Int64 = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
    edge = np.repeat(edges.start[:-1][order] - start[:-1], counts) + np.arange(start[-1])
    provider, member, weight = place[edges.index[edge]], edges.kind[edge] == _MEMBER, edges.weight[edge]
    return Net(start, provider, member, weight, graph.needed[order], rank[order], begins, order, place, component)


@njit(cache=True, nogil=True)
def _sort_fastest_first(net: Net, finish: Int64, positions: Int64) -> None:
    """Sort the edges to the members of a group by when these are up, then by key. In place (Shell, 1959): a sort that
    asks for memory would take longer than all the rest."""
    gap = len(positions) // 2
    while gap > 0:
        for place in range(gap, len(positions)):
            position = positions[place]
            when, rank = finish[net.provider[position]], net.rank[net.provider[position]]
            while place >= gap:
                other = net.provider[positions[place - gap]]
                if finish[other] < when or (finish[other] == when and net.rank[other] < rank):
                    break
                positions[place] = positions[place - gap]
                place -= gap
            positions[place] = position
        gap //= 2


@njit(cache=True, nogil=True)
def _group_ready(net: Net, one: int, finish: Int64, chosen: Bools, never: int, room: Int64) -> int:
    """When enough members of a group are up; marks those. `never` counts where all together are not enough."""
    count = 0
    for position in range(net.start[one], net.start[one + 1]):
        if net.member[position]:
            room[count] = position
            count += 1
    _sort_fastest_first(net, finish, room[:count])
    ready, heavy = 0, 0
    for position in room[:count]:
        chosen[position] = heavy < net.needed[one]
        if chosen[position]:
            ready = finish[net.provider[position]]
            heavy += net.weight[position]
    return ready if heavy >= net.needed[one] else max(ready, never)


@njit(cache=True, nogil=True)
def durations(net: Net, own: Int64, longest: bool) -> Int64:
    """What each component takes: the sum of what its places take, or the longest of it; `OPEN` if any of it is."""
    begins = net.begins
    found = np.zeros(len(begins) - 1, np.int64)
    for component in range(len(found)):
        for one in range(begins[component], begins[component + 1]):
            found[component] = max(found[component], own[one]) if longest else min(OPEN, found[component] + own[one])
    return found


@njit(cache=True, nogil=True)
def forward(net: Net, duration: Int64, waiting: Bools, never: int, up: Int64, floor: Int64) -> Forward:
    """When everything is up again, its components taking these times.

    What is not `waiting` is `up` at its time there whatever it waits for; what is, is not up before its `floor`.
    """
    # Taken apart once: to take an array out of a tuple for every place costs more than the walk (measured).
    edges, provider, member, needed, begins = net.start, net.provider, net.member, net.needed, net.begins
    start, finish = np.zeros(len(needed), np.int64), up.copy()
    chosen, room = np.ones(len(provider), np.bool_), np.empty(len(provider), np.int64)
    for component in range(len(duration)):
        inside = range(begins[component], begins[component + 1])
        changed = True
        while changed:
            changed = False
            for one in inside:
                ready = 0
                for position in range(edges[one], edges[one + 1]):
                    if not member[position]:
                        ready = max(ready, finish[provider[position]])
                if needed[one] > 0:
                    ready = max(ready, _group_ready(net, one, finish, chosen, never, room))
                if waiting[one] and ready > start[one]:
                    start[one] = finish[one] = ready
                    # What waits for nothing of its own component is settled at once.
                    changed = len(inside) > 1
        for one in inside:
            if waiting[one]:
                finish[one] = max(floor[one], min(OPEN, start[one] + duration[component]))
    return Forward(start, finish, chosen)


@njit(cache=True, nogil=True)
def _shared(net: Net, first: int, last: int, chosen: Bools, late: Int64) -> None:
    """Within a component each waits for the others: what one must keep, those it waits for must."""
    changed = True
    while changed:
        changed = False
        for one in range(first, last):
            for position in range(net.start[one], net.start[one + 1]):
                other = net.provider[position]
                if first <= other < last and chosen[position] and late[one] < late[other]:
                    late[other] = late[one]
                    changed = True


@njit(cache=True, nogil=True)
def backward(net: Net, duration: Int64, chosen: Bools, deadline: Int64) -> Int64:
    """Until when everything must be up, `OPEN` where nobody asks; below zero where even nothing would be too slow."""
    edges, provider, begins = net.start, net.provider, net.begins
    late = deadline.copy()
    for component in range(len(duration) - 1, -1, -1):
        first, last = begins[component], begins[component + 1]
        if last - first > 1:
            _shared(net, first, last, chosen, late)
        for one in range(first, last):
            if late[one] == OPEN:
                continue
            left = -OPEN if duration[component] == OPEN else max(-OPEN, late[one] - duration[component])
            for position in range(edges[one], edges[one + 1]):
                other = provider[position]
                if not first <= other < last and chosen[position]:
                    late[other] = min(late[other], left)
    return late


@njit(cache=True, nogil=True)
def struck(net: Net, failed: Bools) -> Bools:
    """What is out when these fail: they, what waits for any of it, and groups left with too little."""
    out = failed.copy()
    for component in range(len(net.begins) - 1):
        inside = range(net.begins[component], net.begins[component + 1])
        changed = True
        while changed:
            changed = False
            for one in inside:
                if out[one]:
                    continue
                left = 0
                for position in range(net.start[one], net.start[one + 1]):
                    if net.member[position]:
                        left += 0 if out[net.provider[position]] else net.weight[position]
                    elif out[net.provider[position]]:
                        out[one] = True
                out[one] = out[one] or left < net.needed[one]
                changed = changed or out[one]
            changed = changed and len(inside) > 1
    return out
