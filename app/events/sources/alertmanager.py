"""Prometheus Alertmanager, webhook version 4: one body holds a group of alerts, each with its own status.

Source: Alertmanager's notify/webhook; real deliveries of 0.25 are in the tests.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from app.errors import InvalidInput
from app.events.matching import clues_of_labels
from app.events.model import Alert, EventStatus
from app.events.severity import state_of_severity

NAME = "alertmanager"
_VERSION = "4"
_NO_END = 1  # "0001-01-01T00:00:00Z" means that the alert has no end yet.


def alerts(body: object, max_alerts: int) -> tuple[Alert, ...]:
    """The alerts of one delivery, in its order.

    Raises:
        InvalidInput: it is not what Alertmanager sends; the sentence names the field.
    """
    if not isinstance(body, Mapping):
        raise InvalidInput("the body must be the JSON object that Alertmanager's webhook_configs sends")
    # Hand-written scripts leave the version out; another one means another shape, so it is no use to guess.
    version = body.get("version", _VERSION)
    if version != _VERSION:
        raise InvalidInput(f"version must be {_VERSION!r}, which every current Alertmanager sends, not {version!r:.60}")
    listed = body.get("alerts")
    if not isinstance(listed, list):
        raise InvalidInput("alerts must be a list; is this really an Alertmanager webhook (version 4)?")
    if len(listed) > max_alerts:
        raise InvalidInput(
            f"alerts has {len(listed)} entries, at most {max_alerts} are taken; set max_alerts in the receiver"
        )
    return tuple(_alert(one, f"alerts[{index}]") for index, one in enumerate(listed))


def _alert(raw: object, where: str) -> Alert:
    if not isinstance(raw, Mapping):
        raise InvalidInput(f"{where} must be an object")
    labels = _texts(raw.get("labels"), f"{where}.labels")
    annotations = _texts(raw.get("annotations") or {}, f"{where}.annotations")
    severity = labels.get("severity")
    ends_at = _instant(raw.get("endsAt"), f"{where}.endsAt") if raw.get("endsAt") else None
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
        starts_at=_instant(raw.get("startsAt"), f"{where}.startsAt"),
        ends_at=ends_at if ends_at and ends_at.year > _NO_END else None,
        clues=clues_of_labels(labels),
        labels=labels,
    )


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


def _instant(value: object, where: str) -> datetime:
    """In UTC, so that one instant has one spelling: event ids derive from it."""
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else None
        if instant is not None and instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise InvalidInput(f"{where} must be an instant as 2026-11-30T09:00:00Z, not {value!r:.60}")
