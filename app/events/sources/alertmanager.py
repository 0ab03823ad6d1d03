"""Prometheus Alertmanager, webhook version 4: one body holds a group of alerts, each with its own status.

Source: Alertmanager's notify/webhook; real deliveries of 0.25 are in the tests.
"""

from collections.abc import Mapping
from datetime import datetime

from app.errors import InvalidInput
from app.events.delivery import Delivery, Reading, Source, read_each
from app.events.fields import an_object, instant, json_object, text_of
from app.events.identifiers import clues_of_labels
from app.events.model import Alert, EventStatus
from app.events.severity import state_of_severity

NAME = "alertmanager"
_VERSION = "4"
_NO_END = 1  # "0001-01-01T00:00:00Z" means that the alert has no end yet.


def _read(delivery: Delivery) -> Reading:
    body = json_object(delivery.body, "Alertmanager's webhook_configs")
    # Hand-written scripts leave the version out; another one means another shape, so it is no use to guess.
    version = body.get("version", _VERSION)
    if version != _VERSION:
        raise InvalidInput(f"version must be {_VERSION!r}, which every current Alertmanager sends, not {version!r:.60}")
    listed = body.get("alerts")
    if not isinstance(listed, list):
        raise InvalidInput("alerts must be a list; is this really an Alertmanager webhook (version 4)?")
    return read_each(listed, "alerts", _alert)


SOURCE = Source(NAME, "Prometheus Alertmanager", _read)


def _alert(entry: object, where: str) -> Alert:
    raw = an_object(entry, f"{where} must be an object")
    labels = _texts(raw.get("labels"), f"{where}.labels")
    annotations = _texts(raw.get("annotations") or {}, f"{where}.annotations")
    severity = labels.get("severity")
    fingerprint = raw.get("fingerprint")
    if not isinstance(fingerprint, str) or not 0 < len(fingerprint) <= 200:
        raise InvalidInput(f"{where}.fingerprint must be a text of 1-200 characters")
    return Alert(
        source=NAME,
        fingerprint=fingerprint,
        status=_status(raw.get("status"), f"{where}.status"),
        severity=severity,
        state=state_of_severity(severity),
        summary=annotations.get("summary") or annotations.get("description") or labels.get("alertname", ""),
        starts_at=instant(raw.get("startsAt"), f"{where}.startsAt"),
        ends_at=_end(raw.get("endsAt"), f"{where}.endsAt"),
        clues=clues_of_labels(labels),
        labels=labels,
        url=text_of(raw.get("generatorURL")) or None,
    )


def _end(value: object, where: str) -> datetime | None:
    ends_at = instant(value, where) if value else None
    return ends_at if ends_at and ends_at.year > _NO_END else None


def _status(value: object, where: str) -> EventStatus:
    if value == EventStatus.FIRING.value or value == EventStatus.RESOLVED.value:
        return EventStatus(value)
    raise InvalidInput(f"{where} must be firing or resolved, not {value!r:.60}")


def _texts(value: object, where: str) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise InvalidInput(f"{where} must be an object of texts")
    for name, text in value.items():
        if not isinstance(text, str):
            raise InvalidInput(f"{where}.{name:.60} must be a text, not {text!r:.60}")
    return dict(value)
