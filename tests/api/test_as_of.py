""" "What was down last Tuesday, and why": impact as of an instant, over GraphQL."""

from datetime import UTC, datetime, timedelta

from tests.api.questions import keys, nodes
from tests.events.deliveries import alert, delivery, resolved
from tests.service import Client, Json

CURRENT = """
query ($asOf: DateTime) {
  currentImpact(asOf: $asOf) {
    asOf graphVersion priority
    causes { item { key name } }
    impacted { edges { node { state sentence outage { start end } item { key name } path { key } } } }
  }
}
"""
IMPACT = """
query ($asOf: DateTime, $overlay: OverlayInput) {
  impact(failures: [{key: "db-1"}], asOf: $asOf, overlay: $overlay) { impacted { edges { node { item { key } } } } }
}
"""


def shop(client: Client) -> None:
    client.add(
        [
            {"key": "checkout", "type": "BUSINESS_PROCESS", "name": "Checkout", "mtpdSeconds": 3600},
            {"key": "db-1", "type": "COMPONENT", "name": "The database", "recoveryTimeSeconds": 900}
            | {"identifiers": [{"kind": "fqdn", "value": "db-1.corp.example"}]},
        ],
        "checkout -> db-1",
    )


def impact_at(client: Client, instant: str | None) -> Json:
    return client.graphql(CURRENT, asOf=instant)["currentImpact"]


def send(client: Client, *alerts: Json) -> None:
    answer = client.http.post("/webhooks/alertmanager", json=delivery(*alerts))
    assert answer.json()["stored"] == len(alerts)


def test_what_was_down_then_is_told_as_it_was_told_then(client: Client) -> None:
    shop(client)
    send(client, alert())
    then = impact_at(client, None)
    client.graphql(
        'mutation { upsertItems(items: [{key: "db-1", type: COMPONENT, name: "Renamed"}]) { graphVersion } }'
    )
    send(client, resolved())
    client.graphql('mutation { removeItems(keys: ["checkout"]) { removed } }')
    now = impact_at(client, None)

    told = impact_at(client, then["asOf"])

    assert told == then
    assert [node["item"]["name"] for node in nodes(told["impacted"])] == ["Checkout", "The database"]
    assert nodes(told["impacted"])[0]["sentence"].startswith("Checkout is DOWN: it needs The database")
    assert nodes(now["impacted"]) == []


def test_a_what_if_question_can_be_about_the_past(client: Client) -> None:
    shop(client)
    then = impact_at(client, None)["asOf"]
    client.graphql('mutation { removeItems(keys: ["checkout"]) { removed } }')

    before, after = (client.graphql(IMPACT, asOf=instant)["impact"]["impacted"] for instant in (then, None))

    assert [keys([node["item"] for node in nodes(one)]) for one in (before, after)] == [["checkout", "db-1"], ["db-1"]]


def test_an_instant_that_cannot_be_answered_for_is_refused_in_a_sentence(client: Client) -> None:
    shop(client)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()

    future = client.refusal(CURRENT, asOf=tomorrow)
    zoneless = client.refusal(CURRENT, asOf="2026-11-20T09:00:00")
    both = client.refusal(IMPACT, asOf=tomorrow, overlay={"removeItems": ["checkout"]})

    assert (future.code, future.message) == (
        "INVALID_INPUT",
        f"asOf {tomorrow} is still to come; leave it out to ask about now",
    )
    assert zoneless.message == "asOf has no time zone; write it as 2026-11-20T09:00:00Z"
    assert both.message == "an overlay lies on the estate as it is; leave out overlay or asOf"
