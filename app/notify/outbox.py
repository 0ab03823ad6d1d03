"""The outbox: notices become notifications in the very transaction that writes what they tell of."""

from collections.abc import Sequence
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
    subscriptions = await store.subscriptions(transaction)
    if not subscriptions:
        return 0
    told = await store.told_subscriptions(transaction, sorted(_to_be_known(notices)))
    routed = {one.id: _routed(notices, one, told.get(one.id, frozenset()), now) for one in subscriptions}
    routed = {id: batch for id, batch in routed.items() if batch}
    if not routed:
        return 0
    known = await store.known_notifications(transaction, sorted(id for batch in routed.values() for id in batch))
    fresh = {key: {id: one for id, one in batch.items() if id not in known} for key, batch in routed.items()}
    fresh = {key: batch for key, batch in fresh.items() if batch}
    if fresh:
        await store.add_notifications(transaction, fresh, now)
    return sum(len(batch) for batch in fresh.values())


def _to_be_known(notices: Sequence[Notice]) -> set[str]:
    """The subjects of which has to be known who was told."""
    ending = {one.subject for one in notices if one.type.ends or one.told_with}
    return ending.union(*(one.told_with for one in notices))


def _routed(
    notices: Sequence[Notice], subscription: Subscription, told: frozenset[str], now: datetime
) -> dict[str, tuple[Notice, datetime]]:
    """The notices for a subscription, which was told of these subjects, by the id of their notification; each with
    when it is due."""
    routed: dict[str, tuple[Notice, datetime]] = {}
    subjects = set(told)
    for notice in notices:
        if wants(subscription, notice, subjects):
            subjects.add(notice.subject)
            routed[notification_id(notice.id, subscription.id)] = notice, due_at(subscription, notice, now)
    return routed
