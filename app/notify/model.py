"""Notices, subscriptions to them, and the notifications that carry a notice to a subscription."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import Enum
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo


class NoticeType(Enum):
    """What happened; the value is its word outside."""

    IMPACT_OPENED = "impact.opened"
    IMPACT_CHANGED = "impact.changed"
    IMPACT_RESOLVED = "impact.resolved"
    SITUATION_OPENED = "situation.opened"
    SITUATION_CHANGED = "situation.changed"
    SITUATION_RESOLVED = "situation.resolved"
    EVENT_ACKNOWLEDGED = "event.acknowledged"
    ALERT_UNMATCHED = "alert.unmatched"
    TOPOLOGY_CHANGED = "topology.changed"
    MAINTENANCE_PLANNED = "maintenance.planned"
    MAINTENANCE_CANCELLED = "maintenance.cancelled"
    TEST = "test"

    @property
    def ends(self) -> bool:
        """Whether its subject is over with it."""
        return self.value.endswith(("resolved", "cancelled"))


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that happened, in our words.

    `id` is the same whenever the same thing is told; `subject` is what opens, changes and ends. `priority` is 1 for
    the most urgent, `None` for what has none; what is over keeps the priority it had. `data` is a JSON object, less
    than 20 KB of it is sent. Notices of the subjects in `told_with` tell the same: who was told of one of them hears
    of this one only on request.
    """

    id: str
    type: NoticeType
    subject: str
    title: str
    sentence: str
    at: datetime
    priority: int | None = None
    services: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    data: Mapping[str, object] = field(default_factory=dict)
    told_with: tuple[str, ...] = ()


class Channel(Enum):
    """How a notification travels."""

    WEBHOOK = "WEBHOOK"
    CLOUDEVENTS = "CLOUDEVENTS"
    APPRISE = "APPRISE"
    PAGERDUTY = "PAGERDUTY"
    ALERTMANAGER = "ALERTMANAGER"
    ICINGA = "ICINGA"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which notices a subscription is for; parts combine with AND, the values of a part with OR, an empty part takes
    everything. With `least_priority` 2 the priorities 1 and 2 are taken, and nothing that has none."""

    types: frozenset[NoticeType] = frozenset()
    services: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    least_priority: int | None = None


EVERYTHING = Wanted()


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From when until when, by the clock of a place, a subscription is left alone; overnight if `start` is not before
    `end`. `weekdays` are those on which they begin, 0 for Monday. What has `urgent` as priority, or a more urgent
    one, is sent all the same."""

    zone: ZoneInfo
    start: time
    end: time
    weekdays: frozenset[int] = frozenset(range(7))
    urgent: int | None = 1


@dataclass(frozen=True, slots=True)
class Subscription:
    """Somebody who wants to be told. `target` is a URL, and a secret: that of apprise holds passwords.

    `secrets` are those that sign, or the key or password that the channel asks for; several sign while one is
    replaced. `failures` counts the attempts that failed since the last that did not; until `paused_until` none is
    made.
    """

    id: str
    name: str
    channel: Channel
    target: str = field(repr=False)
    created_at: datetime
    created_by: str
    secrets: tuple[str, ...] = field(default=(), repr=False)
    wanted: Wanted = EVERYTHING
    quiet: QuietHours | None = None
    enabled: bool = True
    disabled_because: str | None = None
    failures: int = 0
    paused_until: datetime | None = None


class NotificationStatus(Enum):
    """What became of a notification; `DEAD` is given up, until somebody replays it."""

    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    DEAD = "DEAD"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to deliver, as the log keeps it."""

    at: datetime
    delivered: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Notification:
    """A notice on its way to a subscription.

    `id` is the same on every attempt; `sequence` counts the notifications of its subscription from 1. `log` holds the
    last attempts, oldest first; `attempts` counts all since the last replay.
    """

    id: str
    sequence: int
    subscription_id: str
    notice: Notice
    created_at: datetime
    due_at: datetime
    status: NotificationStatus = NotificationStatus.PENDING
    attempts: int = 0
    log: tuple[Attempt, ...] = ()


class Outcome(Enum):
    """How an attempt ended: `THROTTLED` asks for patience, `REFUSED` will never be taken, `GONE` wants no more."""

    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    THROTTLED = "THROTTLED"
    REFUSED = "REFUSED"
    GONE = "GONE"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an attempt; `detail` is shown to operators and holds no secret."""

    outcome: Outcome
    detail: str
    retry_after: timedelta | None = None


def notification_id(notice_id: str, subscription_id: str) -> str:
    """The id of the notification that carries this notice to this subscription."""
    return f"msg_{uuid5(NAMESPACE_URL, f'{subscription_id}/{notice_id}').hex}"
