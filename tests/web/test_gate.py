"""`POST /gate` and `changeGate`: a change is compared with the estate as it is, and nothing is written."""

from collections.abc import Iterator

import httpx2
import pytest

from app.auth.model import Role
from app.database.client import Connection
from tests.service import Json, Service, emptied, running

GATE = """query ($overlay: OverlayInput!) { changeGate(overlay: $overlay) {
  graphVersion passed changeCount added removed markdown concentrationChanges { by key knockoutShareAfter }
  changes { key isImportant worse singlePointsGained singlePointsLost
            before { singlePointCount lowestOrder overrunSeconds isDown } after { overrunSeconds } } } }"""
BROKER = """\
{"key": "broker", "type": "COMPONENT", "recoveryTimeSeconds": 7200}
{"from": "pay", "to": "broker"}
"""


@pytest.fixture(scope="module")
def service(connection: Connection) -> Iterator[Service]:
    with running(emptied(connection)) as service:
        service.client().add(
            [
                {"key": "pay", "type": "BUSINESS_PROCESS", "tier": 0, "rtoSeconds": 3600},
                {"key": "db", "type": "COMPONENT", "recoveryTimeSeconds": 60},
            ],
            "pay -> db",
        )
        yield service


def gate(service: Service, body: str, token: str | None = None) -> httpx2.Response:
    headers = {"Content-Type": "application/x-ndjson"} | ({"Authorization": f"Bearer {token}"} if token else {})
    return httpx2.post(f"{service.url}/gate", content=body, headers=headers, timeout=60)


def test_a_change_that_makes_an_important_item_worse_fails(service: Service) -> None:
    answer = gate(service, BROKER, service.token(Role.READER)).json()

    (change,) = answer["changes"]
    assert (answer["passed"], change["key"], change["singlePointsGained"]) == (False, "pay", ["broker"])
    assert change["worse"] == [
        "it gains 1 single point of failure and loses 0",
        "it recovers 3600 s later beyond its target",
    ]
    assert answer["markdown"].startswith("# Change gate: failed\n")


def test_nothing_is_written(service: Service) -> None:
    before = service.client().graphql("{ items { totalCount } }")
    gate(service, BROKER)

    assert service.client().graphql("{ items { totalCount } }") == before


def test_what_changes_nothing_passes(service: Service) -> None:
    answer = gate(service, '{"key": "other", "type": "COMPONENT"}\n').json()

    assert (answer["passed"], answer["changes"], answer["concentration"]) == (True, [], [])


def test_rows_that_could_not_be_stored_are_refused(service: Service) -> None:
    answer = gate(service, '{"key": "x", "type": "NONSENSE"}\n')

    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_INPUT")


def test_an_overlay_is_judged_alike(service: Service) -> None:
    overlay: Json = {
        "items": [{"key": "broker", "type": "COMPONENT", "recoveryTimeSeconds": 7200}],
        "dependencies": [{"from": "pay", "to": "broker"}],
        "removeDependencies": [{"from": "pay", "to": "db", "relation": "DEPENDS_ON"}],
    }

    found = service.client().graphql(GATE, overlay=overlay)["changeGate"]

    assert found["changes"] == [
        {
            "key": "pay",
            "isImportant": True,
            "worse": ["it recovers 3600 s later beyond its target"],
            "singlePointsGained": ["broker"],
            "singlePointsLost": ["db"],
            "before": {"singlePointCount": 1, "lowestOrder": 1, "overrunSeconds": 0, "isDown": False},
            "after": {"overrunSeconds": 3600},
        }
    ]
    assert (found["passed"], found["changeCount"], found["added"], found["concentrationChanges"]) == (False, 1, [], [])
