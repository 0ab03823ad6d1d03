"""What was promised is sent: once if all goes well, again if not, in order, and by whoever is still alive."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.database.client import Database, Transaction
from app.errors import InvalidInput, NotFound
from app.notify import actions, channels, store
from app.notify.deliverer import COUNTER, GIVEN_UP_AFTER, LEASE, Deliverer
from app.notify.http import Http
from app.notify.letter import Letter
from app.notify.model import (
    Channel,
    Notice,
    NoticeType,
    Notification,
    NotificationStatus,
    QuietHours,
    Subscription,
    Wanted,
)
from app.notify.outbox import enqueue
from app.notify.retry import MOST_ATTEMPTS, OPENS_AFTER, SCHEDULE
from tests.notify.making import NOW, notice, subscription
from tests.notify.receiver import Receiver, Reply, guarded, receiving

KEPT = timedelta(days=30)
MINUTE = timedelta(minutes=1)
DOWN = Reply(500)


@dataclass(slots=True)
class Post:
    """A database with one receiver, and workers with one clock."""

    database: Database
    receiver: Receiver
    http: Http
    now: datetime = NOW
    workers: list[Deliverer] = field(default_factory=list)

    def worker(self) -> Deliverer:
        """One more worker."""
        return Deliverer(self.database, self.http, lambda: self.now, kept=KEPT, jitter=lambda: 0)

    async def write(self, work: Callable[[Transaction], object]) -> None:
        await self.database.write(work, counter=COUNTER)  # type: ignore[arg-type]

    async def subscribe(self, subscription: Subscription) -> None:
        """Store a subscription."""

        async def work(transaction: Transaction) -> None:
            await store.store_subscription(transaction, subscription)

        await self.write(work)

    async def tell(self, *notices: Notice) -> int:
        """Put notices into the outboxes."""

        async def work(transaction: Transaction) -> int:
            return await enqueue(transaction, notices, now=self.now)

        return await self.database.write(work, counter=COUNTER)

    async def deliver(self, after: timedelta = timedelta(0)) -> None:
        """Let time pass, and a worker send what is due."""
        self.now += after
        await self.worker().deliver_due()

    async def sent(self) -> Sequence[Notification]:
        """The notifications by their place."""
        found = await store.notifications(self.database, status=None, subscription_id=None, before=None, first=100)
        return sorted(found, key=lambda one: (one.subscription_id, one.sequence))

    async def subscription(self, id: str = "s1") -> Subscription:
        """How a subscription stands."""
        found = await store.subscription_by_id(self.database, id)
        assert found is not None
        return found


@pytest.fixture
async def post(database: Database) -> AsyncIterator[Post]:
    """A subscription to everything, and its receiver."""
    async with receiving() as receiver, guarded() as http:
        opened = Post(database, receiver, http)
        await opened.subscribe(subscription(receiver.url))
        yield opened


async def test_a_notice_is_sent_once_to_each_who_wants_it(post: Post) -> None:
    await post.subscribe(subscription(f"{post.receiver.url}/two", id="s2", wanted=Wanted(teams=frozenset({"other"}))))

    assert await post.tell(notice()) == 1
    await post.deliver()
    await post.deliver(MINUTE)

    (sent,) = await post.sent()
    assert post.receiver.ids == [sent.id]
    assert (sent.status, sent.attempts, sent.sequence) == (NotificationStatus.DELIVERED, 1, 1)
    assert [(one.at, one.delivered, one.detail) for one in sent.log] == [(NOW, True, "HTTP 200")]
    assert sent.notice == notice()


async def test_a_notice_that_is_told_again_adds_nothing(post: Post) -> None:
    await post.tell(notice("n1"), notice("n2"))

    assert await post.tell(notice("n2"), notice("n3")) == 1
    assert [one.sequence for one in await post.sent()] == [1, 2, 3]


async def test_who_was_told_that_something_began_is_told_that_it_is_over(post: Post) -> None:
    await post.subscribe(subscription(post.receiver.url, wanted=Wanted(least_priority=2)))
    over = notice("n2", NoticeType.IMPACT_RESOLVED, priority=4)

    assert await post.tell(replace(over, id="n0", subject="never told")) == 0
    assert await post.tell(notice("n1", priority=2)) == 1
    assert await post.tell(over) == 1
    assert await post.tell(notice("n3", subject="x"), replace(over, id="n4", subject="x")) == 2


async def test_what_was_rolled_back_is_never_sent(post: Post) -> None:
    async def work(transaction: Transaction) -> None:
        await enqueue(transaction, [notice()], now=NOW)
        raise InvalidInput("the write is refused")

    with pytest.raises(InvalidInput):
        await post.write(work)
    await post.deliver()

    assert await post.sent() == []
    assert post.receiver.received == []


async def test_what_failed_is_sent_again_with_the_same_id_when_it_is_due(post: Post) -> None:
    post.receiver.replies += [DOWN, Reply(404)]
    await post.tell(notice())

    await post.deliver()
    await post.deliver(timedelta(seconds=4))
    assert len(post.receiver.received) == 1
    await post.deliver(timedelta(seconds=1))
    await post.deliver(timedelta(minutes=5))

    (sent,) = await post.sent()
    assert post.receiver.ids == [sent.id] * 3
    assert (sent.status, sent.attempts) == (NotificationStatus.DELIVERED, 3)
    assert [one.detail for one in sent.log] == ["HTTP 500", "HTTP 404", "HTTP 200"]
    assert (await post.subscription()).failures == 0


async def test_a_receiver_that_asks_for_patience_is_sent_nothing_meanwhile(post: Post) -> None:
    post.receiver.replies += [Reply(429, {"retry-after": "600"})]
    await post.tell(notice("n1", subject="a"), notice("n2", subject="b"))

    await post.deliver()
    await post.deliver(timedelta(seconds=599))
    assert len(post.receiver.received) == 1
    await post.deliver(timedelta(seconds=1))

    assert [one.status for one in await post.sent()] == [NotificationStatus.DELIVERED] * 2


async def test_a_receiver_that_is_gone_is_disabled_until_somebody_enables_it(post: Post) -> None:
    post.receiver.replies += [Reply(410)]
    await post.tell(notice("n1", subject="a"), notice("n2", subject="b"))

    await post.deliver()
    await post.deliver(timedelta(hours=1))

    gone = await post.subscription()
    assert (gone.enabled, gone.disabled_because) == (False, "HTTP 410")
    assert len(post.receiver.received) == 1
    assert await post.tell(notice("n3")) == 0
    again = actions.SubscriptionDraft("on call", Channel.WEBHOOK, None)
    await actions.update_subscription(post.database, "s1", again)
    await post.deliver()
    assert [one.status.name for one in await post.sent()] == ["DEAD", "DELIVERED"]
    assert (await post.subscription()).disabled_because is None


async def test_after_failures_in_a_row_one_attempt_at_a_time_finds_out_whether_it_is_back(post: Post) -> None:
    post.receiver.replies += [DOWN] * (OPENS_AFTER + 1)
    await post.tell(*(notice(f"n{number}", subject=f"{number}") for number in range(20)))

    await post.deliver()
    assert len(post.receiver.received) == OPENS_AFTER
    await post.deliver(timedelta(seconds=59))
    assert len(post.receiver.received) == OPENS_AFTER
    await post.deliver(timedelta(seconds=1))
    assert len(post.receiver.received) == OPENS_AFTER + 1
    await post.deliver(2 * MINUTE)  # the probe that goes well
    await post.deliver()

    assert (await post.subscription()).failures == 0
    assert {one.status for one in await post.sent() if one.attempts < 2} == {NotificationStatus.DELIVERED}


async def test_what_failed_to_the_end_is_dead_and_can_be_sent_again(post: Post) -> None:
    post.receiver.replies += [DOWN] * MOST_ATTEMPTS
    await post.tell(notice())
    await post.deliver()
    for delay in SCHEDULE:
        await post.deliver(max(delay, timedelta(hours=1)))
    (dead,) = await post.sent()
    assert (dead.status, dead.attempts) == (NotificationStatus.DEAD, MOST_ATTEMPTS)
    await post.deliver(timedelta(days=1))
    assert len(post.receiver.received) == MOST_ATTEMPTS

    replayed = await actions.replay_notification(post.database, dead.id, now=post.now)
    await post.deliver()

    assert (replayed.status, replayed.attempts) == (NotificationStatus.PENDING, 0)
    assert [one.status for one in await post.sent()] == [NotificationStatus.DELIVERED]
    assert post.receiver.ids == [dead.id] * (MOST_ATTEMPTS + 1)


async def test_what_is_not_there_cannot_be_sent_again(database: Database) -> None:
    with pytest.raises(NotFound):
        await actions.replay_notification(database, "msg_none", now=NOW)


async def test_the_notices_of_a_subject_keep_their_order_and_those_of_others_pass(post: Post) -> None:
    post.receiver.replies += [DOWN]
    await post.tell(notice("a1", subject="a"), notice("a2", subject="a"), notice("b1", subject="b"))

    await post.deliver()
    await post.deliver(timedelta(seconds=5))

    a1, a2, b1 = (one.id for one in await post.sent())
    assert post.receiver.ids == [a1, b1, a1, a2]


async def test_quiet_hours_hold_back_what_is_not_urgent(post: Post) -> None:
    night = QuietHours(ZoneInfo("UTC"), time(11), time(13))
    await post.subscribe(subscription(post.receiver.url, quiet=night))
    await post.tell(notice("n1", priority=3), notice("n2", priority=1))

    await post.deliver()
    held, urgent = await post.sent()
    assert (held.due_at, held.attempts) == (NOW + timedelta(hours=1), 0)
    assert post.receiver.ids == [urgent.id]
    await post.deliver(timedelta(hours=1))

    assert post.receiver.ids == [urgent.id, held.id]


async def test_several_workers_send_nothing_twice(post: Post) -> None:
    await post.tell(*(notice(f"n{number}") for number in range(30)))

    await asyncio.gather(*(post.worker().deliver_due() for _ in range(4)))

    assert post.receiver.ids == [one.id for one in await post.sent()]


async def test_what_a_worker_had_taken_when_it_died_is_sent_when_its_lease_runs_out(post: Post) -> None:
    await post.tell(notice())

    async def die(transaction: Transaction) -> None:
        await store.lease_subscription(transaction, "s1", "the dead", now=NOW, until=NOW + LEASE)

    await post.write(die)
    await post.deliver(LEASE - timedelta(seconds=1))
    assert post.receiver.received == []
    await post.deliver(timedelta(seconds=1))

    assert len(post.receiver.received) == 1


async def test_a_worker_that_dies_after_it_sent_leads_to_the_same_id_again(post: Post) -> None:
    await post.tell(notice())

    async def leased(transaction: Transaction) -> Subscription | None:
        return await store.lease_subscription(transaction, "s1", "the dead", now=NOW, until=NOW + LEASE)

    subscribed = await post.database.write(leased, counter=COUNTER)
    assert subscribed is not None
    (due,) = await store.due_notifications(post.database, "s1", now=NOW, first=10)
    await channels.send(Letter(due, subscribed, NOW), post.http)  # and nothing is noted down
    await post.deliver(LEASE)

    (sent,) = await post.sent()
    assert post.receiver.ids == [sent.id] * 2
    assert (sent.status, sent.attempts) == (NotificationStatus.DELIVERED, 1)


async def test_a_notice_without_what_its_channel_needs_is_a_failure_and_holds_up_nothing(post: Post) -> None:
    await post.subscribe(subscription(post.receiver.url, Channel.PAGERDUTY, secrets=()))
    await post.tell(notice())

    await post.deliver()

    (sent,) = await post.sent()
    assert (sent.status, sent.log[0].detail) == (NotificationStatus.PENDING, "it could not be put together: IndexError")


async def test_what_nobody_could_be_sent_is_given_up_and_later_forgotten(post: Post) -> None:
    await post.tell(notice())

    async def unsubscribed(transaction: Transaction) -> None:
        await store.remove_subscription(transaction, "s1")

    await post.write(unsubscribed)
    await tidied(post, GIVEN_UP_AFTER + MINUTE)
    assert [one.status for one in await post.sent()] == [NotificationStatus.DEAD]
    await tidied(post, KEPT)

    assert await post.sent() == []


async def tidied(post: Post, after: timedelta) -> None:
    """Let time pass, and a worker run until it has been round once."""
    post.now += after
    turned = asyncio.Event()
    post.database.listeners.append(lambda name: turned.set() if name == "forget_notifications" else None)
    running = asyncio.create_task(post.worker().run())
    await turned.wait()
    await asyncio.sleep(0.2)
    running.cancel()
    await asyncio.wait([running])
