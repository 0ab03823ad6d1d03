"""GraphQL over HTTP, the 2025 draft: media types, status codes, GET, and bodies that are none.

Source: https://graphql.github.io/graphql-over-http/draft/
"""

from collections.abc import Iterator

import httpx2
import pytest

from app.database.client import Connection
from tests.service import Client, Json, emptied, running

JSON = "application/json"
DRAFT = "application/graphql-response+json"
ASK = '{ item(key: "a") { key } }'
WRITE = 'mutation { upsertItems(items: [{key: "a", type: TEAM}]) { graphVersion } }'


@pytest.fixture(scope="module")
def caller(connection: Connection) -> Iterator[Client]:
    with running(emptied(connection), max_body_bytes=100_000) as service:
        yield service.client()


def post(caller: Client, body: Json, accept: str = JSON) -> httpx2.Response:
    return caller.http.post("/graphql", json=body, headers={"Accept": accept})


def send(caller: Client, content: bytes, content_type: str | None = JSON) -> httpx2.Response:
    headers = {"Content-Type": content_type} if content_type else {}
    return caller.http.post("/graphql", content=content, headers=headers)


def problem(response: httpx2.Response) -> tuple[int, str]:
    """Status and sentence of a problem document."""
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert document["status"] == response.status_code
    return response.status_code, document["detail"]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (JSON, JSON),
        (DRAFT, DRAFT),
        (f"{DRAFT}; charset=utf-8, {JSON}; charset=utf-8", DRAFT),
        (f"{JSON}, {DRAFT}", JSON),
        (f"{JSON};q=0.5, {DRAFT};q=0.9", DRAFT),
        (f"{DRAFT};q=0.1, {JSON}", JSON),
        (f"text/html, {DRAFT};q=0", JSON),
        (f"{DRAFT};q=much", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (DRAFT.upper(), DRAFT),
    ],
)
def test_the_answer_has_the_media_type_that_was_asked_for(caller: Client, accept: str, expected: str) -> None:
    response = post(caller, {"query": ASK}, accept)

    assert (response.status_code, response.headers["content-type"]) == (200, f"{expected}; charset=utf-8")
    assert response.json() == {"data": {"item": None}}


REQUEST_ERRORS: dict[str, Json] = {
    "a document that is none": {"query": "{"},
    "an empty selection": {"query": "{}"},
    "two operations and no name": {"query": "query A { __typename } query B { __typename }"},
    "a field that is none": {"query": "{ nothing }"},
    "a variable that is missing": {"query": "query ($key: String!) { item(key: $key) { key } }"},
    "a variable of another type": {
        "query": "query ($key: String!) { item(key: $key) { key } }",
        "variables": {"key": [1]},
    },
}


@pytest.mark.parametrize("body", REQUEST_ERRORS.values(), ids=REQUEST_ERRORS.keys())
def test_a_request_that_cannot_run_is_a_400_in_the_drafts_media_type(caller: Client, body: Json) -> None:
    response = post(caller, body, DRAFT)

    assert (response.status_code, response.headers["content-type"]) == (400, f"{DRAFT}; charset=utf-8")
    assert set(response.json()) == {"errors"}
    assert response.json()["errors"][0]["extensions"]["code"] == "INVALID_INPUT"


@pytest.mark.parametrize("body", REQUEST_ERRORS.values(), ids=REQUEST_ERRORS.keys())
def test_a_request_that_cannot_run_is_a_200_as_plain_json(caller: Client, body: Json) -> None:
    response = post(caller, body)

    assert (response.status_code, response.headers["content-type"]) == (200, f"{JSON}; charset=utf-8")
    assert set(response.json()) == {"errors"}


@pytest.mark.parametrize("accept", [JSON, DRAFT])
def test_an_error_of_a_field_that_ran_is_a_200(caller: Client, accept: str) -> None:
    response = post(caller, {"query": '{ paths(from: "a", to: "b") { length } }'}, accept)

    assert response.status_code == 200
    assert response.json()["data"] is None
    assert response.json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    "content_type", [JSON, "application/json; charset=utf-8", "Application/JSON", 'application/json; charset="UTF-8"']
)
def test_json_is_taken_however_it_is_written(caller: Client, content_type: str) -> None:
    assert send(caller, b'{"query": "{ __typename }"}', content_type).json() == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize("nothing", [None, {}])
def test_variables_extensions_and_the_name_may_be_left_empty(caller: Client, nothing: Json) -> None:
    body = {"query": ASK, "variables": nothing, "extensions": nothing, "operationName": None}

    assert post(caller, body).json() == {"data": {"item": None}}


def test_of_several_operations_the_named_one_runs(caller: Client) -> None:
    body = {"query": "query A { a: __typename } query B { b: __typename }", "operationName": "B"}

    assert post(caller, body).json() == {"data": {"b": "Query"}}


def test_a_query_may_be_asked_by_get(caller: Client) -> None:
    query = "query A { __typename } query B($key: String!) { item(key: $key) { key } }"
    asked = {"query": query, "variables": '{"key": "a"}', "operationName": "B", "extensions": "{}"}

    response = caller.http.get("/graphql", params=asked, headers={"Accept": DRAFT})

    assert (response.status_code, response.json()) == (200, {"data": {"item": None}})


@pytest.mark.parametrize("accept", [JSON, DRAFT])
def test_a_mutation_by_get_is_refused_and_writes_nothing(caller: Client, accept: str) -> None:
    response = caller.http.get("/graphql", params={"query": WRITE}, headers={"Accept": accept})

    assert problem(response) == (405, "only queries are taken by GET; use POST")
    assert response.headers["allow"] == "POST"
    assert caller.graphql(ASK) == {"item": None}


