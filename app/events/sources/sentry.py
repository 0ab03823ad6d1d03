"""Sentry, webhooks of an internal integration: issue alerts, metric alerts and issues, one a body; and those of the
older WebHooks plugin.

The header `Sentry-Hook-Resource` says which. An error that happens once is an alert of its project; Sentry says only of
metric alerts and issues that they are over, and the plugin never.

Source: Sentry's documentation of integration platform webhooks.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.errors import InvalidInput
from app.events.delivery import Delivery, Reading, Source
from app.events.fields import an_object, first_text, instant_at, json_object, link_of, object_at, shown, text_of
from app.events.gathering import distinct
from app.events.identifiers import clues_of_labels
from app.events.model import Alert, EventStatus
from app.events.severity import state_of_severity
from app.events.signatures import hmac_signature

NAME = "sentry"
_RESOURCE, _DELIVERY_ID = "sentry-hook-resource", "request-id"
_OVER = {"resolved", "archived", "ignored"}


def _read(delivery: Delivery) -> Reading:
    body = json_object(delivery.body, "a webhook of Sentry")
    if "data" not in body and isinstance(body.get("event"), Mapping):
        return Reading((_plugin_alert(body, body["event"]),))
    data = an_object(body.get("data"), f"data must be an object, not {shown(body.get('data'))}")
    action = text_of(body.get("action"))
    if "metric_alert" in data:
        return Reading((_metric_alert(data, action),))
    for name in ("event", "issue", "error"):
        if isinstance(data.get(name), Mapping):
            return Reading((_issue(data[name], action, text_of(data.get("triggered_rule"))),))
    if delivery.headers.get(_RESOURCE) in ("installation", "comment", "seer"):
        return Reading()
    raise InvalidInput("data must hold metric_alert, event, issue or error; choose these resources in the integration")


def _delivery_id(delivery: Delivery) -> str | None:
    return delivery.headers.get(_DELIVERY_ID)


SOURCE = Source(
    NAME,
    "Sentry",
    _read,
    headers=(_RESOURCE, _DELIVERY_ID),
    signature=hmac_signature("Sentry-Hook-Signature"),
    delivery_id=_delivery_id,
)


def _metric_alert(data: Mapping[str, Any], action: str) -> Alert:
    told = object_at(data, "metric_alert", "data")
    rule = object_at(told, "alert_rule", "data.metric_alert")
    over = action == "resolved"
    projects = told.get("projects")
    labels = _project(projects[0] if isinstance(projects, list) and projects else rule.get("projects"))
    labels |= {"rule": first_text(rule.get("name"), told.get("title")), "action": action}
    closed_at = _instant(told, "date_closed")
    return Alert(
        source=NAME,
        fingerprint=f"metric {_id(told, 'data.metric_alert')}",
        status=EventStatus.RESOLVED if over else EventStatus.FIRING,
        severity=action or None,
        state=state_of_severity(action or None),
        summary=first_text(data.get("description_title"), told.get("title"), rule.get("name")),
        starts_at=_instant(told, "date_started") or _instant(told, "date_detected"),
        ends_at=closed_at if over else None,
        clues=clues_of_labels(_named(labels)),
        labels={name: text for name, text in labels.items() if text},
        url=link_of(data.get("web_url")),
    )


def _issue(told: Mapping[str, Any], action: str, rule: str) -> Alert:
    tags = _tags(told.get("tags"))
    labels = {**_project(told.get("project")), **tags, "rule": rule}
    over = action in _OVER or text_of(told.get("status")) in _OVER
    level = first_text(told.get("level"), tags.get("level")) or None
    seen_at = _instant(told, "datetime") or _instant(told, "lastSeen")
    return Alert(
        source=NAME,
        fingerprint=f"issue {first_text(told.get('issue_id')) or _id(told, 'data')}",
        status=EventStatus.RESOLVED if over else EventStatus.FIRING,
        severity=level,
        state=state_of_severity(level),
        summary=first_text(told.get("title"), told.get("message"), told.get("culprit")),
        starts_at=_instant(told, "firstSeen"),
        ends_at=None,
        clues=distinct(clues_of_labels(_named(labels))),
        labels={name: text for name, text in labels.items() if text},
        observed_at=None if over else seen_at,
        url=link_of(first_text(told.get("web_url"), told.get("permalink"))),
    )


def _plugin_alert(body: Mapping[str, Any], event: Mapping[str, Any]) -> Alert:
    """What the plugin sends: the issue around, the event in it."""
    rules = body.get("triggering_rules")
    issue = {"issue_id": body.get("id"), "project": first_text(body.get("project_slug"), body.get("project"))}
    told = {
        "message": body.get("message"),
        "culprit": body.get("culprit"),
        **event,
        **issue,
        "web_url": body.get("url"),
    }
    level = first_text(body.get("level"), event.get("level"))
    return _issue({**told, "level": level}, "", first_text(*rules) if isinstance(rules, list) else "")


def _named(labels: Mapping[str, str]) -> dict[str, str]:
    """Labels in which the project is a service, unless a tag names one."""
    service = first_text(labels.get("service"), labels.get("service.name"), labels.get("project"))
    return {**labels, "service": service, "host": first_text(labels.get("host"), labels.get("server_name"))}


def _project(value: object) -> dict[str, str]:
    name = first_text(value.get("slug"), value.get("name")) if isinstance(value, Mapping) else text_of(value)
    return {"project": name} if name else {}


def _tags(value: object) -> dict[str, str]:
    """Tags come as pairs, or as objects of key and value."""
    found: dict[str, str] = {}
    for tag in value if isinstance(value, list) else ():
        if isinstance(tag, list) and len(tag) == 2:
            found[text_of(tag[0])] = text_of(tag[1])
        elif isinstance(tag, Mapping):
            found[text_of(tag.get("key"))] = text_of(tag.get("value"))
    return {name: text for name, text in found.items() if name and text}


def _id(told: Mapping[str, Any], where: str) -> str:
    if found := first_text(told.get("id"), told.get("event_id"), told.get("identifier")):
        return found[:150]
    raise InvalidInput(f"{where}.id must be a text")


def _instant(told: Mapping[str, Any], name: str) -> datetime | None:
    return instant_at(told, name) if told.get(name) else None
