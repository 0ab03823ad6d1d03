"""What tools send to PagerDuty's Events API v2 (`/v2/enqueue`): one event a body, triggered, acknowledged or resolved.

Source: PagerDuty's documentation of the Events API v2.
"""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from app.errors import InvalidInput
from app.events.delivery import Delivery, Reading, Source
from app.events.fields import instant_at, json_object, link_of, object_at, shown, text_of, texts_of
from app.events.gathering import alias_clues, clues_in, distinct, service_clues
from app.events.identifiers import clues_of_labels, host_clues
from app.events.model import Alert, EventStatus
from app.events.severity import state_of_severity

NAME = "pagerduty_events"
_ACTIONS = {
    "trigger": EventStatus.FIRING,
    "acknowledge": EventStatus.FIRING,
    "resolve": EventStatus.RESOLVED,
}
_CLUES = {"source": host_clues, "component": alias_clues, "group": service_clues}


def _read(delivery: Delivery) -> Reading:
    body = json_object(delivery.body, "a tool to PagerDuty's Events API")
    return Reading((_alert(body),))


SOURCE = Source(NAME, "PagerDuty Events API v2", _read)


def with_key(body: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """The body without its routing key and with a dedup_key, made up if it has none; and that key.

    Raises:
        InvalidInput: no such action; or what has no dedup_key cannot be resolved.
    """
    action, key = text_of(body.get("event_action")), text_of(body.get("dedup_key"))
    if action not in _ACTIONS:
        raise InvalidInput(
            f"event_action must be trigger, acknowledge or resolve, not {shown(body.get('event_action'))}"
        )
    if not key and action != "trigger":
        raise InvalidInput(f"dedup_key must say what to {action}")
    key = key or uuid4().hex
    return {**{name: value for name, value in body.items() if name != "routing_key"}, "dedup_key": key}, key


def _alert(body: Mapping[str, Any]) -> Alert:
    body, key = with_key(body)
    action = text_of(body["event_action"])
    told = object_at(body, "payload")
    details = texts_of(told.get("custom_details"))
    severity = text_of(told.get("severity")) or None
    named = {name: told.get(name) for name in ("source", "component", "group", "class", "severity")}
    return Alert(
        source=NAME,
        fingerprint=key[:200],
        status=_ACTIONS[action],
        severity=severity,
        state=state_of_severity(severity),
        summary=text_of(told.get("summary")),
        starts_at=None,
        ends_at=None,
        clues=distinct((*clues_in(told, _CLUES), *clues_of_labels(details))),
        labels={**details, **texts_of(named)},
        observed_at=instant_at(told, "timestamp", "payload") if told.get("timestamp") else None,
        acknowledged=True if action == "acknowledge" else None,
        url=link_of(body.get("client_url")),
    )
