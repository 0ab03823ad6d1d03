"""Gaps: which items of the whole estate recover too late, the worst first. Pure."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.continuity.picture import ContinuityPicture
from app.continuity.times import CycleRule, RecoveryTimes, recovery_times
from app.continuity.timing import OPEN
from app.continuity.verdicts import RtoVerdict, rto_verdict
from app.topology.graph import NO_SECONDS

GapPlace = tuple[int, int, str]
"""Where an item stands in the list: its overrun below zero, its type, its key."""


@dataclass(frozen=True, slots=True)
class RecoveryGaps:
    """The items whose tightest target is certainly exceeded, by how much, then by type and key."""

    times: RecoveryTimes
    places: Sequence[GapPlace]

    def page(self, first: int, after: GapPlace | None = None) -> list[tuple[GapPlace, RtoVerdict]]:
        """The next items behind a place."""
        begin = bisect_right(self.places, after) if after else 0
        number = self.times.estate.graph.number
        return [(place, rto_verdict(self.times, number[place[2]])) for place in self.places[begin : begin + first]]


def recovery_gaps(picture: ContinuityPicture, *, cycles: CycleRule) -> RecoveryGaps:
    """The gaps of the whole estate, in one pass over it."""
    times = recovery_times(picture.estate, cycles=cycles)
    graph, declared = picture.graph, picture.facts.items.rto_seconds
    over = times.finish - np.minimum(times.late, np.where(declared == NO_SECONDS, OPEN, declared))
    late = np.flatnonzero(over > 0).tolist()
    return RecoveryGaps(times, sorted((-int(over[one]), int(graph.type_rank[one]), graph.keys[one]) for one in late))
