"""The ledger: databases that keep account of what callers change, and entries of what they read."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from app.account import SHOWN, Account
from app.audit import store
from app.audit.chain import digest_of, sealed
from app.audit.details import asked_json, changes_json
from app.audit.model import Act, Entry, Link
from app.database.client import Database, Transaction

COUNTER = "audit"


class Ledger:
    """Writes the entries of one database, each with at most so many bytes of details."""

    def __init__(self, database: Database, clock: Callable[[], datetime], *, most_bytes: int) -> None:
        self.database = database
        self._clock = clock
        self._most_bytes = most_bytes

    def writing(self, act: Act) -> Database:
        """The database for a use case: what a transaction says it changes is written down with the change, or neither
        is. One that changes nothing leaves no entry."""

        async def last(transaction: Transaction) -> None:
            account = transaction.account
            if account.keys:
                await self._append(transaction, act, account, changes_json(account.told, most_bytes=self._most_bytes))

        return self.database.ending_with(last)

    async def note(self, act: Act, asked: Mapping[str, object]) -> None:
        """Write down what is about to be read, or sent.

        Raises:
            Unavailable: Neo4j did not answer; then nothing may be answered either.
        """
        details = asked_json(asked, most_bytes=self._most_bytes)
        await self.database.write(
            lambda transaction: self._append(transaction, act, Account(), details), counter=COUNTER
        )

    async def _append(self, transaction: Transaction, act: Act, account: Account, details: str) -> None:
        # Taken last: whoever waits for the chain holds nothing that its holder still needs.
        before: Link = await store.take_audit_head(transaction)
        keys = account.keys
        entry = Entry(
            number=before.number + 1,
            at=self._clock().astimezone(UTC),
            caller=act.caller.name,
            role=act.caller.role.value,
            origin=act.origin,
            action=act.action,
            keys=tuple(keys[:SHOWN]),
            key_count=len(keys),
            keys_digest=digest_of(keys),
            details=details,
            previous=before.hash,
        )
        await store.append_audit_entry(transaction, sealed(entry))
