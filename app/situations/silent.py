"""Silent common causes: items without an alert of their own that are taken as failed, for too much on them alerts.

An item counts as failed when at least `common_share` of what stands directly on it, redundancy groups seen through,
alerts or counts as failed itself, one beginning within `window_seconds` of the next; an item that counts as failed
weighs its own share. Of a crowd a smaller share is enough, for monitoring rarely sees everything. That is asked three
times, so a location is found over its racks and hosts although none of them says a word. A failed item is a common
cause if at least `common_alerts` items that alert are found under it. More events never make less: shares and spells
only grow. Pure.
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
    def _columns(self) -> tuple[np.ndarray, ...]:
        return self.items, self.first, self.last, self.weight


@dataclass(frozen=True, slots=True)
class Silent:
    """The common causes: since when each counts as failed, and of the round in which it was found first (from 1, its
    distance) how many on it count for that, how many there are, and the share.
    """

    items: Int32
    first: Floats
    share: Floats
    counted: Int64
    standing: Int64
    distance: Int8

    def take(self, chosen: Bools) -> "Silent":
        """Some of them."""
        return Silent(
            self.items[chosen],
            self.first[chosen],
            self.share[chosen],
            self.counted[chosen],
            self.standing[chosen],
            self.distance[chosen],
        )


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
    """The silent causes that these alerts have in common; `speaking` marks the items that alert."""
    own = _standing_on(graph, alerts, speaking)
    causes, below, known = *own, []
    failed = _failed(graph, *own, rule)
    for _ in range(ROUNDS - 1):
        known.append(failed.spells.items)
        more, under = _standing_on(graph, failed.spells, speaking)
        causes, below = np.concatenate([own[0], more]), own[1].and_(under)
        failed = _failed(graph, causes, below, rule)
    found = _by_item(failed, known)
    return found.take(_with_enough(graph, found, causes, below, speaking, rule.common_alerts))


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
    shares = np.where(counted >= rule.crowd_alerts, rule.crowd_share, rule.common_share)
    most = np.floor(totals / shares + 1e-9).astype(np.int64)
    standing, _ = direct_dependents(graph, causes[begins], most, best)
    kept = standing <= most
    weight = totals[kept] / standing[kept]
    spells = Spells(causes[begins[kept]], below.first[begins[kept]], ends[kept], weight)
    return _Failed(spells, counted[kept], standing[kept])


def _by_item(failed: _Failed, known: list[Int32]) -> Silent:
    """One row for each item: its first spell, and the one with most under it."""
    spells = failed.spells
    order = np.lexsort((-spells.weight, spells.items))
    items, best = np.unique(spells.items[order], return_index=True)
    first = np.full(len(items), np.inf)
    np.minimum.at(first, np.searchsorted(items, spells.items), spells.first)
    distance = np.ones(len(items), np.int8)
    for found in known:
        distance += ~np.isin(items, found)
    best = order[best]
    return Silent(items, first, spells.weight[best], failed.counted[best], failed.standing[best], distance)


def _with_enough(graph: Graph, found: Silent, causes: Int32, below: Spells, speaking: Bools, least: int) -> Bools:
    """Which of those that count as failed have enough under them that alerts."""
    place = zeros(graph.size, np.int32)
    place[found.items] = np.arange(1, len(found.items) + 1)
    at = place[causes] - 1
    # What began to alert after an item failed counts for it, however late; what did long before does not.
    counts = (at >= 0) & (below.first >= np.append(found.first, np.inf)[at])
    order = np.argsort(at[counts], kind="stable")
    starts = np.searchsorted(at[counts][order], np.arange(len(found.items) + 1))
    under = below.items[counts][order]
    with room_for(graph.size) as room:
        return np.asarray(_supported(found.items, starts, under, place, speaking, least, room.seen, room.order))
