"""Subscriptions in a real Neo4j, and what was written for them."""

from collections.abc import Sequence
from datetime import timedelta

from app.database.client import Database, Transaction
from app.notify import store
from app.notify.deliverer import COUNTER, Deliverer
from app.notify.http import Http
from app.notify.model import Notice, Subscription
from tests.stored import NOW

LATER = NOW + timedelta(days=400)


async def subscribe(database: Database, *subscriptions: Subscription) -> None:
    """Store subscriptions."""

    async def work(transaction: Transaction) -> None:
        for one in subscriptions:
            await store.store_subscription(transaction, one)

    await database.write(work, counter=COUNTER)


async def told(database: Database, subscription_id: str = "s1") -> Sequence[Notice]:
    """What a subscription is told, in order."""
    found = await store.notifications(database, status=None, subscription_id=subscription_id, before=None, first=500)
    return [one.notice for one in sorted(found, key=lambda one: one.sequence)]


async def deliver(database: Database, http: Http) -> None:
    """Send all that waits."""
    await Deliverer(database, http, lambda: LATER, kept=timedelta(days=3_000), jitter=lambda: 0).deliver_due()
