"""The words of event handling."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from app.impact.model import Failure, HealthState


class EventStatus(Enum):
    """Whether the sender says the trouble is still there."""

    FIRING = "firing"
    RESOLVED = "resolved"


class MatchTier(Enum):
    """How an alert found its item; the strongest first."""

    KEY = "key"
    SERIAL = "serial"
    FQDN = "fqdn"
    MAC = "mac"
    SERVICE = "service"
    ALIAS = "alias"
    HOSTNAME = "hostname"
    JOB = "job"
    IP = "ip"


@dataclass(frozen=True, slots=True)
class Clue:
    """One thing an alert says about where it comes from, as it would be looked up in one tier."""

    tier: MatchTier
    value: str


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert in our words. `fingerprint` is the sender's name for it, while it lasts and when it returns."""

    source: str
    fingerprint: str
    status: EventStatus
    severity: str | None
    state: HealthState
    summary: str
    starts_at: datetime
    ends_at: datetime | None
    clues: tuple[Clue, ...]
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """Which item an alert is about. Several `candidates` and no key: ambiguous; neither: nothing known fits."""

    key: str | None = None
    tier: MatchTier | None = None
    identifier: str | None = None
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenEvent:
    """What an open event says of the item it is about."""

    id: str
    key: str
    failure: Failure

    @property
    def told(self) -> tuple[str, Failure]:
        """The item and how it fails."""
        return self.key, self.failure


@dataclass(frozen=True, slots=True)
class Event:
    """A stored alert. `closed_at` is when we heard that it was over."""

    id: str
    source: str
    fingerprint: str
    status: EventStatus
    severity: str | None
    state: HealthState
    summary: str
    starts_at: datetime
    ends_at: datetime | None
    received_at: datetime
    match: Match
    labels: Mapping[str, str] = field(default_factory=dict)
