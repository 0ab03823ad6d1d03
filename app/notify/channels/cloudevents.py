"""A CloudEvent in structured mode, signed as a webhook is: the headers of both specifications go together."""

import orjson

from app.notify.channels.webhook import post
from app.notify.http import Http
from app.notify.letter import Letter, content
from app.notify.model import Answer

_TYPES = "underpin."
_SOURCE = "underpin"
# Names the shape of `data`; a change that breaks readers takes a new one.
_SCHEMA = "urn:underpin:notice:1"


def body(letter: Letter) -> bytes:
    """The event.

    `sequence` counts the notifications of the subscription, with leading zeros: it is compared as text.
    Source: CloudEvents 1.0.2, and its extension "Sequence".
    """
    notification, notice = letter.notification, letter.notification.notice
    event = {
        "specversion": "1.0",
        "id": notification.id,
        "source": _SOURCE,
        "type": _TYPES + notice.type.value,
        "subject": notice.subject,
        "time": notice.at.isoformat(),
        "datacontenttype": "application/json",
        "dataschema": _SCHEMA,
        "sequence": f"{notification.sequence:020}",
        "data": content(notification),
    }
    return orjson.dumps(event)


async def send(letter: Letter, http: Http) -> Answer:
    """Post the event."""
    return await post(letter, http, body(letter), "application/cloudevents+json; charset=utf-8")
