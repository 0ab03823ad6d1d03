"""Calendars imported: planned once, changed and cancelled by UID, and never half an event."""

from datetime import datetime, timedelta

import pytest

from app.database.client import Database
from app.errors import InvalidInput
from app.events import windows
from app.events.importing import CalendarImport, CalendarOptions, import_calendar
from app.events.maintenance import MaintenanceWindow
from app.events.planning import cancel_occurrence
from app.events.reported import Outcome
from tests.events.test_calendars import calendar
from tests.stored import NOW, contents, item, upserted

SERIES = """UID:patches
DTSTART;TZID=Europe/Berlin:20261129T020000
DURATION:PT2H
RRULE:FREQ=WEEKLY;BYDAY=SU
EXDATE;TZID=Europe/Berlin:20261206T020000
SUMMARY:patches [db-1]"""
ONCE = "UID:move\nDTSTART:20261201T020000Z\nDTEND:20261201T040000Z\nSUMMARY:the rack moves"


@pytest.fixture
async def estate(database: Database) -> Database:
    """Two databases in a group, in a room."""
    members = item("db", "REDUNDANCY_GROUP", minAvailable=1, members=["db-1", "db-2"])
    await upserted(database, [item("db-1"), item("db-2"), item("room", "LOCATION"), members])
    return database


async def imported(
    database: Database, *events: str, options: CalendarOptions | None = None, now: datetime = NOW
) -> CalendarImport:
    return await import_calendar(
        database,
        calendar(*events),
        options or CalendarOptions(),
        caller="ops",
        now=now,
        most_items=10,
        longest=timedelta(days=30),
    )


async def stored(database: Database) -> list[MaintenanceWindow]:
    found = await windows.windows(database, key=None, active_at=None, before=None, first=99)
    return sorted(found, key=lambda one: (one.created_at, one.starts_at))


def starts(window: MaintenanceWindow, count: int) -> list[str]:
    coming = window.occurrences(NOW)
    return [next(coming).starts_at.isoformat() for _ in range(count)]


async def test_a_series_is_planned_without_what_was_called_off(estate: Database) -> None:
    report = await imported(estate, SERIES)

    (window,) = await stored(estate)
    assert report == CalendarImport({Outcome.PLANNED: 1}, ())
    assert (window.keys, window.summary, window.created_by) == (("db-1",), "patches [db-1]", "ops")
    assert starts(window, 3) == [f"2026-{day}T01:00:00+00:00" for day in ("11-29", "12-13", "12-20")]


async def test_importing_again_changes_nothing_not_even_what_was_called_off_here(estate: Database) -> None:
    await imported(estate, SERIES, ONCE, options=CalendarOptions(keys=("room",)))
    series = next(one for one in await stored(estate) if one.recurrence)
    await cancel_occurrence(estate, series.id, series.starts_at, now=NOW)
    before = await contents(estate)

    again = await imported(estate, SERIES, ONCE, options=CalendarOptions(keys=("room",)), now=NOW + timedelta(hours=1))

    assert again.counts == {Outcome.UNCHANGED: 2}
    assert [line for line in await contents(estate) if "MaintenanceWindow" in line] == [
        line for line in before if "MaintenanceWindow" in line
    ]


async def test_a_changed_event_is_planned_anew_and_a_cancelled_one_cancelled(estate: Database) -> None:
    named = f"{ONCE} [db-1]"
    later = named.replace("20261201T04", "20261201T06")
    reports = [
        await imported(estate, told, now=NOW + hours * timedelta(hours=1))
        for hours, told in enumerate((named, later, f"{later}\nSTATUS:CANCELLED"))
    ]

    first, second = await stored(estate)
    assert [list(report.counts) for report in reports] == [[Outcome.PLANNED], [Outcome.CHANGED], [Outcome.CANCELLED]]
    assert (first.cancelled_at, first.ends_at.hour) == (NOW + timedelta(hours=1), 4)
    assert (second.cancelled_at, second.ends_at.hour) == (NOW + timedelta(hours=2), 6)


async def test_an_occurrence_that_was_moved_is_where_it_was_moved_to(estate: Database) -> None:
    moved = (
        "UID:patches\nRECURRENCE-ID;TZID=Europe/Berlin:20261213T020000\n"
        "DTSTART:20261214T200000Z\nDURATION:PT1H\nSUMMARY:later [db-1]"
    )

    await imported(estate, SERIES, moved)

    series, single = await stored(estate)
    assert starts(series, 2) == ["2026-11-29T01:00:00+00:00", "2026-12-20T01:00:00+00:00"]
    assert starts(single, 1) == ["2026-12-14T20:00:00+00:00"]


@pytest.mark.parametrize(
    ("line", "keys"),
    [
        ("X-UNDERPIN-KEYS:db-1,db-2\nLOCATION:room", ("db-1", "db-2")),
        ("CATEGORIES:maintenance,db-2\nLOCATION:room", ("db-2",)),
        ("LOCATION:Basement\\, room", ("room",)),
        ("LOCATION:Basement", ("db-1",)),
    ],
)
async def test_an_event_covers_what_it_names(estate: Database, line: str, keys: tuple[str, ...]) -> None:
    await imported(estate, f"{ONCE}\n{line}", options=CalendarOptions(keys=("db-1",)))

    assert [one.keys for one in await stored(estate)] == [keys]


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (ONCE, "the event move: it names no item; write the keys into X-UNDERPIN-KEYS, or as [db-1, db-2] into its"),
        (f"{ONCE} [nobody]", "the event move: 'nobody' is the key of no item, or of a redundancy group; name items by"),
        (f"{ONCE} [db]", "the event move: 'db' is the key of no item, or of a redundancy group; name items by their"),
        (f"{ONCE} [db-1]\nRRULE:FREQ=HOURLY", "the event move: recurrence must say FREQ=DAILY, WEEKLY, MONTHLY, YEARL"),
        (f"{ONCE.replace('T04', 'T01')} [db-1]", "the event move: "),
        (f"{ONCE.replace('DTEND:2026', 'DTEND:2027')} [db-1]", "the event move: the window lasts 365 days, 2:00:00, "),
    ],
)
async def test_an_event_that_cannot_be_planned_is_left_out_with_what_to_do(
    estate: Database, event: str, told: str
) -> None:
    report = await imported(estate, event, SERIES)

    assert report.counts == {Outcome.PLANNED: 1}
    assert [problem[: len(told)] for problem in report.problems] == [told]


async def test_what_is_over_is_not_planned(estate: Database) -> None:
    past = ONCE.replace("2026", "2025")

    assert (await imported(estate, f"{past} [db-1]")).counts == {Outcome.UNCHANGED: 1}
    assert await stored(estate) == []


async def test_what_is_no_calendar_changes_nothing(estate: Database) -> None:
    before = await contents(estate)

    with pytest.raises(InvalidInput):
        await import_calendar(
            estate, "hello", CalendarOptions(), caller="ops", now=NOW, most_items=1, longest=timedelta(1)
        )

    assert await contents(estate) == before