def test_a_mutation_named_beside_a_query_is_refused_by_get_too(caller: Client) -> None:
    params = {"query": f"query A {{ __typename }} {WRITE.replace('mutation', 'mutation B')}", "operationName": "B"}

    assert caller.http.get("/graphql", params=params).status_code == 405
    assert caller.graphql(ASK) == {"item": None}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_other_methods_are_refused(caller: Client, method: str) -> None:
    response = caller.http.request(method, "/graphql", json={"query": ASK})

    assert response.status_code == 405
    assert {one.strip() for one in response.headers["allow"].split(",")} >= {"GET"}


def test_a_browser_is_shown_an_editor(caller: Client) -> None:
    response = caller.http.get("/graphql", headers={"Accept": "text/html"})

    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")


WRONG_BODIES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "the body is not JSON at line 1, column 1: "),
    "no JSON": (b'{"query": }', "the body is not JSON at line 1, column 11: "),
    "NaN": (b'{"query": "{ a }", "variables": {"a": NaN}}', "the body is not JSON at line 1, column 39: "),
    "infinity": (b'{"query": "{ a }", "variables": {"a": Infinity}}', "the body is not JSON at line 1, column 39: "),
    "bytes that are no UTF-8": (b'{"query": "\xff"}', "the body is not JSON at line 1, column "),
    "a surrogate by itself": (b'{"query": "\\ud800"}', "the body is not JSON at line 1, column "),
    "UTF-16": ('{"query": "{ a }"}'.encode("utf-16"), "the body is not JSON at line 1, column 1: "),
    "lists in lists": (b'{"variables": ' + b"[" * 40_000 + b"]" * 40_000 + b"}", "the body is not JSON at line 1, "),
    "a list never closed": (b"[" * 90_000, "the body is not JSON at line 1, "),
    "text": (b'"{ a }"', 'the body is not an object; send {"query": "\u2026", "variables": {\u2026}}'),
    "null": (b"null", "the body is not an object; "),
    "a number": (b"1", "the body is not an object; "),
    "a batch": (b'[{"query": "{ a }"}]', "a batch is not taken; send one operation in each request"),
    "an empty batch": (b"[]", "a batch is not taken; send one operation in each request"),
    "an object without a query": (b"{}", "there is no query; send "),
    "an empty query": (b'{"query": ""}', "there is no query; send "),
    "a query that is no text": (b'{"query": {"a": 1}}', "query must be text; correct it or leave it out"),
    "variables that are text": (
        b'{"query": "{ a }", "variables": "{}"}',
        "variables must be an object; correct it or leave it out",
    ),
    "variables that are a list": (
        b'{"query": "{ a }", "variables": []}',
        "variables must be an object; correct it or leave it out",
    ),
    "extensions that are text": (
        b'{"query": "{ a }", "extensions": ""}',
        "extensions must be an object; correct it or leave it out",
    ),
    "a name that is no text": (
        b'{"query": "query A { __typename }", "operationName": ["A"]}',
        "operationName must be text; correct it or leave it out",
    ),
    "a name of no operation": (
        b'{"query": "query A { __typename }", "operationName": "B"}',
        "operationName names no operation of the query; correct it",
    ),
}


@pytest.mark.parametrize(("body", "reason"), WRONG_BODIES.values(), ids=WRONG_BODIES.keys())
def test_a_body_that_is_no_graphql_request_is_a_400_that_says_why(caller: Client, body: bytes, reason: str) -> None:
    status, detail = problem(send(caller, body))

    assert status == 400
    assert detail.startswith(reason)


@pytest.mark.parametrize(
    ("content_type", "named"),
    [
        ("text/plain", "text/plain"),
        ("application/graphql", "application/graphql"),
        ("application/x-www-form-urlencoded", "application/x-www-form-urlencoded"),
        ("multipart/form-data; boundary=x", "multipart/form-data"),
        ("application/jsonp", "application/jsonp"),
        ("", "of no stated type"),
        (None, "of no stated type"),
    ],
)
def test_a_body_of_another_type_is_refused(caller: Client, content_type: str | None, named: str) -> None:
    response = send(caller, b'{"query": "{ __typename }"}', content_type)

    assert problem(response) == (415, f"the body is {named}; send application/json")


def test_a_body_that_is_too_large_is_refused(caller: Client) -> None:
    status, detail = problem(send(caller, b'{"query": "' + b" " * 100_000 + b'"}'))

    assert status == 413
    assert detail.startswith("the body is larger than 100000 bytes; ")


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"query": ASK, "variables": "{"}, "the query parameter is not JSON at line 1, column 2: "),
        ({"query": ASK, "variables": "[]"}, "variables must be an object; correct it or leave it out"),
        ({"query": ASK, "extensions": "NaN"}, "the query parameter is not JSON at line 1, column 1: "),
        ({"query": ""}, "there is no query; send "),
        ({"variables": "{}"}, "there is no query; send "),
    ],
    ids=str,
)
def test_a_wrong_get_is_a_400_that_says_why(caller: Client, parameters: Json, reason: str) -> None:
    status, detail = problem(caller.http.get("/graphql", params=parameters, headers={"Accept": DRAFT}))

    assert status == 400
    assert detail.startswith(reason)


def test_an_answer_is_utf_8(caller: Client) -> None:
    response = post(caller, {"query": '{ reach(key: "Zürich", direction: DEPENDENTS) { totalCount } }'})

    assert "the key 'Zürich';" in response.content.decode("utf-8")
