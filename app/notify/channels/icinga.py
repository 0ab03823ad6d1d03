"""Write-back to Icinga 2: acknowledgements of what raised an alert, and downtimes for maintenance.

The subscription's target is the API's address (`https://icinga.example:5665`), its secret `user:password`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from app.marks import mark
from app.notify.http import Http
from app.notify.letter import Letter
from app.notify.model import Answer, Notice, NoticeType, Outcome

_AUTHOR = "underpin"
_NAME = "icinga2"
# Nothing fits the target, or nothing that fits can be acted on, as a check that is well.
_MISSED = frozenset({404, 409})
_HEADERS = {"content-type": "application/json", "accept": "application/json"}


@dataclass(frozen=True, slots=True)
class Action:
    """One action of the API; it may find nothing to act on where `may_miss`."""

    name: str
    parameters: Mapping[str, object]
    may_miss: bool = False


def actions(notice: Notice) -> Sequence[Action]:
    """What a notice means to Icinga, in order.

    `data.events` are alerts; those that came from Icinga name their `host`, and perhaps their `service`.
    `data.acknowledgedBy` took them on; it is `None` where they were taken at their senders. Of maintenance `data` holds
    `startsAt` and `endsAt` (ISO 8601) and `hosts`.
    Source: Icinga 2, "REST API", Actions.
    """
    if notice.type is NoticeType.MAINTENANCE_PLANNED:
        # A downtime has no id of ours: the one of an earlier attempt is taken away first.
        return [_no_downtime(notice), _downtime(notice)]
    if notice.type is NoticeType.MAINTENANCE_CANCELLED:
        return [_no_downtime(notice)]
    by = notice.data.get("acknowledgedBy")
    if notice.type is not NoticeType.EVENT_ACKNOWLEDGED or not by:
        return []
    comment = f"{notice.title}: {notice.sentence}" if notice.sentence else notice.title
    told = {"author": str(by), "comment": comment, "sticky": False, "notify": False}
    # An alert that is over there, or was taken there meanwhile, is no failure.
    return [
        Action("acknowledge-problem", {**target, **told}, may_miss=True)
        for target in _targets(notice.data.get("events"))
    ]


async def send(letter: Letter, http: Http) -> Answer:
    """Take the actions one after the other; a notice that means nothing to Icinga is passed over."""
    base = letter.subscription.target.rstrip("/")
    notice = letter.notification.notice
    if notice.type is NoticeType.TEST:
        response = await http.send("GET", f"{base}/v1", headers=_HEADERS, login=letter.login)
        return response.answer(letter.at)
    taken = actions(notice)
    for one in taken:
        response = await http.send(
            "POST",
            f"{base}/v1/actions/{one.name}",
            headers=_HEADERS,
            body=orjson.dumps(one.parameters),
            login=letter.login,
        )
        missed = one.may_miss and response.status in _MISSED
        if not response.is_success and not missed:
            return response.answer(letter.at, refused=frozenset({400, 404}))
    return Answer(Outcome.DELIVERED, f"{len(taken)} actions taken" if taken else "nothing that came from Icinga")


def _targets(events: object) -> Iterator[Mapping[str, object]]:
    for event in events if isinstance(events, list | tuple) else ():
        if event.get("source") == _NAME and event.get("host"):
            host, service = event["host"], event.get("service")
            yield {"type": "Service", "service": f"{host}!{service}"} if service else {"type": "Host", "host": host}


def _downtime(notice: Notice) -> Action:
    hosts = notice.data.get("hosts")
    starts, ends = (datetime.fromisoformat(str(notice.data[name])) for name in ("startsAt", "endsAt"))
    return Action(
        "schedule-downtime",
        {
            "type": "Host",
            "filter": "host.name in hosts",
            # Values of a filter go beside it: put into its text they would be code.
            "filter_vars": {"hosts": list(hosts) if isinstance(hosts, list | tuple) else []},
            "start_time": starts.timestamp(),
            "end_time": ends.timestamp(),
            "fixed": True,
            "all_services": True,
            "author": str(notice.data.get("createdBy") or _AUTHOR),
            "comment": f"{notice.title} {mark(notice.subject)}",
        },
    )


def _no_downtime(notice: Notice) -> Action:
    return Action(
        "remove-downtime",
        {
            "type": "Downtime",
            "filter": 'match("*" + mark + "*", downtime.comment)',
            "filter_vars": {"mark": mark(notice.subject)},
        },
        may_miss=True,
    )
