"""New Relic, workflows with a webhook: one issue a body, in the default template or one that has its names.

Source: New Relic's documentation of webhook destinations.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.errors import InvalidInput
from app.events.delivery import Delivery, Reading, Source
from app.events.fields import epoch, first_text, json_object, link_of, shown, text_of, texts_of
from app.events.gathering import distinct
from app.events.identifiers import clues_of_labels, host_clues, typed_clues
from app.events.model import Alert, Clue, EventStatus
from app.events.severity import state_of_severity

NAME = "newrelic"
_STATUSES = {"created": EventStatus.FIRING, "activated": EventStatus.FIRING, "closed": EventStatus.RESOLVED}
_STATUSES |= {"acknowledged": EventStatus.FIRING, "deactivated": EventStatus.RESOLVED}


def _read(delivery: Delivery) -> Reading:
    return Reading((_alert(json_object(delivery.body, "a workflow of New Relic")),))


SOURCE = Source(NAME, "New Relic", _read)


def _alert(body: Mapping[str, Any]) -> Alert:
    word = text_of(body.get("state")).casefold()
    if word not in _STATUSES:
        raise InvalidInput(f"state must be CREATED, ACTIVATED, ACKNOWLEDGED or CLOSED, not {shown(body.get('state'))}")
    fingerprint = first_text(body.get("issueId"), body.get("id"))
    if not fingerprint:
        raise InvalidInput('id must be there; put "id": {{ json issueId }} into the template')
    severity = text_of(body.get("priority")) or None
    over = _STATUSES[word] is EventStatus.RESOLVED
    updated_at = epoch(body["updatedAt"], "updatedAt") if body.get("updatedAt") else None
    return Alert(
        source=NAME,
        fingerprint=fingerprint[:200],
        status=_STATUSES[word],
        severity=severity,
        state=state_of_severity(severity),
        summary=_joined(body.get("title")) or _joined(body.get("alertConditionNames")),
        starts_at=epoch(body["createdAt"], "createdAt") if body.get("createdAt") else None,
        ends_at=updated_at if over else None,
        clues=distinct((*_entity_clues(body), *clues_of_labels(_tags(body)))),
        labels={**_tags(body), **_labels(body)},
        observed_at=updated_at,
        acknowledged=word == "acknowledged" or text_of(body.get("isAcknowledged")) == "true" or None,
        url=link_of(first_text(body.get("issueUrl"), body.get("issuePageUrl"))),
    )


def _entity_clues(body: Mapping[str, Any]) -> Iterator[Clue]:
    data = body.get("entitiesData")
    entities = data.get("entities") if isinstance(data, Mapping) else None
    for entity in entities if isinstance(entities, list) else ():
        if isinstance(entity, Mapping):
            yield from typed_clues("newrelic", text_of(entity.get("id")), origin="entitiesData")
    names = body.get("impactedEntities")
    for name in names if isinstance(names, list) else ():
        yield from host_clues(text_of(name), origin="impactedEntities")
        yield from clues_of_labels({"service": text_of(name)})


def _tags(body: Mapping[str, Any]) -> dict[str, str]:
    """What a template takes from `accumulations.tag`: the values of each tag."""
    accumulations = body.get("accumulations")
    tags = accumulations.get("tag") if isinstance(accumulations, Mapping) else body.get("tags")
    return (
        {name: _joined(values) for name, values in tags.items() if _joined(values)} if isinstance(tags, Mapping) else {}
    )


def _labels(body: Mapping[str, Any]) -> dict[str, str]:
    names = ("alertPolicyNames", "alertConditionNames", "workflowName", "totalIncidents", "priority")
    return texts_of({name: _joined(body.get(name)) for name in names})


def _joined(value: object) -> str:
    """One text, or the first of a list of them."""
    return first_text(*value) if isinstance(value, list) else text_of(value)
