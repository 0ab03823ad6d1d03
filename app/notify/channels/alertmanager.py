"""Silences in Alertmanager: planned maintenance keeps the alerts of its items quiet there too.

Alerts name their host by one label or another, and a silence wants all of its matchers, so there is one silence for
each label. They are found again by their comment, which names the window: planning twice makes them once, and a window
that is cancelled takes its silences with it.
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
LABELS = ("instance", "host", "hostname", "node")
"""By which alerts name a host; its value may end in a port."""
_JSON = {"content-type": "application/json"}


def silences(notice: Notice) -> Mapping[str, Mapping[str, object]]:
    """The silences of a window, by label; none if the notice names no hosts.

    `data` holds `startsAt` and `endsAt` (ISO 8601), `createdBy` and `hosts`.
    """
    hosts = [str(one) for one in _listed(notice.data.get("hosts"))]
    pattern = "|".join(re.escape(host) for host in sorted(hosts))
    return {
        label: {
            "matchers": [{"name": label, "value": f"({pattern})(:[0-9]+)?", "isRegex": True, "isEqual": True}],
            "startsAt": notice.data["startsAt"],
            "endsAt": notice.data["endsAt"],
            "createdBy": str(notice.data.get("createdBy") or "underpin"),
            "comment": f"{notice.title} {mark(notice.subject)}",
        }
        for label in (LABELS if hosts else ())
    }


async def send(letter: Letter, http: Http) -> Answer:
    """Create the silences of a window, bring them up to date, or end them; other notices are passed over."""
    notice = letter.notification.notice
    if notice.type is NoticeType.TEST:
        return (await _ask(letter, http, "GET", "/api/v2/status")).answer(letter.at)
    wanted = silences(notice) if notice.type is NoticeType.MAINTENANCE_PLANNED else {}
    if not wanted and notice.type is not NoticeType.MAINTENANCE_CANCELLED:
        return Answer(Outcome.DELIVERED, "nothing to silence")
    standing = await _standing(letter, http)
    return await _made(letter, http, wanted, standing) if wanted else await _ended(letter, http, standing)


async def _made(
    letter: Letter, http: Http, wanted: Mapping[str, Mapping[str, object]], standing: Mapping[str, str]
) -> Answer:
    label_of = {label: id for id, label in standing.items()}
    for label, one in wanted.items():
        document = orjson.dumps({**one, **({"id": label_of[label]} if label in label_of else {})})
        response = await _ask(letter, http, "POST", _SILENCES, document)
        if not response.is_success:
            return response.answer(letter.at, refused=frozenset({400}))
    return Answer(Outcome.DELIVERED, f"made {len(wanted)} silences")


async def _ended(letter: Letter, http: Http, standing: Mapping[str, str]) -> Answer:
    for id in standing:
        response = await _ask(letter, http, "DELETE", _SILENCE + quote(id, safe=""))
        if not response.is_success and response.status != 404:
            return response.answer(letter.at)
    return Answer(Outcome.DELIVERED, f"ended {len(standing)} silences")


async def _standing(letter: Letter, http: Http) -> dict[str, str]:
    """The silences of this window that are not over, each with the label it is about."""
    response = await _ask(letter, http, "GET", _SILENCES)
    if not response.is_success:
        raise Unanswered(response.answer(letter.at))
    ours = mark(letter.notification.notice.subject)
    return {
        str(one["id"]): _label_of(one)
        for one in _listed(response.json())
        if isinstance(one, dict) and ours in str(one.get("comment")) and one.get("status", {}).get("state") != "expired"
    }


def _label_of(silence: Mapping[str, object]) -> str:
    names = [str(one["name"]) for one in _listed(silence.get("matchers")) if isinstance(one, dict) and "name" in one]
    return names[0] if names else ""


async def _ask(letter: Letter, http: Http, method: str, path: str, body: bytes | None = None) -> Response:
    url = letter.subscription.target.rstrip("/") + path
    return await http.send(method, url, headers=_JSON if body else None, body=body, login=letter.login)


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()
