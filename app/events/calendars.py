"""iCalendar (RFC 5545) as maintenance: what each VEVENT of a calendar says. Pure.

An event is about the items it names: in X-UNDERPIN-KEYS, else in square brackets in its SUMMARY. Of one that does
neither, CATEGORIES and then LOCATION may happen to name items.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, tzinfo
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from app.errors import InvalidInput

MAX_EVENTS = 5_000
_IN_BRACKETS = re.compile(r"\[([^\[\]]+)\]")
_UNTITLED = "maintenance"


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One event, or one occurrence of a series that was moved: its `id` is the UID, and the start it had been given.

    Times are UTC, of a series those of the first occurrence; `skipped` are the starts that are left out. `named` are
    the keys it gives, `hints` words that may be keys, the better ones first.
    """

    id: str
    summary: str
    starts_at: datetime
    ends_at: datetime
    cancelled: bool
    named: tuple[str, ...]
    hints: tuple[tuple[str, ...], ...]
    recurrence: str | None
    time_zone: str
    skipped: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class CalendarReading:
    """The events of a calendar; what could not be read is in `problems`, a sentence for each event."""

    events: tuple[CalendarEvent, ...]
    problems: tuple[str, ...]


def read_calendar(ics: str, *, time_zone: str) -> CalendarReading:
    """Read a calendar; `time_zone` is meant by times that name none, unless X-WR-TIMEZONE does.

    Raises:
        InvalidInput: it is no iCalendar, or holds more than 5,000 events.
    """
    events: list[CalendarEvent] = []
    problems: list[str] = []
    for zone, raw in _components(ics, time_zone):
        uid = str(raw.get("UID", "")).strip()
        try:
            if not uid:
                raise InvalidInput("it has no UID, by which it would be known again")
            events.append(_event(raw, uid, zone))
        except InvalidInput as error:
            problems.append(f"the event {uid or raw.get('SUMMARY', '')!s:.100}: {error.message}")
    return CalendarReading(tuple(_with_moves_left_out(events)), tuple(problems))


def _components(ics: str, time_zone: str) -> Iterator[tuple[ZoneInfo, Event]]:
    try:
        calendars = Calendar.from_ical(ics, multiple=True)
    except (ValueError, KeyError, IndexError) as error:
        raise InvalidInput(f"ics is no iCalendar (RFC 5545): {error!s:.200}") from None
    found = [(calendar, raw) for calendar in calendars for raw in calendar.walk("VEVENT") if isinstance(raw, Event)]
    if not found:
        raise InvalidInput("ics holds no VEVENT; give a calendar as BEGIN:VCALENDAR … END:VCALENDAR")
    if len(found) > MAX_EVENTS:
        raise InvalidInput(f"ics holds {len(found)} events, at most {MAX_EVENTS} are taken; import it in parts")
    for calendar, raw in found:
        yield _zone(str(calendar.get("X-WR-TIMEZONE", time_zone))), raw


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (OSError, KeyError, ValueError):
        raise InvalidInput(f"timeZone {name!r:.60} is not known; give an IANA name, as Europe/Berlin") from None


def _event(raw: Event, uid: str, zone: ZoneInfo) -> CalendarEvent:
    if raw.errors:
        name, told = raw.errors[0]
        raise InvalidInput(f"{name} cannot be read: {told!s:.200}")
    if "RDATE" in raw:
        raise InvalidInput("it returns on single dates (RDATE), which are not taken; make them events of their own")
    try:
        start, end = raw.start, raw.end
    except ValueError as error:
        raise InvalidInput(f"its times cannot be read: {error!s:.200}") from None
    moved = raw.get("RECURRENCE-ID")
    if moved is not None and "RANGE" in moved.params:
        raise InvalidInput("it moves all that follows (RANGE), which is not taken; end the series and begin another")
    summary = str(raw.get("SUMMARY", "")).strip()
    return CalendarEvent(
        id=uid if moved is None else f"{uid} {_utc(moved.dt, zone).isoformat()}",
        summary=summary or _UNTITLED,
        starts_at=_utc(start, zone),
        ends_at=_utc(end, zone),
        cancelled=str(raw.get("STATUS", "")).upper() == "CANCELLED",
        named=_words(str(raw.get("X-UNDERPIN-KEYS", "")).replace("\\,", ",")) or _in_brackets(summary),
        hints=(tuple(str(word).strip() for word in raw.categories), _words(str(raw.get("LOCATION", "")))),
        recurrence=_rule(raw),
        time_zone=_zone_name(start, zone),
        skipped=tuple(_utc(one, zone) for one in raw.exdates),
    )


def _with_moves_left_out(events: Sequence[CalendarEvent]) -> Iterator[CalendarEvent]:
    """The events; a series leaves out the occurrences that are events of their own."""
    moved: dict[str, list[datetime]] = {}
    for event in events:
        uid, _, start = event.id.rpartition(" ")
        if uid:
            moved.setdefault(uid, []).append(datetime.fromisoformat(start))
    for event in events:
        skipped = tuple(sorted({*event.skipped, *moved.get(event.id, ())}))
        yield replace(event, skipped=skipped)


def _rule(raw: Event) -> str | None:
    found = raw.get("RRULE")
    if isinstance(found, list):
        raise InvalidInput("it has several RRULEs, one is taken; make the others events of their own")
    return found.to_ical().decode() if found is not None else None


def _utc(value: date, zone: ZoneInfo) -> datetime:
    """An instant; a date is its first moment, and what names no zone is in this one."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    try:
        return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:
        raise InvalidInput(f"its time {value.isoformat()} is out of reach") from None


def _zone_name(start: date, zone: ZoneInfo) -> str:
    own: tzinfo | None = start.tzinfo if isinstance(start, datetime) else None
    if own is None:
        return zone.key
    if own is UTC:
        return "UTC"
    if isinstance(own, ZoneInfo):
        return own.key
    raise InvalidInput(
        "its time zone is no IANA zone, such as Europe/Berlin; without one nobody knows its clock changes"
    )


def _in_brackets(summary: str) -> tuple[str, ...]:
    return _words(",".join(_IN_BRACKETS.findall(summary)))


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for part in text.split(",") if (word := part.strip()))
