"""The client: what comes back, what is rolled back, and which word each failure of Neo4j gets."""

import asyncio
import gc
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest
from neo4j.exceptions import ClientError, DriverError

from app.database.client import Connection, Database, Newest, Transaction
from app.database.queries import Query
from app.errors import Conflict, InvalidInput, Unavailable
from tests.stored import contents


def query(text: str, *columns: str) -> Query:
    """A query of these columns; its parameters are what the text uses."""
    return Query("a_query", text, "Says something.", frozenset(), columns)


COUNT = query("MATCH (n:Note) RETURN count(n) AS count", "count")
ADD = query("CREATE (:Note {text: $text})")
SLOW = query("UNWIND range(1, 100000) AS a UNWIND range(1, 1000000) AS b RETURN count(a + b) AS count", "count")


@asynccontextmanager
async def client(
    connection: Connection, *, read_timeout_seconds: int = 30, write_timeout_seconds: int = 30
) -> AsyncIterator[Database]:
    """Another client, with its own timeouts."""
    database = Database(
        connection, read_timeout_seconds=read_timeout_seconds, write_timeout_seconds=write_timeout_seconds
    )
    try:
        yield database
    finally:
        await database.close()


async def notes(database: Database) -> int:
    (row,) = await database.rows(COUNT)
    count: int = row["count"]
    return count


async def test_rows_are_the_records_by_column(database: Database) -> None:
    numbers = query("UNWIND $numbers AS number RETURN number, number * 2 AS twice ORDER BY number", "number", "twice")

    assert await database.rows(numbers, numbers=[2, 1]) == [{"number": 1, "twice": 2}, {"number": 2, "twice": 4}]


async def test_a_write_returns_what_its_work_returns(database: Database) -> None:
    async def work(transaction: Transaction) -> str:
        assert await transaction.rows(ADD, text="one") == []
        await transaction.rows(ADD, text="two")
        return "done"

    assert await database.write(work) == "done"
    assert await notes(database) == 2


async def test_a_write_that_raises_writes_nothing(database: Database) -> None:
    async def work(transaction: Transaction) -> None:
        await transaction.rows(ADD, text="one")
        raise Conflict("somebody was faster")

    with pytest.raises(Conflict, match="somebody was faster"):
        await database.write(work)

    assert await contents(database) == []


@pytest.mark.parametrize("error", [None, DriverError("the connection was closed")])
async def test_a_cancellation_that_is_swallowed_on_the_way_is_heard(
    database: Database, error: DriverError | None
) -> None:
    waiting = asyncio.Event()

    async def work(transaction: Transaction) -> None:
        # As wait_for of Python 3.11 does if the answer is there, too.
        with suppress(asyncio.CancelledError):
            waiting.set()
            await asyncio.sleep(30)
        if error:
            raise error

    writing = asyncio.create_task(database.write(work))
    await waiting.wait()
    writing.cancel()

    with pytest.raises(asyncio.CancelledError):
        await writing


async def test_a_write_that_breaks_a_constraint_is_our_bug_and_writes_nothing(database: Database) -> None:
    async def work(transaction: Transaction) -> None:
        await transaction.rows(ADD, text="one")
        await transaction.rows(query("UNWIND [1, 2] AS n CREATE (:ConfigurationItem {key: 'same'})"))

    with pytest.raises(ClientError, match="already exists"):
        await database.write(work)

    assert await contents(database) == []


@pytest.mark.parametrize(
    "text", ["CREATE (:Note)", "CREATE INDEX a_note FOR (n:Note) ON (n.text)", "MATCH (n) DETACH DELETE n"]
)
async def test_a_read_cannot_write(database: Database, text: str) -> None:
    with pytest.raises(ClientError):
        await database.rows(query(text))

    assert await notes(database) == 0


async def test_a_query_that_is_wrong_is_our_bug(database: Database) -> None:
    with pytest.raises(ClientError, match="Invalid input"):
        await database.rows(query("RETRUN 1 AS one", "one"))


async def test_a_read_that_takes_too_long_is_stopped(empty: Connection) -> None:
    async with client(empty, read_timeout_seconds=1) as impatient:
        with pytest.raises(Unavailable) as refused:
            await impatient.rows(SLOW)

        assert await notes(impatient) == 0

    assert refused.value.message == "Neo4j stopped the query after 1 s; ask for less, or raise the timeout"


async def test_a_write_that_waits_too_long_for_another_one_is_stopped(empty: Connection, database: Database) -> None:
    lock = query("MERGE (graph:GraphVersion {id: 'graph'}) SET graph.version = coalesce(graph.version, 0) + 1")
    locked, over = asyncio.Event(), asyncio.Event()

    async def hold(transaction: Transaction) -> None:
        await transaction.rows(lock)
        locked.set()
        await over.wait()

    async def wait(transaction: Transaction) -> None:
        await transaction.rows(lock)

    holding = asyncio.create_task(database.write(hold))
    await locked.wait()
    async with client(empty, write_timeout_seconds=1) as impatient:
        with pytest.raises(Unavailable) as refused:
            await impatient.write(wait)
    over.set()
    await holding

    assert refused.value.message == "Neo4j stopped the query after 1 s; ask for less, or raise the timeout"
    (row,) = await database.rows(query("MATCH (graph:GraphVersion) RETURN graph.version AS version", "version"))
    assert row == {"version": 1}


