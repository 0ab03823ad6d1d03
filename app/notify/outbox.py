"""The outbox: notices become notifications in the very transaction that writes what they tell of."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from app.database.client import Transaction
from app.notify import store
from app.notify.model import Notice, Subscription, notification_id
from app.notify.routing import due_at, wants


async def enqueue(transaction: Transaction, notices: Sequence[Notice], *, now: datetime) -> int:
    """How many notifications were added: one for each notice and each subscription that wants it.

    A notice that was told before, by its id, adds nothing. They are sent once the transaction is committed.
    """
    if not notices:
        return 0
    routed = _routed(notices, await store.subscriptions(transaction), now)
    if not routed:
        return 0
    known = await store.known_notifications(transaction, sorted(id for batch in routed.values() for id in batch))
    fresh = {key: {id: one for id, one in batch.items() if id not in known} for key, batch in routed.items()}
    fresh = {key: batch for key, batch in fresh.items() if batch}
    if fresh:
        await store.add_notifications(transaction, fresh, now)
    return sum(len(batch) for batch in fresh.values())


def _routed(
    notices: Sequence[Notice], subscriptions: Iterable[Subscription], now: datetime
) -> dict[str, dict[str, tuple[Notice, datetime]]]:
    """The notices for each subscription by the id of their notification, each with when it is due."""
    routed = {
        one.id: {
            notification_id(notice.id, one.id): (notice, due_at(one, notice, now))
            for notice in notices
            if wants(one, notice)
        }
        for one in subscriptions
    }
    return {id: batch for id, batch in routed.items() if batch}
