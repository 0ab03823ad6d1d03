"""Silent common causes: items without an alert of their own that are taken as failed, for too much on them alerts.

An item counts as failed when at least `common_share` of what stands directly on it, redundancy groups seen through,
alerts or counts as failed itself, one beginning within `window_seconds` of the next; an item that counts as failed
weighs its own share. That is asked three times, so a location is found over its racks and hosts although none of them
says a word. A failed item is a common cause if at least `common_alerts` items that alert are found under it. More
events never make less: shares and windows only grow. Pure.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

from app.situations.model import Rule
from app.topology.direct import Floats, direct_dependents, direct_providers
from app.topology.graph import Bools, Graph, Int8, Int32, Int64
from app.topology.kernels import zeros
from app.topology.rooms import room_for

ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Spells:
    """Times in which items alerted or counted as failed, with their weight: 1, or the share under them."""

    items: Int32
    first: Floats
    last: Floats
    weight: Floats

    def take(self, places: Int32) -> "Spells":
        """Those in these places."""
        return Spells(self.items[places], self.first[places], self.last[places], self.weight[places])

    def and_(self, other: "Spells") -> "Spells":
        """These and others."""
        pairs = zip(self._columns, other._columns, strict=True)
        items, first, last, weight = (np.concatenate(pair) for pair in pairs)
        return Spells(items, first, last, weight)

    @property
    def _columns(self) -> tuple[np.ndarray, ...]:  # type: ignore[type-arg]
        return self.items, self.first, self.last, self.weight


@dataclass(frozen=True, slots=True)
class Silent:
    """The items that count as failed and matter, with the round in which each was found first; `plausible` ones are
    common causes, the others lie under one. An edge leads from an item to what counts for it (`causes` holds places).
    """

    items: Int32
    first: Floats
    share: Floats
    counted: Int64
    standing: Int64
    round: Int8
    plausible: Bools
    causes: Int32
    below: Int32


@dataclass(frozen=True, slots=True)
class _Failed:
    """The spells in which items count as failed, how many below them count for it, and how many stand on them."""

    spells: Spells
    counted: Int64
    standing: Int64


@njit(cache=True, nogil=True)
def _spells(
    causes: Int32,
    below: Int32,
    first: Floats,
    last: Floats,
    weight: Floats,
    window: float,
    best: Floats,
    begins: Int64,
    ends: Floats,
    totals: Floats,
    counted: Int64,
) -> int:
    """Part what lies under each cause into spells and add up each, the best weight of every item; how many there are.

    Sorted by cause and `first`; `best` holds zeros, before and after.
    """
    count, begin = 0, 0
    while begin < len(causes):
        end, latest, total, distinct = begin, last[begin], 0.0, 0
        while end < len(causes) and causes[end] == causes[begin] and first[end] <= latest + window:
            latest = max(latest, last[end])
            distinct += best[below[end]] == 0
            if weight[end] > best[below[end]]:
                total += weight[end] - best[below[end]]
                best[below[end]] = weight[end]
            end += 1
        for row in range(begin, end):
            best[below[row]] = 0
        begins[count], ends[count], totals[count], counted[count] = begin, latest, total, distinct
        count += 1
        begin = end
    return count


@njit(cache=True, nogil=True)
def _supported(
    items: Int32, starts: Int64, below: Int32, place: Int32, speaking: Bools, least: int, seen: Bools, order: Int32
) -> Bools:
    """Under which of the items at least so many alert."""
    enough = np.zeros(len(items), np.bool_)
    for one in range(len(items)):
        order[0], seen[items[one]] = items[one], True
        head, count, found = 0, 1, 0
        while head < count and found < least:
            at = place[order[head]] - 1
            found += speaking[order[head]]
            head += 1
            if at < 0:
                continue
            for position in range(starts[at], starts[at + 1]):
                other = below[position]
                if not seen[other]:
                    seen[other] = True
                    order[count] = other
                    count += 1
        for item in order[:count]:
            seen[item] = False
        enough[one] = found >= least
    return enough


def silent_causes(graph: Graph, alerts: Spells, speaking: Bools, rule: Rule) -> Silent:
    """What counts as failed under these alerts and is a common cause, or lies under one; `speaking` marks the items
    that alert."""
    own = _standing_on(graph, alerts, speaking)
    causes, below, known = *own, []
    failed = _failed(graph, *own, rule)
    for _ in range(ROUNDS - 1):
        known.append(failed.spells.items)
        more, under = _standing_on(graph, failed.spells, speaking)
        causes, below = np.concatenate([own[0], more]), own[1].and_(under)
        failed = _failed(graph, causes, below, rule)
    return _that_matter(graph, _by_item(failed, known), causes, below, speaking, rule)


def _standing_on(graph: Graph, spells: Spells, speaking: Bools) -> tuple[Int32, Spells]:
    """The silent items on which those of the spells stand, one for each spell on it."""
    places, providers = direct_providers(graph, spells.items)
    silent = ~speaking[providers]
    return providers[silent], spells.take(places[silent])


def _failed(graph: Graph, causes: Int32, below: Spells, rule: Rule) -> _Failed:
    order = np.lexsort((below.weight, below.items, below.first, causes)).astype(np.int32)
    causes, below = causes[order], below.take(order)
    begins, counted = np.empty(len(order), np.int64), np.empty(len(order), np.int64)
    ends, totals = np.empty(len(order)), np.empty(len(order))
    window, best = float(rule.window_seconds), zeros(graph.size, np.float64)
    count = _spells(
        causes, below.items, below.first, below.last, below.weight, window, best, begins, ends, totals, counted
    )
    begins, ends, totals, counted = begins[:count], ends[:count], totals[:count], counted[:count]
    # Sums of shares are rounded, and must not depend on the order in which they are added up.
    most = np.floor(totals / rule.common_share + 1e-9).astype(np.int64)
    standing, _ = direct_dependents(graph, causes[begins], most, best)
    kept = standing <= most
    shares = totals[kept] / standing[kept]
    spells = Spells(causes[begins[kept]], below.first[begins[kept]], ends[kept], shares)
    return _Failed(spells, counted[kept], standing[kept])


def _by_item(failed: _Failed, known: list[Int32]) -> Silent:
    """One row for each item: its first spell, and the one with most under it."""
    spells = failed.spells
    order = np.lexsort((-spells.weight, spells.items))
    items, best = np.unique(spells.items[order], return_index=True)
    first = np.full(len(items), np.inf)
    np.minimum.at(first, np.searchsorted(items, spells.items), spells.first)
    rounds = np.ones(len(items), np.int8)
    for found in known:
        rounds += ~np.isin(items, found)
    best = order[best]
    nothing = np.empty(0, np.int32)
    plausible = np.zeros(len(items), np.bool_)
    return Silent(
        items, first, spells.weight[best], failed.counted[best], failed.standing[best], rounds, plausible, *[nothing] * 2
    )


def _that_matter(graph: Graph, found: Silent, causes: Int32, below: Spells, speaking: Bools, rule: Rule) -> Silent:
    """The common causes and what lies under them, with the edges to what counts for each."""
    place = zeros(graph.size, np.int32)
    place[found.items] = np.arange(1, len(found.items) + 1)
    at = place[causes] - 1
    # What began to alert after an item failed counts for it, however late; what did long before does not.
    counts = (at >= 0) & (below.first >= np.append(found.first, np.inf)[at])
    edges = np.unique(at[counts].astype(np.int64) * graph.size + below.items[counts])
    at, under = (edges // graph.size).astype(np.int32), (edges % graph.size).astype(np.int32)
    starts = np.searchsorted(at, np.arange(len(found.items) + 1))
    with room_for(graph.size) as room:
        plausible = _supported(
            found.items, starts, under, place, speaking, rule.common_alerts, room.seen, room.order
        )
    used = plausible.copy()
    for _ in range(ROUNDS):
        lower = place[under[used[at]]]
        used[lower[lower > 0] - 1] = True
    kept, renumbered = used[at], np.cumsum(used).astype(np.int32) - 1
    return Silent(
        items=found.items[used],
        first=found.first[used],
        share=found.share[used],
        counted=found.counted[used],
        standing=found.standing[used],
        round=found.round[used],
        plausible=plausible[used],
        causes=renumbered[at[kept]],
        below=under[kept],
    )
