"""The use cases of subscriptions: subscribe, change, end, try, and send again."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import uuid4

import httpx2

from app.database.client import Database, Transaction
from app.errors import Conflict, InvalidInput, NotFound
from app.notify import channels, signing, store
from app.notify.channels import messages
from app.notify.deliverer import COUNTER
from app.notify.http import Http
from app.notify.letter import Letter
from app.notify.model import (
    EVERYTHING,
    Answer,
    Channel,
    Notice,
    NoticeType,
    Notification,
    QuietHours,
    Subscription,
    Wanted,
    notification_id,
)

MAX_SUBSCRIPTIONS = 500
MAX_SECRETS = 5
MAX_NAME = 100
_SIGNED = (Channel.WEBHOOK, Channel.CLOUDEVENTS)
_PAGERDUTY = "https://events.pagerduty.com/v2/enqueue"
_UNKNOWN = "no subscription has the id {id!r}; list them with notificationSubscriptions"


@dataclass(frozen=True, slots=True)
class SubscriptionDraft:
    """A subscription as somebody asks for it; without `secrets`, those it has stay, or one is made to sign with."""

    name: str
    channel: Channel
    target: str | None = field(repr=False)
    secrets: Sequence[str] | None = field(default=None, repr=False)
    wanted: Wanted = EVERYTHING
    quiet: QuietHours | None = None
    enabled: bool = True


async def subscribe(
    database: Database, draft: SubscriptionDraft, *, caller: str, now: datetime
) -> tuple[Subscription, str | None]:
    """The new subscription, and the secret that was made for it, which is told only now.

    Raises:
        InvalidInput: the draft cannot be right.
        Conflict: there are as many subscriptions as there may be.
    """
    made = signing.new_secret() if draft.channel in _SIGNED and not draft.secrets else None
    secrets = (made,) if made else tuple(draft.secrets or ())
    subscription = _checked(draft, Subscription(str(uuid4()), "", draft.channel, "", now, caller, secrets=secrets))

    async def work(transaction: Transaction) -> None:
        if len(await store.subscriptions(transaction)) >= MAX_SUBSCRIPTIONS:
            raise Conflict(f"there are {MAX_SUBSCRIPTIONS} subscriptions already; end one that nobody needs")
        await store.store_subscription(transaction, subscription)
        transaction.account.tell(subscription.id, after=subscription)

    await database.write(work, counter=COUNTER)
    return subscription, made


async def update_subscription(database: Database, id: str, draft: SubscriptionDraft) -> Subscription:
    """The subscription, changed to what the draft says; its target and secrets stay where it says nothing of them.

    Raises:
        NotFound: there is none with this id.
        InvalidInput: the draft cannot be right, or asks for another channel.
    """

    async def work(transaction: Transaction) -> Subscription:
        standing = await store.subscription_by_id(transaction, id)
        if standing is None:
            raise NotFound(_UNKNOWN.format(id=id))
        if standing.channel is not draft.channel:
            raise InvalidInput("channel cannot be changed; subscribe anew and end this subscription")
        secrets = standing.secrets if draft.secrets is None else tuple(draft.secrets)
        changed = _checked(draft, replace(standing, secrets=secrets))
        await store.store_subscription(transaction, changed)
        transaction.account.tell(id, before=standing, after=changed)
        return changed

    return await database.write(work, counter=COUNTER)


async def unsubscribe(database: Database, id: str) -> None:
    """End a subscription; what waits for it is not sent.

    Raises:
        NotFound: there is none with this id.
    """

    async def work(transaction: Transaction) -> None:
        standing = await store.subscription_by_id(transaction, id)
        if standing is None:
            raise NotFound(_UNKNOWN.format(id=id))
        await store.remove_subscription(transaction, id)
        transaction.account.tell(id, before=standing)

    await database.write(work, counter=COUNTER)


async def test_subscription(database: Database, http: Http, id: str, *, now: datetime) -> Answer:
    """What comes of sending a test notice, now and once, whatever the subscription wants and when.

    Raises:
        NotFound: there is none with this id.
    """
    subscription = await store.subscription_by_id(database, id)
    if subscription is None:
        raise NotFound(_UNKNOWN.format(id=id))
    notice = Notice(
        id=str(uuid4()),
        type=NoticeType.TEST,
        subject="underpin-test",
        title=f"Underpin: a test of {subscription.name}",
        sentence="Somebody tried whether notifications arrive here; there is nothing to do.",
        at=now,
    )
    notification = Notification(notification_id(notice.id, id), 0, id, notice, now, now)
    return await channels.send(Letter(notification, subscription, now), http)


async def replay_notification(database: Database, id: str, *, now: datetime) -> Notification:
    """The notification, to be sent again with its id, whatever became of it.

    Raises:
        NotFound: there is none with this id, or no more.
    """

    async def work(transaction: Transaction) -> Notification | None:
        replayed = await store.replay_notification(transaction, id, now)
        if replayed:
            transaction.account.tell(id, after=replayed)
        return replayed

    found = await database.write(work, counter=COUNTER)
    if found is None:
        raise NotFound(f"no notification has the id {id!r}; list them with notifications")
    return found


def _checked(draft: SubscriptionDraft, base: Subscription) -> Subscription:
    """The base as the draft has it.

    Raises:
        InvalidInput: a field cannot be right.
    """
    name = draft.name.strip()
    if not 0 < len(name) <= MAX_NAME:
        raise InvalidInput(f"name must have 1 to {MAX_NAME} characters; say who is told")
    _check_secrets(base.channel, base.secrets)
    return replace(
        base,
        name=name,
        target=_target(base.channel, draft.target or base.target),
        wanted=draft.wanted,
        quiet=draft.quiet,
        enabled=draft.enabled,
        disabled_because=None if draft.enabled else base.disabled_because,
    )


def _target(channel: Channel, target: str) -> str:
    if channel is Channel.PAGERDUTY and not target:
        return _PAGERDUTY
    if channel is Channel.APPRISE:
        messages.plug_in(target)
        return target
    try:
        url = httpx2.URL(target)
    except httpx2.InvalidURL as error:
        raise InvalidInput("target is no URL; write it as https://host/path") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise InvalidInput("target must be a URL that begins with https://, or http:// in a network that is allowed")
    if url.userinfo:
        raise InvalidInput("target must not hold a password; put it into secrets as user:password")
    return target


def _check_secrets(channel: Channel, secrets: Sequence[str]) -> None:
    if len(secrets) > MAX_SECRETS:
        raise InvalidInput(f"secrets must be at most {MAX_SECRETS}, not {len(secrets)}; drop those that are replaced")
    if channel in _SIGNED:
        if not secrets:
            raise InvalidInput("secrets must hold one at least; leave the field out and those it has stay")
        for secret in secrets:
            signing.check_secret(secret)
    elif channel is Channel.PAGERDUTY and len(secrets) != 1:
        raise InvalidInput("secrets must hold the routing key of the PagerDuty service, and nothing else")
    elif channel in (Channel.ALERTMANAGER, Channel.ICINGA) and any(":" not in one for one in secrets):
        raise InvalidInput("secrets must hold the name and password of a user as user:password")
