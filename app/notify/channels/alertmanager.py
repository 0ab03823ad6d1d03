"""Silences in Alertmanager: planned maintenance keeps the alerts of its items quiet there too.

A silence is found again by its comment, which names the window: planning twice makes one silence, and a window that is
cancelled takes its silence with it.
"""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

import orjson

from app.marks import mark
from app.notify.http import Http, Response, Unanswered
from app.notify.letter import Letter
from app.notify.model import Answer, Notice, NoticeType, Outcome

_SILENCES = "/api/v2/silences"
_SILENCE = "/api/v2/silence/"
_LABEL = "instance"
_JSON = {"content-type": "application/json"}


def silence(notice: Notice, label: str = _LABEL) -> Mapping[str, object] | None:
    """The silence of a window, or `None` if the notice names no hosts.

    `data` holds `startsAt` and `endsAt` (ISO 8601), `createdBy` and `hosts`. The label may end in a port.
    """
    hosts = [str(one) for one in _listed(notice.data.get("hosts"))]
    if not hosts:
        return None
    pattern = "|".join(re.escape(host) for host in sorted(hosts))
    return {
        "matchers": [{"name": label, "value": f"({pattern})(:[0-9]+)?", "isRegex": True, "isEqual": True}],
        "startsAt": notice.data["startsAt"],
        "endsAt": notice.data["endsAt"],
        "createdBy": str(notice.data.get("createdBy") or "underpin"),
        "comment": f"{notice.title} {mark(notice.subject)}",
    }


async def send(letter: Letter, http: Http) -> Answer:
    """Create the silence of a window, bring it up to date, or end it; other notices are passed over."""
    notice = letter.notification.notice
    if notice.type is NoticeType.TEST:
        return (await _ask(letter, http, "GET", "/api/v2/status")).answer(letter.at)
    wanted = silence(notice) if notice.type is NoticeType.MAINTENANCE_PLANNED else None
    if wanted is None and notice.type is not NoticeType.MAINTENANCE_CANCELLED:
        return Answer(Outcome.DELIVERED, "nothing to silence")
    standing = await _standing(letter, http)
    if wanted is not None:
        document = orjson.dumps({**wanted, **({"id": standing[0]} if standing else {})})
        return (await _ask(letter, http, "POST", _SILENCES, document)).answer(letter.at, refused=frozenset({400}))
    for id in standing:
        response = await _ask(letter, http, "DELETE", _SILENCE + quote(id, safe=""))
        if not response.is_success and response.status != 404:
            return response.answer(letter.at)
    return Answer(Outcome.DELIVERED, f"ended {len(standing)} silences")


async def _standing(letter: Letter, http: Http) -> list[str]:
    """The silences of this window that are not over."""
    response = await _ask(letter, http, "GET", _SILENCES)
    if not response.is_success:
        raise Unanswered(response.answer(letter.at))
    ours = mark(letter.notification.notice.subject)
    return [
        str(one["id"])
        for one in _listed(response.json())
        if isinstance(one, dict) and ours in str(one.get("comment")) and one.get("status", {}).get("state") != "expired"
    ]


async def _ask(letter: Letter, http: Http, method: str, path: str, body: bytes | None = None) -> Response:
    url = letter.subscription.target.rstrip("/") + path
    return await http.send(method, url, headers=_JSON if body else None, body=body, login=letter.login)


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()
