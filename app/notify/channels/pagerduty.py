"""Alerts in PagerDuty, by its Events API v2: what opens triggers, what is over resolves, by the subject.

Who takes an event takes the alert of the situation it belongs to.
"""

import orjson

from app.notify.http import Http
from app.notify.letter import Letter, content
from app.notify.model import Answer, NoticeType, Outcome

_SEVERITIES = {1: "critical", 2: "error", 3: "warning"}
_MOST_DEDUP = 255
_MOST_SUMMARY = 1024
_NO_ALERTS = frozenset(
    {
        NoticeType.ALERT_UNMATCHED,
        NoticeType.TOPOLOGY_CHANGED,
        NoticeType.MAINTENANCE_PLANNED,
        NoticeType.MAINTENANCE_CANCELLED,
    }
)
# What is wrong with the event, or with its key, stays wrong.
_REFUSED = frozenset({400, 401, 403, 404})


def body(letter: Letter) -> bytes:
    """The event; the subscription's secret is the routing key.

    Source: PagerDuty, Events API v2, "Send an Alert Event".
    """
    notice = letter.notification.notice
    event: dict[str, object] = {
        "routing_key": letter.subscription.secrets[0],
        "event_action": _action(notice.type),
        "dedup_key": notice.subject[:_MOST_DEDUP],
    }
    if event["event_action"] == "trigger":
        event["payload"] = {
            "summary": letter.sentence.replace("\n", ": ")[:_MOST_SUMMARY],
            "source": ", ".join(notice.services or notice.processes)[:_MOST_DEDUP] or "underpin",
            "severity": _SEVERITIES.get(notice.priority or 0, "info"),
            "timestamp": notice.at.isoformat(),
            "class": notice.type.value,
            "custom_details": content(letter.notification),
        }
    return orjson.dumps(event)


def _action(type: NoticeType) -> str:
    if type is NoticeType.EVENT_ACKNOWLEDGED:
        return "acknowledge"
    return "resolve" if type.ends else "trigger"


async def send(letter: Letter, http: Http) -> Answer:
    """Send the event; a notice that is no alert is passed over."""
    if letter.notification.notice.type in _NO_ALERTS:
        return Answer(Outcome.DELIVERED, "nothing to send: this is no alert that could be resolved")
    headers = {"content-type": "application/json"}
    response = await http.send("POST", letter.subscription.target, headers=headers, body=body(letter))
    return response.answer(letter.at, refused=_REFUSED)
