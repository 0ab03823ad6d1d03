"""The contract's order of items in an answer, and its pages. Pure."""

import heapq

import numpy as np

from app.impact.model import Position
from app.topology.graph import NO_TIER, Graph, Int8, Int32, Int64

_REST = 3
# Business processes, business services, IT services, the rest; groups last.
_SECTION = np.array([0, 1, 2, _REST, _REST, _REST, _REST, _REST, 4], np.int64)
STATE_ORDER = np.array([3, 1, 0, 2], np.int64)
"""Where a state stands: DOWN, DEGRADED, UNKNOWN, OPERATIONAL."""


def ranked_page(
    graph: Graph, numbers: Int32, states: Int8, first: int, after: Position | None = None
) -> list[tuple[Position, int]]:
    """The next `first` of these items by section, worse state, tier and key."""
    codes = _codes(graph, numbers, states)
    found: list[tuple[Position, int]] = []
    for code in np.unique(codes).tolist():
        if after and code < after.code:
            continue
        beyond = after.key if after and code == after.code else ""
        # Only ties that reach the page are sorted: the cost follows the answer.
        ties = ((graph.keys[number], number) for number in numbers[codes == code].tolist())
        wanted = heapq.nsmallest(first - len(found), (tie for tie in ties if tie[0] > beyond))
        found += [(Position(code, key), number) for key, number in wanted]
        if len(found) >= first:
            break
    return found


def _codes(graph: Graph, numbers: Int32, states: Int8) -> Int64:
    section = _SECTION[graph.type_rank[numbers]]
    codes: Int64 = (section * 4 + STATE_ORDER[states]) * (NO_TIER + 1) + graph.tier[numbers]
    return codes
