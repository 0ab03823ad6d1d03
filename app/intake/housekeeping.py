"""Housekeeping: what has to be done with events when time has passed and nobody has asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from app.database.client import Database, Transaction
from app.events.handling import pass_time
from app.events.sorting import match_again
from app.events.store import forget_events
from app.history.store import graph_version
from app.intake import store
from app.inventory.store import forget_identifiers
from app.rounds import every_second

_FORGOTTEN_AT_ONCE = 10_000
_FORGETS_EVERY = timedelta(minutes=10)
_MATCHES_EVERY = timedelta(minutes=1)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Memory:
    """How long is remembered which delivery was received, who had an identifier, and what is over."""

    deliveries: timedelta
    identifiers: timedelta
    events: timedelta


class Housekeeper:
    """Lets events expire and be heard again, matches anew what waits once the inventory has changed, and forgets what
    is old."""

    def __init__(self, database: Database, clock: Callable[[], datetime], memory: Memory) -> None:
        self._database = database
        self._clock = clock
        self._memory = memory
        self._forgot_at: datetime | None = None
        self._matched_at: datetime | None = None
        self._matched_with = 0

    async def run(self) -> None:
        """Look every second, until cancelled."""
        # That Neo4j is away is told by the processor.
        await every_second(self.look, _log, waiting=None, failed="the housekeeping of events failed")

    async def look(self) -> None:
        """Do what is due.

        Raises:
            Unavailable: Neo4j did not answer.
        """
        now = self._clock()
        while await pass_time(self._database, now):
            pass
        await self._match_again(now)
        if self._forgot_at is None or now - self._forgot_at >= _FORGETS_EVERY:
            await self._forget(now)
            self._forgot_at = now

    async def _match_again(self, now: datetime) -> None:
        version = await graph_version(self._database)
        # Thousands may wait, and an inventory that is being synchronised changes all the time.
        is_time = self._matched_at is None or now - self._matched_at >= _MATCHES_EVERY
        if version != self._matched_with and is_time:
            await match_again(self._database, now)
            self._matched_at, self._matched_with = now, version

    async def _forget(self, now: datetime) -> None:
        async def work(transaction: Transaction) -> None:
            await store.forget_deliveries(transaction, now - self._memory.deliveries, _FORGOTTEN_AT_ONCE)
            await forget_identifiers(transaction, now - self._memory.identifiers, _FORGOTTEN_AT_ONCE)
            await forget_events(transaction, now - self._memory.events, _FORGOTTEN_AT_ONCE)

        await self._database.write(work)
