"""The words of situations."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from app.impact.model import HealthState
from app.inventory.model import ItemType


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


@dataclass(frozen=True, slots=True)
class NamedCause:
    """A cause as it is told."""

    cause: Cause
    name: str
    sentence: str


@dataclass(frozen=True, slots=True)
class BusinessItem:
    """A business process or service that a situation hurts, and when it breaches its tolerance, if it does."""

    key: str
    name: str
    type: ItemType
    state: HealthState
    priority: int | None
    breach_at: datetime | None


@dataclass(frozen=True, slots=True)
class Account:
    """What is said of a situation: its causes, likeliest first, and what it does to the business, worst first.

    `business` holds the first of `business_count`. `processes`, `services` and `teams` are keys to route by, a bounded
    number of them; teams own what is hurt or what caused it.
    """

    title: str
    causes: tuple[NamedCause, ...]
    priority: int | None
    business: tuple[BusinessItem, ...]
    business_count: int
    processes: tuple[str, ...]
    services: tuple[str, ...]
    teams: tuple[str, ...]

    @property
    def first_cause(self) -> str | None:
        """The key of the likeliest cause."""
        return self.causes[0].cause.key if self.causes else None


@dataclass(frozen=True, slots=True)
class Announced:
    """What was last said about a situation, and when."""

    at: datetime
    priority: int | None
    cause: str | None


@dataclass(frozen=True, slots=True)
class Situation:
    """Events that are one trouble, followed as they come and go.

    `changed_at`: when its events or its first cause last changed. While it is OPEN without an open event it is quiet
    since `quiet_since`, and what is said is of before. A situation that became part of another one is `merged_into` it.
    """

    id: str
    status: SituationStatus
    opened_at: datetime
    changed_at: datetime
    started_at: datetime
    event_count: int
    item_count: int
    account: Account
    resolved_at: datetime | None = None
    quiet_since: datetime | None = None
    merged_into: str | None = None
    announced: Announced | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A situation with the ids of the events it gathers and the items they are about; the last ones, if it is quiet or
    resolved."""

    situation: Situation
    events: frozenset[str]
    items: frozenset[str]


class News(Enum):
    """Why a situation is announced."""

    OPENED = "opened"
    CHANGED = "changed"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class SituationChange:
    """A situation that has to be announced, as it is now."""

    news: News
    situation: Situation


@dataclass(frozen=True, slots=True)
class Patience:
    """How long situations wait, in seconds.

    One without open events is resolved after `quiet`, and opens again if its items alert within `reopen` after that.
    A new one is announced once it has not changed for `settle`, or after `settle_most`; further news wait `settle_most`
    after the last, another first cause `cause`.

    While `storm` of them wait to be announced they may turn out to be one, so each waits until none of them has
    changed for `settle`, or for `storm_most`.
    """

    quiet: int = 60
    reopen: int = 900
    settle: int = 5
    settle_most: int = 15
    cause: int = 60
    storm: int = 10
    storm_most: int = 60


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which situations a list shows: with this status, at least this urgent, with an event about this item."""

    status: SituationStatus | None = None
    min_priority: int | None = None
    key: str | None = None
