"""Cones: what some items stand on among what has fallen, cut out as a graph of its own.

What explains an item lies in its cone, for an item falls with its providers and members only. So an explanation costs
what it tells, however much else has fallen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numba import njit

from app.topology.graph import EdgeTable, Graph, Int8, Int32, Int64
from app.topology.kernels import zeros

T = TypeVar("T")


@njit(cache=True, nogil=True)
def _gather(tips: Int32, start: Int64, index: Int32, state: Int8, place: Int32, inside: Int32) -> int:
    """List the cone of the tips in `inside`; `place` is each item's position there, from 1."""
    count = 0
    for tip in tips:
        if place[tip] == 0:
            inside[count] = tip
            count += 1
            place[tip] = count
    head = 0
    while head < count:
        dependent = inside[head]
        head += 1
        for position in range(start[dependent], start[dependent + 1]):
            provider = index[position]
            if state[provider] != 0 and place[provider] == 0:
                inside[count] = provider
                count += 1
                place[provider] = count
    return count


@njit(cache=True, nogil=True)
def _edges_inside(inside: Int32, start: Int64, index: Int32, place: Int32) -> tuple[Int64, Int32]:
    """Where the edges between items of the cone lie in the adjacency, and the place of the dependent of each."""
    most = 0
    for item in inside:
        most += start[item + 1] - start[item]
    edges, dependents = np.empty(most, np.int64), np.empty(most, np.int32)
    count = 0
    for one in range(len(inside)):
        for position in range(start[inside[one]], start[inside[one] + 1]):
            if place[index[position]]:
                edges[count] = position
                dependents[count] = one
                count += 1
    return edges[:count], dependents[:count]


@dataclass(frozen=True, slots=True)
class Cone:
    """Part of a graph as a graph of its own, and the number in the whole of each of its items."""

    graph: Graph
    inside: Int32
    _place: Int32

    def among(self, known: Mapping[int, T]) -> dict[int, T]:
        """What is known of items of the whole graph, by their numbers in the cone; of those inside."""
        if len(known) < len(self.inside):
            return {int(self._place[number]) - 1: one for number, one in known.items() if self._place[number]}
        return {place: known[number] for place, number in enumerate(self.inside.tolist()) if number in known}


def stood_on(graph: Graph, state: Int8, tips: Int32) -> tuple[Int32, Int32]:
    """The tips and everything fallen, by its `state`, that they stand on; and of every item its place there, from 1."""
    back = graph.providers
    place, queue = zeros(graph.size, np.int32), np.empty(graph.size, np.int32)
    count = _gather(tips, back.start, back.index, state, place, queue)
    return queue[:count].copy(), place


def cone(graph: Graph, state: Int8, tips: Sequence[int]) -> Cone:
    """The tips and everything fallen, by its `state`, that they stand on; a member that stands is not in it."""
    return _cut_out(graph, *stood_on(graph, state, np.array(tips, np.int32)))


def part(graph: Graph, inside: Int32) -> Cone:
    """These items, each named once, and the edges between them."""
    place = zeros(graph.size, np.int32)
    place[inside] = np.arange(1, len(inside) + 1)
    return _cut_out(graph, inside, place)


def _cut_out(graph: Graph, inside: Int32, place: Int32) -> Cone:
    """These items as a graph of its own; groups keep their thresholds and what their members weigh."""
    back = graph.providers
    count = len(inside)
    edges, dependents = _edges_inside(inside, back.start, back.index, place)
    providers = place[back.index[edges]] - np.int32(1)
    table = EdgeTable(dependents, providers, back.kind[edges], back.weight[edges], back.tolerance_seconds[edges])
    keys = [graph.keys[number] for number in inside.tolist()]
    needed = graph.needed[inside]
    inner = Graph(
        version=graph.version,
        keys=keys,
        number={key: one for one, key in enumerate(keys)},
        type_rank=graph.type_rank[inside],
        tier=graph.tier[inside],
        critical=graph.critical[inside],
        needed=needed,
        healthy=graph.healthy[inside],
        total=graph.total[inside],
        dependents=table.adjacency(providers, dependents, count),
        providers=table.adjacency(dependents, providers, count),
        unsatisfiable=_places(graph.unsatisfiable, place),
        weakened=_places(graph.weakened, place),
        restart_seconds=graph.restart_seconds[inside],
        recovery_seconds=graph.recovery_seconds[inside],
        target_seconds=graph.target_seconds[inside],
        failover_seconds=graph.failover_seconds[inside],
        thresholds={one: graph.thresholds[int(inside[one])] for one in np.flatnonzero(needed).tolist()},
        loss_curves={},
    )
    cut = Cone(inner, inside, place)
    return replace(cut, graph=replace(inner, loss_curves=cut.among(graph.loss_curves)))


def _places(numbers: Int32, place: Int32) -> Int32:
    found = place[numbers]
    places: Int32 = found[found > 0] - np.int32(1)
    return places
