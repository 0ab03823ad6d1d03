"""iCalendars as they are read: what an event is about, when it is, and what cannot be taken."""

from datetime import UTC, datetime

import pytest

from app.errors import InvalidInput
from app.events.calendars import CalendarEvent, CalendarReading, read_calendar


def calendar(*events: str, head: str = "") -> str:
    """A calendar of these events, each its lines without UID and DTSTAMP."""
    blocks = "".join(f"BEGIN:VEVENT\nDTSTAMP:20261101T000000Z\n{event}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n{head}{blocks}END:VCALENDAR\n"


ONCE = "UID:a\nDTSTART:20261201T020000Z\nDTEND:20261201T040000Z"


def read(*events: str, head: str = "", time_zone: str = "UTC") -> CalendarReading:
    return read_calendar(calendar(*events, head=head), time_zone=time_zone)


def one(event: str, **context: str) -> CalendarEvent:
    reading = read(event, **context)
    assert reading.problems == ()
    (found,) = reading.events
    return found


def at(day: int, hour: int = 0, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def test_an_event_is_read() -> None:
    found = one(f"{ONCE}\nSUMMARY:Patch day [db-1\\, db-2]\nCATEGORIES:maintenance,db\nLOCATION:Rack 7\\, dc-1")

    assert found == CalendarEvent(
        id="a",
        summary="Patch day [db-1, db-2]",
        starts_at=at(1, 2),
        ends_at=at(1, 4),
        cancelled=False,
        named=("db-1", "db-2"),
        hints=(("maintenance", "db"), ("Rack 7", "dc-1")),
        recurrence=None,
        time_zone="UTC",
    )


def test_keys_of_our_own_property_come_before_those_of_the_summary() -> None:
    assert one(f"{ONCE}\nX-UNDERPIN-KEYS:web-1\\, web-2,web-3\nSUMMARY:[db]").named == ("web-1", "web-2", "web-3")


@pytest.mark.parametrize(
    ("times", "starts_at", "ends_at"),
    [
        ("DTSTART:20261201T020000Z\nDURATION:PT90M", at(1, 2), at(1, 3).replace(minute=30)),
        ("DTSTART;TZID=Europe/Berlin:20261201T020000\nDTEND;TZID=Europe/Berlin:20261201T040000", at(1, 1), at(1, 3)),
        ("DTSTART:20261201T020000\nDTEND:20261201T040000", at(1, 7), at(1, 9)),
        ("DTSTART;VALUE=DATE:20261201\nDTEND;VALUE=DATE:20261203", at(1, 5), at(3, 5)),
        ("DTSTART;VALUE=DATE:20261201", at(1, 5), at(2, 5)),
    ],
    ids=["duration", "zone", "floating", "days", "a day"],
)
def test_times_are_instants_whatever_they_are_written_in(times: str, starts_at: datetime, ends_at: datetime) -> None:
    found = one(f"UID:a\n{times}", time_zone="America/New_York")

    assert (found.starts_at, found.ends_at) == (starts_at, ends_at)


def test_times_without_a_zone_are_in_that_of_the_calendar() -> None:
    assert one("UID:a\nDTSTART:20261201T020000\nDURATION:PT1H", head="X-WR-TIMEZONE:Asia/Tokyo\n").starts_at == at(
        30, 17, month=11
    )


def test_a_series_leaves_out_what_was_called_off_or_moved() -> None:
    series, moved = read(
        "UID:a\nDTSTART;TZID=Europe/Berlin:20261018T020000\nDURATION:PT2H\nRRULE:FREQ=WEEKLY;BYDAY=SU"
        "\nEXDATE;TZID=Europe/Berlin:20261025T020000",
        "UID:a\nRECURRENCE-ID;TZID=Europe/Berlin:20261101T020000\nDTSTART:20261101T040000Z\nDTEND:20261101T050000Z",
    ).events

    assert (series.id, series.recurrence, series.time_zone) == ("a", "FREQ=WEEKLY;BYDAY=SU", "Europe/Berlin")
    assert series.skipped == (at(25, 0, month=10), at(1, 1, month=11))
    assert (moved.id, moved.recurrence, moved.starts_at) == ("a 2026-11-01T01:00:00+00:00", None, at(1, 4, month=11))


def test_a_cancelled_event_says_so() -> None:
    assert one(f"{ONCE}\nSTATUS:CANCELLED").cancelled is True


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ("DTSTART:20261201T020000Z\nSUMMARY:nameless", "the event nameless: it has no UID, by which it would be known"),
        ("UID:a", "the event a: its times cannot be read: "),
        ("UID:a\nDTSTART:soon\nDURATION:PT1H", "the event a: DTSTART cannot be read: "),
        (f"{ONCE}\nRRULE:FREQ=NEVER", "the event a: RRULE cannot be read: "),
        (f"{ONCE}\nRDATE:20261202T020000Z", "the event a: it returns on single dates (RDATE), which are not taken; "),
        (f"{ONCE}\nRRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY", "the event a: it has several RRULEs, one is taken; "),
        (f"{ONCE}\nRECURRENCE-ID;RANGE=THISANDFUTURE:20261201T020000Z", "the event a: it moves all that follows (RAN"),
    ],
)
def test_an_event_that_cannot_be_taken_is_named_and_the_rest_is_read(event: str, told: str) -> None:
    reading = read(event, "UID:b\nDTSTART:20261201T020000Z\nDURATION:PT1H")

    assert [one.id for one in reading.events] == ["b"]
    assert [problem[: len(told)] for problem in reading.problems] == [told]


@pytest.mark.parametrize(
    ("ics", "told"),
    [
        ("", "ics holds no VEVENT"),
        ("hello", "ics is no iCalendar (RFC 5545): "),
        (calendar(), "ics holds no VEVENT; give a calendar as BEGIN:VCALENDAR … END:VCALENDAR"),
        (calendar(ONCE, head="X-WR-TIMEZONE:Mars/Base\n"), "timeZone 'Mars/Base' is not known"),
    ],
)
def test_what_is_no_calendar_is_refused(ics: str, told: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_calendar(ics, time_zone="UTC")

    assert refused.value.message[: len(told)] == told
