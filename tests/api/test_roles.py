"""Who may ask what: every root field of the schema, for every role."""

from collections.abc import Iterator
from itertools import product

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    build_schema,
    get_named_type,
    is_leaf_type,
)
from strawberry.types import get_object_definition
from strawberry.utils.str_converters import to_camel_case

from app.api.permissions import Requires
from app.api.schema import Mutation, Query
from app.auth.model import Permission, Role
from app.database.client import Connection
from app.resources import resource_folder
from tests.service import Client, Json, emptied, running

SCHEMA = build_schema((resource_folder("graphql") / "schema.graphql").read_text(encoding="utf-8"))
READS = {"node", "nodes", "item", "items", "search", "events"}
READS |= {"impact", "currentImpact", "reach", "paths", "commonCauses", "neighbourhood"}
READS |= {"healthHistory", "maintenanceWindows", "event", "matchRules", "queuedEvents", "sources"}
READS |= {"situations", "situation", "objectives", "recoveryGaps", "recoveryPlan", "recovery", "recoveries"}
READS |= {"weakPoints", "singlePoints", "concentration", "changeGate"}
READS |= {"assessments", "assessment", "findings", "mappingQuality", "registerOfInformation"}
READS |= {"scenarios", "scenarioRuns", "compareScenarioRuns"}
READS |= {"cypher", "graphModel", "savedQueries", "runSavedQuery"}
OPERATES = {"planMaintenance", "cancelMaintenance", "quarantine", "replayQuarantined", "discardQuarantined"}
OPERATES |= {"acknowledgeEvents", "unacknowledgeEvents", "suppressEvents", "unsuppressEvents", "resolveEvents"}
OPERATES |= {"checkNow", "putMatchRule", "removeMatchRule", "importMaintenanceCalendar"}
OPERATES |= {"startRecovery", "completeRecoveryStep", "runScenario"}
OPERATES |= {"notifications", "notificationSubscriptions", "replayNotification", "trySource"}
ADMINISTERS = {"subscribe", "updateSubscription", "unsubscribe", "testSubscription", "defineSource", "removeSource"}
ADMINISTERS |= {"audit"}
EDITS = {"saveScenario", "upsertItems", "upsertDependencies", "removeItems", "removeDependencies", "acceptSuggestion"}
EDITS |= {"draftAssessment", "approveAssessment", "reviewAssessment", "retireAssessment"}
EDITS |= {"acceptFinding", "reopenFinding"}
EDITS |= {"saveQuery", "removeSavedQuery"}
WANTED = {
    **dict.fromkeys(READS, Permission.READ),
    **dict.fromkeys(OPERATES, Permission.OPERATE),
    **dict.fromkeys(EDITS, Permission.EDIT),
    **dict.fromkeys(ADMINISTERS, Permission.ADMINISTER),
}
ROOTS = {
    name: (kind, field)
    for kind, root in (("query", SCHEMA.query_type), ("mutation", SCHEMA.mutation_type))
    if root is not None
    for name, field in root.fields.items()
}


def literal(kind: GraphQLInputType) -> str:
    """The smallest value of a type; every list is empty."""
    if isinstance(kind, GraphQLNonNull):
        return literal(kind.of_type)
    if isinstance(kind, GraphQLList):
        return "[]"
    if isinstance(kind, GraphQLEnumType):
        return str(next(iter(kind.values)))
    if isinstance(kind, GraphQLInputObjectType):
        given = {name: one.type for name, one in kind.fields.items() if isinstance(one.type, GraphQLNonNull)}
        return "{" + ", ".join(f"{name}: {literal(type)}" for name, type in given.items()) + "}"
    return {"Int": "1", "Boolean": "true", "DateTime": '"2026-11-23T12:00:00Z"'}.get(kind.name, '"x"')


def operation(name: str) -> str:
    """An operation that asks for nothing but this root field, with its required arguments."""
    kind, field = ROOTS[name]
    required = {key: one.type for key, one in field.args.items() if isinstance(one.type, GraphQLNonNull)}
    arguments = ", ".join(f"{key}: {literal(type)}" for key, type in required.items())
    return f"{kind} {{ {name}{f'({arguments})' if arguments else ''}{selection(field)} }}"


