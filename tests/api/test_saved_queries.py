"""Saved queries: shipped ones beside those that callers own."""

from collections.abc import Iterator

import pytest

from app.auth.model import Role
from app.database.client import Connection
from app.database.queries import load_queries
from tests.service import Service, emptied, running

SAVE = 'mutation ($q: String!) { saveQuery(name: "mine", query: $q, parameters: {n: 1}) { name owner parameters } }'
REMOVE = 'mutation { removeSavedQuery(name: "mine") }'
LIST = "{ savedQueries { name owner } }"
RUN = "query ($name: String!, $p: JSON) { runSavedQuery(name: $name, parameters: $p) { rows } }"


@pytest.fixture
def service(connection: Connection) -> Iterator[Service]:
    with running(emptied(connection), local_mode=False) as found:
        yield found


def test_a_saved_query_is_run_by_name_with_its_values_or_others(service: Service) -> None:
    editor, reader = service.client_as(Role.EDITOR), service.client_as(Role.READER)

    saved = editor.graphql(SAVE, q="RETURN $n AS n")["saveQuery"]

    assert saved == {"name": "mine", "owner": "a editor", "parameters": {"n": 1}}
    assert reader.graphql(RUN, name="mine")["runSavedQuery"]["rows"] == [[1]]
    assert reader.graphql(RUN, name="mine", p={"n": 2})["runSavedQuery"]["rows"] == [[2]]


def test_the_shipped_examples_stand_beside_them_and_answer(service: Service) -> None:
    editor = service.client_as(Role.EDITOR)
    editor.graphql(SAVE, q="RETURN $n AS n")

    listed = editor.graphql(LIST)["savedQueries"]

    examples = sorted(load_queries("examples"))
    assert listed == [*({"name": name, "owner": None} for name in examples), {"name": "mine", "owner": "a editor"}]
    assert [name for name in examples if "rows" not in editor.graphql(RUN, name=name)["runSavedQuery"]] == []


def test_only_the_owner_and_administrators_change_or_remove_it(service: Service) -> None:
    editor, admin = service.client_as(Role.EDITOR), service.client_as(Role.ADMIN)
    admin.graphql(SAVE, q="RETURN 1 AS one")

    refusals = [editor.refusal(SAVE, q="RETURN 2 AS two"), editor.refusal(REMOVE)]

    told = "the query 'mine' is 'a admin''s; ask them or an administrator to change it"
    assert [(one.code, one.message) for one in refusals] == [("FORBIDDEN", told)] * 2
    assert editor.graphql(RUN, name="mine")["runSavedQuery"]["rows"] == [[1]]
    assert admin.graphql(REMOVE) == {"removeSavedQuery": "mine"}
    assert admin.refusal(REMOVE).code == "NOT_FOUND"


def test_what_no_query_may_hold_is_not_saved(service: Service) -> None:
    editor = service.client_as(Role.EDITOR)

    refusal = editor.refusal(SAVE, q="MATCH (t:AccessToken) RETURN t")

    assert refusal.code == "FORBIDDEN"
    assert "mine" not in {one["name"] for one in editor.graphql(LIST)["savedQueries"]}
