"""ServiceNow Event Management: what tools post to `em_event`, one record or many.

Source: ServiceNow's documentation of event collection by web service.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from app.errors import InvalidInput
from app.events.delivery import Delivery, Reading, Source, read_each
from app.events.fields import an_object, first_text, json_object, name_of, parsed_json, shown, text_of, texts_of
from app.events.gathering import clues_in, distinct, key_clues, service_clues
from app.events.identifiers import clues_of_labels, host_clues
from app.events.model import Alert, EventStatus
from app.impact.model import HealthState

NAME = "servicenow"
_STATES = {
    "0": HealthState.OPERATIONAL,
    "1": HealthState.DOWN,
    "2": HealthState.DOWN,
    "3": HealthState.DEGRADED,
    "4": HealthState.DEGRADED,
    "5": HealthState.OPERATIONAL,
}
_WORDS = {"0": "clear", "1": "critical", "2": "major", "3": "minor", "4": "warning", "5": "ok"}
_IDENTITY = ("source", "node", "type", "resource", "metric_name")
_CLUES = {"node": host_clues, "ci_identifier": key_clues, "resource": service_clues}


def _read(delivery: Delivery) -> Reading:
    body = json_object(delivery.body, "a tool to em_event")
    records = body.get("records", [body])
    if not isinstance(records, list):
        raise InvalidInput(f"records must be a list, not {shown(records)}")
    return read_each(records, "records", _alert)


def inserted(count: int) -> Mapping[str, object]:
    """What ServiceNow answers when it has taken so many records."""
    return {"result": {"Default Bulk Endpoint": f"{count} events were inserted"}}


def _reply(answers: Sequence[Mapping[str, object]]) -> Mapping[str, object]:
    return inserted(len(answers))


SOURCE = Source(NAME, "ServiceNow em_event", _read, reply=_reply)


def _alert(entry: object, where: str) -> Alert:
    record = an_object(entry, f"{where} must be an object, not {shown(entry)}")
    severity = text_of(record.get("severity"))
    if severity not in _STATES:
        raise InvalidInput(f"{where}.severity must be 0 (clear) or 1 (critical) to 5 (ok), not {shown(severity)}")
    fingerprint = (
        text_of(record.get("message_key")) or " ".join(text_of(record.get(name)) for name in _IDENTITY).strip()
    )
    if not fingerprint:
        raise InvalidInput(f"{where} must have a message_key, or a source and a node")
    over = severity in ("0", "5") or text_of(record.get("resolution_state")).casefold() == "closing"
    info = _additional(record.get("additional_info"))
    at = _instant(record.get("time_of_event"), f"{where}.time_of_event")
    shown_of = ("source", "event_class", "node", "resource", "metric_name", "type", "ci_type")
    labels = {**info, **texts_of({name: record.get(name) for name in shown_of})}
    return Alert(
        source=NAME,
        fingerprint=name_of(fingerprint),
        status=EventStatus.RESOLVED if over else EventStatus.FIRING,
        severity=_WORDS[severity],
        state=_STATES[severity],
        summary=first_text(record.get("description"), record.get("metric_name"), record.get("type")),
        starts_at=None,
        ends_at=at if over else None,
        clues=distinct((*clues_in(record, _CLUES), *clues_of_labels(info))),
        labels=labels,
        observed_at=at,
    )


def _additional(value: object) -> dict[str, str]:
    """Additional information is JSON written into a text, and sometimes no JSON at all."""
    if isinstance(value, str) and value.strip().startswith("{"):
        try:
            return texts_of(parsed_json(value.encode()))
        except InvalidInput:
            return {}
    return texts_of(value)


def _instant(value: object, where: str) -> datetime | None:
    """Its instants are in GMT, without saying so."""
    text = text_of(value)
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        raise InvalidInput(f"{where} must be an instant as 2026-11-30 09:00:00, in GMT, not {shown(value)}") from None
