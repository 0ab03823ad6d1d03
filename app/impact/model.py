"""The words of an impact answer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum, IntEnum
from math import inf

from app.inventory.model import DependencyStrength, ItemType, Relation


class HealthState(IntEnum):
    """How an item is. UNKNOWN means the ends of its interval differ."""

    OPERATIONAL = 0
    DEGRADED = 1
    DOWN = 2
    UNKNOWN = 3


class PropagationRule(Enum):
    """What set an item's state: itself, a HARD or a SOFT provider, or its members."""

    OWN = "OWN"
    HARD = "HARD"
    SOFT = "SOFT"
    GROUP = "GROUP"


class Direction(Enum):
    """DEPENDENTS: who is hurt (ServiceNow's upstream). DEPENDENCIES: what it needs (downstream)."""

    DEPENDENTS = "DEPENDENTS"
    DEPENDENCIES = "DEPENDENCIES"


@dataclass(frozen=True, slots=True)
class ImpactedItem:
    """One impacted item. `path` runs from it to a cause, both included; `depth` is its number of edges.

    `planned`: planned failures alone give it its state, and its rule and path are those of the planned ones.
    """

    key: str
    type: ItemType
    state: HealthState
    best_state: HealthState
    worst_state: HealthState
    depth: int
    rule: PropagationRule
    path: tuple[str, ...]
    planned: bool = False


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many items of a type are in a state."""

    type: ItemType
    state: HealthState
    count: int


@dataclass(frozen=True, slots=True)
class Position:
    """Where an impacted item stands in the order of the answer; what a cursor holds."""

    code: int
    key: str


@dataclass(frozen=True, slots=True)
class ReachedItem:
    """An item found by following edges, its distance in hops and one shortest path to the start."""

    key: str
    depth: int
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundPath:
    """A path from a dependent to a provider: `length` is its number of edges, also of those to items left out."""

    keys: tuple[str, ...]
    length: int


@dataclass(frozen=True, slots=True)
class CommonCause:
    """An item on which several items stand, itself counted in; `depth` is the distance of the farthest in hops."""

    key: str
    dependents: tuple[str, ...]
    depth: int


@dataclass(frozen=True, slots=True)
class MapEdge:
    """An edge on a map."""

    dependent: str
    provider: str
    relation: Relation
    strength: DependencyStrength | None


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """What lies around an item: the keys with their distance in hops, nearest first, and the edges between them.

    `truncated`: there is more at the last of these distances, or beyond it within the depth asked for.
    """

    depths: Mapping[str, int]
    edges: Sequence[MapEdge]
    truncated: bool


@dataclass(frozen=True, slots=True)
class Failure:
    """How an item fails by itself: since when (`None`: from the moment of the question), until when it is expected to
    (`None`: as long as its recovery takes), and whether that was planned."""

    state: HealthState
    since: datetime | None = None
    until: datetime | None = None
    planned: bool = False


@dataclass(frozen=True, slots=True)
class CutOffs:
    """Up to which share of its tolerance the slack of an item makes it highly, or moderately, urgent."""

    high: float = 0.25
    middle: float = 0.75


@dataclass(frozen=True, slots=True)
class Moment:
    """When a question is asked, and what is urgent then."""

    at: datetime
    cut_offs: CutOffs = CutOffs()


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency, by its ISO 4217 code."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Forecast:
    """When an item is out, and what that means for the business; `None` of what does not apply or is not known.

    It is out from `start` to `end`; it breaches its impact tolerance, else its MTPD, at `breach_at`, which is
    `slack_seconds` after its end. `assumed`: the urgency had to be taken from the impact.
    """

    start: datetime | None
    end: datetime | None
    breach_at: datetime | None
    slack_seconds: int | None
    priority: int | None
    assumed: bool


def worst_failure(failures: Iterable[Failure]) -> Failure:
    """The worst of an item's failures, and of equally bad ones the first to begin."""
    return min(failures, key=lambda one: (-SEVERITY[one.state], one.since.timestamp() if one.since else inf))


SEVERITY = (0, 1, 3, 2)
"""By state, how bad it is: UNKNOWN is worse than DEGRADED, for it may be DOWN."""
