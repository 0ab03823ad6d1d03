"""Deliveries of an Alertmanager: two that a real one of version 0.25 sent, and ones written for a test."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from app.events.delivery import Delivery
from app.events.model import Alert
from app.events.sources import alertmanager

Json = Any

STARTED = "2026-11-23T19:57:56Z"
LATER = "2026-11-23T20:30:00Z"
ENDED = "2026-11-23T19:58:08Z"
RECEIVED = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
NO_END = "0001-01-01T00:00:00Z"


def captured() -> list[Json]:
    """Two alerts that fire, and the same two after the first was resolved."""
    bodies: list[Json] = orjson.loads((Path(__file__).parent / "sources" / "alertmanager.json").read_bytes())
    return bodies


def alert(
    instance: str = "db-1.corp.example:9100",
    *,
    status: str = "firing",
    severity: str | None = "critical",
    starts_at: str = STARTED,
    ends_at: str = NO_END,
    fingerprint: str = "9fedf8a53e0a22c9",
    **labels: str,
) -> Json:
    """One alert as Alertmanager writes it; more labels as wanted."""
    known = {"alertname": "InstanceDown", **({"instance": instance} if instance else {}), **labels}
    return {
        "status": status,
        "labels": {**known, "severity": severity} if severity else known,
        "annotations": {"summary": "it is down"},
        "startsAt": starts_at,
        "endsAt": ends_at,
        "generatorURL": "http://prom.example:9090/graph",
        "fingerprint": fingerprint,
    }


def resolved(instance: str = "db-1.corp.example:9100", **fields: str) -> Json:
    """The same alert when it is over."""
    return alert(instance, **{"status": "resolved", "ends_at": ENDED, **fields})


def delivery(*alerts: Json) -> Json:
    """A body with these alerts."""
    return {
        "version": "4",
        "groupKey": "{}:{}",
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "underpin",
        "groupLabels": {},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://am.example:9093",
        "alerts": list(alerts),
    }


def parsed(*alerts: Json) -> tuple[Alert, ...]:
    """The alerts in our words."""
    return alertmanager.SOURCE.read(Delivery("alertmanager", orjson.dumps(delivery(*alerts)), RECEIVED)).alerts


def instant(text: str) -> datetime:
    """An instant in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)
