"""Dynatrace, custom webhook of problem notifications: one problem a body, in the placeholders its user writes.

Understood are Dynatrace's own placeholders as names (`PID`, `State`, `ImpactedEntities`…), in any capitals, with spaces
or without: its documented sample has a key "Problem URL".

Source: Dynatrace's documentation of webhook notifications.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.errors import InvalidInput
from app.events.delivery import Delivery, Reading, Source
from app.events.fields import first_text, json_object, link_of, name_of, shown, text_of
from app.events.gathering import distinct, tagged
from app.events.identifiers import clues_of_labels, host_clues, typed_clues
from app.events.model import Alert, Clue, EventStatus
from app.events.severity import state_of_severity
from app.impact.model import HealthState

NAME = "dynatrace"
_STATUSES = {"open": EventStatus.FIRING, "resolved": EventStatus.RESOLVED, "merged": EventStatus.RESOLVED}
_STATES = {
    "availability": HealthState.DOWN,
    "error": HealthState.DEGRADED,
    "performance": HealthState.DEGRADED,
    "resource_contention": HealthState.DEGRADED,
    "monitoring_unavailable": HealthState.DEGRADED,
}
_HOST_TYPES = ("host", "virtual_machine", "ec2_instance", "azure_vm", "network_interface", "disk")


def _read(delivery: Delivery) -> Reading:
    body = json_object(delivery.body, "a webhook of Dynatrace")
    return Reading((_alert({_plain(name): value for name, value in body.items()}),))


SOURCE = Source(NAME, "Dynatrace", _read)


def _plain(name: str) -> str:
    return "".join(one for one in name.casefold() if one.isalnum())


def _alert(body: Mapping[str, Any]) -> Alert:
    word = text_of(body.get("state")).casefold()
    if word not in _STATUSES:
        raise InvalidInput(f"State must be OPEN, RESOLVED or MERGED, not {shown(body.get('state'))}")
    fingerprint = first_text(body.get("pid"), body.get("problemid"))
    if not fingerprint:
        raise InvalidInput('PID or ProblemID must be there; put "PID": "{PID}" into the payload')
    severity = text_of(body.get("problemseverity")) or None
    tags = _tags(text_of(body.get("tags")))
    names = ("problemid", "problemtitle", "problemimpact", "problemseverity", "impactedentity")
    return Alert(
        source=NAME,
        fingerprint=name_of(fingerprint),
        status=_STATUSES[word],
        severity=severity,
        state=_STATES.get((severity or "").casefold(), state_of_severity(severity)),
        summary=first_text(body.get("problemtitle"), body.get("title"), body.get("problemid")),
        starts_at=None,
        ends_at=None,
        clues=distinct((*_entity_clues(body), *clues_of_labels(tags))),
        labels={**tags, **{name: text for name in names if (text := text_of(body.get(name)))}},
        url=link_of(body.get("problemurl")),
    )


def _entity_clues(body: Mapping[str, Any]) -> Iterator[Clue]:
    entities = body.get("impactedentities")
    for entity in entities if isinstance(entities, list) else ():
        if isinstance(entity, Mapping):
            yield from typed_clues("dynatrace", text_of(entity.get("entity")), origin="ImpactedEntities")
            kind, name = text_of(entity.get("type")).casefold(), text_of(entity.get("name"))
            if kind in _HOST_TYPES:
                yield from host_clues(name, origin="ImpactedEntities")
            elif name:
                yield from clues_of_labels({"service": name})


def _tags(written: str) -> dict[str, str]:
    """Tags as `env:prod, [AWS]service:pay, urgent`: where one comes from does not matter."""
    return tagged(tag.rpartition("]")[2] for tag in written.split(","))