def selection(field: GraphQLField) -> str:
    return "" if is_leaf_type(get_named_type(field.type)) else " { __typename }"


@pytest.fixture(scope="module")
def callers(connection: Connection) -> Iterator[dict[Role | None, Client]]:
    """A caller of each role, and one without a token, of a service that is not in local mode."""
    with running(emptied(connection), local_mode=False) as service:
        yield {None: service.client(), **{role: service.client_as(role) for role in Role}}


def test_every_root_field_has_its_permission_written_down_here() -> None:
    assert WANTED.keys() == ROOTS.keys()


def test_every_root_field_asks_for_its_permission() -> None:
    fields = [field for root in (Query, Mutation) for field in get_object_definition(root, strict=True).fields]

    asked = {
        field.python_name: [one.permission for one in field.extensions if isinstance(one, Requires)] for field in fields
    }

    assert {to_camel_case(name): permissions for name, permissions in asked.items()} == {
        name: [permission] for name, permission in WANTED.items()
    }


def test_what_can_be_followed_can_be_read() -> None:
    assert isinstance(SCHEMA.query_type, GraphQLObjectType)
    assert isinstance(SCHEMA.subscription_type, GraphQLObjectType)
    # Each asks for READ before its first answer; tests/api/test_subscriptions.py opens them with and without a token.
    assert SCHEMA.subscription_type.fields.keys() == {"impactChanged", "eventsChanged", "situationsChanged"}


GRANTED = [(name, role) for name, role in product(sorted(ROOTS), Role) if WANTED.get(name) in role.permissions]
REFUSED = [(name, role) for name, role in product(sorted(ROOTS), Role) if WANTED.get(name) not in role.permissions]


@pytest.mark.parametrize(("name", "role"), GRANTED, ids=str)
def test_a_role_that_grants_it_may_ask(callers: dict[Role | None, Client], name: str, role: Role) -> None:
    answer = callers[role].answer(operation(name))

    assert codes(answer) <= {"INVALID_INPUT", "NOT_FOUND"}
    assert "data" in answer


@pytest.mark.parametrize(("name", "role"), REFUSED, ids=str)
def test_a_role_that_does_not_is_refused(callers: dict[Role | None, Client], name: str, role: Role) -> None:
    refusal = callers[role].refusal(operation(name))

    granting = " or ".join(one.value for one in Role if WANTED[name] in one.permissions)
    assert refusal.code == "FORBIDDEN"
    assert refusal.message == (
        f"'a {role.value}' has the role {role.value} and may not {WANTED[name].value}; "
        f"use a token with the role {granting}"
    )


def codes(answer: Json) -> set[str]:
    return {error["extensions"]["code"] for error in answer.get("errors", ())}


@pytest.mark.parametrize("name", sorted(ROOTS))
def test_without_a_token_nothing_is_answered(callers: dict[Role | None, Client], name: str) -> None:
    response = callers[None].http.post("/graphql", json={"query": operation(name)})

    assert response.status_code == 401
    assert response.json()["code"] == "UNAUTHENTICATED"
    assert response.headers["www-authenticate"].startswith("Bearer")


def test_a_wrong_token_is_no_better_than_none(callers: dict[Role | None, Client]) -> None:
    headers = {"Authorization": "Bearer up_wrong"}

    response = callers[None].http.post("/graphql", json={"query": "{ __typename }"}, headers=headers)

    assert (response.status_code, response.json()["code"]) == (401, "UNAUTHENTICATED")


def test_without_a_token_the_schema_is_not_told(callers: dict[Role | None, Client]) -> None:
    response = callers[None].http.get("/graphql", params={"query": "{ __schema { queryType { name } } }"})

    assert response.status_code == 401


def test_what_may_be_read_is_answered_beside_what_may_not_be_changed(callers: dict[Role | None, Client]) -> None:
    both = "mutation { a: removeItems(keys: []) { removed } b: __typename }"

    answer = callers[Role.READER].answer(both)

    assert codes(answer) == {"FORBIDDEN"}
    assert answer["data"] is None
