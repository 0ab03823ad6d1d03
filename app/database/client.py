"""The client: runs named queries against Neo4j and turns the driver's failures into our taxonomy."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import neo4j
from neo4j import AsyncGraphDatabase, AsyncManagedTransaction
from neo4j.exceptions import AuthError, ClientError, DriverError, Neo4jError, TransientError

from app.database.queries import Query
from app.errors import InvalidInput, Unavailable

# What the driver hands over is untyped; the store wrappers give every column its type.
Row = dict[str, Any]
T = TypeVar("T")

_GRACE_SECONDS = 5
_OUT_OF_MEMORY = ("MemoryPoolOutOfMemory", "MemoryLimit", "OutOfMemory")
_NO_DATABASE = ("DatabaseNotFound",)
_TIMED_OUT = ("TransactionTimedOut", "LockAcquisitionTimeout", "LockClientStopped")


@dataclass(frozen=True, slots=True)
class Connection:
    """Where a Neo4j is and how to log in; `database` is always named."""

    uri: str
    username: str
    password: str
    database: str


class Reader(Protocol):
    """Something a named query can run on: the database (a session of its own) or an open transaction."""

    async def rows(self, query: Query, **parameters: object) -> list[Row]:
        """Every record of the answer."""
        ...


class Transaction:
    """An open write transaction; queries run on it in order."""

    def __init__(self, transaction: AsyncManagedTransaction, noticed: Callable[[str], None]) -> None:
        self._transaction = transaction
        self._noticed = noticed

    async def rows(self, query: Query, **parameters: object) -> list[Row]:
        """Every record of the answer; an empty list for a pure write."""
        self._noticed(query.name)
        result = await self._transaction.run(query.text, parameters)
        if not query.columns:
            await result.consume()
            return []
        # Not `result.data()`, which walks through every value in search of nodes.
        columns = result.keys()
        return [dict(zip(columns, record, strict=True)) async for record in result]


class Database:
    """One Neo4j database. Reads open their own session; a write is one managed transaction."""

    def __init__(self, connection: Connection, *, read_timeout_seconds: int, write_timeout_seconds: int) -> None:
        self.connection = connection
        self.listeners: list[Callable[[str], None]] = []
        self._read_timeout_seconds = read_timeout_seconds
        self._write_timeout_seconds = write_timeout_seconds
        # A dead server is noticed in seconds, not in the driver's default of 35 (measured).
        self._driver = AsyncGraphDatabase.driver(
            connection.uri,
            auth=(connection.username, connection.password),
            connection_timeout=2,
            connection_acquisition_timeout=5,
            max_transaction_retry_time=2,
            max_connection_lifetime=300,
            liveness_check_timeout=60,
            notifications_min_severity="OFF",
        )
        self._bookmarks = AsyncGraphDatabase.bookmark_manager()

    async def rows(self, query: Query, **parameters: object) -> list[Row]:
        """Every record of a read, on a session of its own.

        Raises:
            Unavailable: the server did not answer, or not within the read timeout.
        """

        async def work(transaction: AsyncManagedTransaction) -> list[Row]:
            return await Transaction(transaction, self._notice).rows(query, **parameters)

        timeout = self._read_timeout_seconds
        async with self._session(neo4j.READ_ACCESS) as session:
            return await _answered(session.execute_read(_limited(work, timeout)), timeout)

    async def write(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run `work` in one write transaction; it may run again, so it must send nothing to anyone.

        Raises:
            Unavailable: the server did not answer, or not within the write timeout; nothing was written.
            UnderpinError: whatever `work` raises; nothing was written.
        """

        async def attempt(transaction: AsyncManagedTransaction) -> T:
            try:
                return await work(Transaction(transaction, self._notice))
            except TransientError as error:
                # The driver would try again and again what cannot succeed (48 s were measured).
                if _is(error, _OUT_OF_MEMORY):
                    raise _too_large() from error
                raise

        timeout = self._write_timeout_seconds
        async with self._session(neo4j.WRITE_ACCESS) as session:
            return await _answered(session.execute_write(_limited(attempt, timeout)), timeout)

    async def server_version(self) -> str:
        """The server's version, as `2026.08.1`."""
        summary = await _answered(self._driver.get_server_info(), self._read_timeout_seconds)
        return str(summary.agent).removeprefix("Neo4j/")

    async def close(self) -> None:
        """Close every connection."""
        await self._driver.close()

    def _session(self, access_mode: str) -> neo4j.AsyncSession:
        return self._driver.session(
            database=self.connection.database, default_access_mode=access_mode, bookmark_manager=self._bookmarks
        )

    def _notice(self, name: str) -> None:
        for listener in self.listeners:
            listener(name)


def _limited(
    work: Callable[[AsyncManagedTransaction], Awaitable[T]], timeout_seconds: int
) -> Callable[[AsyncManagedTransaction], Awaitable[T]]:
    return neo4j.unit_of_work(timeout=timeout_seconds)(work)


async def _answered(awaitable: Awaitable[T], timeout_seconds: int) -> T:
    """The result, or the taxonomy's word for what went wrong.

    A hung server ignores the query's own timeout (measured), hence the second clock.
    """
    try:
        async with asyncio.timeout(timeout_seconds + _GRACE_SECONDS):
            return await awaitable
    except TimeoutError as error:
        raise Unavailable(f"Neo4j did not answer within {timeout_seconds} s; try again, or ask for less") from error
    except AuthError as error:
        raise Unavailable("Neo4j refused our name or password; check NEO4J_USERNAME and NEO4J_PASSWORD") from error
    except (Neo4jError, DriverError) as error:
        raise _translated(error, timeout_seconds) from error


def _translated(error: Neo4jError | DriverError, timeout_seconds: int) -> Exception:
    if _is(error, _OUT_OF_MEMORY):
        return _too_large()
    if _is(error, _TIMED_OUT):
        return Unavailable(f"Neo4j stopped the query after {timeout_seconds} s; ask for less, or raise the timeout")
    if _is(error, _NO_DATABASE):
        return Unavailable("Neo4j has no such database; check NEO4J_DATABASE")
    if isinstance(error, ClientError):
        return error  # our query is wrong: a bug, never the caller's fault
    return Unavailable("Neo4j does not answer at the moment; nothing was written, try again in a few seconds")


def _is(error: Exception, names: tuple[str, ...]) -> bool:
    code = str(getattr(error, "code", "") or "")
    return any(name in code for name in names)


def _too_large() -> InvalidInput:
    return InvalidInput(
        "the request does not fit into one Neo4j transaction and nothing was written; split it, "
        "or give Neo4j more memory (dbms.memory.transaction.total.max)"
    )
