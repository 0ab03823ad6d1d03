"""When a window returns: on the wall clock of its zone, seldom enough, and as often as it says."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule, weekday, weekdays
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import InvalidInput
from app.events.recurrence import Recurrence, recurrence_of

BERLIN = "Europe/Berlin"
LAW = settings(max_examples=100, deadline=None, derandomize=True)
SUMMER = datetime(2026, 10, 18, 0, 30, tzinfo=UTC)


def starts(rule: str, time_zone: str, first: datetime, count: int = 3) -> list[str]:
    found = recurrence_of(rule, time_zone, first).starts(first, after=first - timedelta(seconds=1))
    return [start.isoformat() for start in islice(found, count)]


def test_the_wall_clock_is_kept_when_the_clocks_change() -> None:
    assert starts("FREQ=WEEKLY;BYDAY=SU", BERLIN, SUMMER.replace(hour=20)) == [
        "2026-10-18T20:30:00+00:00",
        "2026-10-25T21:30:00+00:00",
        "2026-11-01T21:30:00+00:00",
    ]


def test_a_time_that_comes_twice_is_the_first_and_one_that_never_comes_is_as_before_the_change() -> None:
    # 02:30 summer time, then 02:30 of the two on the 25th, then winter time.
    assert starts("FREQ=WEEKLY;BYDAY=SU", BERLIN, SUMMER) == [
        "2026-10-18T00:30:00+00:00",
        "2026-10-25T00:30:00+00:00",
        "2026-11-01T01:30:00+00:00",
    ]
    # On 2027-03-28 there is no 02:30.
    assert starts("FREQ=DAILY", BERLIN, datetime(2027, 3, 27, 1, 30, tzinfo=UTC)) == [
        "2027-03-27T01:30:00+00:00",
        "2027-03-28T01:30:00+00:00",
        "2027-03-29T00:30:00+00:00",
    ]


@pytest.mark.parametrize(
    ("rule", "last"),
    [
        ("FREQ=DAILY", None),
        ("FREQ=DAILY;COUNT=3", "2026-10-20T00:30:00+00:00"),
        ("FREQ=DAILY;UNTIL=20261020T003000Z", "2026-10-20T00:30:00+00:00"),
        ("FREQ=DAILY;UNTIL=20261020", "2026-10-20T21:59:59+00:00"),
    ],
)
def test_a_series_ends_when_it_says(rule: str, last: str | None) -> None:
    found = recurrence_of(rule, BERLIN, SUMMER).last(SUMMER)

    assert (found.isoformat() if found else None) == last


DRAWN = st.tuples(
    st.sampled_from([("DAILY", DAILY), ("WEEKLY", WEEKLY), ("MONTHLY", MONTHLY)]),
    st.integers(1, 3),
    st.sets(st.sampled_from(weekdays)),
    st.sampled_from(["UTC", BERLIN, "America/New_York", "Australia/Lord_Howe"]),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    st.integers(0, 400),
)


@LAW
@given(DRAWN)
def test_the_starts_after_an_instant_are_those_of_the_wall_clock_that_are_later(
    drawn: tuple[tuple[str, Literal[1, 2, 3]], int, set[weekday], str, datetime, int],
) -> None:
    (often, frequency), interval, days, name, local, later = drawn
    zone, local = ZoneInfo(name), local.replace(microsecond=0)
    first = local.replace(tzinfo=zone).astimezone(UTC)
    # Where the clocks skip the first start, the wall clock shows another time then.
    local = first.astimezone(zone).replace(tzinfo=None)
    by_day = f";BYDAY={','.join(map(str, sorted(days, key=str)))}" if days else ""
    after = first + timedelta(days=later)

    found = Recurrence(f"FREQ={often};INTERVAL={interval}{by_day}", name).starts(first, after=after)

    walled = rrule(frequency, local, interval, until=local + timedelta(days=2500), byweekday=days or None)
    brute = [one.replace(tzinfo=zone).astimezone(UTC) for one in walled]
    assert list(islice(found, 10)) == [start for start in brute if start > after][:10]


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("", "recurrence must be a rule of RFC 5545, as FREQ=WEEKLY;BYDAY=SU, with each part once"),
        ("FREQ=DAILY;FREQ=DAILY", "recurrence must be a rule of RFC 5545"),
        ("FREQ=HOURLY", "recurrence must say FREQ=DAILY, WEEKLY, MONTHLY, YEARLY; nothing else returns seldom enough"),
        ("FREQ=SECONDLY;COUNT=5", "recurrence must say FREQ=DAILY"),
        ("FREQ=DAILY;BYMINUTE=1,2", "recurrence with FREQ=DAILY cannot say BYMINUTE; leave it out"),
        ("FREQ=DAILY;INTERVAL=0", "recurrence must say INTERVAL= a number from 1 to 1000, not '0'"),
        ("FREQ=DAILY;COUNT=9999999", "recurrence must say COUNT= a number from 1 to 5000, not '9999999'"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20270101", "recurrence says both COUNT and UNTIL; leave one of them out"),
        ("FREQ=WEEKLY;BYDAY=XX", "recurrence 'FREQ=WEEKLY;BYDAY=XX' is no rule of RFC 5545: "),
        ("FREQ=DAILY;UNTIL=20270101\nEXDATE:20261020T003000", "recurrence must be a rule of RFC 5545"),
        ("FREQ=DAILY;UNTIL=soon", "recurrence 'FREQ=DAILY;UNTIL=SOON' is no rule of RFC 5545: "),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "recurrence 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' never happens after"),
        ("FREQ=DAILY;UNTIL=20200101", "recurrence 'FREQ=DAILY;UNTIL=20200101' never happens after"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_in_a_sentence(rule: str, told: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        recurrence_of(rule, "UTC", SUMMER)

    assert refused.value.message[: len(told)] == told


@pytest.mark.parametrize("name", ["", "Mars/Base", "../etc/passwd", "/etc/localtime"])
def test_a_zone_nobody_knows_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        recurrence_of("FREQ=DAILY", name, SUMMER)

    assert refused.value.message == f"timeZone {name!r} is not known; give an IANA name, as Europe/Berlin"
