"""What callers with a scope may ask of the schema is written down; everything else is refused."""

from collections.abc import Iterator

import pytest

from app.api.scopes import OPEN
from app.cli.documents import DOCUMENTS
from app.database.client import Connection
from tests.api.selections import fields_of
from tests.api.test_roles import ROOTS, operation
from tests.scoped import Estate, scoped_estate

CLOSED = {
    "commonCauses",
    "neighbourhood",
    "healthHistory",
    "maintenanceWindows",
    "matchRules",
    "queuedEvents",
    "sources",
}
CLOSED |= {"situations", "situation", "objectives", "recoveryGaps", "recoveryPlan", "recovery", "recoveries"}
CLOSED |= {"weakPoints", "singlePoints", "concentration", "changeGate", "assessments", "assessment", "findings"}
CLOSED |= {"mappingQuality", "registerOfInformation", "scenarios", "scenarioRuns", "compareScenarioRuns", "quarantine"}
CLOSED |= {"cypher", "graphModel", "savedQueries", "runSavedQuery", "notifications", "notificationSubscriptions"}
CLOSED |= {"trySource", "audit"}


@pytest.fixture(scope="module")
def estate(connection: Connection) -> Iterator[Estate]:
    with scoped_estate(connection) as estate:
        yield estate


def test_every_query_is_open_or_closed() -> None:
    queries = {name for name, (kind, _) in ROOTS.items() if kind == "query"}

    assert OPEN["Query"] | CLOSED == queries
    assert not OPEN["Query"] & CLOSED
    assert not OPEN.keys() & {"Mutation", "Subscription"}


def test_what_is_open_is_there() -> None:
    assert {name: fields - fields_of(name).keys() for name, fields in OPEN.items()} == {name: set() for name in OPEN}


@pytest.mark.parametrize("name", sorted(ROOTS.keys() - OPEN["Query"]))
def test_what_is_closed_is_refused_to_any_role(estate: Estate, name: str) -> None:
    refusal = estate.part.refusal(operation(name))

    root = {"query": "Query", "mutation": "Mutation"}[ROOTS[name][0]]
    assert refusal.code == "FORBIDDEN"
    assert refusal.message == (
        f"'a admin' sees only a part of the estate, and {root}.{name} is not limited to parts; "
        "use a token without a scope"
    )


@pytest.mark.parametrize(
    "query",
    [
        '{ items { totalCount } cypher(query: "RETURN 1") { rows } }',
        "query Q { items { totalCount } } query R { graphModel { labels { name } } }",
        "{ currentImpact { dora { verdict } } }",
        "{ ...F } fragment F on Query { events { edges { node { maintenance { keys } } } } }",
        "{ events { edges { node { match { trace { found } } suggestions { name } } } } }",
        "subscription { impactChanged { hidden } }",
    ],
)
def test_a_document_with_anything_closed_in_it_is_refused_as_a_whole(estate: Estate, query: str) -> None:
    answer = estate.part.http.post(
        "/graphql", json={"query": query, "operationName": "Q" if "query Q" in query else None}
    )

    assert "data" not in answer.json()
    assert [one["extensions"]["code"] for one in answer.json()["errors"]] == ["FORBIDDEN"]


@pytest.mark.parametrize("root", ['impact(failures: [{key: "db-1"}], ', "currentImpact("])
def test_only_the_present_estate_is_told(estate: Estate, root: str) -> None:
    past = f'{{ {root}asOf: "2026-11-23T12:00:00Z") {{ hidden }} }}'

    assert estate.part.refusal(past).code == "FORBIDDEN"


def test_no_other_estate_is_imagined(estate: Estate) -> None:
    overlay = 'overlay: {items: [{key: "new", type: COMPONENT}]}'

    assert estate.part.refusal(f'{{ impact(failures: [{{key: "db-1"}}], {overlay}) {{ hidden }} }}').code == "FORBIDDEN"


@pytest.mark.parametrize("name", ["impact", "reach", "paths", "status", "events"])
def test_what_the_command_line_asks_is_open(estate: Estate, name: str) -> None:
    keys = {"key": "db-1", "direction": "DEPENDENTS", "from": "checkout", "to": "db-1", "failures": [{"key": "db-1"}]}

    answer = estate.part.answer(DOCUMENTS[name], {**keys, "first": 10, "limit": 10})

    assert "errors" not in answer


def test_introspection_is_the_same_for_everybody(estate: Estate) -> None:
    query = "{ __schema { types { name fields { name } } } __typename }"

    assert estate.part.graphql(query) == estate.whole.graphql(query)
