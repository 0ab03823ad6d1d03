"""Queries that callers wrote: planned, or run in read access mode and read row by row.

Apart from `client.py`, because such a query may be wrong, is never tried again, and is stopped when nobody waits for
it. What may be run is decided elsewhere; here the server is held to read access and to a time.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import neo4j
from neo4j.exceptions import DriverError, Neo4jError

from app.database.client import Database, translated
from app.database.values import plain
from app.errors import InvalidInput, NotAllowed, Unavailable

_GRACE_SECONDS = 5
_CALLERS_FAULT = ("Neo.ClientError.Statement", "Neo.ClientError.General", "Neo.ClientError.Procedure")
_SECURITY = "Neo.ClientError.Security"
_FORBIDDEN = f"{_SECURITY}.Forbidden"
_TOO_MUCH = ("MemoryPoolOutOfMemory", "MemoryLimit", "OutOfMemory", "StackOverFlow")
_STOPPED = ("TransactionTimedOut", "Terminated")


@dataclass(frozen=True, slots=True)
class Planned:
    """What `EXPLAIN` says: the kind of query (`r` reads), and the plan as the driver describes it."""

    query_type: str
    plan: Mapping[str, Any]


class Records:
    """An answer as it arrives; every value is written by `values.plain`."""

    def __init__(self, result: neo4j.AsyncResult) -> None:
        self.columns: tuple[str, ...] = tuple(result.keys())
        self._result = result

    async def __aiter__(self) -> AsyncIterator[list[object]]:
        async for record in self._result:
            yield [plain(value) for value in record.values()]


async def planned(database: Database, text: str, parameters: Mapping[str, object], *, timeout_seconds: int) -> Planned:
    """The server's plan of a query, which is not run.

    Raises:
        InvalidInput: the server cannot make sense of the query.
        NotAllowed: the server does not let the user of ad hoc queries do that.
        Unavailable: the server did not answer in time.
    """
    async with _answering(database, timeout_seconds), database.reading() as session:
        statement = neo4j.Query(f"EXPLAIN {text}", timeout=timeout_seconds)
        summary = await (await session.run(statement, dict(parameters))).consume()
        return Planned(str(summary.query_type), summary.plan or {"operatorType": "nothing"})


@asynccontextmanager
async def opened(
    database: Database, text: str, parameters: Mapping[str, object], *, timeout_seconds: int, fetch_rows: int
) -> AsyncIterator[Records]:
    """The answer to a query. On leaving, what has not been read is dropped, and the server stops.

    Raises:
        InvalidInput: the query failed on the data, or needs more memory than one query may have.
        NotAllowed: the server does not let the user of ad hoc queries do that.
        Unavailable: the server did not answer in time.
    """
    async with _answering(database, timeout_seconds), database.reading(fetch_rows) as session:
        yield Records(await session.run(neo4j.Query(text, timeout=timeout_seconds), dict(parameters)))


@asynccontextmanager
async def _answering(database: Database, timeout_seconds: int) -> AsyncIterator[None]:
    try:
        # A hung server ignores the query's own time limit.
        async with asyncio.timeout(timeout_seconds + _GRACE_SECONDS):
            yield
    except TimeoutError as error:
        raise _stopped(timeout_seconds) from error
    except (Neo4jError, DriverError) as error:
        raise _explained(error, database, timeout_seconds) from error


def _explained(error: Neo4jError | DriverError, database: Database, timeout_seconds: int) -> Exception:
    code = str(getattr(error, "code", "") or "")
    if code.startswith(_SECURITY) and isinstance(error, Neo4jError) and database.adhoc_login:
        return _refused(error, database.adhoc_login[0])
    if any(word in code for word in _TOO_MUCH):
        return InvalidInput("the query needs more memory than one query may have; ask for less, or aggregate earlier")
    if any(word in code for word in _STOPPED):
        return _stopped(timeout_seconds)
    if code.startswith(_CALLERS_FAULT) and isinstance(error, Neo4jError):
        return InvalidInput(f"Neo4j refuses the query: {_sentence(error)}")
    return translated(error, timeout_seconds)


def _refused(error: Neo4jError, username: str) -> Exception:
    if error.code == _FORBIDDEN:
        return NotAllowed(f"Neo4j does not let {username!r} do that: {_sentence(error)}")
    return Unavailable(
        f"Neo4j refused {username!r}, who asks what callers wrote ({_sentence(error)}); "
        "check UNDERPIN_CYPHER_USERNAME and UNDERPIN_CYPHER_PASSWORD"
    )


def _sentence(error: Neo4jError) -> str:
    """The first line of what the server says; the others show the query again, with our EXPLAIN before it."""
    return (error.message or "it does not say why").strip().splitlines()[0].rstrip(".")


def _stopped(timeout_seconds: int) -> Unavailable:
    return Unavailable(
        f"the query was stopped after {timeout_seconds} s; ask for less, or raise UNDERPIN_CYPHER_TIMEOUT_SECONDS"
    )
