"""What-if over GraphQL: an impact under an edit that nobody makes."""

from tests.api.questions import keys, nodes
from tests.service import Client, Json

WHAT_IF = """
query ($failures: [FailureInput!]!, $overlay: OverlayInput!) {
  impact(failures: $failures, overlay: $overlay) {
    graphVersion
    causes { state item { key name } }
    impacted {
      edges { node { state sentence item { key name kind revision } path { key } causes { name } } }
    }
    atRisk { edges { node { item { name } singlePoints { name } } } }
  }
}
"""


def shop(client: Client) -> None:
    """checkout -> api -> db-1."""
    client.add(
        [
            {"key": "checkout", "type": "BUSINESS_PROCESS", "name": "Checkout", "tier": 0},
            {"key": "api", "type": "IT_SERVICE"},
            {"key": "db-1", "type": "COMPONENT"},
        ],
        "checkout -> api",
        "api -> db-1",
    )


def what_if(client: Client, failed: str, **overlay: object) -> Json:
    found: Json = client.graphql(WHAT_IF, failures=[{"key": failed}], overlay=overlay)["impact"]
    return found


def test_a_second_database_would_have_saved_the_shop(client: Client) -> None:
    shop(client)
    version = what_if(client, "db-1", items=[])["graphVersion"]

    report = what_if(
        client,
        "db-1",
        items=[
            {"key": "db-2", "type": "COMPONENT", "name": "Second database"},
            {
                "key": "db",
                "type": "REDUNDANCY_GROUP",
                "name": "The databases",
                "minAvailable": 1,
                "members": [{"key": "db-1"}, {"key": "db-2"}],
            },
        ],
        dependencies=[{"from": "api", "to": "db"}],
        removeDependencies=[{"from": "api", "to": "db-1"}],
    )

    assert keys([node["item"] for node in nodes(report["impacted"])]) == ["db-1"]
    assert [
        (node["item"]["name"], [one["name"] for one in node["singlePoints"]]) for node in nodes(report["atRisk"])
    ] == [
        ("Checkout", ["Second database"]),
        ("api", ["Second database"]),
        ("The databases", ["Second database"]),
    ]
    assert report["graphVersion"] == version
    assert client.graphql("{ items { totalCount } }")["items"]["totalCount"] == 3
    assert client.graphql('{ item(key: "db-2") { key } }')["item"] is None


def test_what_only_the_overlay_knows_can_fail_and_is_named(client: Client) -> None:
    shop(client)

    report = what_if(
        client,
        "cdn",
        items=[
            {"key": "cdn", "type": "THIRD_PARTY", "name": "The CDN"},
            {"key": "api", "type": "IT_SERVICE", "name": "The API"},
        ],
        dependencies=[{"from": "api", "to": "cdn"}],
    )

    assert report["causes"] == [{"state": "DOWN", "item": {"key": "cdn", "name": "The CDN"}}]
    assert [
        (node["item"]["name"], node["sentence"], [one["name"] for one in node["causes"]])
        for node in nodes(report["impacted"])
    ] == [
        ("Checkout", "Checkout is DOWN: it needs The API, which stands on The CDN, which is DOWN", ["The CDN"]),
        ("The API", "The API is DOWN: it needs The CDN, which is DOWN", ["The CDN"]),
        ("The CDN", "The CDN is DOWN by itself", ["The CDN"]),
    ]


def test_what_the_overlay_removes_cannot_fail(client: Client) -> None:
    shop(client)

    refused = client.refusal(WHAT_IF, failures=[{"key": "db-1"}], overlay={"removeItems": ["db-1"]})

    assert refused.code == "NOT_FOUND"
    assert "'db-1'" in refused.message


def test_a_wrong_row_is_named_and_nothing_is_answered(client: Client) -> None:
    shop(client)

    refused = client.refusal(
        WHAT_IF, failures=[{"key": "db-1"}], overlay={"dependencies": [{"from": "api", "to": "nowhere"}]}
    )

    assert refused.code == "INVALID_INPUT"
    assert refused.message == (
        "dependencies[0]: to names 'nowhere', which does not exist; add that item or correct the key; "
        "the question was not answered"
    )
