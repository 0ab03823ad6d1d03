"""Subscriptions and notifications in Neo4j: one wrapper for each query of `cypher/notify.cypher`."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.database.client import Reader, Row, Transaction
from app.database.queries import load_queries
from app.notify import records
from app.notify.model import Notice, Notification, NotificationStatus, Subscription
from app.notify.retry import Verdict

_QUERIES = load_queries("notify")


async def subscriptions(reader: Reader) -> tuple[Subscription, ...]:
    """All of them, by name."""
    rows = await reader.rows(_QUERIES["subscriptions"])
    return tuple(records.subscription(row["subscription"]) for row in rows)


async def subscription_by_id(reader: Reader, id: str) -> Subscription | None:
    """One subscription, or `None`."""
    return _subscription(await reader.rows(_QUERIES["subscription_by_id"], id=id))


async def store_subscription(transaction: Transaction, subscription: Subscription) -> None:
    """Store a subscription; a pause of it is over."""
    properties = records.subscription_properties(subscription)
    await transaction.rows(_QUERIES["store_subscription"], id=subscription.id, properties=properties)


async def remove_subscription(transaction: Transaction, id: str) -> bool:
    """Remove a subscription; whether it was there."""
    return bool(await transaction.rows(_QUERIES["remove_subscription"], id=id))


async def told_subscriptions(reader: Reader, subjects: Sequence[str]) -> dict[str, frozenset[str]]:
    """Of which of these subjects each subscription was told, or is to be."""
    rows = await reader.rows(_QUERIES["told_subscriptions"], subjects=list(subjects))
    return {row["subscriptionId"]: frozenset(row["told"]) for row in rows}


async def known_notifications(reader: Reader, ids: Sequence[str]) -> frozenset[str]:
    """Which of these are ids of notifications."""
    rows = await reader.rows(_QUERIES["known_notifications"], ids=list(ids))
    return frozenset(row["id"] for row in rows)


async def add_notifications(
    transaction: Transaction, batches: Mapping[str, Mapping[str, tuple[Notice, datetime]]], created_at: datetime
) -> None:
    """Add notifications by subscription and id, each with its notice and when it is due, in the order given."""
    rows = [
        {
            "subscriptionId": subscription_id,
            "rows": [
                {"id": id, "properties": records.notification_properties(notice, created_at=created_at, due_at=due_at)}
                for id, (notice, due_at) in batch.items()
            ],
        }
        # Always in the same order: two who lock the same subscriptions must not wait for each other.
        for subscription_id, batch in sorted(batches.items())
    ]
    await transaction.rows(_QUERIES["add_notifications"], batches=rows)


async def due_subscriptions(reader: Reader, now: datetime) -> tuple[str, ...]:
    """The subscriptions that can be sent to, and have something to be sent."""
    rows = await reader.rows(_QUERIES["due_subscriptions"], now=now)
    return tuple(row["id"] for row in rows)


async def lease_subscription(
    transaction: Transaction, id: str, owner: str, *, now: datetime, until: datetime
) -> Subscription | None:
    """The subscription, which is this worker's until then; `None` if another has it, or it may not be sent to."""
    return _subscription(
        await transaction.rows(_QUERIES["lease_subscription"], id=id, owner=owner, now=now, until=until)
    )


async def release_subscription(transaction: Transaction, id: str, owner: str) -> None:
    """Give a subscription back, if it is still this worker's."""
    await transaction.rows(_QUERIES["release_subscription"], id=id, owner=owner)


async def due_notifications(
    reader: Reader, subscription_id: str, *, now: datetime, first: int
) -> tuple[Notification, ...]:
    """What is to be sent to a subscription, in order."""
    rows = await reader.rows(_QUERIES["due_notifications"], subscription_id=subscription_id, now=now, first=first)
    return _notifications(rows)


async def settle_notification(transaction: Transaction, notification: Notification, verdict: Verdict) -> None:
    """Note down an attempt, which `notification` already counts, and what follows from it."""
    properties = {
        "status": verdict.status.value,
        "dueAt": verdict.due_at or notification.due_at,
        "attempts": notification.attempts,
        "log": records.log_text(notification.log),
    }
    await transaction.rows(_QUERIES["settle_notification"], id=notification.id, properties=properties)


async def settle_subscription(
    transaction: Transaction, id: str, owner: str, verdict: Verdict, *, until: datetime, because: str
) -> bool:
    """Note down how a subscription fares, and keep it until then; whether it is still this worker's."""
    properties: dict[str, object] = {"failures": verdict.failures, "pausedUntil": verdict.paused_until}
    if verdict.disables:
        properties |= {"enabled": False, "disabledBecause": because}
    rows = await transaction.rows(
        _QUERIES["settle_subscription"], id=id, owner=owner, until=until, properties=properties
    )
    return bool(rows)


async def notifications(
    reader: Reader,
    *,
    status: NotificationStatus | None,
    subscription_id: str | None,
    before: tuple[datetime, str] | None,
    first: int,
) -> tuple[Notification, ...]:
    """Notifications, newest first, created before a time and id."""
    rows = await reader.rows(
        _QUERIES["notifications"],
        status=status.value if status else None,
        subscription_id=subscription_id,
        before_at=before[0] if before else None,
        before_id=before[1] if before else "",
        first=first,
    )
    return _notifications(rows)


async def count_notifications(reader: Reader, *, status: NotificationStatus | None, subscription_id: str | None) -> int:
    """How many notifications pass the filter."""
    value = status.value if status else None
    rows = await reader.rows(_QUERIES["count_notifications"], status=value, subscription_id=subscription_id)
    return int(rows[0]["count"])


async def replay_notification(transaction: Transaction, id: str, now: datetime) -> Notification | None:
    """The notification, due now with every attempt before it; `None` if there is none."""
    rows = await transaction.rows(_QUERIES["replay_notification"], id=id, now=now)
    return next(iter(_notifications(rows)), None)


async def give_up_notifications(transaction: Transaction, *, before: datetime, first: int) -> None:
    """Give up what has waited since before a time."""
    await transaction.rows(_QUERIES["give_up_notifications"], before=before, first=first)


async def forget_notifications(transaction: Transaction, *, before: datetime, first: int) -> None:
    """Remove what was created before a time."""
    await transaction.rows(_QUERIES["forget_notifications"], before=before, first=first)


def _subscription(rows: Sequence[Row]) -> Subscription | None:
    return records.subscription(rows[0]["subscription"]) if rows else None


def _notifications(rows: Sequence[Row]) -> tuple[Notification, ...]:
    return tuple(records.notification(row["notification"]) for row in rows)
