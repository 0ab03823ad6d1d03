"""The words of the history of health."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.impact.model import HealthState
from app.inventory.model import ItemType


@dataclass(frozen=True, slots=True)
class Condition:
    """How an item is, and whether planned maintenance alone makes it so."""

    state: HealthState
    planned: bool = False


@dataclass(frozen=True, slots=True)
class HealthPeriod:
    """A time in which a business item was in one state other than OPERATIONAL, by plan or not.

    It lasted from `since`, which is when the events say that it began, up to `ended_at`, when we saw that it was over;
    `None` while it lasts. `observed_at` is when we saw it, and `name`, `causes` and `sentence` are as they were then.
    """

    id: str
    key: str
    name: str
    type: ItemType
    state: HealthState
    planned: bool
    since: datetime
    observed_at: datetime
    ended_at: datetime | None
    causes: tuple[str, ...]
    sentence: str
    graph_version: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which periods are asked for: those that overlap [from_at, until_at), of these items, types and states."""

    key: str | None = None
    types: Sequence[ItemType] = ()
    states: Sequence[HealthState] = ()
    from_at: datetime | None = None
    until_at: datetime | None = None
