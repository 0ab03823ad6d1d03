"""The words of event handling."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from app.impact.model import Failure, HealthState


class EventStatus(Enum):
    """Whether the trouble is still there, by the newest word of the sender or of an operator."""

    FIRING = "firing"
    RESOLVED = "resolved"


class EventLifecycle(Enum):
    """What is the matter with an event: its status, and what was done about it."""

    OPEN = "open"
    REOPENED = "reopened"
    ACKNOWLEDGED = "acknowledged"
    SUPPRESSED = "suppressed"
    RESOLVED = "resolved"
    EXPIRED = "expired"


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
    SCOPED_SERVICE = "scoped_service"
    SERVICE = "service"
    ALIAS = "alias"
    HOSTNAME = "hostname"
    JOB = "job"
    IP = "ip"


@dataclass(frozen=True, slots=True)
class Clue:
    """One thing an alert says about where it comes from, as it would be looked up in one tier.

    `kind` of identifier, in the tier of vendors' own; `origin`, the field of the alert that says so.
    """

    tier: MatchTier
    value: str
    kind: str | None = None
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
class TraceStep:
    """One clue that was looked up: which items it found, and what came of it."""

    clue: Clue
    found: tuple[str, ...]
    outcome: str


@dataclass(frozen=True, slots=True)
class Match:
    """Which item an alert is about. Several `candidates` and no key: ambiguous; neither: nothing known fits.

    `context`: items on which the match stands, and of which the alert speaks too. `trace`: what was looked up, in turn.
    """

    key: str | None = None
    tier: MatchTier | None = None
    identifier: str | None = None
    candidates: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    trace: tuple[TraceStep, ...] = field(default=(), compare=False)


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
class Turn:
    """From an instant on an event says this of an item, which fails since then; of none (`None`) it is silent."""

    at: datetime
    key: str | None
    state: HealthState
    since: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """One trouble that a sender told of, from when it was first heard of.

    `starts_at` and `ends_at` are of its present occurrence: what comes back soon is the same event, `reopened` once
    more. Acknowledged or suppressed by somebody, or by `sender`; suppressed until an instant, or until further notice.
    It is flapping until `flapping_until`, for it began more often than is right, at the times in `begun_at`.
    `observed_at`: the sender's time of the newest news. `closed_at`: when we heard that it was over. `turns`: what it
    said of which item, oldest first. It is `orphaned` when that item is gone, and may then be about another.
    """

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
    clues: tuple[Clue, ...] = ()
    url: str | None = None
    observed_at: datetime | None = None
    expires_at: datetime | None = None
    expired: bool = False
    reopened: int = 0
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    suppressed_by: str | None = None
    suppressed_until: datetime | None = None
    note: str | None = None
    closed_at: datetime | None = None
    begun_at: tuple[datetime, ...] = ()
    flapping_until: datetime | None = None
    turns: tuple[Turn, ...] = ()
    orphaned: bool = False

    @property
    def lifecycle(self) -> EventLifecycle:
        """What is the matter with it."""
        if self.status is EventStatus.RESOLVED:
            return EventLifecycle.EXPIRED if self.expired else EventLifecycle.RESOLVED
        if self.suppressed_by is not None:
            return EventLifecycle.SUPPRESSED
        if self.acknowledged_by is not None:
            return EventLifecycle.ACKNOWLEDGED
        return EventLifecycle.REOPENED if self.reopened else EventLifecycle.OPEN

    @property
    def speaks_of(self) -> str | None:
        """The key of the item it says something of; `None` while it is over, suppressed or about no known item."""
        silent = self.status is EventStatus.RESOLVED or self.suppressed_by is not None
        return None if silent else self.match.key

    @property
    def due_at(self) -> datetime | None:
        """When time alone changes it next: it expires, is heard again, or is steady again."""
        firing = self.status is EventStatus.FIRING
        due = (self.expires_at if firing else None, self.suppressed_until if firing else None, self.flapping_until)
        return min((at for at in due if at is not None), default=None)
