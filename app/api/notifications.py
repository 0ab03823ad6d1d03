"""Notifications over GraphQL: who is told, what was sent, and what became of it."""

import strawberry

from app.api.audited import acting, note
from app.api.dated import last_first
from app.api.notification_types import (
    Notification,
    NotificationConnection,
    NotificationFilter,
    NotificationSubscription,
    NotificationSubscriptionInput,
    NotificationTest,
    Subscribed,
    notification,
    notification_subscription,
)
from app.api.pages import Listing
from app.api.permissions import administers, operates, readable_to_operators
from app.api.relay import RequestInfo
from app.notify import actions, store
from app.notify.guard import Guard
from app.notify.http import Http
from app.notify.model import Outcome


@strawberry.type
class NotificationQuery:
    """Who is told, and what was sent."""

    @readable_to_operators("Who is told what happens, by name.")
    async def notification_subscriptions(self, info: RequestInfo) -> list[NotificationSubscription]:
        found = await store.subscriptions(info.context.runtime.database)
        return [notification_subscription(one) for one in found]

    @readable_to_operators("What was sent, is to be sent, or could not be, newest first.")
    async def notifications(
        self,
        info: RequestInfo,
        filter: NotificationFilter | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> NotificationConnection:
        database = info.context.runtime.database
        status, subscription_id = (filter.status, filter.subscription_id) if filter else (None, None)
        where, edges = await last_first(
            info,
            Listing("notifications", (status, subscription_id)),
            first=first,
            after=after,
            read=lambda before, size: store.notifications(
                database, status=status, subscription_id=subscription_id, before=before, first=size
            ),
            at=lambda one: one.created_at,
            node=notification,
        )
        return NotificationConnection(
            page_info=where,
            edges=edges,
            counter=lambda: store.count_notifications(database, status=status, subscription_id=subscription_id),
        )


@strawberry.type
class NotificationMutation:
    """Who is to be told."""

    @administers("Have somebody told what happens from now on. Without secrets a webhook gets one, told only here.")
    async def subscribe(self, info: RequestInfo, input: NotificationSubscriptionInput) -> Subscribed:
        runtime = info.context.runtime
        made, secret = await actions.subscribe(
            acting(info), input.draft(), caller=info.context.caller.name, now=runtime.clock()
        )
        return Subscribed(subscription=notification_subscription(made), secret=secret)

    @administers(
        "Change a subscription to what is said here, and end a pause of it; its target and secrets stay where they "
        "are left out."
    )
    async def update_subscription(
        self, info: RequestInfo, id: strawberry.ID, input: NotificationSubscriptionInput
    ) -> NotificationSubscription:
        changed = await actions.update_subscription(acting(info), id, input.draft())
        return notification_subscription(changed)

    @administers("End a subscription; what waits for it is not sent. Answers its id.")
    async def unsubscribe(self, info: RequestInfo, id: strawberry.ID) -> strawberry.ID:
        await actions.unsubscribe(acting(info), id)
        return id

    @administers("Send a test to a subscription, now and once, and say what came of it.")
    async def test_subscription(self, info: RequestInfo, id: strawberry.ID) -> NotificationTest:
        runtime = info.context.runtime
        async with Http(Guard.allowing(runtime.settings.outgoing_networks)) as http:
            await note(info, {"id": id})
            answer = await actions.test_subscription(runtime.database, http, id, now=runtime.clock())
        return NotificationTest(delivered=answer.outcome is Outcome.DELIVERED, detail=answer.detail)

    @operates("Send a notification again, with the same id, whatever became of it.")
    async def replay_notification(self, info: RequestInfo, id: strawberry.ID) -> Notification:
        runtime = info.context.runtime
        return notification(await actions.replay_notification(acting(info), id, now=runtime.clock()))
