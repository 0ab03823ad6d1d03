"""Sources that are defined without code, over GraphQL and at work."""

from collections.abc import Iterator

import pytest

from app.database.client import Connection
from tests.service import Client, emptied, running

MAPPING = {"name": "smoke", "title": "Smoke detectors", "fingerprint": "id", "identifiers": {"key": "ci"}}
DEFINE = "mutation ($mapping: JSON!) { defineSource(mapping: $mapping) { name title shipped } }"
TRY = """query ($mapping: JSON!, $body: String!) { trySource(mapping: $mapping, body: $body) {
  problems alerts { fingerprint status state clues { tier value } } } }"""


@pytest.fixture
def client(connection: Connection) -> Iterator[Client]:
    own = [{"name": "configured", "fingerprint": "id", "identifiers": {"key": "ci"}}]
    with running(emptied(connection), webhook_answer_seconds=60, sources=own) as service:
        client = service.client()
        client.add([{"key": "db-1", "type": "COMPONENT"}])
        yield client


def names(client: Client) -> dict[str, bool]:
    return {one["name"]: one["shipped"] for one in client.graphql("{ sources { name shipped } }")["sources"]}


def test_a_source_is_tried_defined_used_and_forgotten(client: Client) -> None:
    tried = client.graphql(TRY, mapping=MAPPING, body='{"id": "a", "ci": "db-1"}')["trySource"]
    before = client.http.post("/webhooks/smoke", json={"id": "a", "ci": "db-1"}).status_code
    defined = client.graphql(DEFINE, mapping=MAPPING)["defineSource"]
    sent = client.http.post("/webhooks/smoke", json={"id": "a", "ci": "db-1"})

    assert tried == {
        "problems": [],
        "alerts": [
            {"fingerprint": "a", "status": "FIRING", "state": "DEGRADED", "clues": [{"tier": "key", "value": "db-1"}]}
        ],
    }
    assert before == 404
    assert defined == {"name": "smoke", "title": "Smoke detectors", "shipped": False}
    assert (sent.status_code, sent.json()["events"][0]["match"]["key"]) == (200, "db-1")
    assert names(client)["smoke"] is False
    assert client.graphql('mutation { removeSource(name: "smoke") }') == {"removeSource": True}
    assert client.http.post("/webhooks/smoke", json={"id": "a"}).status_code == 404


def test_a_source_of_the_settings_is_there_from_the_start(client: Client) -> None:
    answer = client.http.post("/webhooks/configured", json={"id": "a", "ci": "db-1"})

    assert answer.json()["events"][0]["match"]["key"] == "db-1"
    assert names(client)["configured"] is True


@pytest.mark.parametrize("name", ["alertmanager", "configured"])
def test_a_name_that_is_taken_is_refused(client: Client, name: str) -> None:
    refusal = client.refusal(DEFINE, mapping={**MAPPING, "name": name})

    assert (refusal.code, refusal.message) == (
        "CONFLICT",
        f"the source {name!r} is not defined here; choose another name",
    )


def test_a_mapping_that_is_none_is_refused_by_its_field(client: Client) -> None:
    refusal = client.refusal(DEFINE, mapping={**MAPPING, "summary": "a["})

    assert refusal.message.startswith("summary is no JMESPath expression: ")
    assert "smoke" not in names(client)
