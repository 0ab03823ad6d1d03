"""Which notices a window makes, and when."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.events.maintenance import MaintenanceWindow, Origin, Skip
from app.events.recurrence import Recurrence
from app.notify.model import NoticeType
from app.outgoing.maintenance import AHEAD, coming, due
from tests.events.maintained import after, window
from tests.stored import NOW

PLANNED, CANCELLED = NoticeType.MAINTENANCE_PLANNED, NoticeType.MAINTENANCE_CANCELLED


def nightly(starts: float = 10, **changed: object) -> MaintenanceWindow:
    """Two hours of every day, from the first start on."""
    once = window("db-1", starts=starts, ends=starts + 2)
    return replace(once, recurrence=Recurrence("FREQ=DAILY", "UTC"), **changed)  # type: ignore[arg-type]


def subject(hours: float) -> str:
    """What is told of the occurrence that starts so many hours from now."""
    return f"w {after(hours).isoformat()}"


def told(one: MaintenanceWindow, hours: float = 0) -> list[tuple[NoticeType, str]]:
    return [(each.type, each.subject) for each in due(one, after(hours))]


def test_a_window_is_planned_and_called_off_under_its_own_id() -> None:
    assert told(window("db-1")) == [(PLANNED, "w")]
    assert told(window("db-1", cancelled=1), hours=1) == [(CANCELLED, "w")]


def test_what_is_over_is_not_told_any_more() -> None:
    assert told(window("db-1"), hours=4) == []
    assert told(window("db-1", cancelled=1), hours=4) == []


def test_a_window_of_another_tool_stays_with_that_tool() -> None:
    assert told(replace(window("db-1"), origin=Origin("icinga2", "web01!1"))) == []
    assert told(replace(nightly(), origin=Origin("alertmanager", "4c2f"))) == []
    assert told(replace(window("db-1"), origin=Origin("icalendar", "uid-1"))) == [(PLANNED, "w")]


def test_of_a_series_the_occurrence_under_way_and_the_next_one_are_told() -> None:
    assert told(nightly(), hours=11) == [(PLANNED, subject(10)), (PLANNED, subject(34))]
    assert told(nightly(), hours=12) == [(PLANNED, subject(34)), (PLANNED, subject(58))]


def test_an_occurrence_that_is_far_off_is_told_when_it_comes_near() -> None:
    far = nightly(starts=24 * 30)

    assert list(coming(far, NOW)) == []
    assert [one.subject for one in coming(far, after(24 * 30) - AHEAD)] == [subject(24 * 30)]


def test_an_occurrence_that_is_called_off_takes_its_notice_with_it() -> None:
    skipped = nightly(skipped=(Skip(after(34), after(11)),))

    assert told(skipped, hours=11) == [(CANCELLED, subject(34)), (PLANNED, subject(10)), (PLANNED, subject(58))]


def test_an_occurrence_of_which_nobody_was_told_is_called_off_in_silence() -> None:
    assert told(nightly(skipped=(Skip(after(24 * 30 + 10), NOW),))) == told(nightly())


def test_a_series_that_is_cancelled_takes_all_that_was_told_of_it() -> None:
    cancelled = nightly(cancelled_at=after(11))

    assert told(cancelled, hours=11) == [(CANCELLED, subject(10)), (CANCELLED, subject(34))]


@given(st.floats(0, 24 * 60), st.floats(0, 24 * 60))
def test_whatever_was_told_of_a_series_is_called_off_with_it_while_it_is_not_over(
    told_at: float, ended_at: float
) -> None:
    told_at, ended_at = sorted((told_at, ended_at))
    planned = {one.subject: one.window for one in due(nightly(), after(told_at))}
    cancelled = {one.subject for one in due(nightly(cancelled_at=after(ended_at)), after(ended_at))}

    assert {key for key, one in planned.items() if one.ends_at > after(ended_at)} <= cancelled
    assert all(one.starts_at <= after(told_at) + timedelta(days=7) for one in planned.values())
