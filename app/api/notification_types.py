"""The GraphQL types of notifications, in the words of `notify.model`."""

from datetime import datetime, time
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import strawberry

from app.api.relay import Connection, Edge
from app.errors import InvalidInput
from app.notify import model
from app.notify.actions import SubscriptionDraft
from app.notify.model import Channel, NoticeType, NotificationStatus
from app.notify.signing import PRIVATE, public_key

strawberry.enum(NoticeType)
strawberry.enum(NotificationStatus)
strawberry.enum(Channel, name="NotificationChannel")


@strawberry.type
class QuietHours:
    """When a subscription is left alone, by the clock of a place; what is urgent is sent all the same."""

    zone: str = strawberry.field(description="The time zone, as Europe/Zurich.")
    start: time
    end: time = strawberry.field(description="On the next day, if it is not after the start.")
    weekdays: list[int] = strawberry.field(description="The days on which they begin, 1 for Monday to 7.")
    urgent: int | None = strawberry.field(description="From 1 up to which priority a notice is sent all the same.")


@strawberry.type
class NotificationSubscription:
    """Somebody who is told what happens. Its secrets are never shown."""

    id: strawberry.ID
    name: str
    channel: Channel
    target: str = strawberry.field(description="Where it goes, without what may be secret of its URL.")
    types: list[NoticeType] = strawberry.field(description="What it is told of; of everything, if empty.")
    services: list[str] = strawberry.field(description="Only of these services and processes; of all, if empty.")
    teams: list[str] = strawberry.field(description="Only of what these teams own; of everything, if empty.")
    least_priority: int | None = strawberry.field(description="Only from priority 1 up to this one.")
    quiet_hours: QuietHours | None
    enabled: bool
    disabled_because: str | None = strawberry.field(description="What made us disable it: it wants no more.")
    failures: int = strawberry.field(description="Attempts that failed since the last that did not.")
    paused_until: datetime | None = strawberry.field(description="Until when nothing is tried, after failures.")
    public_keys: list[str] = strawberry.field(description="What its Ed25519 signatures are checked with.")
    created_at: datetime
    created_by: str


@strawberry.type
class Subscribed:
    """A new subscription."""

    subscription: NotificationSubscription
    secret: str | None = strawberry.field(description="The secret that was made for it; it is not shown again.")


@strawberry.type
class NotificationTest:
    """What came of a test."""

    delivered: bool
    detail: str


@strawberry.type
class DeliveryAttempt:
    """One attempt to deliver a notification."""

    at: datetime
    delivered: bool
    detail: str


@strawberry.type
class Notification:
    """A notice on its way to a subscription, or what became of it."""

    id: strawberry.ID = strawberry.field(description="The same on every attempt; receivers tell repeats by it.")
    sequence: int = strawberry.field(description="Its place among those of its subscription, from 1.")
    subscription_id: strawberry.ID
    type: NoticeType
    subject: str
    title: str
    sentence: str
    priority: int | None
    at: datetime
    created_at: datetime
    due_at: datetime = strawberry.field(description="When the next attempt is made, or was.")
    status: NotificationStatus
    attempts: int
    log: list[DeliveryAttempt] = strawberry.field(description="The last attempts, oldest first.")


@strawberry.type
class NotificationConnection(Connection[Edge[Notification]]):
    """Notifications, newest first."""


@strawberry.input
class NotificationFilter:
    """Which notifications are listed; parts combine with AND."""

    status: NotificationStatus | None = None
    subscription_id: strawberry.ID | None = None


@strawberry.input
class QuietHoursInput:
    """When a subscription is to be left alone."""

    zone: str = strawberry.field(description="The time zone, as Europe/Zurich.")
    start: time
    end: time = strawberry.field(description="On the next day, if it is not after the start.")
    weekdays: list[int] | None = strawberry.field(default=None, description="1 for Monday to 7; every day by default.")
    urgent: int | None = strawberry.field(default=1, description="Up to which priority is sent all the same.")

    def quiet(self) -> model.QuietHours:
        """The hours of `notify.model`.

        Raises:
            InvalidInput: there is no such zone or weekday, or they never end.
        """
        try:
            zone = ZoneInfo(self.zone)
        except (ValueError, OSError, LookupError) as error:
            raise InvalidInput(f"quietHours.zone: no time zone is called {self.zone!r}; use one of IANA's") from error
        days = frozenset(one - 1 for one in self.weekdays or range(1, 8))
        if not days <= frozenset(range(7)):
            raise InvalidInput("quietHours.weekdays must be from 1, Monday, to 7")
        if self.start.tzinfo or self.end.tzinfo or self.start == self.end:
            raise InvalidInput("quietHours must begin and end at different times of the zone, such as 22:00 and 07:00")
        return model.QuietHours(zone, self.start, self.end, days, self.urgent)


