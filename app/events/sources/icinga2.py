"""Icinga 2: the notification command, and the objects of the event stream, several of them a line each.

`check_notify.sh` and `icinga2.conf` beside this module set the command up; `icinga2_stream.sh` forwards the stream,
whose downtimes become maintenance windows.

Source: the Icinga 2 API, "Event Streams"; what 2.13.6 really sends is in the tests.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.errors import InvalidInput
from app.events.checks import check_alert, downtime_clues, macros_of
from app.events.delivery import Delivery, Reading, Source
from app.events.fields import an_object, epoch, first_text, object_at, parsed_json, shown, text_at, text_of, texts_of
from app.events.model import Alert, ReportedWindow
from app.marks import is_marked

NAME = "icinga2"
_HOST_STATES = ("UP", "DOWN")
_SERVICE_STATES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
_ACKNOWLEDGED = {"AcknowledgementSet": "1", "AcknowledgementCleared": "0"}
_CHECKS = ("StateChange", "Notification", "Flapping", *_ACKNOWLEDGED)
_DOWNTIMES = ("DowntimeAdded", "DowntimeStarted", "DowntimeTriggered", "DowntimeRemoved")


def _read(delivery: Delivery) -> Reading:
    objects = _stream(delivery.body)
    if not objects:
        macros = macros_of(delivery, "ICINGA_", "the Icinga 2 notification command")
        alert = check_alert({name.lower(): text for name, text in macros.items()}, NAME)
        return Reading((alert,) if alert else ())
    found: list[Alert | ReportedWindow | None] = []
    problems: list[str] = []
    for number, text in enumerate(objects, 1):
        try:
            found.append(_told(an_object(parsed_json(text), "it must be an object of the event stream")))
        except InvalidInput as error:
            problems.append(f"object {number}: {error.message}")
    alerts = tuple(one for one in found if isinstance(one, Alert))
    windows = tuple(one for one in found if isinstance(one, ReportedWindow))
    return Reading(alerts, windows, tuple(problems))


SOURCE = Source(NAME, "Icinga 2", _read)


def _stream(body: bytes) -> list[bytes]:
    """The objects of an event stream, one or one a line; none if these are the variables of a notification."""
    lines = [line for line in body.splitlines() if line.strip()]
    return next((objects for objects in ([body], lines) if objects and _is_of_stream(objects[0])), [])


def _is_of_stream(text: bytes) -> bool:
    try:
        value = parsed_json(text)
    except InvalidInput:
        return False
    return isinstance(value, Mapping) and "type" in value


def _told(entry: Mapping[str, Any]) -> Alert | ReportedWindow | None:
    kind = entry.get("type")
    if kind in _CHECKS:
        return check_alert(_fields(entry), NAME)
    return _window(entry) if kind in _DOWNTIMES else None


def _fields(entry: Mapping[str, Any]) -> dict[str, str]:
    """An object of the stream in the names of a notification command."""
    what = "service" if entry.get("service") else "host"
    result = object_at(entry, "check_result")
    return texts_of(
        {
            "host_name": entry.get("host"),
            "service_name": entry.get("service"),
            f"{what}_state": _state_word(entry, result, what),
            f"{what}_state_type": "SOFT" if entry.get("state_type") == 0 else "HARD",
            f"{what}_last_state": _last_state_word(result, what),
            f"{what}_output": result.get("output"),
            f"{what}_downtime_depth": entry.get("downtime_depth"),
            f"{what}_acknowledgement": _ACKNOWLEDGED.get(text_of(entry.get("type")), entry.get("acknowledgement")),
            "notification_type": entry.get("notification_type"),
            "notification_author": entry.get("author"),
            "notification_comment": first_text(entry.get("text"), entry.get("comment")),
            "timet": entry.get("timestamp"),
        }
    )


def _state_word(entry: Mapping[str, Any], result: Mapping[str, Any], what: str) -> str:
    if "state" in entry:
        return _word(entry["state"], _SERVICE_STATES if what == "service" else _HOST_STATES)
    return _checked_word(result.get("state"), what)


def _last_state_word(result: Mapping[str, Any], what: str) -> str:
    before = result.get("previous_hard_state")
    return _checked_word(before, what) if before in range(len(_SERVICE_STATES)) else ""


def _checked_word(state: object, what: str) -> str:
    """What a check itself found, which for a host is still the code of its plugin: up to WARNING it is up."""
    word = _word(state, _SERVICE_STATES)
    if what == "service":
        return word
    return "UP" if word in ("OK", "WARNING") else "DOWN"


def _word(state: object, words: tuple[str, ...]) -> str:
    if isinstance(state, int | float) and state in range(len(words)):
        return words[int(state)]
    raise InvalidInput(f"state must be 0-{len(words) - 1}, not {shown(state)}")


def _window(entry: Mapping[str, Any]) -> ReportedWindow | None:
    """A downtime; a flexible one is none before the trouble that starts it, nor is one that stands for a window of
    ours."""
    downtime = object_at(entry, "downtime")
    if is_marked(text_of(downtime.get("comment"))):
        return None
    starts_at = epoch(downtime.get("start_time"), "downtime.start_time")
    ends_at = epoch(downtime.get("end_time"), "downtime.end_time")
    cancelled = entry["type"] == "DowntimeRemoved"
    if downtime.get("fixed") is False:
        if downtime.get("trigger_time"):
            starts_at = epoch(downtime["trigger_time"], "downtime.trigger_time")
            ends_at = _after(starts_at, downtime.get("duration"))
        elif not cancelled:
            return None
    fields = texts_of({"host_name": downtime.get("host_name"), "service_name": downtime.get("service_name")})
    return ReportedWindow(
        source=NAME,
        id=text_at(downtime, "__name" if "__name" in downtime else "name", "downtime", most=1_000),
        starts_at=starts_at,
        ends_at=ends_at,
        summary=first_text(downtime.get("comment"), "downtime"),
        author=text_of(downtime.get("author")),
        clues=downtime_clues(fields, NAME),
        cancelled=cancelled,
    )


def _after(start: datetime, seconds: object) -> datetime:
    try:
        if isinstance(seconds, int | float) and seconds >= 0:
            return start + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        pass
    raise InvalidInput(f"downtime.duration must be seconds, not {shown(seconds)}")
