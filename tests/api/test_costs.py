"""What outages cost, over GraphQL: in every answer about impact, under an overlay and as of an instant as well."""

from datetime import UTC, datetime

from tests.api.questions import nodes
from tests.service import Client, Json

IMPACT = """
query ($overlay: OverlayInput, $asOf: DateTime) {
  impact(failures: [{key: "db-1"}], overlay: $overlay, asOf: $asOf) {
    missing
    costs { amount currency }
    impacted { edges { node { item { key ... on BusinessImpact { lossCurrency } } cost { amount currency } } } }
  }
}
"""
BANDS = [{"afterSeconds": 3600, "cumulativeLoss": "12000.00"}, {"afterSeconds": 7200, "cumulativeLoss": 36000}]


def shop(client: Client, **fields: Json) -> None:
    """checkout -> db-1, which takes an hour and a half to recover."""
    checkout = {"key": "checkout", "type": "BUSINESS_PROCESS", "mtpdSeconds": 14400, **fields}
    client.add([checkout, {"key": "db-1", "type": "COMPONENT", "recoveryTimeSeconds": 5400}], "checkout -> db-1")


def answer(client: Client, **asked: Json) -> Json:
    return client.graphql(IMPACT, **asked)["impact"]


def test_an_answer_tells_the_cost_of_each_outage_and_of_all(client: Client) -> None:
    shop(client, lossCurrency="EUR", lossBands=BANDS)

    report = answer(client)

    cost = {"amount": "24000.00", "currency": "EUR"}
    assert (report["costs"], report["missing"]) == ([cost], [])
    assert [(node["item"]["key"], node["cost"]) for node in nodes(report["impacted"])] == [
        ("checkout", cost),
        ("db-1", None),
    ]


def test_what_the_sum_lacks_is_told(client: Client) -> None:
    shop(client, mtpdSeconds=None)

    report = answer(client)

    assert report["costs"] == []
    assert report["missing"] == [
        "no impact tolerance and no MTPD is known of business items that are out: 1 (checkout)",
        "no loss bands are known of business items that are out: 1 (checkout)",
    ]


def test_bands_can_be_thought_of_in_an_overlay(client: Client) -> None:
    shop(client)
    checkout = {"key": "checkout", "type": "BUSINESS_PROCESS", "lossCurrency": "CHF", "lossBands": BANDS}

    assert answer(client, overlay={"items": [checkout]})["costs"] == [{"amount": "24000.00", "currency": "CHF"}]
    assert answer(client)["costs"] == []


def test_the_past_is_priced_as_it_was(client: Client) -> None:
    shop(client, lossCurrency="EUR", lossBands=BANDS)
    then = datetime.now(UTC).isoformat()
    client.add([{"key": "checkout", "type": "BUSINESS_PROCESS", "lossCurrency": None, "lossBands": None}])

    now, before = answer(client), answer(client, asOf=then)

    assert (now["costs"], before["costs"]) == ([], [{"amount": "24000.00", "currency": "EUR"}])
    assert nodes(before["impacted"])[0]["item"]["lossCurrency"] == "EUR"
