"""What each event hurts over GraphQL: judged as things are now, a page of events together."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from app.database.client import Connection
from tests.api.questions import nodes
from tests.events.deliveries import alert, delivery, resolved
from tests.service import CONNECT, Client, Json, Service, emptied, running

BEGAN = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)
EVENTS = """
query ($first: Int) {
  events(first: $first) {
    edges {
      node {
        item { key }
        impact {
          graphVersion priority breachAt timeToBreachSeconds
          counts { type state count }
          businessProcesses(first: 1) {
            totalCount
            nodes {
              item { key } state sentence path { key } outage { start end } breachAt slackSeconds priority
              cost { amount currency }
            }
          }
          businessServices { totalCount nodes { item { key } } }
        }
      }
    }
  }
}
"""
DORA = """
{
  events {
    edges { node { item { key } impact { dora { verdict findings { criterion outcome value threshold article } } } } }
  }
  currentImpact { dora { verdict findings { criterion outcome value } } }
}
"""
LOSSES = {"lossBands": [{"afterSeconds": 3600, "cumulativeLoss": "50000"}], "lossCurrency": "EUR"}
ESTATE = [
    {"key": "checkout", "type": "BUSINESS_PROCESS", "name": "Checkout", "tier": 0, "criticalOrImportant": True,
     "impactToleranceSeconds": 14_400, "attributes": {"clients": 5_000}, **LOSSES},
    {"key": "returns", "type": "BUSINESS_PROCESS", "name": "Returns", "tier": 2, "criticalOrImportant": False},
    {"key": "db-1", "type": "COMPONENT", "name": "First database", "recoveryTimeSeconds": 18_000,
     "identifiers": [{"kind": "fqdn", "value": "db-1.corp.example"}]},
    {"key": "db-2", "type": "COMPONENT", "recoveryTimeSeconds": 18_000,
     "identifiers": [{"kind": "fqdn", "value": "db-2.corp.example"}]},
    {"key": "db", "type": "REDUNDANCY_GROUP", "name": "Databases", "minAvailable": 1,
     "members": [{"key": "db-1"}, {"key": "db-2"}]},
    {"key": "germany", "type": "LOCATION", "kind": "COUNTRY", "attributes": {"countryCode": "de"}},
    {"key": "france", "type": "LOCATION", "kind": "COUNTRY", "attributes": {"countryCode": "FR"}},
    {"key": "frankfurt", "type": "LOCATION", "kind": "SITE"},
]  # fmt: skip
PLACES = [("db-1", "frankfurt"), ("frankfurt", "germany"), ("db-2", "france")]


@pytest.fixture
def service(connection: Connection) -> Iterator[Service]:
    """A service that knows a small estate, and waits for the impact as long as that takes."""
    with running(emptied(connection), webhook_answer_seconds=60) as service:
        client = service.client()
        client.add(ESTATE, "checkout -> db", "returns -> db")
        places = [{"from": item, "to": place, "relation": "LOCATED_IN"} for item, place in PLACES]
        client.graphql(CONNECT, edges=places)
        yield service


@pytest.fixture
def client(service: Service) -> Client:
    return service.client()


def fires(client: Client, *names: str, **fields: str) -> None:
    """Alerts about these hosts."""
    known = {"starts_at": BEGAN.isoformat(), **fields}
    body = delivery(*(alert(f"{name}.corp.example", fingerprint=name, **known) for name in names))
    assert client.http.post("/webhooks/alertmanager", json=body).status_code == 200


def impacts(client: Client) -> dict[str, Json]:
    """What each event hurts, by the key of its item."""
    found = nodes(client.graphql(EVENTS, first=10)["events"])
    return {one["item"]["key"]: one["impact"] for one in found}


def test_the_last_database_hurts_what_the_first_did_not(client: Client) -> None:
    fires(client, "db-1")
    alone = impacts(client)["db-1"]
    fires(client, "db-2")
    both = impacts(client)

    assert alone["counts"] == [{"type": "COMPONENT", "state": "DOWN", "count": 1}]
    assert alone["priority"] is alone["breachAt"] is alone["timeToBreachSeconds"] is None
    assert alone["businessProcesses"] == {"totalCount": 0, "nodes": []}
    hurt = {"type": "BUSINESS_PROCESS", "state": "DOWN", "count": 2}
    assert [both[key]["counts"][0] for key in ("db-1", "db-2")] == [hurt, hurt]


def test_an_event_tells_what_it_hurts_until_when_and_what_that_costs(client: Client) -> None:
    fires(client, "db-1", "db-2")

    found = impacts(client)["db-2"]

    breach = BEGAN + timedelta(hours=4)
    assert found["priority"] == 1
    assert datetime.fromisoformat(found["breachAt"]) == breach
    assert 0 <= (breach - datetime.now(UTC)).total_seconds() - found["timeToBreachSeconds"] + 60 <= 120
    assert found["businessProcesses"] == {
        "totalCount": 2,
        "nodes": [
            {
                "item": {"key": "checkout"},
                "state": "DOWN",
                "sentence": "Checkout is DOWN: Databases needs 1 of 2; First database and db-2 are DOWN; "
                f"it breaches its tolerance at {_told(breach)}",
                "path": [{"key": "checkout"}, {"key": "db"}, {"key": "db-1"}],
                "outage": {"start": _written(BEGAN), "end": _written(BEGAN + timedelta(hours=5))},
                "breachAt": _written(breach),
                "slackSeconds": -3_600,
                "priority": 1,
                "cost": {"amount": "250000.00", "currency": "EUR"},
            }
        ],
    }
    assert found["businessServices"] == {"totalCount": 0, "nodes": []}


def _written(instant: datetime) -> str:
    return instant.isoformat()


def _told(instant: datetime) -> str:
    today = instant.date() == datetime.now(UTC).date()
    return f"{instant:%H:%M} UTC" if today else f"{instant:%Y-%m-%d %H:%M} UTC"


def test_the_impact_follows_the_estate(client: Client) -> None:
    fires(client, "db-1", "db-2")
    client.add([{"key": "shop", "type": "BUSINESS_SERVICE"}], "shop -> db-2")

    assert impacts(client)["db-2"]["businessServices"] == {"totalCount": 1, "nodes": [{"item": {"key": "shop"}}]}


def test_an_event_that_is_over_hurts_nothing(client: Client) -> None:
    fires(client, "db-1", "db-2")
    body = delivery(resolved("db-2.corp.example", fingerprint="db-2", starts_at=BEGAN.isoformat()))
    client.http.post("/webhooks/alertmanager", json=body)

    found = impacts(client)

    assert found["db-2"]["counts"] == []
    assert found["db-1"]["counts"] == [{"type": "COMPONENT", "state": "DOWN", "count": 1}]


def test_an_event_about_nothing_known_has_no_impact(client: Client) -> None:
    fires(client, "nobody")

    (found,) = nodes(client.graphql("{ events { edges { node { impact { priority } } } } }")["events"])

    assert found == {"impact": None}


def test_a_page_of_events_is_judged_with_as_many_queries_as_one(service: Service, client: Client) -> None:
    fires(client, "db-1", "db-2")
    client.graphql(EVENTS, first=1)
    asked = []
    for first in (1, 2):
        service.statements.clear()
        client.graphql(EVENTS, first=first)
        asked.append(len(service.statements))

    assert asked[0] == asked[1]


def test_two_countries_a_long_outage_and_a_high_cost_make_it_major(client: Client) -> None:
    fires(client, "db-1", "db-2")

    found = client.graphql(DORA)

    whole = found["currentImpact"]["dora"]
    assert whole["verdict"] == "MAJOR"
    assert [(one["criterion"], one["outcome"], one["value"]) for one in whole["findings"]] == [
        ("CRITICAL_SERVICES", "MET", "1 hit"),
        ("CLIENTS", "MET", "all 5000 clients of a service"),
        ("REPUTATION", "UNKNOWN", None),
        ("DURATION", "MET", "5.0 hours in all, a critical service down for 5.0 hours"),
        ("GEOGRAPHY", "MET", "DE, FR"),
        ("DATA_LOSSES", "UNKNOWN", None),
        ("MALICIOUS_ACCESS", "UNKNOWN", None),
        ("ECONOMIC", "MET", "EUR 250,000.00"),
    ]
    each = {one["item"]["key"]: one["impact"]["dora"] for one in nodes(found["events"])}
    assert [(one["verdict"], one["findings"][4]["value"]) for one in (each["db-1"], each["db-2"])] == [
        ("MAJOR", "DE"),
        ("MAJOR", "FR"),
    ]
    assert [one["article"] for one in each["db-1"]["findings"]] == [
        "6, 8(1)", "9(1)", "9(2)", "9(3)", "9(4)", "9(5)(a)", "9(5)(b)", "9(6)",
    ]  # fmt: skip


def test_one_database_is_no_major_incident(client: Client) -> None:
    fires(client, "db-1")

    assert client.graphql(DORA)["currentImpact"]["dora"]["verdict"] == "NOT_MAJOR"
