"""Write-back to Icinga 2: acknowledgements of what raised an alert, and downtimes for maintenance.

The subscription's target is the API's address (`https://icinga.example:5665`), its secret `user:password`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatch

import orjson

from app.marks import mark
from app.notify.http import Http, Response
from app.notify.letter import Letter
from app.notify.model import Answer, Notice, NoticeType, Outcome

_AUTHOR = "underpin"
_NAME = "icinga2"
_NEEDED = ("actions/acknowledge-problem", "actions/schedule-downtime", "actions/remove-downtime")
_HEADERS = {"content-type": "application/json", "accept": "application/json"}


@dataclass(frozen=True, slots=True)
class Action:
    """One action of the API."""

    name: str
    parameters: Mapping[str, object]


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
    return [Action("acknowledge-problem", {**target, **told}) for target in _targets(notice.data.get("events"))]


async def send(letter: Letter, http: Http) -> Answer:
    """Take the actions one after the other; a notice that means nothing to Icinga is passed over."""
    base = letter.subscription.target.rstrip("/")
    notice = letter.notification.notice
    if notice.type is NoticeType.TEST:
        return _tested(await http.send("GET", f"{base}/v1", headers=_HEADERS, login=letter.login), letter.at)
    taken = 0
    for one in actions(notice):
        response = await http.send(
            "POST",
            f"{base}/v1/actions/{one.name}",
            headers=_HEADERS,
            body=orjson.dumps(one.parameters),
            login=letter.login,
        )
        if response.is_success:
            taken += 1
        elif not _found_nothing(response):
            return response.answer(letter.at, refused=frozenset({400, 404}))
    return Answer(Outcome.DELIVERED, f"actions taken: {taken}" if taken else "nothing there to act on")


def _tested(response: Response, now: datetime) -> Answer:
    """What to make of the answer to who we are there: Icinga calls what a user may not touch not found."""
    if not response.is_success:
        return response.answer(now)
    match response.json():
        case {"results": [{"permissions": [*granted]}]}:
            lacking = [one for one in _NEEDED if not any(fnmatch(one, str(pattern).lower()) for pattern in granted)]
        case _:
            return Answer(Outcome.FAILED, "this is not the API of Icinga 2; give its address, as https://icinga:5665")
    if lacking:
        return Answer(
            Outcome.FAILED, f"the ApiUser may not do all of this; give it the permissions {', '.join(lacking)}"
        )
    return response.answer(now)


def _found_nothing(response: Response) -> bool:
    """Whether nothing fits an action's target, or what fits needs no action: a check that is well, or was taken.

    Until 2.13 Icinga says 500, with no results, when a filter fits nothing; since 2.14 it says 404.
    """
    if response.status == 404:
        return b"No objects found" in response.body
    return response.status == 409 or (response.status == 500 and response.body.strip() == b'{"results":[]}')


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
    )
