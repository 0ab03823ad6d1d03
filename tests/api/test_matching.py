"""The queue of events about no known item, and what people do about it, over GraphQL."""

from collections.abc import Iterator

import pytest

from app.database.client import Connection
from tests.events.deliveries import alert, delivery
from tests.service import Client, Json, emptied, running

ESTATE = [
    {"key": "pay", "type": "BUSINESS_PROCESS", "name": "Payments"},
    {"key": "db-1", "type": "COMPONENT", "name": "Ledger database"},
]
QUEUE = """{ queuedEvents { totalCount edges { node {
  tier value candidates count newest { fingerprint match { trace { origin value outcome } } }
  suggestions { likeness item { key } } } } } }"""


@pytest.fixture
def client(connection: Connection) -> Iterator[Client]:
    with running(emptied(connection), webhook_answer_seconds=60) as service:
        client = service.client()
        client.add(ESTATE, "pay -> db-1")
        yield client


def told(client: Client, *alerts: Json) -> None:
    answer = client.http.post("/webhooks/alertmanager", json=delivery(*alerts))
    assert answer.status_code == 200, answer.text


def queue(client: Client) -> list[Json]:
    return [edge["node"] for edge in client.graphql(QUEUE)["queuedEvents"]["edges"]]


def health(client: Client) -> str:
    return str(client.graphql('{ item(key: "pay") { health { state } } }')["item"]["health"]["state"])


def test_events_about_nothing_known_wait_grouped_by_what_they_say(client: Client) -> None:
    told(
        client,
        alert("ledger-databse", fingerprint="a"),
        alert("ledger-databse", fingerprint="b"),
        alert("10.9.9.9", fingerprint="c"),
    )

    first, second = queue(client)

    assert (first["tier"], first["value"], first["count"]) == ("HOSTNAME", "ledger-databse", 2)
    assert [one["item"]["key"] for one in first["suggestions"]] == ["db-1"]
    assert (second["tier"], second["value"], second["suggestions"]) == ("IP", "10.9.9.9", [])
    assert second["newest"]["match"]["trace"] == [
        {"origin": "instance", "value": "10.9.9.9", "outcome": "nothing of this name"}
    ]


def test_an_accepted_suggestion_is_another_name_of_the_item_and_finds_what_waits(client: Client) -> None:
    told(client, alert("ledger-databse"))

    accepted = client.graphql('mutation { acceptSuggestion(tier: HOSTNAME, value: "ledger-databse", key: "db-1") }')

    assert accepted == {"acceptSuggestion": 1}
    assert (queue(client), health(client)) == ([], "DOWN")
    identifiers = client.graphql('{ item(key: "db-1") { identifiers { kind value } } }')["item"]["identifiers"]
    assert identifiers == [{"kind": "alias", "value": "ledger-databse"}]


def test_an_address_is_no_name_and_cannot_be_accepted(client: Client) -> None:
    refusal = client.refusal('mutation { acceptSuggestion(tier: IP, value: "10.9.9.9", key: "db-1") }')

    assert (refusal.code, refusal.message) == (
        "INVALID_INPUT",
        "ip '10.9.9.9' is no name; give the item this identifier in the inventory",
    )


def test_a_rule_finds_what_waits_and_is_listed_and_dropped(client: Client) -> None:
    told(client, alert("10.9.9.9"))

    rule = client.graphql(
        'mutation { putMatchRule(kind: NETWORK, pattern: "10.9.0.0/16", key: "db-1") { id pattern createdBy } }'
    )["putMatchRule"]
    again = client.graphql(
        'mutation { putMatchRule(kind: NETWORK, pattern: "10.9.0.0/16", key: "db-1") { id pattern createdBy } }'
    )["putMatchRule"]

    assert (rule["pattern"], rule["createdBy"], again) == ("10.9.0.0/16", "local", rule)
    assert health(client) == "DOWN"
    assert client.graphql("{ matchRules { id } }") == {"matchRules": [{"id": rule["id"]}]}
    assert client.graphql("mutation ($id: ID!) { removeMatchRule(id: $id) }", id=rule["id"])["removeMatchRule"]
    assert client.graphql("{ matchRules { id } }") == {"matchRules": []}
    assert client.refusal("mutation ($id: ID!) { removeMatchRule(id: $id) }", id=rule["id"]).code == "NOT_FOUND"


def test_a_rule_to_nowhere_is_refused(client: Client) -> None:
    refusal = client.refusal('mutation { putMatchRule(kind: DOMAIN, pattern: "*.example", key: "nobody") { id } }')

    assert refusal.code == "NOT_FOUND"
    assert client.graphql("{ matchRules { id } }") == {"matchRules": []}
