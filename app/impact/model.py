"""The words of an impact answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, IntEnum

from app.inventory.model import ItemType


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
    """One impacted item. `path` runs from it to a cause, both included; `depth` is its number of edges."""

    key: str
    type: ItemType
    state: HealthState
    best_state: HealthState
    worst_state: HealthState
    depth: int
    rule: PropagationRule
    path: tuple[str, ...]


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
class Question:
    """What an impact was asked about."""

    failures: Mapping[str, HealthState]
    as_of: datetime
