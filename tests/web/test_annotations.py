"""From Prometheus through us to a real receiver that stands for Alertmanager, annotated with what an alert hurts."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI, Request

from app.database.client import Connection
from tests.http_server import served
from tests.service import Service, emptied, eventually, running

STARTED = datetime.now(UTC) - timedelta(minutes=1)
ESTATE = [
    {"key": "pay", "type": "BUSINESS_PROCESS", "name": "Payments", "tier": 0, "mtpdSeconds": 3600},
    {"key": "shop", "type": "BUSINESS_SERVICE", "name": "Shop"},
    {"key": "db-1", "type": "COMPONENT", "identifiers": [{"kind": "fqdn", "value": "db-1.corp.example"}]},
]


def alert(instance: str) -> dict[str, Any]:
    return {
        "labels": {"alertname": "InstanceDown", "instance": instance, "severity": "critical"},
        "annotations": {"summary": "it is down"},
        "startsAt": STARTED.isoformat(),
        "endsAt": (STARTED + timedelta(hours=1)).isoformat(),
        "generatorURL": "http://prom.example/graph",
    }


@pytest.fixture
def arrived() -> list[Any]:
    """Every alert that arrived at the Alertmanager, in order."""
    return []


@pytest.fixture
def service(connection: Connection, arrived: list[Any]) -> Iterator[Service]:
    """A service before such an Alertmanager."""
    app, lock = FastAPI(), threading.Lock()

    @app.post("/api/v2/alerts")
    async def take(request: Request) -> None:
        with lock:
            arrived.extend(await request.json())

    with served(app) as url:
        settings: dict[str, Any] = {"alertmanager_forward_urls": [url], "outgoing_networks": ["127.0.0.0/8"]}
        with running(emptied(connection), webhook_answer_seconds=20, **settings) as service:
            service.client().add(ESTATE, "pay -> db-1", "shop -> db-1")
            yield service


def test_an_alert_says_what_it_hurts_and_one_of_nothing_known_stays_as_it_is(
    service: Service, arrived: list[Any]
) -> None:
    known, unknown = alert("db-1.corp.example:9100"), alert("10.9.9.9:9100")
    http = service.client().http

    answer = http.post("/api/v2/alerts", json=[known, unknown])
    eventually(lambda: len(arrived), 2)
    service.gather_situations()
    http.post("/api/v2/alerts", json=[known])
    eventually(lambda: len(arrived), 3)

    first, other, again = arrived
    breach_at = (STARTED.replace(microsecond=0) + timedelta(hours=1)).isoformat()
    added = {
        "underpin_priority": "1",
        "underpin_processes": "Payments",
        "underpin_services": "Shop",
        "underpin_breach_at": breach_at,
        "underpin_url": f"{service.runtime.settings.base_url}/lookup?ref=db-1",
    }
    assert (answer.status_code, answer.content) == (200, b"")
    assert first == {**known, "annotations": {"summary": "it is down", **added}}
    assert other == unknown
    (situation,) = service.client().graphql("{ situations { edges { node { id } } } }")["situations"]["edges"]
    assert again["annotations"] == {**first["annotations"], "underpin_situation": situation["node"]["id"]}
