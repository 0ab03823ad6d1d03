"""Single points of failure, exactly: what alone takes an item DOWN (semantics §7). Compiled, pure.

    S(n) = {n} and S of its hard providers      S(g) = what is in S of members that together weigh more than g can spare

A group stands on what too many of its members stand on, as if it depended on that hard. Once those edges are found,
providers first and in a circle until nothing is new, S is plain reach: along HARD edges, memberships whose loss a
group cannot spare, and the edges found. So no sets are kept but those edges, and of them only the nearest: what a
joint provider stands on follows from it. Dominators would be wrong here, for they know no k-of-n.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numba import njit

from app.continuity.closures import closed_part, closure
from app.inventory.model import ItemType
from app.topology.components import components
from app.topology.graph import TYPE_RANKS, Bools, Graph, Int32, Int64
from app.topology.kernels import DOWN, MEMBER, SOFT, spread_states

_GROUP = TYPE_RANKS[ItemType.REDUNDANCY_GROUP]
# No weight is more.
_ANY = 1 << 60


class _Net(NamedTuple):
    """Of item n the edges `start[n]` to `start[n + 1]`, those along which it `must` fall with its provider, and what it
    stands on beside them: `joint[begin[n]:end[n]]`."""

    start: Int64
    provider: Int32
    must: Bools
    begin: Int64
    end: Int64
    joint: Int32


class _Room(NamedTuple):
    """What walks work in: who was met in which walk, what weighs on each item, and whom the last walk met."""

    met: Int64
    heavy: Int64
    queue: Int32


@njit(cache=True, nogil=True)
def _reach(firsts: Int32, net: _Net, most: int, walk: int, room: _Room) -> int:
    """List some items, and what takes one of them DOWN by what is found so far, in the queue; returns how many.

    It does not go on behind what weighs more than `most`.
    """
    start, provider, must, begin, end, joint = net
    met, heavy, queue = room
    head, count = 0, 0
    for first in firsts:
        if met[first] != walk:
            met[first], queue[count] = walk, first
            count += 1
    while head < count:
        one = queue[head]
        head += 1
        if heavy[one] > most:
            continue
        for position in range(start[one], start[one + 1]):
            other = provider[position]
            if must[position] and met[other] != walk:
                met[other], queue[count] = walk, other
                count += 1
        for position in range(begin[one], end[one]):
            other = joint[position]
            if met[other] != walk:
                met[other], queue[count] = walk, other
                count += 1
    return count


@njit(cache=True, nogil=True)
def _weigh(members: Int32, weights: Int64, net: _Net, walk: int, room: _Room, touched: Int32) -> int:
    """Let each member weigh on all that takes it DOWN; lists that in `touched` and returns how many it is."""
    touches = 0
    for place in range(len(members)):
        count = _reach(members[place : place + 1], net, _ANY, walk + place, room)
        for one in room.queue[:count]:
            if room.heavy[one] == 0:
                touched[touches] = one
                touches += 1
            room.heavy[one] += weights[place]
    return touches


@njit(cache=True, nogil=True)
def _joints(
    start: Int64,
    provider: Int32,
    must: Bools,
    loose: Bools,
    weight: Int64,
    spare: Int64,
    order: Int32,
    begins: Int32,
    tried: Int64,
) -> _Net:
    """The net with the edges of groups to what too many of their members stand on.

    `loose` are the memberships that a group can spare one by one; `tried` are the components, providers first, in which
    a group has any.
    """
    size = len(spare)
    begin, end, joint, used = np.zeros(size, np.int64), np.zeros(size, np.int64), np.empty(1024, np.int32), 0
    known, touched, walk = np.zeros(size, np.int64), np.empty(size, np.int32), 1
    room = _Room(np.zeros(size, np.int64), np.zeros(size, np.int64), np.empty(size, np.int32))
    for component in tried:
        inside = order[begins[component] : begins[component + 1]]
        changed = True
        while changed:
            changed = False
            for group in inside:
                span = slice(start[group], start[group + 1])
                members, most = provider[span][loose[span]], spare[group]
                if len(members) < 2:
                    continue
                net = _Net(start, provider, must, begin, end, joint)
                touches = _weigh(members, weight[span][loose[span]], net, walk, room, touched)
                count = (room.heavy[touched[:touches]] > most).sum()
                if count > known[group]:
                    # What is new may be news to others of the same circle.
                    known[group], changed = count, len(inside) > 1
                    met = room.queue[: _reach(members, net, most, walk + len(members), room)]
                    nearest = met[room.heavy[met] > most]
                    if used + len(nearest) > len(joint):
                        joint = np.concatenate((joint, np.empty(len(joint) + len(nearest), np.int32)))
                    joint[used : used + len(nearest)] = nearest
                    begin[group], end[group] = used, used + len(nearest)
                    used += len(nearest)
                room.heavy[touched[:touches]] = 0
                walk += len(members) + 1
    return _Net(start, provider, must, begin, end, joint[:used])


@njit(cache=True, nogil=True)
def _reach_each(items: Int32, net: _Net) -> tuple[Int64, Int32]:
    """Where what each item reaches begins, and that: all of it, one after the other."""
    size = len(net.start) - 1
    begins, found = np.zeros(len(items) + 1, np.int64), np.empty(1024, np.int32)
    room = _Room(np.zeros(size, np.int64), np.zeros(size, np.int64), np.empty(size, np.int32))
    for place in range(len(items)):
        count = _reach(items[place : place + 1], net, _ANY, place + 1, room)
        begins[place + 1] = begins[place] + count
        if begins[place + 1] > len(found):
            found = np.concatenate((found, np.empty(len(found) + count, np.int32)))
        found[begins[place] : begins[place + 1]] = room.queue[:count]
    return begins, found[: begins[-1]]


@njit(cache=True, nogil=True)
def _hurt(items: Int32, important: Bools, net: _Net) -> tuple[Int32, Int32]:
    """How many others of the items, and how many important ones, the loss of each item of the graph takes DOWN."""
    size = len(net.start) - 1
    count, weighty = np.zeros(size, np.int32), np.zeros(size, np.int32)
    room = _Room(np.zeros(size, np.int64), np.zeros(size, np.int64), np.empty(size, np.int32))
    for place in range(len(items)):
        found = _reach(items[place : place + 1], net, _ANY, place + 1, room)
        for one in room.queue[1:found]:
            count[one] += 1
            weighty[one] += important[place]
    return count, weighty


@dataclass(frozen=True, eq=False)
class SinglePoints:
    """What alone takes each item of a graph DOWN; nothing does if it is `down` whatever happens."""

    graph: Graph
    down: Bools
    net: _Net

    def of(self, number: int) -> Int32:
        """The single points of an item, itself included, ascending; a group never fails by itself."""
        return self.of_each(np.array([number], np.int32))[0]

    def of_each(self, items: Int32) -> list[Int32]:
        """The single points of each of these items."""
        fails = self.graph.type_rank != _GROUP
        return [np.sort(reached[fails[reached]]) for reached in self.reached(items)]

    def reached(self, items: Int32) -> list[Int32]:
        """Each item with all that takes it DOWN when it is DOWN, groups included; empty if it is DOWN anyway."""
        begins, found = _reach_each(items, self.net)
        spans = pairwise(begins.tolist())
        none = found[:0]
        return [none if gone else found[slice(*span)] for gone, span in zip(self.down[items], spans, strict=True)]

    def members(self, group: int) -> tuple[list[tuple[int, int]], int]:
        """The members of a group that are not DOWN anyway, with what they weigh, and how much of that it can lose."""
        edges = self.graph.providers
        span = slice(edges.start[group], edges.start[group + 1])
        of_kind = edges.kind[span] == MEMBER
        pairs = zip(edges.index[span][of_kind].tolist(), edges.weight[span][of_kind].tolist(), strict=True)
        standing = [(member, weight) for member, weight in pairs if not self.down[member]]
        return standing, sum(weight for _, weight in standing) - int(self.graph.needed[group])

    def hurt(self, items: Int32, important: Bools) -> tuple[Int32, Int32]:
        """How many of these items besides itself, and how many `important` ones, the loss of each item takes DOWN.

        Groups, which never fail by themselves, and what is DOWN anyway hurt nothing.
        """
        standing = ~self.down[items]
        count, weighty = _hurt(items[standing], important[standing], self.net)
        fails = self.graph.type_rank != _GROUP
        return count * fails, weighty * fails


def single_points(graph: Graph, items: Int32 | None = None) -> SinglePoints:
    """The single points of these items, or of all, in one pass over what they stand on."""
    edges = graph.providers
    state, _, _ = spread_states(graph, graph.unsatisfiable, np.empty(0, np.int32))
    down = state == DOWN
    dependent = np.repeat(np.arange(graph.size, dtype=np.int32), np.diff(edges.start))
    counts = ~down[dependent] & ~down[edges.index] & (edges.kind != SOFT)
    if items is not None:
        asked = np.zeros(graph.size, np.bool_)
        asked[closure(graph, items.tolist())] = True
        counts &= asked[dependent]
    member = (edges.kind == MEMBER) & counts
    spare = graph.total - graph.needed
    lost = (edges.kind == MEMBER) & down[edges.index]
    np.subtract.at(spare, dependent[lost], edges.weight[lost])
    vital = edges.weight > spare[dependent]
    must = counts & (~member | vital)
    order, begins = components(*_kept(graph, counts))
    loose = member & ~vital
    sparing = np.zeros(graph.size, np.bool_)
    sparing[dependent[loose]] = True
    tried = np.flatnonzero(np.logical_or.reduceat(sparing[order], begins[:-1]))
    net = _joints(edges.start, edges.index, must, loose, edges.weight, spare, order, begins, tried)
    return SinglePoints(graph, down, net)


def single_points_of(graph: Graph, number: int) -> tuple[str, ...]:
    """The keys of what alone takes one item DOWN, itself included, by key; it costs what the item stands on."""
    inside = closed_part(graph, [number]).graph
    return tuple(sorted(inside.keys[one] for one in single_points(inside).of(0).tolist()))


def without_soft(graph: Graph) -> tuple[Int64, Int32]:
    """Where the providers of each item begin, and they, but for SOFT edges."""
    return _kept(graph, graph.providers.kind != SOFT)


def _kept(graph: Graph, kept: Bools) -> tuple[Int64, Int32]:
    before: Int64 = np.concatenate((np.zeros(1, np.int64), np.cumsum(kept)))
    start: Int64 = before[graph.providers.start]
    return start, graph.providers.index[kept]
