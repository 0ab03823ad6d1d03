"""A signed JSON document, as Standard Webhooks has it."""

import orjson

from app.notify.http import Http
from app.notify.letter import Letter, content
from app.notify.model import Answer
from app.notify.signing import signed_headers


def body(letter: Letter) -> bytes:
    """`{type, timestamp, data}`; `timestamp` is when it happened."""
    notice = letter.notification.notice
    return orjson.dumps(
        {"type": notice.type.value, "timestamp": notice.at.isoformat(), "data": content(letter.notification)}
    )


async def send(letter: Letter, http: Http) -> Answer:
    """Post the document."""
    return await post(letter, http, body(letter), "application/json")


async def post(letter: Letter, http: Http, document: bytes, content_type: str) -> Answer:
    """Post a document to the subscription's target, signed."""
    signed = signed_headers(letter.subscription.secrets, id=letter.notification.id, at=letter.at, body=document)
    headers = {"content-type": content_type, **signed}
    response = await http.send("POST", letter.subscription.target, headers=headers, body=document)
    return response.answer(letter.at)
