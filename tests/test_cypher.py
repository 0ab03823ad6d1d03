"""The query files: planned by a real Neo4j, in step with their headers and their wrappers, and the only Cypher."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from neo4j import Session

from app.database.client import Connection
from app.database.queries import Query, load_queries
from app.resources import resource_folder
from tests.filled import filled

APP = Path(__file__).parent.parent / "app"
# Stores of their own beside the inventory's and the events', and the client, of which every write counts itself.
STORES = {
    "assessments": "continuity/assessment_store.py",
    "browsing": "inventory/browsing.py",
    "database": "database/client.py",
    "maintenance": "events/windows.py",
    "quality": "continuity/quality_store.py",
    "register": "continuity/register_store.py",
    "matching": "events/directory.py",
    "recoveries": "continuity/recoveries.py",
    "scenarios": "continuity/scenario_store.py",
    "sources": "events/own_sources.py",
    "weak_points": "continuity/weak_points_store.py",
}
FEATURES = sorted(path.stem for path in resource_folder("cypher").glob("*.cypher"))
QUERIES = {(feature, name): query for feature in FEATURES for name, query in load_queries(feature).items()}
SCANS = re.compile(r"AllNodesScan|NodeByLabelsScan|NodeByLabelScan|RelationshipTypesScan|RelationshipTypeScan")
CYPHER = re.compile(r"\b(MATCH|MERGE|UNWIND|CREATE|DETACH DELETE)\b\s*[($\[]|\bCALL\s+(db|dbms)\.")


@pytest.fixture(scope="module")
def session(connection: Connection) -> Iterator[Session]:
    with filled(connection) as opened:
        yield opened


@pytest.mark.parametrize(("feature", "name"), QUERIES)
def test_a_query_is_planned_without_a_warning_or_an_undeclared_scan(session: Session, feature: str, name: str) -> None:
    query = QUERIES[feature, name]

    summary = session.run(f"EXPLAIN {query.text}", dict.fromkeys(query.parameters)).consume()

    assert [one.status_description for one in summary.gql_status_objects if one.is_notification] == []
    assert bool(_scans(summary.plan or {})) is (query.scan is not None)


@pytest.mark.parametrize(("feature", "name"), QUERIES)
def test_a_query_returns_the_columns_of_its_header(session: Session, feature: str, name: str) -> None:
    query = QUERIES[feature, name]

    result = session.run(f"EXPLAIN {query.text}", dict.fromkeys(query.parameters))

    assert tuple(result.keys()) == query.columns


@pytest.mark.parametrize(
    "name",
    [
        "dependents_of",
        "dependencies_of",
        "count_dependents",
        "count_dependencies",
        "common_dependencies",
        "count_common_dependencies",
    ],
)
def test_reach_visits_every_item_once(session: Session, name: str) -> None:
    query = QUERIES["impact", name]

    plan = session.run(f"EXPLAIN {query.text}", dict.fromkeys(query.parameters)).consume().plan or {}

    assert [one for one in _operators(plan) if one.startswith("VarLengthExpand")] == [
        "VarLengthExpand(Pruning,BFS,All)"
    ]


NAMES = """
CALL () {
  MATCH (n) WHERE NOT n:__Neo4jMigration UNWIND labels(n) + keys(n) AS name RETURN name
  UNION
  MATCH (n)-[edge]->() WHERE NOT n:__Neo4jMigration UNWIND [type(edge)] + keys(edge) AS name RETURN name
}
RETURN collect(name) AS names
"""


def test_every_name_we_write_comes_with_the_schema(session: Session) -> None:
    # A name that is new to Neo4j is a transaction by itself, which history/watch.py would take for another program's.
    declared = {
        name
        for path in resource_folder("migrations").glob("V*.cypher")
        for name in re.findall(r"'(\w+)'", path.read_text(encoding="utf-8"))
    }

    (row,) = session.run(NAMES)

    assert {*row["names"]} - declared == set()


@pytest.mark.parametrize("feature", [one for one in FEATURES if one != "examples"])
def test_every_query_has_one_wrapper_of_its_name_and_every_wrapper_a_query(feature: str) -> None:
    path = APP / STORES.get(feature, f"{feature}/store.py")

    wrappers = {
        function.name: _queries_named_in(function)
        for function in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(function, ast.AsyncFunctionDef) and not function.name.startswith("_")
    }

    assert wrappers == {name: [name] for feature_, name in QUERIES if feature_ == feature}


@pytest.mark.parametrize("path", sorted(APP.rglob("*.py")), ids=lambda path: str(path.relative_to(APP)))
def test_no_python_file_holds_cypher(path: Path) -> None:
    strings = [
        node.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]

    assert [text for text in strings if CYPHER.search(text)] == []


def test_no_query_is_put_together_from_text() -> None:
    built = [
        path
        for path in APP.rglob("*.py")
        if path.parent != APP / "web"  # there, Query is FastAPI's
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Query"
        if path.name != "webhooks.py"
    ]

    assert built == [APP / "database" / "queries.py"]


def _queries_named_in(function: ast.AsyncFunctionDef) -> list[str]:
    return [
        str(ast.literal_eval(node.slice))
        for node in ast.walk(function)
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "_QUERIES"
    ]


def _scans(plan: Mapping[str, Any]) -> list[str]:
    return [operator for operator in _operators(plan) if SCANS.search(operator)]


def _operators(plan: Mapping[str, Any]) -> Iterator[str]:
    yield str(plan["operatorType"]).split("@")[0]
    for child in plan.get("children", ()):
        yield from _operators(child)


def test_the_sample_of_queries_is_not_empty() -> None:
    assert {type(query) for query in QUERIES.values()} == {Query}
