"""Priority of an impact: impact + urgency - 1 on 1..3, so 1 is critical and 5 planning (semantics §4). Pure.

Impact is what is hit and how; urgency is how much of its tolerance is left when the outage ends.
"""

from dataclasses import dataclass

import numpy as np

from app.impact.model import CutOffs, HealthState
from app.topology.graph import NO_SECONDS, Bools, Int8, Int64

_HIGH_TIER = 1
_MIDDLE_TIER = 2


@dataclass(frozen=True, slots=True)
class Priorities:
    """Of each item its priority, and whether its urgency had to be taken from its impact."""

    priority: Int8
    assumed: Bools


@dataclass(frozen=True, slots=True)
class OutTimes:
    """Of each item how long it is out after its start, in seconds, whether it is at all and has an end, and how long
    it may be (`NO_SECONDS`: nobody said)."""

    out: Bools
    open_ended: Bools
    seconds: Int64
    target_seconds: Int64


def priorities(states: Int8, tiers: Int8, critical: Bools, times: OutTimes, cut_offs: CutOffs) -> Priorities:
    """The priorities of business items that are DOWN or DEGRADED; one whose outage its providers' end spares is not
    urgent."""
    down = states == HealthState.DOWN
    high = critical | (tiers <= _HIGH_TIER)
    impact = np.select([down & high, down & (tiers == _MIDDLE_TIER) | ~down & high], [1, 2], 3)
    assumed = down & times.out & (times.open_ended | (times.target_seconds == NO_SECONDS))
    slack = times.target_seconds - times.seconds
    timed = np.select(
        [slack <= cut_offs.high * times.target_seconds, slack <= cut_offs.middle * times.target_seconds], [1, 2], 3
    )
    urgency = np.where(assumed, impact, np.where(down & times.out, timed, 3))
    return Priorities((impact + urgency - 1).astype(np.int8), assumed)
