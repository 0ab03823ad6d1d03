"""What people do with events over GraphQL."""

from collections.abc import Iterator

import pytest

from app.database.client import Connection
from tests.events.deliveries import LATER, alert, delivery, resolved
from tests.service import Client, Json, emptied, running

ESTATE = [
    {"key": "pay", "type": "BUSINESS_PROCESS", "tier": 0},
    {"key": "db-1", "type": "COMPONENT", "identifiers": [{"kind": "fqdn", "value": "db-1.corp.example"}]},
]
SHOWN = "id status lifecycle acknowledgedBy suppressedBy suppressedUntil note reopened flapping"


@pytest.fixture
def client(connection: Connection) -> Iterator[Client]:
    with running(emptied(connection), webhook_answer_seconds=60) as service:
        client = service.client()
        client.add(ESTATE, "pay -> db-1")
        yield client


def told(client: Client, *alerts: Json) -> str:
    """The id of the last event of a delivery."""
    answer = client.http.post("/webhooks/alertmanager", json=delivery(*alerts))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["events"][-1]["id"])


def changed(client: Client, mutation: str, id: str, arguments: str = "") -> Json:
    """The event after a mutation of it alone."""
    (event,) = client.graphql(
        f"mutation ($ids: [ID!]!) {{ done: {mutation}(ids: $ids{arguments}) {{ {SHOWN} }} }}", ids=[id]
    )["done"]
    return event


def health(client: Client) -> str:
    return str(client.graphql('{ item(key: "pay") { health { state } } }')["item"]["health"]["state"])


def test_an_event_is_taken_and_given_back(client: Client) -> None:
    id = told(client, alert())

    taken = changed(client, "acknowledgeEvents", id, ', note: "on it"')
    given_back = changed(client, "unacknowledgeEvents", id)

    assert (taken["lifecycle"], taken["acknowledgedBy"], taken["note"]) == ("ACKNOWLEDGED", "local", "on it")
    assert (given_back["lifecycle"], given_back["acknowledgedBy"]) == ("OPEN", None)
    assert health(client) == "DOWN"


def test_a_suppressed_event_says_nothing_of_its_item_until_it_is_heard_again(client: Client) -> None:
    id = told(client, alert())

    silent = changed(client, "suppressEvents", id, ', until: "2099-01-01T00:00:00Z"')
    meanwhile = health(client)
    heard = changed(client, "unsuppressEvents", id)

    assert (silent["lifecycle"], silent["suppressedUntil"]) == ("SUPPRESSED", "2099-01-01T00:00:00+00:00")
    assert (meanwhile, health(client)) == ("OPERATIONAL", "DOWN")
    assert heard["lifecycle"] == "OPEN"


def test_an_event_that_somebody_closed_opens_with_its_next_occurrence(client: Client) -> None:
    id = told(client, alert())

    closed = changed(client, "resolveEvents", id)
    told(client, alert())
    repeated = health(client)
    told(client, alert(starts_at="2099-01-01T00:00:00Z"))

    assert (closed["lifecycle"], closed["note"]) == ("RESOLVED", "resolved by local")
    assert (repeated, health(client)) == ("OPERATIONAL", "DOWN")


def test_an_event_that_comes_back_says_so(client: Client) -> None:
    told(client, alert())
    told(client, resolved())
    id = told(client, alert(starts_at=LATER))

    event = client.graphql(f"query ($id: ID!) {{ event(id: $id) {{ {SHOWN} }} }}", id=id)["event"]

    assert (event["lifecycle"], event["reopened"], event["flapping"]) == ("REOPENED", 1, False)
    listed = client.graphql("{ events(filter: {lifecycle: REOPENED}) { totalCount edges { node { id } } } }")["events"]
    assert (listed["totalCount"], listed["edges"]) == (1, [{"node": {"id": id}}])


def test_an_id_that_names_nothing_is_refused_and_nothing_changes(client: Client) -> None:
    id = told(client, alert())

    refusal = client.refusal("mutation ($ids: [ID!]!) { resolveEvents(ids: $ids) { id } }", ids=[id, "nothing"])

    assert (refusal.code, refusal.message) == (
        "NOT_FOUND",
        "no event has the id 'nothing'; list them with events, nothing was changed",
    )
    assert health(client) == "DOWN"
    assert client.graphql('{ event(id: "nothing") { id } }') == {"event": None}


def test_a_suppression_until_what_has_passed_is_refused(client: Client) -> None:
    id = told(client, alert())

    refusal = client.refusal(
        'mutation ($ids: [ID!]!) { suppressEvents(ids: $ids, until: "2020-01-01T00:00:00Z") { id } }', ids=[id]
    )

    assert refusal.message == "until 2020-01-01T00:00:00+00:00 has passed; give an instant to come, or none"


@pytest.mark.parametrize("count", [0, 1_001])
def test_too_few_or_too_many_at_once_are_refused(client: Client, count: int) -> None:
    refusal = client.refusal("mutation ($ids: [ID!]!) { resolveEvents(ids: $ids) { id } }", ids=["x"] * count)

    assert refusal.message == f"ids must name 1 to 1000 events, not {count}; do it in parts"


EVENTS = """query ($key: String!, $first: Int, $after: String) {
  item(key: $key) { events(first: $first, after: $after) {
    totalCount pageInfo { endCursor hasNextPage } edges { node { fingerprint } } } }
}"""


def test_an_item_has_its_open_events_page_by_page_and_no_others(client: Client) -> None:
    told(client, alert(fingerprint="over"), alert("10.9.9.9", fingerprint="unknown"))
    told(client, resolved(fingerprint="over"))
    names = [f"open {number}" for number in range(3)]
    for name in names:
        told(client, alert(fingerprint=name))

    page = client.graphql(EVENTS, key="db-1", first=2)["item"]["events"]
    rest = client.graphql(EVENTS, key="db-1", first=2, after=page["pageInfo"]["endCursor"])["item"]["events"]

    listed = [edge["node"]["fingerprint"] for edge in (*page["edges"], *rest["edges"])]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (3, True, False)
    assert listed == names[::-1]
    assert client.graphql(EVENTS, key="pay")["item"]["events"]["totalCount"] == 0


def test_an_event_about_no_known_item_says_which_may_be_meant(client: Client) -> None:
    told(client, alert("db-1.corp.exmple", fingerprint="a"), alert(fingerprint="b"))

    found = client.graphql("{ events { edges { node { fingerprint suggestions { item { key } } } } } }")["events"]

    assert {edge["node"]["fingerprint"]: edge["node"]["suggestions"] for edge in found["edges"]} == {
        "a": [{"item": {"key": "db-1"}}],
        "b": [],
    }
