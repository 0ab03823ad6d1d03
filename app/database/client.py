"""The client: runs named queries against Neo4j and turns the driver's failures into our taxonomy."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import neo4j
from neo4j import AsyncGraphDatabase, AsyncManagedTransaction, AsyncResult, Bookmarks
from neo4j.api import AsyncBookmarkManager
from neo4j.exceptions import AuthError, ClientError, DriverError, Neo4jError, TransientError

from app.account import Account
from app.database.commits import Commit, commit_of
from app.database.queries import Query, load_queries
from app.errors import InvalidInput, Unavailable

# What the driver hands over is untyped; the store wrappers give every column its type.
Row = dict[str, Any]
T = TypeVar("T")

_QUERIES = load_queries("database")
_GRACE_SECONDS = 5
_PAUSES_SECONDS = (0.1, 0.5, 1.0)
_OUT_OF_MEMORY = ("MemoryPoolOutOfMemory", "MemoryLimit", "OutOfMemory")
_NO_DATABASE = ("DatabaseNotFound",)
_LOST_BOOKMARK = ("BookmarkTimeout", "InvalidBookmark")
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
    """An open write transaction; queries run on it in order. `account` is what it says of its changes."""

    def __init__(self, transaction: AsyncManagedTransaction, noticed: Callable[[str], None]) -> None:
        self.account = Account()
        self._transaction = transaction
        self._noticed = noticed

    async def rows(self, query: Query, **parameters: object) -> list[Row]:
        """Every record of the answer; an empty list for a pure write."""
        self._noticed(query.name)
        result = await self._transaction.run(query.text, parameters)
        if not query.columns:
            await result.consume()
            return []
        return await _records(result)


async def _records(result: AsyncResult) -> list[Row]:
    # Not `result.data()`, which walks through every value in search of nodes.
    columns = result.keys()
    return [dict(zip(columns, record, strict=True)) async for record in result]


async def count_write(transaction: Transaction, counter: str) -> None:
    """Count this transaction among ours, as its last statement: writers of one counter wait for each other's commit."""
    await transaction.rows(_QUERIES["count_write"], counter=counter)


@dataclass(frozen=True, slots=True)
class Newest:
    """The records of a read that went to the writer, and the last commit it can have seen, where the server says so."""

    rows: list[Row]
    commit: Commit | None


class Database:
    """One Neo4j database. Reads open their own session; a write is one managed transaction.

    What callers wrote is asked by the user of `adhoc_login`, its name and password, if there is one.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        read_timeout_seconds: int,
        write_timeout_seconds: int,
        adhoc_login: tuple[str, str] | None = None,
    ) -> None:
        self.connection = connection
        self.adhoc_login = adhoc_login
        self.listeners: list[Callable[[str], None]] = []
        self._last: Callable[[Transaction], Awaitable[None]] | None = None
        self._committing: set[asyncio.Future[None]] = set()
        self._may_commit = asyncio.Event()
        self._may_commit.set()
        self._holding = asyncio.Lock()
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
        self._bookmarks = _bookmarks_for(connection.uri)

    async def rows(self, query: Query, **parameters: object) -> list[Row]:
        """Every record of a read, on a session of its own.

        Raises:
            Unavailable: the server did not answer, or not within the read timeout.
        """
        rows, _ = await self._alone(neo4j.READ_ACCESS, query, parameters)
        return rows

    async def newest(self, query: Query, **parameters: object) -> Newest:
        """Every record of a read by the server that takes the writes, which on a cluster is ahead of the others.

        Raises:
            Unavailable: the server did not answer, or not within the read timeout.
        """
        rows, bookmarks = await self._alone(neo4j.WRITE_ACCESS, query, parameters)
        (bookmark,) = bookmarks.raw_values or ("",)
        return Newest(rows, commit_of(bookmark))

    async def _alone(self, access: str, query: Query, parameters: dict[str, object]) -> tuple[list[Row], Bookmarks]:
        """The records, and where the session then stood.

        A statement by itself takes one round trip where a transaction takes three; it is tried again as the driver
        tries a transaction.
        """
        pauses = iter(_PAUSES_SECONDS)
        while True:
            try:
                return await self._answer(self._records_of(access, query, parameters), self._read_timeout_seconds)
            except Unavailable as error:
                pause = next(pauses, None)
                if pause is None or not _is_passing(error.__cause__):
                    raise
            await asyncio.sleep(pause)

    async def _records_of(
        self, access: str, query: Query, parameters: dict[str, object]
    ) -> tuple[list[Row], Bookmarks]:
        self._notice(query.name)
        async with self._session(access) as session:
            result = await session.run(neo4j.Query(query.text, timeout=self._read_timeout_seconds), parameters)
            return await _records(result), await session.last_bookmarks()

    async def write(self, work: Callable[[Transaction], Awaitable[T]], *, counter: str = "writes") -> T:
        """Run `work` in one write transaction; it may run again, so it must send nothing to anyone.

        The transaction counts itself, so that it is not taken for another program's. What must not wait for the
        commit of an import has a `counter` of its own.

        Raises:
            Unavailable: the server did not answer, or not within the write timeout; nothing was written.
            UnderpinError: whatever `work` raises; nothing was written.
        """

        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        async def attempt(transaction: AsyncManagedTransaction) -> T:
            try:
                opened = Transaction(transaction, self._notice)
                result = await work(opened)
                if self._last:
                    await self._last(opened)
                await count_write(opened, counter)
                await self._may_commit.wait()
                self._committing.add(over)
                return result
            except TransientError as error:
                # The driver would try again and again what cannot succeed (48 s were measured).
                if _is(error, _OUT_OF_MEMORY):
                    raise _too_large() from error
                raise

        timeout = self._write_timeout_seconds
        try:
            return await self._answer(self._written(_limited(attempt, timeout)), timeout)
        finally:
            self._committing.discard(over)
            over.set_result(None)

    async def _written(self, attempt: Callable[[AsyncManagedTransaction], Awaitable[T]]) -> T:
        async with self._session(neo4j.WRITE_ACCESS) as session:
            return await session.execute_write(attempt)

    @asynccontextmanager
    async def without_commits(self) -> AsyncIterator[None]:
        """Nothing of ours is committed while this lasts: what is being, is waited for; what is to be has to wait."""
        async with self._holding:
            self._may_commit.clear()
            try:
                if self._committing:
                    await asyncio.wait(self._committing)
                yield
            finally:
                self._may_commit.set()

    def ending_with(self, last: Callable[[Transaction], Awaitable[None]]) -> "Database":
        """This database, of which each write does `last` at its end, in the same transaction."""
        other = copy(self)
        other._last = last
        return other

    async def server_version(self) -> str:
        """The server's version, as `2026.08.1`."""
        summary = await _answered(self._driver.get_server_info(), self._read_timeout_seconds)
        return str(summary.agent).removeprefix("Neo4j/")

    async def close(self) -> None:
        """Close every connection."""
        await self._driver.close()

    def reading(self, fetch_rows: int = 1000) -> neo4j.AsyncSession:
        """A session that only reads, for `adhoc`; it asks for so many rows at once."""
        return self._session(neo4j.READ_ACCESS, fetch_rows, self.adhoc_login)

    def _session(
        self, access_mode: str, fetch_rows: int = 1000, login: tuple[str, str] | None = None
    ) -> neo4j.AsyncSession:
        return self._driver.session(
            database=self.connection.database,
            default_access_mode=access_mode,
            bookmark_manager=self._bookmarks,
            fetch_size=fetch_rows,
            auth=login,
        )

    async def _answer(self, awaitable: Awaitable[T], timeout_seconds: int) -> T:
        try:
            return await _answered(awaitable, timeout_seconds)
        except Unavailable as error:
            if _is(error.__cause__, _LOST_BOOKMARK):
                # The database was put back to before what we saw last; waiting for that again would never end.
                self._bookmarks = _bookmarks_for(self.connection.uri)
            raise

    def _notice(self, name: str) -> None:
        for listener in self.listeners:
            listener(name)


