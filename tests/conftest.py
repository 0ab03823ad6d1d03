"""One real Neo4j for the whole run; every test that asks for `database` gets it empty and migrated."""

import os
from collections.abc import AsyncIterator, Iterator

import pytest
import structlog
from neo4j import GraphDatabase

from app.database.client import Connection, Database
from app.database.migrations import migrate
from tests.neo4j_server import Loop, test_server

# structlog's own default prints every local variable of every frame, which takes minutes where one holds an estate.
structlog.configure(
    processors=[structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what asks no database where another line of Neo4j is under test."""
    if "NEO4J_TEST_VERSION" in os.environ:
        items[:] = [item for item in items if "connection" in getattr(item, "fixturenames", ())]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The service runs on asyncio only."""
    return "asyncio"


@pytest.fixture(scope="session")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """The migrated server of this run."""
    with test_server(tmp_path_factory.mktemp("neo4j")) as found:
        loop = Loop()
        loop.run(migrate(found))
        loop.close()
        yield found


@pytest.fixture
def empty(connection: Connection) -> Connection:
    """The server with nothing in it but its schema."""
    with (
        GraphDatabase.driver(connection.uri, auth=(connection.username, connection.password)) as driver,
        driver.session(database=connection.database) as session,
    ):
        session.run(
            "MATCH (n) WHERE NOT n:__Neo4jMigration CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS"
        ).consume()
    return connection


@pytest.fixture
async def database(empty: Connection) -> AsyncIterator[Database]:
    """A client of the empty database."""
    client = Database(empty, read_timeout_seconds=30, write_timeout_seconds=120)
    yield client
    await client.close()
