"""The doors of other tools: what they take becomes events, and they are answered as they expect."""

from collections.abc import Iterator

import httpx2
import pytest

from app.auth.model import Role
from app.database.client import Connection
from tests.events.sources.reading import captured
from tests.service import Client, Json, Service, emptied, eventually, running

SECRET = "r0uting-key"
ESTATE = [
    {"key": "pay", "type": "BUSINESS_PROCESS"},
    {"key": "web01", "type": "COMPONENT", "identifiers": [{"kind": "fqdn", "value": "web01.example.com"}]},
]
EVENTS = "{ events { edges { node { source lifecycle severity state item { key } } } } }"


@pytest.fixture(scope="module")
def shared(connection: Connection) -> Iterator[Service]:
    """A service that knows one host behind one process, and holds every sender to one secret."""
    names = ("alertmanager_api", "pagerduty_events", "opsgenie_api", "servicenow", "cloudevents")
    with running(emptied(connection), local_mode=False, webhook_secrets=dict.fromkeys(names, SECRET)) as service:
        service.client_as(Role.EDITOR).add(ESTATE, "pay -> web01")
        yield service


@pytest.fixture
def http(shared: Service) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=shared.url, timeout=30) as http:
        yield http


def events_of(client: Client, source: str) -> list[Json]:
    found = [edge["node"] for edge in client.graphql(EVENTS)["events"]["edges"]]
    return [one for one in found if one["source"] == source]


def test_prometheus_posts_its_alerts_as_to_an_alertmanager(shared: Service, http: httpx2.Client) -> None:
    reader = shared.client_as(Role.READER)
    firing, over = captured("alertmanager_api")
    firing[0]["endsAt"] = "2099-01-01T00:00:00Z"
    bearer = {"Authorization": f"Bearer {SECRET}"}

    answers = [http.post("/api/v2/alerts", json=body, headers=bearer) for body in (firing, firing)]
    eventually(lambda: [one["lifecycle"] for one in events_of(reader, "alertmanager_api")], ["OPEN"])
    ended = http.post("/api/v2/alerts", json=over, headers=bearer)

    assert [(one.status_code, one.content) for one in (*answers, ended)] == [(200, b"")] * 3
    eventually(lambda: [one["lifecycle"] for one in events_of(reader, "alertmanager_api")], ["RESOLVED"])
    assert http.post("/api/v2/alerts", json=firing).status_code == 401


def test_a_tool_of_pagerduty_triggers_acknowledges_and_resolves(shared: Service, http: httpx2.Client) -> None:
    reader = shared.client_as(Role.READER)

    def seen() -> list[tuple[str, str, str]]:
        return [(one["lifecycle"], one["severity"], one["state"]) for one in events_of(reader, "pagerduty_events")]

    for number, standing in enumerate(("OPEN", "ACKNOWLEDGED", "RESOLVED")):
        body = {**captured("pagerduty_events")[number], "routing_key": SECRET}
        answer = http.post("/v2/enqueue", json=body)
        assert answer.status_code == 202
        assert answer.json() == {"status": "success", "message": "Event processed", "dedup_key": "web01/disk"}
        eventually(seen, [(standing, "critical", "DOWN")])


def test_pagerduty_makes_up_a_key_and_refuses_what_is_no_event(http: httpx2.Client) -> None:
    event = {key: value for key, value in captured("pagerduty_events")[0].items() if key != "dedup_key"}

    made = http.post("/v2/enqueue", json={**event, "routing_key": SECRET})
    wrong = http.post("/v2/enqueue", json={"event_action": "odd", "routing_key": SECRET})
    stranger = http.post("/v2/enqueue", json={**event, "routing_key": "another"})

    assert len(made.json()["dedup_key"]) == 32
    assert (wrong.status_code, wrong.json()["status"]) == (400, "invalid event")
    assert wrong.json()["errors"] == ["event_action must be trigger, acknowledge or resolve, not 'odd'"]
    assert stranger.status_code == 401


def test_a_tool_of_opsgenie_creates_and_closes_an_alert(shared: Service, http: httpx2.Client) -> None:
    reader = shared.client_as(Role.READER)
    genie = {"Authorization": f"GenieKey {SECRET}"}
    body = {name: value for name, value in captured("opsgenie_api")[0].items() if name != "action"}

    created = http.post("/v2/alerts", json=body, headers=genie)
    eventually(lambda: [one["lifecycle"] for one in events_of(reader, "opsgenie_api")], ["OPEN"])
    noted = http.post("/v2/alerts/a/b/notes", json={"note": "x"}, headers=genie)
    closed = http.post("/v2/alerts/disk-web01/close?identifierType=alias", json={}, headers=genie)

    assert (created.status_code, noted.status_code, closed.status_code) == (202, 202, 202)
    assert created.json()["result"] == "Request will be processed"
    eventually(lambda: [one["lifecycle"] for one in events_of(reader, "opsgenie_api")], ["RESOLVED"])
    assert http.post("/v2/alerts", json=body).status_code == 401


def test_a_tool_of_servicenow_is_told_how_many_were_inserted(shared: Service, http: httpx2.Client) -> None:
    answer = http.post("/api/global/em/jsonv2", json=captured("servicenow")[0], auth=("monitor", SECRET))

    assert (answer.status_code, answer.json()) == (200, {"result": {"Default Bulk Endpoint": "2 events were inserted"}})


def test_a_sender_of_cloud_events_asks_first_whether_it_may(http: httpx2.Client) -> None:
    asked = {"WebHook-Request-Origin": "events.example", "WebHook-Request-Rate": "120"}
    answer = http.options("/webhooks/cloudevents", headers=asked)

    assert answer.status_code == 200
    assert answer.headers["webhook-allowed-origin"] == "events.example"
    assert answer.headers["webhook-allowed-rate"] == "120"
