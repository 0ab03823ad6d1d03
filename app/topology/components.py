"""Strongly connected components of a graph in compressed sparse rows; compiled.

Source: Tarjan, Depth-first search and linear graph algorithms, 1972.
"""

import numpy as np
from numba import njit

from app.topology.graph import Bools, Int32, Int64


@njit(cache=True, nogil=True)
def _next(start: Int64, ends: Int32, one: int, following: Int64, visited: Int32, on_stack: Bools, low: Int32) -> int:
    """The next provider that was not visited yet, or -1; notes those on the stack on the way."""
    while following[one] < start[one + 1]:
        other = ends[following[one]]
        following[one] += 1
        if visited[other] == 0:
            return int(other)
        if on_stack[other]:
            low[one] = min(low[one], visited[other])
    return -1


@njit(cache=True, nogil=True)
def components(start: Int64, ends: Int32) -> tuple[Int32, Int32]:
    """The strongly connected components, providers first: their places, and where each begins.

    Tarjan's algorithm with a stack of its own, since a chain may be longer than the recursion limit.
    """
    size = len(start) - 1
    order, begins = np.empty(size, np.int32), np.empty(size + 1, np.int32)
    visited, low, on_stack = np.zeros(size, np.int32), np.empty(size, np.int32), np.zeros(size, np.bool_)
    stack, path, following = np.empty(size, np.int32), np.empty(size, np.int32), start.copy()
    stacked, ordered, found, clock = 0, 0, 0, 0
    for root in range(size):
        depth = 0 if visited[root] == 0 else -1
        path[0] = root
        while depth >= 0:
            one = path[depth]
            if visited[one] == 0:
                clock += 1
                visited[one] = low[one] = clock
                stack[stacked] = one
                stacked += 1
                on_stack[one] = True
            other = _next(start, ends, one, following, visited, on_stack, low)
            if other >= 0:
                depth += 1
                path[depth] = other
                continue
            if low[one] == visited[one]:
                begins[found] = ordered
                found += 1
                while on_stack[one]:
                    stacked -= 1
                    on_stack[stack[stacked]] = False
                    order[ordered] = stack[stacked]
                    ordered += 1
            depth -= 1
            if depth >= 0:
                low[path[depth]] = min(low[path[depth]], low[one])
    begins[found] = size
    return order, begins[: found + 1]
