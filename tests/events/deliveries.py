"""Deliveries of an Alertmanager: two that a real one of version 0.25 sent, and ones written for a test."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson

from app.database.client import Database
from app.events.delivery import Delivery, Reading
from app.events.lifecycle import Policy
from app.events.model import Alert, Event
from app.events.sources import alertmanager
from app.intake.processing import Processing, Read

Json = Any

STARTED = "2026-11-23T19:57:56Z"
LATER = "2026-11-23T20:30:00Z"
ENDED = "2026-11-23T19:58:08Z"
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
    return read_body(delivery(*alerts)).alerts


def read_body(body: Json) -> Reading:
    """What Alertmanager says with this body."""
    return alertmanager.SOURCE.read(_delivery(orjson.dumps(body)))


def _delivery(body: bytes = b"{}") -> Delivery:
    return Delivery(alertmanager.NAME, body, datetime(2026, 11, 30, tzinfo=UTC))


async def receive(
    database: Database, alerts: Sequence[Alert], now: datetime, *, policy: Policy | None = None
) -> tuple[Event, ...]:
    """The events of one delivery, stored as the service does it; each comes from a journal of its own."""
    processing = Processing(database, str(uuid4()), policy=policy or Policy(), clock=lambda: now)
    (processed,) = await processing.process([Read(1, _delivery(), Reading(tuple(alerts)))])
    return processed.events


def instant(text: str) -> datetime:
    """An instant in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)
