"""Sends what is in the outboxes, a second after at the latest.

A worker leases a subscription, sends what is due to it in order, and gives it back: so two workers never send to one
at the same time, and what a worker that died had leased is taken over when the lease runs out. Notifications about one
subject keep their order; one that failed is overtaken by those about other subjects.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from secrets import SystemRandom
from uuid import uuid4

import structlog

from app.database.client import Database, Transaction
from app.errors import UnderpinError
from app.notify import channels, store
from app.notify.http import Http
from app.notify.letter import Letter
from app.notify.model import Answer, Attempt, Notification, NotificationStatus, Outcome, Subscription
from app.notify.retry import is_probing, verdict
from app.rounds import every_second

_log = structlog.get_logger(__name__)
COUNTER = "notifications"
"""Counts these writes apart from those of events, which are not to wait for them."""
LEASE = timedelta(minutes=2)
"""Longer than any attempt takes; prolonged by each."""
GIVEN_UP_AFTER = timedelta(days=5)
"""Longer than the schedule of attempts; for what is never attempted, such as for a subscription that is disabled."""
LOG_LENGTH = 10
_RANDOM = SystemRandom()
_MOST_SUBSCRIPTIONS = 16
_BATCH = 50
_TIDIED_AT_ONCE = 5_000
_TIDY_EVERY = timedelta(minutes=5)


class Deliverer:
    """Delivers the notifications of one database; several may, in this process or others.

    What was settled is kept for `kept`; `jitter` gives a number from 0 to 1.
    """

    def __init__(
        self,
        database: Database,
        http: Http,
        clock: Callable[[], datetime],
        *,
        kept: timedelta,
        jitter: Callable[[], float] = _RANDOM.random,
    ) -> None:
        self._database = database
        self._http = http
        self._clock = clock
        self._kept = kept
        self._jitter = jitter
        self._owner = str(uuid4())
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._tidied: datetime | None = None

    async def run(self) -> None:
        """Deliver until cancelled."""
        waiting, failed = "notifications wait", "notifications could not be sent"
        try:
            await every_second(self._round, _log, waiting=waiting, failed=failed)
        finally:
            await self._stop()

    async def _round(self) -> None:
        await self._start()
        await self._tidy()

    async def deliver_due(self) -> None:
        """Send everything that is due now.

        Raises:
            Unavailable: Neo4j did not answer.
        """
        await self._start()
        await asyncio.gather(*self._busy.values())

    async def _start(self) -> None:
        """Begin with what is due and not under way; one slow receiver does not hold up the others."""
        for id in await store.due_subscriptions(self._database, self._clock()):
            if id not in self._busy and len(self._busy) < _MOST_SUBSCRIPTIONS:
                task = asyncio.create_task(self._serve(id))
                self._busy[id] = task
                task.add_done_callback(partial(self._done, id))

    def _done(self, id: str, _: asyncio.Task[None]) -> None:
        self._busy.pop(id, None)

    async def _stop(self) -> None:
        tasks = list(self._busy.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, id: str) -> None:
        """Send what is due to one subscription, while it is ours and takes what we send."""
        subscription = await self._lease(id)
        if subscription is None:
            return
        try:
            first = 1 if is_probing(subscription.failures) else _BATCH
            due = await store.due_notifications(self._database, id, now=self._clock(), first=first)
            await self._send_all(subscription, due)
        except UnderpinError as error:
            _log.warning("a subscription could not be served", subscription=id, reason=str(error))
        except Exception:
            _log.exception("a subscription could not be served", subscription=id)
        finally:
            await self._release(id)

    async def _send_all(self, subscription: Subscription, due: Sequence[Notification]) -> None:
        failed: set[str] = set()
        for one in due:
            if one.notice.subject in failed:
                continue
            settled = await self._attempt(subscription, one)
            if settled is None:
                return
            subscription, status = settled
            if status is NotificationStatus.PENDING:
                failed.add(one.notice.subject)

    async def _attempt(
        self, subscription: Subscription, notification: Notification
    ) -> tuple[Subscription, NotificationStatus] | None:
        """How both stand after an attempt; `None` if the subscription is to be left alone now."""
        at = self._clock()
        answer = await self._answer(Letter(notification, subscription, at))
        follows = verdict(
            answer,
            attempts=notification.attempts + 1,
            failures=subscription.failures,
            now=self._clock(),
            jitter=self._jitter(),
        )
        attempted = Attempt(at, answer.outcome is Outcome.DELIVERED, answer.detail)
        counted = replace(
            notification, attempts=notification.attempts + 1, log=(*notification.log, attempted)[-LOG_LENGTH:]
        )

        async def settle(transaction: Transaction) -> bool:
            await store.settle_notification(transaction, counted, follows)
            until = self._clock() + LEASE
            return await store.settle_subscription(
                transaction, subscription.id, self._owner, follows, until=until, because=answer.detail
            )

        ours = await self._database.write(settle, counter=COUNTER)
        if not ours or follows.disables or follows.paused_until is not None:
            return None
        return replace(subscription, failures=follows.failures), follows.status

    async def _answer(self, letter: Letter) -> Answer:
        try:
            return await channels.send(letter, self._http)
        except Exception as error:
            # A bug of ours, or a notice that does not hold what its channel needs: no reason to hold up the others.
            _log.exception("a notification could not be put together", notification=letter.notification.id)
            return Answer(Outcome.FAILED, f"it could not be put together: {type(error).__name__}")

    async def _lease(self, id: str) -> Subscription | None:
        now = self._clock()

        async def work(transaction: Transaction) -> Subscription | None:
            return await store.lease_subscription(transaction, id, self._owner, now=now, until=now + LEASE)

        return await self._database.write(work, counter=COUNTER)

    async def _release(self, id: str) -> None:
        async def work(transaction: Transaction) -> None:
            await store.release_subscription(transaction, id, self._owner)

        # What cannot be given back is free when the lease runs out.
        with contextlib.suppress(UnderpinError):
            await self._database.write(work, counter=COUNTER)

    async def _tidy(self) -> None:
        now = self._clock()
        if self._tidied is not None and now - self._tidied < _TIDY_EVERY:
            return

        async def work(transaction: Transaction) -> None:
            await store.give_up_notifications(transaction, before=now - GIVEN_UP_AFTER, first=_TIDIED_AT_ONCE)
            await store.forget_notifications(transaction, before=now - self._kept, first=_TIDIED_AT_ONCE)

        await self._database.write(work, counter=COUNTER)
        self._tidied = now
