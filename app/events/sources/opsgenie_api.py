"""What tools send to Opsgenie's Alert API (`/v2/alerts`): an alert is created, acknowledged or closed.

The route puts the action, and the name of the alert where it stands in the path, beside what was sent.

Source: Opsgenie's documentation of the Alert API.
"""

from collections.abc import Mapping
from typing import Any

from app.errors import InvalidInput
from app.events.delivery import Delivery, Reading, Source
from app.events.fields import first_text, json_object, name_of, text_of, texts_of
from app.events.gathering import alias_clues, distinct, tagged
from app.events.identifiers import clues_of_labels, host_clues
from app.events.model import Alert, EventStatus
from app.events.severity import state_of_severity

NAME = "opsgenie_api"
_PRIORITIES = {"P1": "critical", "P2": "high", "P3": "medium", "P4": "low", "P5": "info"}


def _read(delivery: Delivery) -> Reading:
    return Reading((_alert(json_object(delivery.body, "a tool to Opsgenie's Alert API")),))


SOURCE = Source(NAME, "Opsgenie Alert API", _read)


def _alert(body: Mapping[str, Any]) -> Alert:
    action = text_of(body.get("action")) or "create"
    fingerprint = first_text(body.get("identifier"), body.get("alias"), body.get("message"))
    if not fingerprint:
        raise InvalidInput("message must be a text")
    tags = body.get("tags")
    entity, details = text_of(body.get("entity")), texts_of(body.get("details"))
    details = {**tagged(map(text_of, tags) if isinstance(tags, list) else ()), **details}
    # What closes or acknowledges an alert does not say again what it is about.
    priority = (text_of(body.get("priority")) or "P3") if action == "create" else ""
    named = {name: body.get(name) for name in ("entity", "source")}
    about = (*host_clues(entity, origin="entity"), *alias_clues(entity)) if entity else ()
    return Alert(
        source=NAME,
        fingerprint=name_of(fingerprint),
        status=EventStatus.RESOLVED if action == "close" else EventStatus.FIRING,
        severity=priority or None,
        state=state_of_severity(_PRIORITIES.get(priority.upper(), priority)),
        summary=first_text(body.get("message"), body.get("description")),
        starts_at=None,
        ends_at=None,
        clues=distinct((*clues_of_labels(details), *about)),
        labels={**details, **texts_of({**named, "priority": priority})},
        acknowledged=True if action == "acknowledge" else None,
    )
