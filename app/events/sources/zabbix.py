"""Zabbix: what a webhook media type sends, ours (`zabbix_media_type.yaml` beside this module) or that for
Event-Driven Ansible, whose parameters ours repeats.

One event has one id from the problem to its recovery. A macro that Zabbix cannot resolve arrives as it was written
and says nothing. The reply brings tags, which the media type puts on the event in Zabbix.

Source: Zabbix 6.0, "Webhook" and "Supported macros"; a real delivery is in the tests.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.errors import InvalidInput
from app.events.delivery import Delivery, Reading, Source
from app.events.fields import epoch, first_text, json_object, link_of, parsed_json, shown, text_of
from app.events.gathering import alias_clues, clues_in, distinct, key_clues, kind_clues
from app.events.identifiers import clues_of_labels, host_clues
from app.events.model import Alert, Clue, EventStatus
from app.events.severity import state_of_severity

NAME = "zabbix"
MAX_TAG = 255
"""Characters that Zabbix keeps of the value of a tag."""
_UNRESOLVED = re.compile(r"\{[$#?]?[A-Z][^{}]*\}|\*UNKNOWN\*")
_SEVERITIES = ("not classified", "information", "warning", "average", "high", "disaster")
# Discovery and autoregistration (1 and 2) tell of hosts that came, not of trouble.
_NEWS_ONLY = ("1", "2")
_CLUES = {
    "host_id": kind_clues("zabbix_host"),
    "host_host": host_clues,
    "host_dns": host_clues,
    "host_conn": host_clues,
    "host_ip": host_clues,
    "host_name": alias_clues,
    "inventory_serial": kind_clues("serial"),
    "inventory_mac": kind_clues("mac"),
    "service_name": lambda name: clues_of_labels({"service": name}),
    "underpin_key": key_clues,
}
_LABELS = (
    "host_host",
    "host_name",
    "host_ip",
    "host_dns",
    "host_groups",
    "service_name",
    "trigger_id",
    "trigger_name",
    "trigger_description",
    "operation_data",
    "event_update_action",
    "event_update_message",
    "event_update_user",
    "monitoring_source",
)


def _read(delivery: Delivery) -> Reading:
    body = json_object(delivery.body, "the Underpin media type")
    fields = {name: text for name, value in body.items() if (text := _resolved(_joined(value)))}
    if fields.get("event_source") in _NEWS_ONLY:
        return Reading()
    return Reading((_alert(fields, _tags(body.get("event_tags"))),))


def _reply(answers: Sequence[Mapping[str, object]]) -> Mapping[str, object]:
    """The tags for the event in Zabbix: our priority, and the processes that are hurt; none if nobody is."""
    for answer in answers:
        impact = answer.get("impact")
        if isinstance(impact, Mapping):
            tags = {
                "underpin_priority": text_of(impact.get("priority")),
                "underpin_processes": ", ".join(_names(impact.get("businessProcesses"))),
                "underpin_url": text_of(impact.get("url")),
            }
            return {"tags": {name: text[:MAX_TAG] for name, text in tags.items() if text}}
    return {"tags": {}}


SOURCE = Source(NAME, "Zabbix", _read, reply=_reply)


def _alert(fields: Mapping[str, str], tags: Mapping[str, Sequence[str]]) -> Alert:
    event_id, status, severity = _event_id(fields), _status(fields), _severity(fields)
    started_at = _instant(fields, "event_timestamp", "event_datetime_timestamp")
    ended_at = _instant(fields, "event_recovery_timestamp") if status is EventStatus.RESOLVED else None
    labels = {name: fields[name] for name in _LABELS if name in fields}
    return Alert(
        source=NAME,
        fingerprint=event_id,
        status=status,
        severity=severity,
        state=state_of_severity(severity),
        summary=first_text(fields.get("event_name"), fields.get("trigger_name"), fields.get("subject")),
        starts_at=started_at,
        ends_at=ended_at,
        clues=_clues(fields, tags),
        labels={**{tag: ", ".join(values) for tag, values in tags.items()}, **labels},
        observed_at=ended_at or _instant(fields, "event_update_timestamp") or started_at,
        acknowledged=_yes(fields.get("acknowledged")),
        url=link_of(fields.get("event_url")),
    )


def _event_id(fields: Mapping[str, str]) -> str:
    event_id = fields.get("event_id", "")
    if event_id.isascii() and 0 < len(event_id) <= MAX_TAG:
        return event_id
    raise InvalidInput(f"event_id must be the {{EVENT.ID}} of Zabbix, not {shown(fields.get('event_id'))}")


def _status(fields: Mapping[str, str]) -> EventStatus:
    value = fields.get("event_value")
    if value in ("0", "1"):
        return EventStatus.FIRING if value == "1" else EventStatus.RESOLVED
    raise InvalidInput(f"event_value must be 1 for a problem or 0 for its recovery, not {shown(value)}")


def _severity(fields: Mapping[str, str]) -> str | None:
    """By its number: the words can be renamed in Zabbix."""
    number = fields.get("event_nseverity", "")
    if number in ("0", "1", "2", "3", "4", "5"):
        return _SEVERITIES[int(number)]
    return fields.get("event_severity")


def _clues(fields: Mapping[str, str], tags: Mapping[str, Sequence[str]]) -> tuple[Clue, ...]:
    told = ((tag, clues_of_labels({tag: value})) for tag, values in tags.items() for value in values)
    tagged = [replace(clue, origin=tag) for tag, clues in told for clue in clues]
    return distinct((*tagged, *clues_in(fields, _CLUES)))


def _instant(fields: Mapping[str, str], *names: str) -> datetime | None:
    """The first of these; Zabbix's dates and times have no zone, so that only its timestamps tell an instant."""
    for name in names:
        if fields.get(name, "0") != "0":
            return epoch(fields[name], name)
    return None


def _tags(value: object) -> dict[str, list[str]]:
    """The tags of an event: `[{"tag": …, "value": …}]`, as a text too, or the object that scripts make of them."""
    if isinstance(value, str):
        try:
            value = parsed_json(value.encode(errors="replace"))
        except InvalidInput:
            return {}
    tags: dict[str, list[str]] = {}
    for tag, inner in _tag_pairs(value):
        name, text = text_of(tag), _resolved(text_of(inner))
        if name and text:
            tags.setdefault(name, []).append(text)
    return tags


def _tag_pairs(value: object) -> Iterable[tuple[object, object]]:
    if isinstance(value, list):
        return [(one.get("tag"), one.get("value")) for one in value if isinstance(one, Mapping)]
    if not isinstance(value, Mapping):
        return []
    return [(tag, one) for tag, inner in value.items() for one in (inner if isinstance(inner, list) else [inner])]


def _joined(value: object) -> str:
    return ", ".join(text for one in value if (text := text_of(one))) if isinstance(value, list) else text_of(value)


def _resolved(text: str) -> str:
    return "" if _UNRESOLVED.fullmatch(text) else text


def _yes(text: str | None) -> bool | None:
    return None if text is None else text.casefold() in ("yes", "1", "true")


def _names(items: object) -> list[str]:
    found: list[Any] = items if isinstance(items, list) else []
    return [first_text(one.get("name"), one.get("key")) for one in found if isinstance(one, Mapping)]
