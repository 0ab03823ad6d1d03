"""The guard and the limits, held to queries as callers send them, honest and hostile, on a real Neo4j."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from neo4j import GraphDatabase

from app.auth.model import Caller, Role
from app.database.client import Connection
from app.errors import UnderpinError
from app.explore.actions import Explorer
from app.explore.model import Answer
from tests.service import Service, emptied, running

ARCHITECT = Caller("architect", Role.READER)
CORPUS = Path(__file__).parent / "corpus"
PARAMETERS = {"url": "http://127.0.0.1/", "label": "AccessToken", "name": "x", "p": "x", "rows": [{"key": "x"}]}
FOREIGN = "CREATE (n:Foreign {secret: 'swordfish'})-[:FOREIGN]->(:Foreign)"
ALL = "MATCH (n) OPTIONAL MATCH (n)-[r]->() RETURN count(DISTINCT n) AS nodes, count(r), sum(size(keys(n))) AS keys"


def queries(name: str) -> list[str]:
    """The queries of a file of the corpus, each with the line that says what it tries."""
    blocks = (CORPUS / f"{name}.txt").read_text(encoding="utf-8").removesuffix("\n").split("\n\n# ")
    return [re.sub(r"\{U\+([0-9A-F]{4})\}", lambda match: chr(int(match[1], 16)), block) for block in blocks]


def asked(block: str) -> str:
    return block.partition("\n")[2]


@pytest.fixture(scope="module")
def service(connection: Connection) -> Iterator[Service]:
    """The demo company, a token, and somebody else's nodes in the same Neo4j."""
    with running(emptied(connection), demo=True, cypher_timeout_seconds=10) as found:
        found.token(Role.READER)
        before(connection, FOREIGN)
        yield found


@pytest.fixture(scope="module", autouse=True)
def known(service: Service, connection: Connection) -> list[Mapping[str, object]]:
    """How many nodes, edges and properties there were at first."""
    return before(connection)


def before(connection: Connection, statement: str = ALL) -> list[Mapping[str, object]]:
    """What a statement of ours answers, past the service."""
    auth = (connection.username, connection.password)
    with (
        GraphDatabase.driver(connection.uri, auth=auth) as driver,
        driver.session(database=connection.database) as session,
    ):
        return [dict(record) for record in session.run(statement)]


def answer(service: Service, query: str, *, limit: int | None = None) -> Answer:
    explorer = service.runtime.explorer
    return service.run(explorer.answer(ARCHITECT, explorer.asked(query, PARAMETERS, limit)))


def test_the_corpus_is_as_large_as_was_asked_for() -> None:
    assert len(queries("hostile")) >= 200
    assert len(queries("honest")) >= 60


@pytest.mark.parametrize("block", queries("honest"))
def test_an_honest_query_is_answered_whole(service: Service, block: str) -> None:
    assert answer(service, asked(block)).summary.cut is None


@pytest.mark.parametrize("block", queries("hostile"))
def test_a_hostile_query_is_refused(service: Service, block: str) -> None:
    with pytest.raises(UnderpinError) as refusal:
        answer(service, asked(block))

    assert "swordfish" not in refusal.value.message


def test_after_all_of_them_nothing_has_changed(connection: Connection, known: list[Mapping[str, object]]) -> None:
    assert before(connection) == known


@pytest.mark.parametrize("block", queries("bombs"))
def test_a_bomb_is_stopped_and_the_service_goes_on(service: Service, block: str) -> None:
    settings = service.runtime.settings.model_copy(
        update={"cypher_timeout_seconds": 2, "cypher_max_rows": 100, "cypher_max_bytes": 100_000}
    )
    explorer = Explorer(service.runtime.database, settings)

    async def stopped() -> bool:
        try:
            return (await explorer.answer(ARCHITECT, explorer.asked(asked(block), {}, None))).summary.cut is not None
        except UnderpinError:
            return True

    assert service.run(stopped())
    assert answer(service, "RETURN 1 AS one").rows == [[1]]
