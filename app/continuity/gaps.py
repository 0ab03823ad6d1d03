"""Gaps: which items of the whole estate recover too late or lose too much, the worst first. Pure."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from app.continuity.data_loss import DataEstate, LossKind
from app.continuity.picture import ContinuityPicture
from app.continuity.times import CycleRule, RecoveryTimes, recovery_times
from app.continuity.timing import OPEN
from app.topology.graph import NO_SECONDS, Graph

GapPlace = tuple[int, int, str]
"""Where an item stands in the list: its overrun below zero, its type, its key."""


class GapKind(Enum):
    """What is exceeded. RTO: the time to recover; else what may be lost of data that are gone, or wrong everywhere."""

    RTO = "RTO"
    PHYSICAL_LOSS = "PHYSICAL_LOSS"
    DATA_CORRUPTION = "DATA_CORRUPTION"

    @property
    def loss_kind(self) -> LossKind | None:
        """What happens to data; `None` if it is about time."""
        return None if self is GapKind.RTO else LossKind(self.value)


@dataclass(frozen=True, slots=True)
class RecoveryGaps:
    """The items whose tightest target is certainly exceeded, by how much, then by type and key."""

    times: RecoveryTimes
    data: DataEstate
    places: Mapping[GapKind, Sequence[GapPlace]]

    def page(self, kind: GapKind, first: int, after: GapPlace | None = None) -> Sequence[GapPlace]:
        """The next items behind a place."""
        places = self.places[kind]
        begin = bisect_right(places, after) if after else 0
        return places[begin : begin + first]


def recovery_gaps(picture: ContinuityPicture, *, cycles: CycleRule) -> RecoveryGaps:
    """The gaps of the whole estate, in one pass over it for each kind."""
    times = recovery_times(picture.estate, cycles=cycles)
    places = {GapKind.RTO: late_items(times)}
    places |= {GapKind(kind.value): _losing_items(picture.data, kind) for kind in LossKind}
    return RecoveryGaps(times, picture.data, places)


def late_items(times: RecoveryTimes) -> list[GapPlace]:
    """The items that recover later than they may, the worst first."""
    estate, declared = times.estate, times.estate.items.rto_seconds
    over = times.finish - np.minimum(times.late, np.where(declared == NO_SECONDS, OPEN, declared))
    return sorted(_place(estate.graph, one, int(over[one])) for one in np.flatnonzero(over > 0).tolist())


def _losing_items(data: DataEstate, kind: LossKind) -> list[GapPlace]:
    return sorted(_place(data.graph, number, over) for number, over in data.overruns(kind))


def _place(graph: Graph, number: int, over: int) -> GapPlace:
    return -over, int(graph.type_rank[number]), graph.keys[number]
