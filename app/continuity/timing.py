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
    """What recovery waits for: place p for `provider[start[p]:start[p + 1]]`, a group for members that weigh `needed`.

    `order` lists the places component by component, providers first; component c begins at `begins[c]`, and place p is
    in `component[p]`.
    """

    start: Int64
    provider: Int32
    member: Bools
    weight: Int64
    needed: Int64
    rank: NDArray[np.float64]
    order: Int32
    begins: Int32
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
    component = np.empty(graph.size, np.int32)
    component[order] = np.repeat(np.arange(len(begins) - 1, dtype=np.int32), np.diff(begins))
    member = edges.kind == _MEMBER
    return Net(edges.start, edges.index, member, edges.weight, graph.needed, rank, order, begins, component)


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
    """What each component takes: the sum of what its items take, or the longest of it; `OPEN` if any of it is."""
    order, begins = net.order, net.begins
    found = np.zeros(len(begins) - 1, np.int64)
    for component in range(len(found)):
        for place in range(begins[component], begins[component + 1]):
            one = own[order[place]]
            found[component] = max(found[component], one) if longest else min(OPEN, found[component] + one)
    return found


@njit(cache=True, nogil=True)
def forward(net: Net, duration: Int64, waiting: Bools, never: int, up: Int64, floor: Int64) -> Forward:
    """When everything is up again, its components taking these times.

    What is not `waiting` is `up` at its time there whatever it waits for; what is, is not up before its `floor`.
    """
    # Taken apart once: to take an array out of a tuple for every item costs more than the walk (measured).
    edges, provider, member, _, needed, _, order, begins, _ = net
    start, finish = np.zeros(len(needed), np.int64), up.copy()
    chosen, room = np.ones(len(provider), np.bool_), np.empty(len(provider), np.int64)
    for component in range(len(duration)):
        inside = range(begins[component], begins[component + 1])
        changed = True
        while changed:
            changed = False
            for place in inside:
                one, ready = order[place], 0
                for position in range(edges[one], edges[one + 1]):
                    if not member[position]:
                        ready = max(ready, finish[provider[position]])
                if needed[one] > 0:
                    ready = max(ready, _group_ready(net, one, finish, chosen, never, room))
                if waiting[one] and ready > start[one]:
                    start[one] = finish[one] = ready
                    # What waits for nothing of its own component is settled at once.
                    changed = len(inside) > 1
        for place in inside:
            one = order[place]
            if waiting[one]:
                finish[one] = max(floor[one], min(OPEN, start[one] + duration[component]))
    return Forward(start, finish, chosen)


@njit(cache=True, nogil=True)
def _shared(net: Net, places: range, chosen: Bools, late: Int64) -> None:
    """Within a component each waits for the others: what one must keep, those it waits for must."""
    changed = True
    while changed:
        changed = False
        for place in places:
            one = net.order[place]
            for position in range(net.start[one], net.start[one + 1]):
                other = net.provider[position]
                inside = net.component[other] == net.component[one] and chosen[position]
                if inside and late[one] < late[other]:
                    late[other] = late[one]
                    changed = True


@njit(cache=True, nogil=True)
def backward(net: Net, duration: Int64, chosen: Bools, deadline: Int64) -> Int64:
    """Until when everything must be up, `OPEN` where nobody asks; below zero where even nothing would be too slow."""
    edges, provider, order, begins, component = net.start, net.provider, net.order, net.begins, net.component
    late = deadline.copy()
    for number in range(len(duration) - 1, -1, -1):
        inside = range(begins[number], begins[number + 1])
        if len(inside) > 1:
            _shared(net, inside, chosen, late)
        for place in inside:
            one = order[place]
            if late[one] == OPEN:
                continue
            left = -OPEN if duration[number] == OPEN else max(-OPEN, late[one] - duration[number])
            for position in range(edges[one], edges[one + 1]):
                other = provider[position]
                if component[other] != number and chosen[position]:
                    late[other] = min(late[other], left)
    return late


@njit(cache=True, nogil=True)
def struck(net: Net, failed: Bools) -> Bools:
    """What is out when these fail: they, what waits for any of it, and groups left with too little."""
    out = failed.copy()
    for number in range(len(net.begins) - 1):
        inside = net.order[net.begins[number] : net.begins[number + 1]]
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
