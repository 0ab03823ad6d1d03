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
    VENDOR = "vendor"
    RULE = "rule"
    SERIAL = "serial"
    CLOUD = "cloud"
    KUBERNETES = "kubernetes"
    FQDN = "fqdn"
    MAC = "mac"
    SCOPED_IP = "scoped_ip"
    SERVICE = "service"
    ALIAS = "alias"
    HOSTNAME = "hostname"
    JOB = "job"
    IP = "ip"


@dataclass(frozen=True, slots=True)
class Clue:
    """One thing an alert says about where it comes from, as it would be looked up in one tier.

    `kind` of identifier, where the tier has more than one and the alert says which; `scope` in which the value is
    unique, as a namespace or an environment; `origin`, the field of the alert that says so.
    """

    tier: MatchTier
    value: str
    kind: str | None = None
    scope: str | None = None
    origin: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert in our words. `fingerprint` is the sender's name for it, while it lasts and when it returns.

    `starts_at` is `None` where the sender does not say when this occurrence began, as in most resolves.
    `observed_at` is the sender's time of this piece of news, if it has one: of two about one occurrence the later
    counts, whatever the order in which they come. `acknowledged` and `suppressed` are the sender's own words: somebody
    has taken it, or it is silenced there; `None` where this sender does not say. At `expires_at` the event is over
    unless it is sent again.
    """

    source: str
    fingerprint: str
    status: EventStatus
    severity: str | None
    state: HealthState
    summary: str
    starts_at: datetime | None
    ends_at: datetime | None
    clues: tuple[Clue, ...]
    labels: Mapping[str, str] = field(default_factory=dict)
    observed_at: datetime | None = None
    acknowledged: bool | None = None
    suppressed: bool | None = None
    expires_at: datetime | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class ReportedWindow:
    """A downtime or a silence that a monitoring tool told us of; `id` is the sender's name for it.

    It is about the items its clues mean. A cancelled one is over at once.
    """

    source: str
    id: str
    starts_at: datetime
    ends_at: datetime
    summary: str
    author: str
    clues: tuple[Clue, ...]
    cancelled: bool = False


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