def _bookmarks_for(uri: str) -> AsyncBookmarkManager | None:
    # Without routing every session asks the same server, which needs no bookmark to show us what we wrote.
    return AsyncGraphDatabase.bookmark_manager() if uri.startswith("neo4j") else None


def _is_passing(error: BaseException | None) -> bool:
    """Whether the driver would try this again by itself: a connection that broke, another server that leads."""
    return isinstance(error, Neo4jError | DriverError) and error.is_retryable()


def _limited(
    work: Callable[[AsyncManagedTransaction], Awaitable[T]], timeout_seconds: int
) -> Callable[[AsyncManagedTransaction], Awaitable[T]]:
    return neo4j.unit_of_work(timeout=timeout_seconds)(work)


async def _answered(awaitable: Awaitable[T], timeout_seconds: int) -> T:
    """The result, or the taxonomy's word for what went wrong.

    A hung server ignores the query's own timeout (measured), hence the second clock. A cancellation that comes together
    with an answer is swallowed by the driver, or by the `wait_for` of Python 3.11 in it, or ends as an error of a
    connection that is closed; here it is heard.
    """
    task = asyncio.current_task()
    cancelled_before = task.cancelling() if task else 0
    try:
        async with asyncio.timeout(timeout_seconds + _GRACE_SECONDS):
            return await awaitable
    except TimeoutError as error:
        raise Unavailable(f"Neo4j did not answer within {timeout_seconds} s; try again, or ask for less") from error
    except (Neo4jError, DriverError) as error:
        raise translated(error, timeout_seconds) from error
    finally:
        if task and task.cancelling() > cancelled_before:
            raise asyncio.CancelledError


def translated(error: Neo4jError | DriverError, timeout_seconds: int) -> Exception:
    """The taxonomy's word for what the driver raised, or the error itself where our query is wrong."""
    if _is(error, _OUT_OF_MEMORY):
        return _too_large()
    if _is(error, _TIMED_OUT):
        return Unavailable(f"Neo4j stopped the query after {timeout_seconds} s; ask for less, or raise the timeout")
    if _is(error, _NO_DATABASE):
        return Unavailable("Neo4j has no such database; check NEO4J_DATABASE")
    if isinstance(error, AuthError):
        return Unavailable("Neo4j refused our name or password; check NEO4J_USERNAME and NEO4J_PASSWORD")
    if isinstance(error, ClientError):
        return error  # our query is wrong: a bug, never the caller's fault
    return Unavailable("Neo4j does not answer at the moment; nothing was written, try again in a few seconds")


def _is(error: BaseException | None, names: tuple[str, ...]) -> bool:
    code = str(getattr(error, "code", "") or "")
    return any(name in code for name in names)


def _too_large() -> InvalidInput:
    return InvalidInput(
        "the request does not fit into one Neo4j transaction and nothing was written; split it, "
        "or give Neo4j more memory (dbms.memory.transaction.total.max)"
    )
