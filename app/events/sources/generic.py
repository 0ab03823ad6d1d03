"""Any tool that can send JSON, in our own words: one alert, or a list of them under `alerts`.

    {"alerts": [{"id": "disk-7", "status": "firing", "severity": "critical", "summary": "disk 7 is full",
                 "startsAt": "2026-11-30T09:00:00Z", "key": "db-1", "host": "db-1.corp.example", "service": "ledger",
                 "identifiers": {"serial": "SN-42"}, "labels": {"env": "prod"}, "url": "https://tool.example/7"}]}

`id` names the trouble, the same when it is over; where it is missing, what the alert says of its origin does. `status`
is firing (the default) or resolved; one of key, host, ip, service or identifiers says what it is about.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from app.errors import InvalidInput
from app.events.delivery import Delivery, Reading, Source, read_each
from app.events.fields import (
    an_object,
    first_text,
    instant_at,
    json_object,
    link_of,
    object_at,
    shown,
    text_of,
    texts_of,
)
from app.events.gathering import clues_in, distinct, key_clues, service_clues
from app.events.identifiers import clues_of_labels, host_clues, typed_clues
from app.events.model import Alert, Clue, EventStatus
from app.events.severity import state_of_severity

NAME = "generic"
_STATUSES = {
    **dict.fromkeys(("", "firing", "open", "problem", "alerting", "triggered", "active", "down"), EventStatus.FIRING),
    **dict.fromkeys(("resolved", "ok", "closed", "recovery", "recovered", "up", "cleared"), EventStatus.RESOLVED),
}
_CLUES = {"key": key_clues, "host": host_clues, "ip": host_clues, "service": service_clues}


def _read(delivery: Delivery) -> Reading:
    body = json_object(delivery.body, "any tool")
    listed = body.get("alerts", [body])
    if not isinstance(listed, list):
        raise InvalidInput(f"alerts must be a list, not {shown(listed)}")
    return read_each(listed, "alerts", plain_alert)


SOURCE = Source(NAME, "Any tool, in our own words", _read)


def plain_alert(entry: object, where: str, source: str = NAME) -> Alert:
    """One alert in these words.

    Raises:
        InvalidInput: a status or an instant that is none, or nothing that says which alert it is.
    """
    raw = an_object(entry, f"{where} must be an object, not {shown(entry)}")
    labels = texts_of(object_at(raw, "labels", where))
    clues = distinct((*clues_in(raw, _CLUES), *_identified(raw, where), *clues_of_labels(labels)))
    severity = text_of(raw.get("severity")) or None
    status = text_of(raw.get("status")).casefold()
    if status not in _STATUSES:
        raise InvalidInput(f"{where}.status must be firing or resolved, not {shown(raw.get('status'))}")
    ends_at = instant_at(raw, "endsAt", where) if raw.get("endsAt") else None
    return Alert(
        source=source,
        fingerprint=_fingerprint(raw, clues, where),
        status=_STATUSES[status],
        severity=severity,
        state=state_of_severity(severity),
        summary=first_text(raw.get("summary"), raw.get("title"), raw.get("message"), raw.get("description")),
        starts_at=instant_at(raw, "startsAt", where) if raw.get("startsAt") else None,
        ends_at=ends_at if _STATUSES[status] is EventStatus.RESOLVED else None,
        clues=clues,
        labels=labels,
        observed_at=instant_at(raw, "observedAt", where) if raw.get("observedAt") else None,
        url=link_of(raw.get("url")),
    )


def _identified(raw: Mapping[str, Any], where: str) -> Iterator[Clue]:
    for kind, value in texts_of(object_at(raw, "identifiers", where)).items():
        yield from typed_clues(kind, value, origin=f"identifiers.{kind}")


def _fingerprint(raw: Mapping[str, Any], clues: tuple[Clue, ...], where: str) -> str:
    if id := first_text(raw.get("id"), raw.get("fingerprint")):
        return id if len(id) <= 200 else sha256(id.encode()).hexdigest()
    if not clues:
        raise InvalidInput(f"{where}.id must name the trouble, the same when it is over")
    said = "\n".join((text_of(raw.get("name")), *(f"{clue.tier.value} {clue.value}" for clue in clues)))
    return sha256(said.encode()).hexdigest()
