"""Keeps the audit as long as it has to be kept, and tells its head where logs are kept."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import takewhile

import structlog

from app.audit import store
from app.audit.ledger import COUNTER
from app.audit.model import Entry, Link
from app.database.client import Database, Transaction
from app.rounds import every_second

_EVERY_SECONDS = 600
_AT_ONCE = 1_000
_log = structlog.get_logger(__name__)


class AuditKeeper:
    """Forgets from the beginning of the chain what is older than it has to be."""

    def __init__(self, database: Database, clock: Callable[[], datetime], *, kept: timedelta) -> None:
        self._database = database
        self._clock = clock
        self._kept = kept
        self._told = Link()

    async def run(self) -> None:
        """Look every ten minutes, until cancelled."""
        failed = "the audit could not be kept"
        await every_second(self.look, _log, waiting=None, failed=failed, pause=_EVERY_SECONDS)

    async def look(self) -> None:
        """Forget what is due, and log a head that is new: a chain that was written anew does not hold it.

        Raises:
            Unavailable: Neo4j did not answer.
        """
        while await self._forget():
            pass
        head = (await store.audit_chain(self._database)).head
        if head != self._told:
            _log.info("head of the audit", number=head.number, hash=head.hash)
            self._told = head

    async def _forget(self) -> bool:
        """Whether there may be more to forget."""
        chain = await store.audit_chain(self._database)
        until = self._clock() - self._kept
        over: list[Entry] = []
        # Most of the time nothing is due, and entries are long: first one, then many.
        for first in (1, _AT_ONCE):
            oldest = await store.audit_entries_after(
                self._database, chain.start.number, upto=chain.head.number, first=first
            )
            # What follows one that is kept is kept too, whatever the clock said.
            over = [*takewhile(lambda entry: entry.at < until, oldest)]
            if not over:
                return False

        async def work(transaction: Transaction) -> None:
            await store.forget_audit_entries(transaction, over[-1].link)

        await self._database.write(work, counter=COUNTER)
        return len(over) == _AT_ONCE
