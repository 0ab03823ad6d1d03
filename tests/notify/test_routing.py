"""Who is told, and when: filters, quiet hours, and clocks that are put forward and back."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.notify.model import NoticeType, QuietHours, Wanted
from app.notify.routing import due_at, quiet_until, wants
from tests.notify.making import NOW, notice, subscription

ZURICH = ZoneInfo("Europe/Zurich")
NIGHT = QuietHours(ZURICH, time(22), time(7))


def zurich(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZURICH)


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(),
        Wanted(types=frozenset({NoticeType.IMPACT_OPENED})),
        Wanted(services=frozenset({"shop", "other"})),
        Wanted(services=frozenset({"checkout"})),
        Wanted(teams=frozenset({"payments"})),
        Wanted(least_priority=1),
        Wanted(least_priority=3),
    ],
)
def test_a_notice_that_passes_every_part_is_wanted(wanted: Wanted) -> None:
    assert wants(subscription(wanted=wanted), notice())


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(types=frozenset({NoticeType.IMPACT_RESOLVED})),
        Wanted(services=frozenset({"other"})),
        Wanted(teams=frozenset({"other"})),
        Wanted(services=frozenset({"shop"}), teams=frozenset({"other"})),
    ],
)
def test_a_notice_that_fails_one_part_is_not_wanted(wanted: Wanted) -> None:
    assert not wants(subscription(wanted=wanted), notice())


def test_what_is_less_urgent_than_wanted_or_has_no_priority_is_left_out() -> None:
    urgent_only = subscription(wanted=Wanted(least_priority=2))

    assert wants(urgent_only, notice(priority=2))
    assert not wants(urgent_only, notice(priority=3))
    assert not wants(urgent_only, notice(priority=None))


def test_who_was_told_of_a_subject_is_told_that_it_is_over_whatever_its_priority_is_by_then() -> None:
    urgent_only = subscription(wanted=Wanted(least_priority=1))
    opened_only = subscription(wanted=Wanted(types=frozenset({NoticeType.IMPACT_OPENED})))
    over = notice(type=NoticeType.IMPACT_RESOLVED, priority=None)

    assert not wants(urgent_only, over)
    assert wants(urgent_only, over, {over.subject})
    assert not wants(urgent_only, notice(type=NoticeType.IMPACT_CHANGED, priority=3), {over.subject})
    assert not wants(opened_only, over, {over.subject})


def test_who_was_told_with_another_subject_is_told_again_only_on_request() -> None:
    covered = replace(notice(), told_with=("situation-1",))
    asking = subscription(wanted=Wanted(types=frozenset({NoticeType.IMPACT_OPENED})))

    assert wants(subscription(), covered)
    assert not wants(subscription(), covered, {"situation-1"})
    assert wants(subscription(), covered, {"situation-1", covered.subject})
    assert wants(asking, covered, {"situation-1"})


def test_a_subscription_that_is_disabled_wants_nothing() -> None:
    assert not wants(subscription(enabled=False), notice())


def test_quiet_hours_hold_back_until_their_end() -> None:
    quiet = subscription(quiet=NIGHT)

    assert due_at(quiet, notice(priority=2), zurich("2026-11-25T23:30")) == zurich("2026-11-26T07:00")
    assert due_at(quiet, notice(priority=2), zurich("2026-11-26T06:59")) == zurich("2026-11-26T07:00")
    assert due_at(quiet, notice(priority=2), zurich("2026-11-26T07:00")) == zurich("2026-11-26T07:00")


def test_what_is_urgent_passes_quiet_hours() -> None:
    midnight = zurich("2026-11-26T00:00")

    assert due_at(subscription(quiet=NIGHT), notice(priority=1), midnight) == midnight


def test_quiet_hours_begin_on_their_weekdays_only() -> None:
    friday_night = QuietHours(ZURICH, time(22), time(7), weekdays=frozenset({4}))

    assert quiet_until(friday_night, zurich("2026-11-28T01:00")) == zurich("2026-11-28T07:00")  # a Saturday
    assert quiet_until(friday_night, zurich("2026-11-29T01:00")) is None


def test_a_night_in_which_the_clock_is_put_back_ends_by_the_clock_that_people_read() -> None:
    before = datetime(2026, 10, 24, 21, tzinfo=UTC)  # 23:00 of summer time

    assert quiet_until(NIGHT, before) == datetime(2026, 10, 25, 6, tzinfo=UTC)  # 07:00 of winter time


def test_an_end_that_the_clock_leaves_out_is_an_hour_later() -> None:
    quiet = QuietHours(ZURICH, time(22), time(2, 30))

    assert quiet_until(quiet, zurich("2026-03-28T23:00")) == zurich("2026-03-29T03:30")


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
    st.times(),
    st.times(),
    st.frozensets(st.integers(0, 6), min_size=1),
    st.sampled_from(["Europe/Zurich", "America/New_York", "Pacific/Chatham", "Australia/Lord_Howe", "UTC"]),
)
def test_quiet_hours_end_within_a_day_and_an_hour_and_never_before_they_are_asked_about(
    now: datetime, start: time, end: time, weekdays: frozenset[int], zone: str
) -> None:
    until = quiet_until(QuietHours(ZoneInfo(zone), start, end, weekdays), now)

    assert until is None or now < until <= now + timedelta(hours=25)


def test_outside_of_quiet_hours_a_notice_is_due_now() -> None:
    assert due_at(subscription(quiet=NIGHT), notice(priority=4), NOW) == NOW
