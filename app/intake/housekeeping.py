"""Housekeeping: what has to be done with events when time has passed and nobody has asked."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from app.database.client import Database, Transaction
from app.errors import UnderpinError
from app.events.handling import pass_time
from app.events.sorting import match_again
from app.history.store import graph_version
from app.intake import store
from app.inventory.store import forget_identifiers

PAUSE_SECONDS = 1.0
_FORGOTTEN_AT_ONCE = 10_000
_FORGETS_EVERY = timedelta(minutes=10)
_MATCHES_EVERY = timedelta(minutes=1)
_log = structlog.get_logger(__name__)


class Housekeeper:
    """Lets events expire and be heard again, and matches anew what waits once the inventory has changed, and
    forgets deliveries whose senders have given up, and who had an identifier long ago."""

    def __init__(
        self, database: Database, clock: Callable[[], datetime], *, remembers: timedelta, identifiers: timedelta
    ) -> None:
        self._database = database
        self._clock = clock
        self._remembers = remembers
        self._identifiers = identifiers
        self._forgot_at: datetime | None = None
        self._matched_at: datetime | None = None
        self._matched_with = 0

    async def run(self) -> None:
        """Look every second, until cancelled."""
        while True:
            try:
                await self.look()
            except UnderpinError:
                pass  # Neo4j is away, which the processor says
            except Exception:
                _log.exception("the housekeeping of events failed")
            await asyncio.sleep(PAUSE_SECONDS)

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
            await store.forget_deliveries(transaction, now - self._remembers, _FORGOTTEN_AT_ONCE)
            await forget_identifiers(transaction, now - self._identifiers, _FORGOTTEN_AT_ONCE)

        await self._database.write(work)
