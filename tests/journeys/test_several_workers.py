"""Two workers over one Neo4j: what one writes, and what another program writes, is in the next answer of both."""

import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from neo4j import Driver, GraphDatabase

from app.database.client import Connection
from tests.journeys.up import Running, up
from tests.service import emptied

Pair = tuple[Running, Running]


@pytest.fixture
def workers(connection: Connection, tmp_path: Path) -> Iterator[Pair]:
    emptied(connection)
    where = {
        "NEO4J_URI": connection.uri,
        "NEO4J_USERNAME": connection.username,
        "NEO4J_PASSWORD": connection.password,
        "NEO4J_DATABASE": connection.database,
    }
    with up(tmp_path / "one", **where) as one, up(tmp_path / "two", **where) as two:
        upsert(one, [{"key": key, "type": "COMPONENT"} for key in ("app", "db", "disk")], ("app", "db"))
        yield one, two


def graphql(worker: Running, query: str, **variables: object) -> dict[str, Any]:
    answer = httpx2.post(f"{worker.url}/graphql", json={"query": query, "variables": variables}, timeout=60).json()
    assert "errors" not in answer, answer
    return dict(answer["data"])


def upsert(worker: Running, items: list[dict[str, str]], *edges: tuple[str, str]) -> None:
    graphql(
        worker,
        "mutation Add($items: [ItemInput!]!, $edges: [DependencyInput!]!) {"
        " upsertItems(items: $items) { graphVersion } upsertDependencies(dependencies: $edges) { graphVersion } }",
        items=items,
        edges=[{"from": dependent, "to": provider} for dependent, provider in edges],
    )


def hurt(worker: Running, key: str) -> list[str]:
    """Who is hurt when the item fails, and which items there are, as this worker answers."""
    found = graphql(
        worker,
        "query Hurt($key: String!) { items(first: 9) { edges { node { key } } }"
        " impact(failures: [{key: $key}]) { impacted(first: 9) { edges { node { item { key } state } } } } }",
        key=key,
    )
    impacted = [edge["node"] for edge in found["impact"]["impacted"]["edges"]]
    known = {edge["node"]["key"] for edge in found["items"]["edges"]}
    assert {one["item"]["key"] for one in impacted} <= known
    return sorted(f"{one['item']['key']} {one['state']}" for one in impacted)


def loads(worker: Running) -> int:
    """How often this worker began to read everything."""
    metrics = httpx2.get(f"{worker.url}/metrics", timeout=60).text
    (count,) = re.findall(r'^underpin_cypher_statements_total\{query="vertex_page"\} (\S+)$', metrics, re.M) or ["0"]
    return int(float(count))


@pytest.fixture
def foreign(connection: Connection) -> Iterator[Driver]:
    with GraphDatabase.driver(connection.uri, auth=(connection.username, connection.password)) as driver:
        yield driver


def test_what_one_worker_writes_is_in_the_next_answer_of_the_other_without_a_load(workers: Pair) -> None:
    one, two = workers
    before = [hurt(worker, "disk") for worker in workers], [loads(worker) for worker in workers]

    upsert(one, [{"key": "vm", "type": "COMPONENT"}], ("db", "vm"), ("vm", "disk"))
    after_one = hurt(two, "disk")
    upsert(two, [{"key": "web", "type": "COMPONENT"}], ("web", "app"))
    after_two = hurt(one, "disk")

    assert before[0] == [["disk DOWN"]] * 2
    assert after_one == ["app DOWN", "db DOWN", "disk DOWN", "vm DOWN"]
    assert after_two == ["app DOWN", "db DOWN", "disk DOWN", "vm DOWN", "web DOWN"]
    assert [loads(worker) for worker in workers] == before[1]


def test_what_another_program_writes_is_in_the_next_answer_of_both_and_is_warned_of(
    workers: Pair, foreign: Driver
) -> None:
    before = [hurt(worker, "db") for worker in workers]

    foreign.execute_query("MATCH (:ConfigurationItem {key: 'app'})-[edge:DEPENDS_ON]->() SET edge.strength = 'SOFT'")
    softened = [hurt(worker, "db") for worker in workers]
    foreign.execute_query("MATCH (item:ConfigurationItem {key: 'app'}) DETACH DELETE item")
    removed = [hurt(worker, "db") for worker in workers]

    assert before == [["app DOWN", "db DOWN"]] * 2
    assert softened == [["app DEGRADED", "db DOWN"]] * 2
    assert removed == [["db DOWN"]] * 2
    assert [worker.log.read_text().count("another program changed the graph") for worker in workers] == [2, 2]


def test_a_worker_that_is_killed_leaves_the_other_right(workers: Pair) -> None:
    one, two = workers
    upsert(one, [{"key": "vm", "type": "COMPONENT"}], ("db", "vm"))
    before = loads(two)

    one.process.send_signal(signal.SIGKILL)
    one.process.wait(60)
    upsert(two, [{"key": "web", "type": "COMPONENT"}], ("web", "app"))

    assert hurt(two, "vm") == ["app DOWN", "db DOWN", "vm DOWN", "web DOWN"]
    assert loads(two) == before
