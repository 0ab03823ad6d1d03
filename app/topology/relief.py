"""Relief: who would be better if one item were not as it is; compiled. Pure.

Only what fell along edges that carry its state may owe that state to the item. Those are worked out again from what
stands beside them; the rest of the estate is as it is. So it costs what may owe something, however much has fallen.
"""

from collections.abc import Mapping

import numpy as np
from numba import njit

from app.topology.graph import Bools, Graph, Int8, Int32, Int64
from app.topology.incremental import edges_of
from app.topology.kernels import DEGRADED, DOWN, MEMBER, SOFT
from app.topology.rooms import room_for
from app.topology.stamps import Edges


@njit(cache=True, nogil=True)
def _list_owing(item: int, forward: Edges, state: Int8, seen: Bools, inside: Int32, place: Int32) -> int:
    """List what may owe its state to the item in `inside`, itself first; `place` is each one's position there."""
    seen[item] = True
    inside[0], place[item] = item, 0
    head, count = 0, 1
    while head < count:
        provider = inside[head]
        head += 1
        for position in range(forward.start[provider], forward.start[provider + 1]):
            dependent = forward.end[position]
            if state[dependent] == 0 or seen[dependent]:
                continue
            carried = min(state[provider], DEGRADED) if forward.kind[position] == SOFT else state[provider]
            if carried >= state[dependent]:
                seen[dependent] = True
                inside[count], place[dependent] = dependent, count
                count += 1
    return count


@njit(cache=True, nogil=True)
def _stand_beside(
    level: int, inside: Int32, back: Edges, state: Int8, seen: Bools, left: Int64, threshold: Int64, again: Int8
) -> None:
    """Take to the level what others than those `inside` take there; `left` is then what of a group stands."""
    for one in range(len(inside)):
        item = inside[one]
        for position in range(back.start[item], back.start[item + 1]):
            provider = back.end[position]
            if seen[provider] or state[provider] < level:
                continue
            if back.kind[position] == MEMBER:
                left[one] -= back.weight[position]
            elif back.kind[position] != SOFT or level == DEGRADED:
                again[one] = max(again[one], level)
        if left[one] < threshold[item]:
            again[one] = max(again[one], level)


@njit(cache=True, nogil=True)
def _fall_again(
    level: int,
    inside: Int32,
    forward: Edges,
    seen: Bools,
    place: Int32,
    left: Int64,
    threshold: Int64,
    again: Int8,
    queue: Int32,
) -> None:
    """Let what has reached the level take others `inside` there."""
    count = 0
    for one in range(len(inside)):
        if again[one] >= level:
            queue[count] = one
            count += 1
    head = 0
    while head < count:
        provider = inside[queue[head]]
        head += 1
        for position in range(forward.start[provider], forward.start[provider + 1]):
            dependent = forward.end[position]
            if not seen[dependent]:
                continue
            one = place[dependent]
            if forward.kind[position] == MEMBER:
                left[one] -= forward.weight[position]
                if left[one] >= threshold[dependent]:
                    continue
            elif forward.kind[position] == SOFT and level == DOWN:
                continue
            if again[one] < level:
                again[one] = level
                queue[count] = one
                count += 1


@njit(cache=True, nogil=True)
def _again(
    inside: Int32,
    own: Int8,
    forward: Edges,
    back: Edges,
    state: Int8,
    total: Int64,
    needed: Int64,
    healthy: Int64,
    seen: Bools,
    place: Int32,
    queue: Int32,
) -> Int8:
    """The states of those `inside` by their own ones and by what stands beside them; forgets who is inside."""
    again = own.copy()
    for level, threshold in ((DOWN, needed), (DEGRADED, healthy)):
        left = total[inside]
        _stand_beside(level, inside, back, state, seen, left, threshold, again)
        _fall_again(level, inside, forward, seen, place, left, threshold, again, queue)
    for item in inside:
        seen[item] = False
    return again


def relieved(graph: Graph, state: Int8, own: Mapping[int, int], item: int, instead: int) -> Int32:
    """Who would be better than its `state`, a least fixpoint, if the own state of the item were `instead`; in no order.

    `own` are the own states behind `state`, UNKNOWN read as DOWN; the item's must be no better than `instead`.
    """
    forward, back = edges_of(graph.dependents), edges_of(graph.providers)
    with room_for(graph.size) as room:
        count = _list_owing(item, forward, state, room.seen, room.order, room.rounds)
        inside = room.order[:count].copy()
        fixed = np.array([own.get(one, 0) for one in inside.tolist()], np.int8)
        fixed[0] = instead
        np.minimum(fixed, DOWN, out=fixed)
        again = _again(
            inside,
            fixed,
            forward,
            back,
            state,
            graph.total,
            graph.needed,
            graph.healthy,
            room.seen,
            room.rounds,
            room.waiting,
        )
    better: Int32 = inside[again < state[inside]]
    return better
