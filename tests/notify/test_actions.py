"""Who may be subscribed, what is refused, and that a test is sent now."""

import pytest

from app.database.client import Database
from app.errors import InvalidInput, NotFound
from app.notify import store
from app.notify.actions import (
    SubscriptionDraft,
    subscribe,
    test_subscription,
    unsubscribe,
    update_subscription,
)
from app.notify.model import Answer, Channel, Outcome
from tests.notify.making import NOW, SECRET
from tests.notify.receiver import guarded, receiving

test_subscription.__test__ = False  # type: ignore[attr-defined]
DRAFT = SubscriptionDraft("on call", Channel.WEBHOOK, "https://hooks.example/x")


async def test_a_webhook_without_a_secret_gets_one_that_is_told_once(database: Database) -> None:
    made, secret = await subscribe(database, DRAFT, caller="tester", now=NOW)

    assert secret is not None
    assert made.secrets == (secret,)
    assert await store.subscriptions(database) == (made,)


async def test_a_secret_that_was_given_is_not_told(database: Database) -> None:
    draft = SubscriptionDraft("on call", Channel.WEBHOOK, "https://hooks.example/x", [SECRET])

    made, secret = await subscribe(database, draft, caller="tester", now=NOW)

    assert (made.secrets, secret) == ((SECRET,), None)


async def test_pagerduty_needs_no_target(database: Database) -> None:
    draft = SubscriptionDraft("on call", Channel.PAGERDUTY, None, ["routing-key"])

    made, _ = await subscribe(database, draft, caller="tester", now=NOW)

    assert made.target == "https://events.pagerduty.com/v2/enqueue"


@pytest.mark.parametrize(
    ("draft", "complaint"),
    [
        (SubscriptionDraft(" ", Channel.WEBHOOK, "https://x.example"), "name must have 1 to 100 characters"),
        (SubscriptionDraft("a", Channel.WEBHOOK, None), "target must be a URL that begins with https://"),
        (SubscriptionDraft("a", Channel.WEBHOOK, "https://x:port"), "target is no URL"),
        (SubscriptionDraft("a", Channel.WEBHOOK, "https://u:p@x.example"), "target must not hold a password"),
        (SubscriptionDraft("a", Channel.WEBHOOK, "https://x.example", ["short"]), "a secret must begin with whsec_"),
        (SubscriptionDraft("a", Channel.WEBHOOK, "https://x.example", [SECRET] * 6), "secrets must be at most 5"),
        (SubscriptionDraft("a", Channel.PAGERDUTY, None), "secrets must hold the routing key"),
        (SubscriptionDraft("a", Channel.ICINGA, "https://x.example", ["key"]), "secrets must hold the name and"),
        (SubscriptionDraft("a", Channel.APPRISE, "syslog://"), "target: syslog:// reaches the machine"),
    ],
)
async def test_what_cannot_be_right_is_refused_and_not_stored(
    database: Database, draft: SubscriptionDraft, complaint: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        await subscribe(database, draft, caller="tester", now=NOW)

    assert refused.value.message.startswith(complaint)
    assert await store.subscriptions(database) == ()


async def test_a_change_leaves_target_and_secrets_as_they_are(database: Database) -> None:
    made, _ = await subscribe(database, DRAFT, caller="tester", now=NOW)

    changed = await update_subscription(
        database, made.id, SubscriptionDraft("somebody else", Channel.WEBHOOK, None, enabled=False)
    )

    assert (changed.target, changed.secrets, changed.created_by) == (made.target, made.secrets, "tester")
    assert (changed.name, changed.enabled) == ("somebody else", False)
    assert await store.subscriptions(database) == (changed,)


async def test_a_subscription_keeps_its_channel(database: Database) -> None:
    made, _ = await subscribe(database, DRAFT, caller="tester", now=NOW)

    with pytest.raises(InvalidInput, match="channel cannot be changed"):
        await update_subscription(database, made.id, SubscriptionDraft("a", Channel.APPRISE, "json://x.example"))

    assert await store.subscriptions(database) == (made,)


async def test_an_ended_subscription_is_gone_and_cannot_be_changed_or_tried(database: Database) -> None:
    made, _ = await subscribe(database, DRAFT, caller="tester", now=NOW)

    await unsubscribe(database, made.id)

    assert await store.subscriptions(database) == ()
    async with guarded() as http:
        with pytest.raises(NotFound):
            await test_subscription(database, http, made.id, now=NOW)
    with pytest.raises(NotFound):
        await update_subscription(database, made.id, DRAFT)
    with pytest.raises(NotFound):
        await unsubscribe(database, made.id)


async def test_a_test_is_sent_now_and_leaves_nothing_in_the_log(database: Database) -> None:
    async with receiving() as receiver, guarded() as http:
        draft = SubscriptionDraft("on call", Channel.WEBHOOK, receiver.url)
        made, _ = await subscribe(database, draft, caller="tester", now=NOW)

        answer = await test_subscription(database, http, made.id, now=NOW)

    assert answer == Answer(Outcome.DELIVERED, "HTTP 200")
    assert receiver.received[0].json["type"] == "test"
    assert await store.count_notifications(database, status=None, subscription_id=None) == 0
