"""The walks over the arrays, compiled; each costs what it touches (untouched pages of zeroed arrays stay unmapped)."""

from dataclasses import dataclass

import numpy as np
from numba import njit

from app.inventory.model import ItemType
from app.topology.graph import (
    Adjacency,
    Edge,
    EdgeKind,
    EdgeTable,
    Graph,
    Int8,
    Int32,
    Int64,
    Vertex,
    build_graph,
)

# Compiled code sees no enums: these are EdgeKind and HealthState.
SOFT, MEMBER = 1, 2
DEGRADED, DOWN = 1, 2


@njit(cache=True)
def _spread(
    seeds: Int32,
    level: int,
    start: Int64,
    index: Int32,
    kind: Int8,
    weight: Int64,
    total: Int64,
    threshold: Int64,
    state: Int8,
    order: Int32,
    fell: Int32,
    lost: Int64,
) -> int:
    """Raise to `level` everything the seeds take to it; returns how many, in `order` as they fell.

    A group falls when the members left weigh less than its threshold. SOFT edges carry DEGRADED only.
    `fell` is the round: 1 for seeds, one more than the provider that was the last straw for the others.
    """
    count = 0
    for seed in seeds:
        if state[seed] < level:
            state[seed] = level
            fell[seed] = 1
            order[count] = seed
            count += 1
    head = 0
    while head < count:
        provider = order[head]
        head += 1
        for position in range(start[provider], start[provider + 1]):
            dependent = index[position]
            if state[dependent] >= level:
                continue
            if kind[position] == MEMBER:
                lost[dependent] += weight[position]
                if total[dependent] - lost[dependent] >= threshold[dependent]:
                    continue
            elif kind[position] == SOFT and level == DOWN:
                continue
            state[dependent] = level
            fell[dependent] = fell[provider] + 1
            order[count] = dependent
            count += 1
    return count


@njit(cache=True)
def _measure(causes: Int32, start: Int64, index: Int32, kind: Int8, state: Int8, depth: Int32, queue: Int32) -> None:
    """Distance of each affected item to the nearest cause over edges that carry its state, plus one, into `depth`."""
    count = 0
    for cause in causes:
        if depth[cause] == 0:
            depth[cause] = 1
            queue[count] = cause
            count += 1
    head = 0
    while head < count:
        provider = queue[head]
        head += 1
        for position in range(start[provider], start[provider + 1]):
            dependent = index[position]
            if state[dependent] == 0 or depth[dependent] != 0:
                continue
            carries = state[dependent] == DEGRADED if kind[position] == SOFT else state[provider] >= state[dependent]
            if carries:
                depth[dependent] = depth[provider] + 1
                queue[count] = dependent
                count += 1


@dataclass(frozen=True, slots=True)
class Walk:
    """What reached one level: the state of every item (0 or the level), who got there, and in which round (from 1).

    `fell` is a proof: what took an item there fell in an earlier round. Unlike `order` it does not depend on the
    order in which items and edges are listed.
    """

    state: Int8
    order: Int32
    fell: Int32


def spread_states(graph: Graph, down: Int32, degraded: Int32) -> tuple[Walk, Walk]:
    """The least fixpoint, as a walk to DOWN and one to "at least DEGRADED"; an item's state is the worse of the two.

    DOWN never follows from DEGRADED, so two plain walks do: first DOWN, then "at least DEGRADED" from everything
    that is DOWN or degraded by itself.
    """
    forward = graph.dependents
    to_down = _level(graph, forward, down, DOWN, graph.needed)
    seeds = np.concatenate((to_down.order, degraded))
    return to_down, _level(graph, forward, seeds, DEGRADED, graph.healthy)


def _level(graph: Graph, forward: Adjacency, seeds: Int32, level: int, threshold: Int64) -> Walk:
    state = np.zeros(graph.size, np.int8)
    order = np.empty(graph.size, np.int32)
    fell = np.zeros(graph.size, np.int32)
    lost = np.zeros(graph.size, np.int64)
    count = _spread(
        seeds,
        level,
        forward.start,
        forward.index,
        forward.kind,
        forward.weight,
        graph.total,
        threshold,
        state,
        order,
        fell,
        lost,
    )
    return Walk(state, order[:count].copy(), fell)


def distances(graph: Graph, causes: Int32, state: Int8) -> Int32:
    """Edges from each affected item to its nearest cause over edges that carry its state; -1 elsewhere."""
    forward = graph.dependents
    depth = np.zeros(graph.size, np.int32)
    queue = np.empty(graph.size, np.int32)
    _measure(causes, forward.start, forward.index, forward.kind, state, depth, queue)
    return depth - 1


def warm_up() -> None:
    """Compile the kernels, or load them from the cache, before the first question is asked."""
    vertices = [Vertex("a", ItemType.COMPONENT), Vertex("b", ItemType.COMPONENT)]
    edges = EdgeTable.of([Edge("a", "b", EdgeKind.HARD)], {"a": 0, "b": 1})
    graph = build_graph(0, vertices, edges)
    cause = np.array([1], np.int32)
    to_down, _ = spread_states(graph, cause, cause[:0])
    distances(graph, cause, to_down.state)
