"""What was down last Tuesday, and why, over GraphQL."""

from collections.abc import Iterator

import pytest

from app.database.client import Connection
from tests.service import Client, emptied, running

HISTORY = """query ($filter: HealthFilter, $first: Int, $after: String) {
  healthHistory(filter: $filter, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { node { key name type state since endedAt causeKeys sentence item { key } } } } }"""
DELIVERY = {
    "version": "4",
    "alerts": [
        {
            "status": "firing",
            "labels": {"underpin_key": "db", "severity": "critical"},
            "fingerprint": "f",
            "startsAt": "2026-11-17T09:00:00Z",
        }
    ],
}


@pytest.fixture(scope="module")
def client(connection: Connection) -> Iterator[Client]:
    with running(emptied(connection)) as service:
        client = service.client()
        business = [{"key": key, "type": "BUSINESS_PROCESS", "name": key.title()} for key in ("pay", "shop")]
        client.add([*business, {"key": "db", "type": "COMPONENT"}], "pay -> db", "shop -> db")
        client.http.post("/webhooks/alertmanager", json=DELIVERY).raise_for_status()
        service.record_health()
        yield client


def test_what_was_down_in_a_time_is_told_with_its_reason(client: Client) -> None:
    found = client.graphql(HISTORY, filter={"from": "2026-11-17T00:00:00Z", "until": "2026-11-18T00:00:00Z"})

    nodes = {edge["node"]["key"]: edge["node"] for edge in found["healthHistory"]["edges"]}
    assert nodes.keys() == {"pay", "shop"}
    assert nodes["pay"] == {
        "key": "pay",
        "name": "Pay",
        "type": "BUSINESS_PROCESS",
        "state": "DOWN",
        "since": "2026-11-17T09:00:00+00:00",
        "endedAt": None,
        "causeKeys": ["db"],
        "sentence": "Pay is DOWN: it needs db, which is DOWN",
        "item": {"key": "pay"},
    }


def test_the_history_is_told_page_by_page(client: Client) -> None:
    first = client.graphql(HISTORY, first=1)["healthHistory"]
    second = client.graphql(HISTORY, first=1, after=first["pageInfo"]["endCursor"])["healthHistory"]

    assert (first["totalCount"], first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (
        2,
        True,
        False,
    )
    assert {page["edges"][0]["node"]["key"] for page in (first, second)} == {"pay", "shop"}


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        pytest.param(
            {"from": "2026-11-17T00:00:00"},
            "filter.from has no time zone; write it as 2026-11-17T00:00:00Z",
            id="no time zone",
        ),
        pytest.param(
            {"from": "2026-11-18T00:00:00Z", "until": "2026-11-17T00:00:00Z"},
            "filter.until is 2026-11-17T00:00:00+00:00, which is not after filter.from; swap them",
            id="the wrong way round",
        ),
    ],
)
def test_a_time_that_cannot_be_right_is_refused(client: Client, wanted: dict[str, str], message: str) -> None:
    refused = client.refusal(HISTORY, filter=wanted)

    assert (refused.code, refused.message) == ("INVALID_INPUT", message)
