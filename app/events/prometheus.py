"""Alerts as Prometheus labels them, which Alertmanager and Grafana send in the same words. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.errors import InvalidInput
from app.events.delivery import Reading
from app.events.fields import an_object, first_text, instant, link_of, object_at, shown, text_of, texts_of
from app.events.identifiers import clues_of_labels
from app.events.model import Alert, EventStatus
from app.events.severity import state_of_severity

MAX_FINGERPRINT = 200
_NEVER = 1  # The year of "0001-01-01T00:00:00Z", which means that there is no such instant yet.
_FNV_OFFSET, _FNV_PRIME, _64_BITS = 14695981039346656037, 1099511628211, 2**64 - 1
_SEPARATOR = b"\xff"


def labelled_alert(entry: object, where: str, source: str) -> Alert:
    """One member of `alerts`.

    Raises:
        InvalidInput: no labels, a status that is neither firing nor resolved, or an instant that is none.
    """
    raw = an_object(entry, f"{where} must be an object")
    labels = texts_of(object_at(raw, "labels", where))
    if not labels:
        raise InvalidInput(f"{where}.labels must say what the alert is about; it has none")
    annotations = texts_of(raw.get("annotations"))
    status = _status(raw.get("status"), f"{where}.status")
    severity = labels.get("severity")
    ends_at = _instant(raw, "endsAt", where)
    return Alert(
        source=source,
        fingerprint=_fingerprint(raw.get("fingerprint"), labels, where),
        status=status,
        severity=severity,
        state=state_of_severity(severity),
        summary=first_text(annotations.get("summary"), annotations.get("description"), labels.get("alertname")),
        starts_at=_instant(raw, "startsAt", where),
        ends_at=ends_at if status is EventStatus.RESOLVED else None,
        clues=clues_of_labels(labels),
        labels=labels,
        url=link_of(raw.get("generatorURL")),
    )


def with_what_was_left_out(reading: Reading, body: Mapping[str, Any]) -> Reading:
    """The reading, with a sentence if the sender cut its alerts off: those are lost unless it is set up otherwise."""
    count = text_of(body.get("truncatedAlerts"))
    if not count or count == "0":
        return reading
    problem = (
        f"truncatedAlerts is {count:.20}: the sender left out that many alerts; raise its limit of alerts a message"
    )
    return Reading(reading.alerts, reading.windows, (*reading.problems, problem))


def fingerprint_of(labels: Mapping[str, str]) -> str:
    """What Prometheus computes where the sender leaves it out: FNV-1a of the labels by name, as 16 hex digits."""
    value = _FNV_OFFSET
    for name, text in sorted(labels.items()):
        for byte in b"".join((name.encode(errors="replace"), _SEPARATOR, text.encode(errors="replace"), _SEPARATOR)):
            value = ((value ^ byte) * _FNV_PRIME) & _64_BITS
    return f"{value:016x}"


def _fingerprint(value: object, labels: Mapping[str, str], where: str) -> str:
    text = text_of(value)
    if len(text) > MAX_FINGERPRINT or isinstance(value, Mapping | list):
        raise InvalidInput(f"{where}.fingerprint must be a text of 1-{MAX_FINGERPRINT} characters, not {shown(value)}")
    return text or fingerprint_of(labels)


def _status(value: object, where: str) -> EventStatus:
    for status in EventStatus:
        if value == status.value:
            return status
    raise InvalidInput(f"{where} must be firing or resolved, not {shown(value)}")


def _instant(raw: Mapping[str, Any], name: str, where: str) -> datetime | None:
    value = raw.get(name)
    found = instant(value, f"{where}.{name}") if value else None
    return found if found and found.year > _NEVER else None
