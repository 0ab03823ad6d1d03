"""CloudEvents 1.0 over HTTP: structured, batched or binary. What `data` holds is read in our own words (`generic`).

The `subject` of an event, else its `source`, is what the alert is about if `data` says nothing of it; its type is kept
as a label. A type that ends with resolved, recovered or closed says that it is over, unless `data` has a status.

Source: CloudEvents HTTP protocol binding 1.0.2, and HTTP webhooks 1.0.1.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from app.errors import InvalidInput
from app.events.delivery import Delivery, Reading, Source, read_each
from app.events.fields import an_object, instant_at, parsed_json, shown, text_at, text_of
from app.events.model import Alert
from app.events.sources.generic import plain_alert

NAME = "cloudevents"
_ATTRIBUTES = ("id", "source", "type", "specversion", "subject", "time", "datacontenttype", "dataschema")
_OVER = ("resolved", "recovered", "closed", "cleared")


def _read(delivery: Delivery) -> Reading:
    media = delivery.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if media.startswith("application/cloudevents-batch"):
        listed = parsed_json(delivery.body)
        if not isinstance(listed, list):
            raise InvalidInput(f"the body must be a list of events, not {shown(listed)}")
        return read_each(listed, "events", _alert)
    if media.startswith("application/cloudevents") or "ce-id" not in delivery.headers:
        return Reading((_alert(parsed_json(delivery.body), "event"),))
    return Reading((_alert({**_attributes(delivery), "data": _data(delivery, media)}, "event"),))


def _attributes(delivery: Delivery) -> dict[str, str]:
    """The attributes in the headers of the binary mode.

    Raises:
        InvalidInput: a value that is no percent-encoded UTF-8.
    """
    return {
        name: _decoded(value, name) for name in _ATTRIBUTES if (value := delivery.headers.get(f"ce-{name}")) is not None
    }


def _decoded(value: str, name: str) -> str:
    if value.startswith('"') and value.endswith('"') and len(value) > 1:
        value = value[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    try:
        return unquote(value, errors="strict")
    except UnicodeDecodeError:
        raise InvalidInput(f"the header ce-{name} must be percent-encoded UTF-8, not {shown(value)}") from None


def _data(delivery: Delivery, media: str) -> object:
    if media in ("", "application/json", "text/json") or media.endswith("+json"):
        return parsed_json(delivery.body) if delivery.body.strip() else {}
    return {"summary": delivery.body.decode(errors="replace")}


def _delivery_id(delivery: Delivery) -> str | None:
    """Source and id are unique together; of a batch every event is known by itself."""
    if "ce-id" in delivery.headers:
        return f"{delivery.headers.get('ce-source', '')} {delivery.headers['ce-id']}"
    try:
        event = parsed_json(delivery.body)
    except InvalidInput:
        return None
    if isinstance(event, Mapping) and text_of(event.get("id")):
        return f"{text_of(event.get('source'))} {text_of(event.get('id'))}"
    return None


SOURCE = Source(
    NAME,
    "CloudEvents",
    _read,
    headers=tuple(f"ce-{name}" for name in _ATTRIBUTES),
    delivery_id=_delivery_id,
)


def _alert(entry: object, where: str) -> Alert:
    event = an_object(entry, f"{where} must be an object, not {shown(entry)}")
    if not text_of(event.get("specversion")).startswith("1."):
        raise InvalidInput(f"{where}.specversion must be 1.0, not {shown(event.get('specversion'))}")
    told = _told(event, where)
    sender, kind = text_at(event, "source", where), text_at(event, "type", where)
    subject = text_of(event.get("subject"))
    if not any(told.get(name) for name in ("key", "host", "ip", "service", "identifiers", "labels")):
        told |= {"host": subject or sender, "service": subject or sender}
    if not told.get("id"):
        told["id"] = f"{sender} {subject}" if subject else text_at(event, "id", where)
    if not told.get("status") and kind.casefold().endswith(_OVER):
        told["status"] = "resolved"
    if not told.get("observedAt") and event.get("time"):
        told["observedAt"] = instant_at(event, "time", where).isoformat()
    labels = told.get("labels")
    told["labels"] = {**(labels if isinstance(labels, Mapping) else {}), "ce_type": kind, "ce_source": sender}
    return plain_alert(told, f"{where}.data", NAME)


def _told(event: Mapping[str, Any], where: str) -> dict[str, Any]:
    data = event.get("data")
    if data is None:
        return {}
    return dict(data) if isinstance(data, Mapping) else {"summary": text_of(data)}
