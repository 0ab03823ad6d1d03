"""Queries of callers are asked by a user of their own, if one is named; what is wrong with it concerns only them."""

from collections.abc import AsyncIterator, Iterator
from typing import LiteralString

import pytest
from neo4j import GraphDatabase, Session

from app.auth.model import Caller, Role
from app.database.adhoc import opened
from app.database.client import Connection, Database
from app.errors import Unavailable
from app.explore.actions import Explorer
from app.explore.store import saved_queries
from app.settings import Settings

NAME, PASSWORD = "explorer", "only-for-explorers"
CALLER = Caller("amy", Role.READER)
REFUSED = "Neo4j refused 'explorer', who asks what callers wrote .*; check UNDERPIN_CYPHER_USERNAME and UNDERPIN_CYPHER"


@pytest.fixture
def administrator(connection: Connection) -> Iterator[Session]:
    with (
        GraphDatabase.driver(connection.uri, auth=(connection.username, connection.password)) as driver,
        driver.session(database="system") as session,
    ):
        session.run(
            "CREATE USER $name IF NOT EXISTS SET PASSWORD $password CHANGE NOT REQUIRED", name=NAME, password=PASSWORD
        ).consume()
        yield session
        session.run("DROP USER $name IF EXISTS", name=NAME).consume()


@pytest.fixture
async def database(empty: Connection, administrator: Session) -> AsyncIterator[Database]:
    database = logged_in(empty, PASSWORD)
    yield database
    await database.close()


def logged_in(connection: Connection, password: str) -> Database:
    login = Settings.model_validate({"cypher_username": NAME, "cypher_password": password}).cypher_login
    return Database(connection, read_timeout_seconds=30, write_timeout_seconds=30, adhoc_login=login)


def asker(database: Database) -> Explorer:
    return Explorer(database, Settings())


async def test_a_query_of_a_caller_is_asked_by_the_user_of_its_own(database: Database, administrator: Session) -> None:
    text = "UNWIND range(1, 1000) AS number RETURN number"
    async with opened(database, text, {}, timeout_seconds=30, fetch_rows=1):
        found = administrator.run("SHOW TRANSACTIONS YIELD username, currentQuery").data()

    assert [one["username"] for one in found if one["currentQuery"] == text] == [NAME]


async def test_what_the_user_may_read_is_answered(database: Database) -> None:
    explorer = asker(database)

    answer = await explorer.answer(CALLER, explorer.asked("RETURN $one AS one", {"one": 1}, None))

    assert answer.rows == [[1]]


async def test_a_wrong_password_of_it_is_told_in_a_sentence_and_the_rest_goes_on(
    empty: Connection, administrator: Session
) -> None:
    database = logged_in(empty, "forgotten")
    explorer = asker(database)

    with pytest.raises(Unavailable, match=REFUSED):
        await explorer.answer(CALLER, explorer.asked("RETURN 1 AS one", None, None))

    assert await saved_queries(database) == []
    await database.close()


@pytest.mark.parametrize("change", ["DROP USER $name", "ALTER USER $name SET PASSWORD CHANGE REQUIRED"])
async def test_a_user_who_is_gone_or_must_first_do_something_is_told_of_and_the_rest_goes_on(
    database: Database, administrator: Session, change: LiteralString
) -> None:
    explorer = asker(database)
    administrator.run(change, name=NAME).consume()

    with pytest.raises(Unavailable, match=REFUSED):
        await explorer.answer(CALLER, explorer.asked("RETURN 1 AS one", None, None))

    assert await saved_queries(database) == []


@pytest.mark.parametrize("half", [{"cypher_username": NAME}, {"cypher_password": PASSWORD}])
def test_a_name_without_a_password_is_no_setting(half: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="go together; set both or neither"):
        Settings.model_validate(half)
