"""Maintenance over GraphQL: asked about, planned, seen, cancelled."""

from tests.api.questions import nodes
from tests.service import Client, Json

WHAT_IF = """
query ($failures: [FailureInput!]!) {
  impact(failures: $failures) {
    priority
    causes { planned item { key } }
    impacted { edges { node { planned priority sentence item { key } } } }
  }
}
"""


def shop(client: Client) -> None:
    """A process that needs one of two databases."""
    client.add(
        [
            {"key": "checkout", "type": "BUSINESS_PROCESS", "name": "Checkout", "tier": 0},
            {"key": "db-1", "type": "COMPONENT", "identifiers": [{"kind": "fqdn", "value": "db-1.corp.example"}]},
            {"key": "db-2", "type": "COMPONENT", "identifiers": [{"kind": "fqdn", "value": "db-2.corp.example"}]},
            {"key": "db", "type": "REDUNDANCY_GROUP", "minAvailable": 1, "members": [{"key": "db-1"}, {"key": "db-2"}]},
        ],
        "checkout -> db",
    )


def planned(report: Json) -> dict[str, bool]:
    return {node["item"]["key"]: node["planned"] for node in nodes(report["impacted"])}


def test_what_maintenance_would_hurt_can_be_asked(client: Client) -> None:
    shop(client)
    failures = [{"key": key, "planned": True} for key in ("db-1", "db-2")]

    both = client.graphql(WHAT_IF, failures=failures)["impact"]
    one_fails = client.graphql(WHAT_IF, failures=[failures[0], {"key": "db-2"}])["impact"]

    assert both["priority"] is None
    assert planned(both) == {"checkout": True, "db-1": True, "db-2": True, "db": True}
    assert nodes(both["impacted"])[0] == {
        "planned": True,
        "priority": None,
        "sentence": "Checkout is DOWN for planned maintenance: db needs 1 of 2; db-1 and db-2 are DOWN",
        "item": {"key": "checkout"},
    }
    assert one_fails["priority"] == 1
    assert planned(one_fails) == {"checkout": False, "db-1": True, "db-2": False, "db": False}
    assert [cause["planned"] for cause in one_fails["causes"]] == [True, False]
