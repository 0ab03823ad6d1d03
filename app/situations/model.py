"""The words of situations."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


@dataclass(frozen=True, slots=True)
class Rule:
    """When events belong together.

    `silent_hops`: how many items without an alert may lie between two that have one. `common_share`: which share of
    what stands on a silent item must alert for the item to be taken as failed, and `common_alerts` how many items at
    least, each within `window_seconds` of the next; of `crowd_alerts` directly on it the `crowd_share` is enough.
    `skew_seconds`: by how much a cause may seem to begin later than what it explains, for clocks and checks differ.
    """

    silent_hops: int = 2
    common_share: float = 0.5
    common_alerts: int = 3
    crowd_share: float = 0.1
    crowd_alerts: int = 200
    window_seconds: int = 300
    skew_seconds: int = 60


@dataclass(frozen=True, slots=True)
class Cause:
    """What may have caused a situation.

    `observed`: it alerts itself; if not, it is silent and taken as failed for what stands on it. `explained` items of
    the situation alert because of it, itself included if it alerts; of the `standing` items directly on it `alerting`
    alert or are taken as failed themselves. `score` lies between 0 and 1.
    """

    key: str
    observed: bool
    explained: int
    alerting: int
    standing: int
    started_at: datetime
    score: float


@dataclass(frozen=True, slots=True)
class Group:
    """Events that belong together now: their ids, the items they are about, and up to ten causes, likeliest first."""

    events: frozenset[str]
    items: frozenset[str]
    started_at: datetime
    causes: tuple[Cause, ...]


class SituationStatus(Enum):
    """Whether any of its events is open, or was a moment ago."""

    OPEN = "open"
    RESOLVED = "resolved"
