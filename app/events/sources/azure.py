"""Azure Monitor, action groups: the common alert schema, one alert a body.

Source: Azure's documentation of the common alert schema.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.errors import InvalidInput
from app.events.delivery import Delivery, Reading, Source
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
from app.events.gathering import distinct
from app.events.identifiers import clues_of_labels, host_clues, typed_clues
from app.events.model import Alert, Clue, EventStatus
from app.events.severity import state_of_severity

NAME = "azure"
_SCHEMA = "azureMonitorCommonAlertSchema"
_STATUSES = {"fired": EventStatus.FIRING, "resolved": EventStatus.RESOLVED}
_LABELS = ("alertRule", "severity", "signalType", "monitoringService", "targetResourceType", "targetResourceGroup")


def _read(delivery: Delivery) -> Reading:
    body = json_object(delivery.body, "an action group of Azure Monitor")
    if body.get("schemaId") != _SCHEMA:
        raise InvalidInput(f"schemaId must be {_SCHEMA!r}; enable the common alert schema in the action group")
    data = an_object(body.get("data"), f"data must be an object, not {shown(body.get('data'))}")
    return Reading((_alert(data),))


SOURCE = Source(NAME, "Azure Monitor", _read)


def _alert(data: Mapping[str, Any]) -> Alert:
    told = an_object(data.get("essentials"), f"data.essentials must be an object, not {shown(data.get('essentials'))}")
    where = "data.essentials"
    # A service health alert has no condition: it is news, and is fired.
    word = (text_of(told.get("monitorCondition")) or "fired").casefold()
    if word not in _STATUSES:
        raise InvalidInput(f"{where}.monitorCondition must be Fired or Resolved, not {shown(told['monitorCondition'])}")
    fingerprint = first_text(told.get("originAlertId"), told.get("alertId"))
    if not fingerprint:
        raise InvalidInput(f"{where}.alertId must be a text")
    severity = text_of(told.get("severity")) or None
    ended_at = instant_at(told, "resolvedDateTime", where) if told.get("resolvedDateTime") else None
    custom = texts_of(data.get("customProperties"))
    return Alert(
        source=NAME,
        fingerprint=fingerprint[-200:],
        status=_STATUSES[word],
        severity=severity,
        state=state_of_severity(severity),
        summary=first_text(told.get("description"), told.get("alertRule")),
        starts_at=instant_at(told, "firedDateTime", where),
        ends_at=ended_at if word == "resolved" else None,
        clues=distinct((*_target_clues(told), *clues_of_labels({**custom, **_dimensions(data)}))),
        labels={**custom, **_dimensions(data), **texts_of({name: told.get(name) for name in _LABELS})},
        observed_at=ended_at or instant_at(told, "firedDateTime", where),
        url=link_of(told.get("investigationLink")),
    )


def _target_clues(told: Mapping[str, Any]) -> Iterator[Clue]:
    for target in _listed(told.get("alertTargetIDs")):
        yield from typed_clues("arm", target, origin="alertTargetIDs")
    for name in _listed(told.get("configurationItems")):
        yield from host_clues(name, origin="configurationItems")
        yield from clues_of_labels({"service": name})


def _dimensions(data: Mapping[str, Any]) -> dict[str, str]:
    """The dimensions of a metric or log alert."""
    condition = object_at(object_at(data, "alertContext", "data"), "condition", "data.alertContext")
    parts = condition.get("allOf")
    found: dict[str, str] = {}
    for part in parts if isinstance(parts, list) else ():
        dimensions = part.get("dimensions") if isinstance(part, Mapping) else None
        for one in dimensions if isinstance(dimensions, list) else ():
            if isinstance(one, Mapping) and (name := text_of(one.get("name"))):
                found[name] = text_of(one.get("value"))
    return {name: value for name, value in found.items() if value}


def _listed(value: object) -> list[str]:
    return [text for one in value if (text := text_of(one))] if isinstance(value, list) else []
