"""Tiers: what a tier 0 process stands on is tier 0, whatever it is declared to be (semantics §5); compiled. Pure."""

from dataclasses import dataclass

import numpy as np
from numba import njit

from app.continuity.estate import Ranks
from app.topology.cones import part
from app.topology.graph import NO_TIER, EdgeKind, Graph, Int8, Int32, Int64
from app.topology.reaching import reach

_SOFT = int(EdgeKind.SOFT)
_NOBODY = -1


@dataclass(frozen=True, slots=True)
class EffectiveTiers:
    """Of every item the best tier among its own and those of what needs it, hard or as a member of a group, directly
    or not: `NO_TIER` where there is none. `because` is whose tier it is, the first by key; -1 where nobody's."""

    tier: Int8
    because: Int32


@njit(cache=True, nogil=True)
def _spread(sources: Int32, start: Int64, index: Int32, kind: Int8, because: Int32, queue: Int32) -> None:
    """Let each source, the best first, mark all that it needs and none has marked."""
    for source in sources:
        if because[source] != _NOBODY:
            continue
        because[source] = source
        queue[0], head, count = source, 0, 1
        while head < count:
            one = queue[head]
            head += 1
            for position in range(start[one], start[one + 1]):
                other = index[position]
                if kind[position] != _SOFT and because[other] == _NOBODY:
                    because[other] = source
                    queue[count] = other
                    count += 1


def effective_tiers(graph: Graph, rank: Ranks) -> EffectiveTiers:
    """The effective tier of every item of the graph as it runs."""
    own = graph.tier
    tiered = np.flatnonzero(own != NO_TIER)
    sources = tiered[np.lexsort((rank[tiered], own[tiered]))].astype(np.int32)
    because, back = np.full(graph.size, _NOBODY, np.int32), graph.providers
    _spread(sources, back.start, back.index, back.kind, because, np.empty(graph.size, np.int32))
    tier = np.where(because == _NOBODY, np.int8(NO_TIER), own[because]).astype(np.int8)
    return EffectiveTiers(tier, because)


def effective_tier(graph: Graph, rank: Ranks, number: int) -> tuple[int, str] | None:
    """The effective tier of one item and whose it is; `None` where there is none. It costs what needs the item."""
    above = reach(graph.dependents, np.array([number], np.int32)).items
    inner = part(graph, above).graph
    found = effective_tiers(inner, rank[above])
    because = int(found.because[0])
    return None if because == _NOBODY else (int(found.tier[0]), inner.keys[because])