@strawberry.input
class NotificationSubscriptionInput:
    """Who is to be told what, and how."""

    name: str
    channel: Channel
    target: str | None = strawberry.field(
        default=None,
        description="A URL; of apprise one of its own. The address of Alertmanager, or of the Icinga API.",
    )
    secrets: list[str] | None = strawberry.field(
        default=None,
        description="What signs (whsec_…, whsk_…), several while one is replaced; the routing key of PagerDuty; "
        "user:password of Icinga and Alertmanager.",
    )
    types: list[NoticeType] | None = None
    services: list[str] | None = strawberry.field(default=None, description="Keys of services and processes.")
    teams: list[str] | None = strawberry.field(default=None, description="Keys of teams.")
    least_priority: int | None = None
    quiet_hours: QuietHoursInput | None = None
    enabled: bool = True

    def draft(self) -> SubscriptionDraft:
        """The draft of `notify.actions`.

        Raises:
            InvalidInput: the quiet hours cannot be right.
        """
        wanted = model.Wanted(
            types=frozenset(self.types or ()),
            services=frozenset(self.services or ()),
            teams=frozenset(self.teams or ()),
            least_priority=self.least_priority,
        )
        quiet = self.quiet_hours.quiet() if self.quiet_hours else None
        return SubscriptionDraft(
            self.name, self.channel, self.target, self.secrets, wanted=wanted, quiet=quiet, enabled=self.enabled
        )


def notification_subscription(record: model.Subscription) -> NotificationSubscription:
    """The subscription as its GraphQL type."""
    quiet, wanted = record.quiet, record.wanted
    return NotificationSubscription(
        id=strawberry.ID(record.id),
        name=record.name,
        channel=record.channel,
        target=shown_target(record),
        types=sorted(wanted.types, key=lambda one: one.value),
        services=sorted(wanted.services),
        teams=sorted(wanted.teams),
        least_priority=wanted.least_priority,
        quiet_hours=_quiet_hours(quiet) if quiet else None,
        enabled=record.enabled,
        disabled_because=record.disabled_because,
        failures=record.failures,
        paused_until=record.paused_until,
        public_keys=[public_key(one) for one in record.secrets if one.startswith(PRIVATE)],
        created_at=record.created_at,
        created_by=record.created_by,
    )


def shown_target(record: model.Subscription) -> str:
    """The target without its path, query and user: webhooks of chats hold their password there.

    Of apprise only the scheme is shown, for it may put a password in the place of the host.
    """
    scheme, _, _ = record.target.partition("://")
    if record.channel is Channel.APPRISE:
        return f"{scheme}://…"
    parts = urlsplit(record.target)
    port = f":{parts.port}" if parts.port else ""
    return f"{scheme}://{parts.hostname}{port}/…"


def notification(record: model.Notification) -> Notification:
    """The notification as its GraphQL type."""
    notice = record.notice
    return Notification(
        id=strawberry.ID(record.id),
        sequence=record.sequence,
        subscription_id=strawberry.ID(record.subscription_id),
        type=notice.type,
        subject=notice.subject,
        title=notice.title,
        sentence=notice.sentence,
        priority=notice.priority,
        at=notice.at,
        created_at=record.created_at,
        due_at=record.due_at,
        status=record.status,
        attempts=record.attempts,
        log=[DeliveryAttempt(at=one.at, delivered=one.delivered, detail=one.detail) for one in record.log],
    )


def _quiet_hours(quiet: model.QuietHours) -> QuietHours:
    return QuietHours(
        zone=quiet.zone.key,
        start=quiet.start,
        end=quiet.end,
        weekdays=[day + 1 for day in sorted(quiet.weekdays)],
        urgent=quiet.urgent,
    )
