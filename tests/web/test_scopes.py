"""What a caller with a scope is told over HTTP: of what they may see at one address, and nothing at any other."""

from collections.abc import Iterator

import httpx2
import pytest

from app.database.client import Connection
from tests.scoped import MARK, SEEN, UNSEEN, Estate, item, scoped_estate
from tests.service import Service

PUBLIC = {"/health/live", "/health/ready"}
# `/session` tells callers of themselves.
OPEN = {"/graphql", "/lookup", "/session"}
ARGUMENTS = {"format": "ndjson", "source": "alertmanager", "key": "db-1", "form": "md", "template": "B_01.01"}


@pytest.fixture(scope="module")
def estate(connection: Connection) -> Iterator[Estate]:
    with scoped_estate(connection) as estate:
        yield estate


def requests_of(service: Service) -> Iterator[tuple[str, str, str]]:
    """Every route that our description names: method, template and a path."""
    described = httpx2.get(f"{service.url}/openapi.json").json()["paths"]
    for template, methods in described.items():
        for method in methods:
            yield method.upper(), template, template.format_map(_Arguments(ARGUMENTS))


class _Arguments(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return name


def test_every_other_address_is_refused(estate: Estate) -> None:
    secret = estate.part.http.headers["authorization"].removeprefix("Bearer ")
    # What PagerDuty's API needs to tell who sends, which it does not take from a header.
    body = {"routing_key": secret, "event_action": "trigger", "payload": {"summary": "x", "source": "y"}}

    answers = {
        (method, template): estate.part.http.request(method, path, json=body)
        for method, template, path in requests_of(estate.service)
        if template.rstrip("/") not in PUBLIC | OPEN and method != "OPTIONS"
    }

    assert {key: answer.status_code for key, answer in answers.items()} == dict.fromkeys(answers, 403)
    assert all(MARK not in answer.text for answer in answers.values())
    assert len(answers) > 10


@pytest.mark.parametrize("ref", [*UNSEEN, f"{MARK}-san.corp.example"])
def test_a_look_up_does_not_tell_what_is_hidden_from_what_is_not_there(estate: Estate, ref: str) -> None:
    def asked(ref: str) -> tuple[int, str]:
        answer = estate.part.http.get("/lookup", params={"ref": ref})
        return answer.status_code, answer.json()["detail"].replace(ref, "REF")

    assert asked(ref) == asked("nobody.corp.example")
    assert asked(ref)[0] == 404


@pytest.mark.parametrize("ref", ["db-1", "db-1.corp.example", "cache", "cloud", "pay-api"])
def test_a_look_up_tells_only_of_what_is_seen(estate: Estate, ref: str) -> None:
    part, whole = (client.http.get("/lookup", params={"ref": ref}) for client in (estate.part, estate.whole))

    assert MARK not in part.text
    assert part.json()["match"] == whole.json()["match"]
    seen, every = part.json()["impact"], whole.json()["impact"]
    assert every["hidden"] == 0
    assert seen["hidden"] == sum(every["counts"].values()) - sum(seen["counts"].values())
    assert [one["key"] for one in seen["businessProcesses"]] == [
        one["key"] for one in every["businessProcesses"] if one["key"] in SEEN
    ]


def test_a_name_that_a_hidden_item_has_too_is_not_ambiguous(estate: Estate) -> None:
    shared = [{"kind": "ip", "value": "10.0.0.7"}]
    rows = [item("cache", attributes={"env": "prod"}, identifiers=shared), item(f"{MARK}-san", identifiers=shared)]
    estate.whole.add(rows)

    part, whole = (
        client.http.get("/lookup", params={"ref": "10.0.0.7"}).json()["match"] for client in (estate.part, estate.whole)
    )

    assert (part["key"], part["candidates"]) == ("cache", [])
    assert (whole["key"], whole["candidates"]) == (None, ["cache", f"{MARK}-san"])
