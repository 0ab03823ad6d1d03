"""Who may ask what over HTTP: every route, for every caller; and what is refused changes nothing, of GraphQL too."""

from collections.abc import Iterator, Mapping

import httpx2
import pytest

from app.auth.model import Permission, Role
from app.database.client import Connection
from tests.api.test_roles import REFUSED, operation
from tests.service import Service, emptied, running
from tests.stored import contents

# Whoever shows a session may end it.
PUBLIC = {
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
    ("OPTIONS", "/webhooks/cloudevents"),
    ("DELETE", "/session"),
}
# Who may what there is told by the root fields (tests/api/test_roles.py).
GRAPHQL = {("GET", "/graphql"), ("POST", "/graphql")}
WANTED = {
    ("POST", "/session"): Permission.READ,
    ("GET", "/session"): Permission.READ,
    ("GET", "/lookup"): Permission.READ,
    ("GET", "/metrics"): Permission.READ,
    ("GET", "/exports/{format}"): Permission.READ,
    ("GET", "/exports/dora/{template}.csv"): Permission.READ,
    ("GET", "/continuity/{key}/plan.{form}"): Permission.READ,
    ("GET", "/continuity/{key}/report"): Permission.READ,
    ("POST", "/explore"): Permission.READ,
    ("POST", "/gate"): Permission.READ,
    ("POST", "/webhooks/{source}"): Permission.OPERATE,
    ("PUT", "/webhooks/{source}"): Permission.OPERATE,
    ("POST", "/lookup/{source}"): Permission.OPERATE,
    ("POST", "/api/v2/alerts"): Permission.OPERATE,
    ("POST", "/v2/enqueue"): Permission.OPERATE,
    ("POST", "/v2/alerts"): Permission.OPERATE,
    ("POST", "/v2/alerts/{identifier}/{action}"): Permission.OPERATE,
    ("POST", "/api/global/em/jsonv2"): Permission.OPERATE,
    ("POST", "/imports"): Permission.EDIT,
    ("GET", "/exports/audit"): Permission.ADMINISTER,
}
ARGUMENTS = {"format": "ndjson", "source": "alertmanager", "key": "db-1", "form": "md", "template": "B_02.02"}
ARGUMENTS |= {"identifier": "disk", "action": "close"}
BODY = {"query": "RETURN 1", "event_action": "trigger", "payload": {"summary": "x", "source": "y", "severity": "info"}}
PARAMETERS = {"ref": "db-1"}
PROBLEM = "application/problem+json"
Route = tuple[str, str]


@pytest.fixture(scope="module")
def service(connection: Connection) -> Iterator[Service]:
    with running(emptied(connection), local_mode=False) as service:
        service.client_as(Role.EDITOR).add([{"key": "db-1", "type": "COMPONENT"}])
        yield service


@pytest.fixture(scope="module")
def tokens(service: Service) -> Mapping[Role | None, str]:
    """A token of each role, and one that is none."""
    return {None: "up_wrong", **{role: service.token(role) for role in Role}}


def asked(service: Service, route: Route, token: str | None) -> httpx2.Response:
    """What a caller gets from a route; the token is where the tools that it stands in for put theirs, too."""
    method, template = route
    body = BODY if token is None else {**BODY, "routing_key": token}
    return service.client(token).http.request(method, template.format_map(ARGUMENTS), params=PARAMETERS, json=body)


def everything(service: Service) -> list[str]:
    """What is stored, but for when tokens were last used, and how many transactions that took."""
    lines = service.run(contents(service.runtime.database))
    return [one for one in lines if not one.startswith(("['AccessToken']", "['WriteCounter']"))]


def test_every_route_has_its_permission_written_down_here(service: Service) -> None:
    described = httpx2.get(f"{service.url}/openapi.json").json()["paths"]

    routes = {(method.upper(), template) for template, methods in described.items() for method in methods}

    assert {(method, template.rstrip("/") or "/") for method, template in routes} == WANTED.keys() | PUBLIC | GRAPHQL


def test_every_route_describes_how_it_refuses(service: Service) -> None:
    described = httpx2.get(f"{service.url}/openapi.json").json()["paths"]

    for path, methods in described.items():
        for method, one in methods.items():
            assert [*one["responses"]["4XX"]["content"]] == ["application/problem+json"], (method, path)
            assert "422" not in one["responses"], (method, path)


@pytest.mark.parametrize("route", sorted(WANTED), ids=" ".join)
def test_without_a_token_that_is_one_nothing_is_answered(service: Service, route: Route) -> None:
    before = everything(service)

    answers = [asked(service, route, token) for token in (None, "up_wrong")]

    assert [(one.status_code, one.headers["content-type"]) for one in answers] == [(401, PROBLEM)] * 2
    assert everything(service) == before


@pytest.mark.parametrize("route", sorted(WANTED), ids=" ".join)
def test_a_role_that_does_not_grant_it_is_refused_with_nothing_changed(
    service: Service, tokens: Mapping[Role | None, str], route: Route
) -> None:
    before = everything(service)

    refused = {role: asked(service, route, tokens[role]) for role in Role if WANTED[route] not in role.permissions}

    assert {role: (one.status_code, one.json()["code"]) for role, one in refused.items()} == dict.fromkeys(
        refused, (403, "FORBIDDEN")
    )
    assert everything(service) == before


def test_what_is_refused_in_graphql_changes_nothing(service: Service, tokens: Mapping[Role | None, str]) -> None:
    before = everything(service)

    for name, role in REFUSED:
        assert service.client(tokens[role]).refusal(operation(name)).code == "FORBIDDEN"

    assert everything(service) == before


# The last, for what is let in here is stored when it is.
@pytest.mark.parametrize("route", sorted(WANTED), ids=" ".join)
def test_a_role_that_grants_it_is_let_in(service: Service, tokens: Mapping[Role | None, str], route: Route) -> None:
    granting = [role for role in Role if WANTED[route] in role.permissions]

    found = {role: asked(service, route, tokens[role]).status_code for role in granting}

    assert not {*found.values()} & {401, 403, 404, 405, 429, 500}
