"""PagerDuty, v3 webhook subscriptions: one event about one incident a body.

An incident names a service of PagerDuty, not the host whose alert raised it. What is no incident, as a note on one or
a ping, is no alert.

Source: developer-docs of PagerDuty, webhooks/01-Overview.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.errors import InvalidInput
from app.events.delivery import Delivery, Reading, Source
from app.events.fields import an_object, first_text, instant_at, json_object, link_of, shown, text_at, text_of, texts_of
from app.events.gathering import clues_in, key_clues, kind_clues, service_clues
from app.events.model import Alert, EventStatus
from app.events.severity import state_of_severity
from app.events.signatures import hmac_signature
from app.impact.model import HealthState

NAME = "pagerduty"
_SIGNATURE = hmac_signature("X-PagerDuty-Signature", prefix="v1=", separator=",")
_DELIVERY_ID = "x-webhook-id"
_STATUSES = {
    "triggered": EventStatus.FIRING,
    "acknowledged": EventStatus.FIRING,
    "resolved": EventStatus.RESOLVED,
}
# The names of priorities are the customer's; these are the ones PagerDuty proposes.
_PRIORITIES = {
    "p1": HealthState.DOWN,
    "p2": HealthState.DOWN,
    "sev-1": HealthState.DOWN,
    "sev-2": HealthState.DOWN,
    "p5": HealthState.OPERATIONAL,
    "sev-5": HealthState.OPERATIONAL,
    # An urgency says who may be woken, and no incident is nothing.
    "low": HealthState.DEGRADED,
}
_CLUES = {"service": service_clues, "service_id": kind_clues("pagerduty_service"), "underpin_key": key_clues}


def _read(delivery: Delivery) -> Reading:
    body = json_object(delivery.body, "a v3 webhook subscription of PagerDuty")
    event = an_object(body.get("event"), "event must be an object; is this a webhook subscription of version 3?")
    data = an_object(event.get("data"), f"event.data must be an object, not {shown(event.get('data'))}")
    # "incident.annotated" and the like bring a note about an incident, not the incident.
    if data.get("type", "incident") != "incident" or "status" not in data:
        return Reading()
    return Reading((_alert(event, data),))


def _delivery_id(delivery: Delivery) -> str | None:
    return delivery.headers.get(_DELIVERY_ID)


SOURCE = Source(NAME, "PagerDuty", _read, headers=(_DELIVERY_ID,), signature=_SIGNATURE, delivery_id=_delivery_id)


def _alert(event: Mapping[str, Any], data: Mapping[str, Any]) -> Alert:
    word, occurred_at = _status(data), instant_at(event, "occurred_at", "event")
    priority = _summary(data, "priority")
    severity = first_text(priority, data.get("urgency")) or None
    labels = _labels(event, data)
    return Alert(
        source=NAME,
        fingerprint=text_at(data, "id", "event.data", most=200),
        status=_STATUSES[word],
        severity=severity,
        state=_PRIORITIES.get((severity or "").casefold(), state_of_severity(severity)),
        summary=first_text(data.get("title"), data.get("summary")),
        starts_at=_start(data),
        ends_at=occurred_at if word == "resolved" else None,
        clues=clues_in({**labels, "service_id": _service(data).get("id")}, _CLUES),
        labels=labels,
        observed_at=occurred_at,
        acknowledged=word == "acknowledged",
        url=link_of(data.get("html_url")),
    )


def _status(data: Mapping[str, Any]) -> str:
    word = text_of(data.get("status"))
    if word in _STATUSES:
        return word
    raise InvalidInput(f"event.data.status must be one of {', '.join(_STATUSES)}, not {shown(data.get('status'))}")


def _start(data: Mapping[str, Any]) -> datetime | None:
    """When this occurrence began: when the incident was opened for the last time."""
    told = [instant_at(data, name, "event.data") for name in ("created_at", "reopened_at") if data.get(name)]
    return max(told, default=None)


def _service(data: Mapping[str, Any]) -> Mapping[str, Any]:
    service = data.get("service")
    return service if isinstance(service, Mapping) else {}


def _summary(data: Mapping[str, Any], name: str) -> str:
    reference = data.get(name)
    return text_of(reference.get("summary")) if isinstance(reference, Mapping) else ""


def _labels(event: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, str]:
    teams = data.get("teams")
    return texts_of(
        {
            "event_type": event.get("event_type"),
            "number": data.get("number"),
            "incident_key": data.get("incident_key"),
            "service": _summary(data, "service"),
            "priority": _summary(data, "priority"),
            "urgency": data.get("urgency"),
            "escalation_policy": _summary(data, "escalation_policy"),
            "teams": ", ".join(_summary({"team": team}, "team") for team in teams) if isinstance(teams, list) else "",
        }
    )
