"""Which causes of a situation are likeliest.

A cause is right in so far as it explains what alerts, and as what it would break does alert: its score is the harmonic
mean (F1) of the share of the situation that it explains and of the share of what stands directly on it that alerts.
What alerts itself is halfway certain from the start. A cause explains what stands on it and did not begin to alert more
than `skew_seconds` before it. Of equal scores the observed one, the one that explains more, that began earlier and that
lies nearer comes first. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit

from app.topology.direct import Floats
from app.topology.graph import Bools, Int8, Int32, Int64

CANDIDATES = 16
"""How many observed, and how many silent, candidates of one situation are looked at: first those that stand on nothing
else that failed, then those on which most stands."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """What may be the cause, by place; each belongs to the situation `group`.

    `share` of what stands directly on it alerts: `counted` of `standing` items. `distance` is 0 for what alerts itself.
    """

    places: Int32
    keys: Sequence[str]
    group: Int32
    observed: Bools
    began: Floats
    share: Floats
    counted: Int64
    standing: Int64
    distance: Int8


@njit(cache=True, nogil=True)
def _explained(
    places: Int32, since: Floats, starts: Int64, dependents: Int32, latest: Floats, seen: Bools, order: Int32
) -> Int64:
    """How many places that alert, those with a time in `latest`, stand on each of these and began no earlier."""
    counts = np.zeros(len(places), np.int64)
    for one in range(len(places)):
        order[0], seen[places[one]] = places[one], True
        head, count = 0, 1
        while head < count:
            at = order[head]
            head += 1
            counts[one] += at < len(latest) and latest[at] >= since[one]
            for position in range(starts[at], starts[at + 1]):
                other = dependents[position]
                if not seen[other]:
                    seen[other] = True
                    order[count] = other
                    count += 1
        for place in order[:count]:
            seen[place] = False
    return counts


def explained(candidates: Candidates, ends: tuple[Int32, Int32], size: int, latest: Floats, skew: float) -> Int64:
    """How many places that alert each candidate explains; `ends` are the dependents and providers of all steps."""
    dependents, providers = ends
    order = np.argsort(providers, kind="stable")
    starts = np.searchsorted(providers[order], np.arange(size + 1))
    since = candidates.began - skew
    seen, queue = np.zeros(size, np.bool_), np.empty(size, np.int32)
    return np.asarray(_explained(candidates.places, since, starts, dependents[order], latest, seen, queue))


def scores(candidates: Candidates, explained: Int64, sizes: Int64) -> Floats:
    """The score of each candidate of a situation with so many items that alert."""
    precision = np.where(candidates.observed, (1 + candidates.share) / 2, candidates.share)
    recall = explained / sizes[candidates.group]
    return np.asarray(np.round(2 * precision * recall / np.maximum(precision + recall, 1e-12), 9))


def ranked(candidates: Candidates, explained: Int64, score: Floats) -> Sequence[int]:
    """The candidates by situation, likeliest first."""
    keys = (
        np.argsort(np.argsort(np.array(candidates.keys))),
        candidates.distance,
        candidates.began,
        -explained,
        ~candidates.observed,
        -score,
        candidates.group,
    )
    ordered: Sequence[int] = np.lexsort(keys).tolist()
    return ordered


def foremost(group: Int32, *keys: Floats | Int64 | Bools, most: int = CANDIDATES) -> Int64:
    """The places of the first `most` of each group; the last key decides first."""
    order = np.lexsort((*keys, group))
    begins = np.flatnonzero(np.diff(group[order], prepend=-2))
    rank = np.arange(len(order)) - np.repeat(begins, np.diff(np.append(begins, len(order))))
    return np.asarray(order[rank < most])
