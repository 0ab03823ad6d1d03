"""Which events are one trouble, and why, over GraphQL."""

from collections.abc import Iterator

import pytest

from app.database.client import Connection
from tests.service import Client, Json, emptied, running

LIST = """query ($filter: SituationFilter, $first: Int, $after: String) {
  situations(filter: $filter, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { node { id status title eventCount itemCount priority businessCount teamKeys mergedInto resolvedAt
      causes { key name observed explained alerting standing score item { key } }
      business { key name type state priority item { key } } } } } }"""
ONE = """query ($id: ID!, $first: Int) { situation(id: $id) { title
  events(first: $first) { totalCount edges { node { item { key } } } pageInfo { hasNextPage } }
  impact { priority counts { type state count } causes { item { key } } } } }"""


def firing(key: str) -> Json:
    return {
        "status": "firing",
        "labels": {"underpin_key": key, "severity": "critical"},
        "fingerprint": key,
        "startsAt": "2026-11-17T09:00:00Z",
    }


@pytest.fixture(scope="module")
def client(connection: Connection) -> Iterator[Client]:
    with running(emptied(connection), webhook_answer_seconds=60) as service:
        client = service.client()
        client.add(
            [
                {"key": "team", "type": "TEAM"},
                {"key": "pay", "type": "BUSINESS_PROCESS", "name": "Pay", "tier": 0, "owner": "team"},
                {"key": "rack", "type": "LOCATION", "name": "Rack 12"},
                *({"key": key, "type": "COMPONENT"} for key in ("h1", "h2", "h3", "lone")),
            ],
            *("pay -> h1", "h1 -> rack", "h2 -> rack", "h3 -> rack"),
        )
        alerts = [firing(key) for key in ("h1", "h2", "h3", "lone")]
        client.http.post("/webhooks/alertmanager", json={"version": "4", "alerts": alerts}).raise_for_status()
        service.gather_situations()
        yield client


def found(client: Client, **wanted: Json) -> dict[str, Json]:
    """The situations that a filter finds, by title."""
    edges = client.graphql(LIST, filter=wanted)["situations"]["edges"]
    return {edge["node"]["title"]: edge["node"] for edge in edges}


def test_a_situation_is_told_with_its_causes_and_what_it_hurts(client: Client) -> None:
    situation = found(client)["Rack 12: 3 items alert; Pay is hurt"]

    assert (situation["status"], situation["eventCount"], situation["itemCount"]) == ("OPEN", 3, 3)
    assert (situation["priority"], situation["businessCount"], situation["teamKeys"]) == (1, 1, ["team"])
    assert situation["causes"][0] == {
        "key": "rack",
        "name": "Rack 12",
        "observed": False,
        "explained": 3,
        "alerting": 3,
        "standing": 3,
        "score": 1.0,
        "item": {"key": "rack"},
    }
    (business,) = situation["business"]
    assert (business["key"], business["name"], business["state"], business["item"]["key"]) == (
        "pay",
        "Pay",
        "DOWN",
        "pay",
    )


def test_situations_are_found_by_what_they_are(client: Client) -> None:
    rack, lone = "Rack 12: 3 items alert; Pay is hurt", "lone: 1 item alerts"

    assert found(client).keys() == {rack, lone}
    assert found(client, status="OPEN", minPriority=1).keys() == {rack}
    assert found(client, itemKey="lone").keys() == {lone}
    assert found(client, status="RESOLVED") == {}


def test_situations_are_told_page_by_page(client: Client) -> None:
    first = client.graphql(LIST, first=1)["situations"]
    second = client.graphql(LIST, first=1, after=first["pageInfo"]["endCursor"])["situations"]

    assert (first["totalCount"], first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (
        2,
        True,
        False,
    )
    assert first["edges"][0]["node"]["id"] != second["edges"][0]["node"]["id"]


def test_one_situation_has_its_events_and_its_impact(client: Client) -> None:
    id = found(client, itemKey="h1").popitem()[1]["id"]

    situation = client.graphql(ONE, id=id, first=2)["situation"]

    events = situation["events"]
    assert (events["totalCount"], len(events["edges"]), events["pageInfo"]["hasNextPage"]) == (3, 2, True)
    assert {edge["node"]["item"]["key"] for edge in events["edges"]} < {"h1", "h2", "h3"}
    assert situation["impact"]["priority"] == 1
    assert [one["item"]["key"] for one in situation["impact"]["causes"]] == ["h1", "h2", "h3"]
    assert client.graphql(ONE, id="nobody")["situation"] is None


def test_a_priority_that_does_not_exist_is_refused(client: Client) -> None:
    refused = client.refusal(LIST, filter={"minPriority": 6})

    assert (refused.code, refused.message) == (
        "INVALID_INPUT",
        "filter.minPriority is 6; it goes from 1, critical, to 5, planning",
    )
