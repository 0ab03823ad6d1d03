"""Opsgenie, outgoing webhook integration: one action on one alert a body.

Source: Opsgenie's documentation of webhook data.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.errors import InvalidInput
from app.events.delivery import Delivery, Reading, Source
from app.events.fields import an_object, epoch, first_text, json_object, shown, text_of, texts_of
from app.events.gathering import alias_clues, distinct
from app.events.identifiers import clues_of_labels, host_clues
from app.events.model import Alert, Clue, EventStatus
from app.events.severity import state_of_severity

NAME = "opsgenie"
_OVER = {"close", "delete"}
_PRIORITIES = {"p1": "critical", "p2": "high", "p3": "medium", "p4": "low", "p5": "info"}


def _read(delivery: Delivery) -> Reading:
    body = json_object(delivery.body, "an outgoing webhook of Opsgenie")
    action = text_of(body.get("action"))
    if not action:
        raise InvalidInput(f"action must be a text as Create or Close, not {shown(body.get('action'))}")
    alert = an_object(body.get("alert"), f"alert must be an object, not {shown(body.get('alert'))}")
    return Reading((_alert(alert, action),))


SOURCE = Source(NAME, "Opsgenie", _read)


def _alert(told: Mapping[str, Any], action: str) -> Alert:
    word = action.casefold()
    fingerprint = first_text(told.get("alias"), told.get("alertId"), told.get("id"))
    if not fingerprint:
        raise InvalidInput("alert.alias or alert.alertId must be a text")
    priority = text_of(told.get("priority")) or None
    details = texts_of(told.get("details"))
    tags = told.get("tags")
    labels = {**details, "tags": ", ".join(map(text_of, tags)) if isinstance(tags, list) else text_of(tags)}
    labels |= texts_of({name: told.get(name) for name in ("entity", "source", "priority", "team", "tinyId")})
    updated_at = epoch(told["updatedAt"], "alert.updatedAt") if told.get("updatedAt") else None
    return Alert(
        source=NAME,
        fingerprint=fingerprint[:200],
        status=EventStatus.RESOLVED if word in _OVER else EventStatus.FIRING,
        severity=priority,
        state=state_of_severity(_PRIORITIES.get((priority or "").casefold(), priority)),
        summary=first_text(told.get("message"), told.get("description")),
        starts_at=epoch(told["createdAt"], "alert.createdAt") if told.get("createdAt") else None,
        ends_at=updated_at if word in _OVER else None,
        clues=distinct((*clues_of_labels(details), *_entity_clues(told))),
        labels={name: text for name, text in labels.items() if text},
        observed_at=updated_at,
        acknowledged={"acknowledge": True, "unacknowledge": False}.get(word),
    )


def _entity_clues(told: Mapping[str, Any]) -> Iterator[Clue]:
    """The entity an alert is about, by any name; the source of one is often the tool that raised it."""
    entity = text_of(told.get("entity"))
    if entity:
        yield from host_clues(entity, origin="entity")
        yield from clues_of_labels({"service": entity})
        yield from alias_clues(entity)