async def test_a_server_that_is_not_there_is_unavailable(empty: Connection) -> None:
    async with client(replace(empty, uri="bolt://127.0.0.1:9")) as lost:
        with pytest.raises(Unavailable) as read:
            await notes(lost)
        with pytest.raises(Unavailable) as written:
            await lost.write(lambda transaction: transaction.rows(ADD, text="one"))
        with pytest.raises(Unavailable):
            await lost.server_version()

    assert (
        read.value.message
        == written.value.message
        == ("Neo4j does not answer at the moment; nothing was written, try again in a few seconds")
    )


# The driver forgets the socket of a handshake that nobody answers.
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
async def test_a_server_that_hangs_is_unavailable(empty: Connection) -> None:
    # The kernel takes the connection, and nobody ever reads from it.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hanging = replace(empty, uri=f"bolt://127.0.0.1:{silent.getsockname()[1]}")
        async with client(hanging, read_timeout_seconds=1) as waiting:
            with pytest.raises(Unavailable):
                await notes(waiting)
    gc.collect()


async def test_a_wrong_password_is_said(empty: Connection) -> None:
    async with client(replace(empty, username="nobody", password="wrong")) as stranger:
        with pytest.raises(Unavailable) as refused:
            await notes(stranger)

    assert refused.value.message == ("Neo4j refused our name or password; check NEO4J_USERNAME and NEO4J_PASSWORD")


async def test_a_database_that_is_not_there_is_said(empty: Connection) -> None:
    async with client(replace(empty, database="elsewhere")) as lost:
        with pytest.raises(Unavailable) as refused:
            await notes(lost)

    assert refused.value.message == "Neo4j has no such database; check NEO4J_DATABASE"


async def test_a_write_that_does_not_fit_into_memory_is_too_large(database: Database) -> None:
    large = query(
        "CREATE (:Note) WITH 1 AS a UNWIND range(1, 100000000) AS n WITH collect(n) AS many RETURN size(many) AS size",
        "size",
    )

    with pytest.raises(InvalidInput, match="does not fit into one Neo4j transaction"):
        await database.write(lambda transaction: transaction.rows(large))

    assert await contents(database) == []


async def test_listeners_hear_the_name_of_every_query(database: Database) -> None:
    heard: list[str] = []
    database.listeners.append(heard.append)

    await notes(database)
    await database.write(lambda transaction: transaction.rows(ADD, text="one"))

    assert heard == ["a_query", "a_query", "count_write"]


async def test_the_server_says_its_version(database: Database) -> None:
    version = await database.server_version()

    assert version.count(".") == 2
    assert version[0].isdigit()


WRITES = query(
    "MATCH (own:WriteCounter) RETURN own.id AS counter, own.writes AS writes ORDER BY counter", "counter", "writes"
)


async def test_every_committed_write_counts_itself_and_no_other_does(database: Database) -> None:
    async def adding(transaction: Transaction) -> None:
        await transaction.rows(ADD, text="one")

    async def failing(transaction: Transaction) -> None:
        await transaction.rows(ADD, text="two")
        raise Conflict("somebody was faster")

    await database.write(adding)
    await database.write(adding)
    await database.write(adding, counter="events")
    with pytest.raises(Conflict):
        await database.write(failing)

    assert await database.rows(WRITES) == [{"counter": "events", "writes": 1}, {"counter": "writes", "writes": 2}]


async def test_the_newest_read_tells_the_last_commit_whoever_made_it(
    connection: Connection, database: Database
) -> None:
    async def adding(transaction: Transaction) -> None:
        await transaction.rows(ADD, text="one")

    await database.write(adding)
    before = await database.newest(COUNT)
    again = await database.newest(COUNT)
    async with client(connection) as other:
        await other.write(adding)
    after = await database.newest(COUNT)

    assert before.commit is not None
    assert before == again == Newest([{"count": 1}], before.commit)
    assert after == Newest([{"count": 2}], replace(before.commit, number=before.commit.number + 1))


async def test_a_routed_client_reads_the_newest_from_the_writer(connection: Connection, database: Database) -> None:
    await database.write(lambda transaction: transaction.rows(ADD, text="one"))

    async with client(replace(connection, uri=connection.uri.replace("bolt://", "neo4j://"))) as routed:
        newest = await routed.newest(COUNT)

    assert newest.rows == [{"count": 1}]


async def test_the_newest_read_of_a_server_that_is_gone_is_unavailable(connection: Connection) -> None:
    async with client(replace(connection, uri="bolt://127.0.0.1:1")) as nowhere:
        with pytest.raises(Unavailable):
            await nowhere.newest(COUNT)
