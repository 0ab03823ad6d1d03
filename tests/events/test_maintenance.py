"""Maintenance: what windows make of the open events, and when that changes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import InvalidInput
from app.events.maintenance import (
    MaintenanceDraft,
    MaintenanceWindow,
    Skip,
    checked,
    last_windows,
    next_change_at,
    under_way,
)
from app.events.model import OpenEvent
from app.events.recurrence import Recurrence
from app.impact.model import Failure, HealthState, worst_failure
from tests.events.maintained import after, failures_at, window
from tests.graphs import DEGRADED, DOWN, OPERATIONAL, UNKNOWN
from tests.stored import NOW

LAW = settings(max_examples=200, deadline=None, derandomize=True)
DAY = timedelta(days=1)


def opened(key: str, state: HealthState = DOWN, *, since: float = -1) -> OpenEvent:
    return OpenEvent(f"{key}{since}", key, Failure(state, after(since)))


def test_an_item_in_maintenance_fails_as_planned_for_as_long_as_planned() -> None:
    assert failures_at([], [window("db", starts=-1, ends=3)], NOW) == {
        "db": Failure(DOWN, after(-1), after(3), planned=True)
    }


def test_an_open_event_says_nothing_while_a_window_covers_its_item_and_counts_again_when_it_ends() -> None:
    events, windows = [opened("db"), opened("mail", DEGRADED)], [window("db", starts=0, ends=4, state=DEGRADED)]
    mail = Failure(DEGRADED, after(-1))
    planned = Failure(DEGRADED, after(0), after(4), planned=True)

    told = [failures_at(events, windows, after(hours)) for hours in (-0.1, 0, 3.9, 4)]

    assert [failures["db"] for failures in told] == [events[0].failure, planned, planned, events[0].failure]
    assert [failures["mail"] for failures in told] == [mail] * 4


def test_several_windows_over_an_item_are_the_worst_of_them_for_as_long_as_any_says_so() -> None:
    windows = [
        window("db", starts=-3, ends=1, id="a"),
        window("db", starts=-1, ends=2, id="b"),
        window("db", starts=-5, ends=9, state=DEGRADED, id="c"),
    ]

    assert failures_at([], windows, NOW) == {"db": Failure(DOWN, after(-3), after(2), planned=True)}
    assert {key: one.id for key, one in last_windows(under_way(windows, NOW), {}).items()} == {"db": "c"}


@pytest.mark.parametrize(
    ("one", "counts"),
    [
        pytest.param(window("db"), True, id="from its start"),
        pytest.param(window("db", starts=-4, ends=0), False, id="not at its end"),
        pytest.param(window("db", starts=0.1), False, id="not before its start"),
        pytest.param(window("db", cancelled=1), True, id="cancelled later"),
        pytest.param(window("db", starts=-4, cancelled=0), False, id="cancelled"),
        pytest.param(window("db", starts=-4, planned=1), False, id="planned later"),
    ],
)
def test_a_window_counts_from_its_start_until_before_its_end(one: MaintenanceWindow, counts: bool) -> None:
    assert one.in_effect(NOW) is counts
    assert bool(failures_at([], [one], NOW)) is counts


def test_a_window_that_was_cancelled_before_it_began_never_changes_anything() -> None:
    assert next_change_at([window("db", starts=2, cancelled=1)], NOW) is None


def test_the_next_change_is_the_first_begin_or_end_to_come() -> None:
    windows = [window("a", starts=-1, ends=5), window("b", starts=2, ends=3)]

    assert [next_change_at(windows, after(hours)) for hours in (-2, -1, 2, 3, 5)] == [
        after(-1),
        after(2),
        after(3),
        after(5),
        None,
    ]


WEEKLY = replace(window("db", starts=0, ends=2), recurrence=Recurrence("FREQ=WEEKLY;COUNT=3", "UTC"))
WEEK = 7 * 24


@pytest.mark.parametrize(
    ("series", "at", "counts"),
    [
        pytest.param(WEEKLY, 2 * WEEK + 1, True, id="every time"),
        pytest.param(WEEKLY, 2 * WEEK + 2, False, id="not between two"),
        pytest.param(WEEKLY, 3 * WEEK + 1, False, id="not after the last"),
        pytest.param(replace(WEEKLY, cancelled_at=after(WEEK)), 1, True, id="before it was cancelled"),
        pytest.param(replace(WEEKLY, cancelled_at=after(WEEK)), WEEK + 1, False, id="after it was cancelled"),
        pytest.param(replace(WEEKLY, skipped=(Skip(after(WEEK), NOW),)), WEEK + 1, False, id="not when called off"),
        pytest.param(replace(WEEKLY, skipped=(Skip(after(WEEK), NOW),)), 2 * WEEK, True, id="again the time after"),
        pytest.param(replace(WEEKLY, skipped=(Skip(NOW, after(1)),)), 0.5, True, id="until it is called off"),
        pytest.param(replace(WEEKLY, skipped=(Skip(NOW, after(1)),)), 1, False, id="ended early"),
    ],
)
def test_a_series_counts_at_each_of_its_times(series: MaintenanceWindow, at: float, counts: bool) -> None:
    assert series.in_effect(after(at)) is counts


def test_an_occurrence_under_way_is_answered_as_a_window_that_is_once() -> None:
    found = WEEKLY.during(after(WEEK + 1))

    assert found == replace(WEEKLY, starts_at=after(WEEK), ends_at=after(WEEK + 2), recurrence=None)


def test_a_series_changes_what_counts_whenever_it_begins_or_ends() -> None:
    turns = [next_change_at([WEEKLY], after(hours)) for hours in (-1, 0, 2, WEEK, 2 * WEEK + 1, 2 * WEEK + 2)]

    assert turns == [NOW, after(2), after(WEEK), after(WEEK + 2), after(2 * WEEK + 2), None]
    assert WEEKLY.over_at == after(2 * WEEK + 2)


def test_an_endless_series_that_was_cancelled_has_no_more_times() -> None:
    endless = replace(window("db"), recurrence=Recurrence("FREQ=DAILY", "UTC"), cancelled_at=after(25))

    assert [one.starts_at for one in endless.occurrences(after(-1))] == [NOW, after(24)]
    assert endless.over_at == after(25)


def test_a_window_without_a_state_silences_and_takes_nothing_down() -> None:
    assert failures_at([opened("db"), opened("mail")], [window("db", state=None)], NOW) == {
        "mail": Failure(DOWN, after(-1))
    }


HOURS = st.integers(-4, 4)
WINDOWS = st.lists(
    st.builds(
        lambda keys, starts, length, state, planned, cancelled, id: window(
            *keys, starts=starts, ends=starts + length, state=state, planned=planned, cancelled=cancelled, id=str(id)
        ),
        st.sets(st.sampled_from("abc"), min_size=1),
        HOURS,
        st.integers(1, 5),
        st.sampled_from([DOWN, DEGRADED, None]),
        HOURS,
        st.none() | HOURS,
        st.integers(0, 99),
    ),
    max_size=4,
)
EVENTS = st.lists(
    st.builds(
        lambda key, state, since: opened(key, state, since=since),
        st.sampled_from("abc"),
        st.sampled_from([OPERATIONAL, DEGRADED, DOWN]),
        HOURS,
    ),
    max_size=5,
)


@LAW
@given(EVENTS, WINDOWS, HOURS)
def test_each_item_fails_as_its_windows_say_and_else_as_its_worst_event(
    events: Sequence[OpenEvent], windows: Sequence[MaintenanceWindow], hours: int
) -> None:
    at = after(hours)
    found = failures_at(events, windows, at)

    for key in "abc":
        covering = [one for one in windows if key in one.keys and one.in_effect(at)]
        about = [one.failure for one in events if one.key == key]
        meant = [one.state for one in covering if one.state is not None]
        if meant:
            assert found[key].planned
            assert found[key].state is max(meant)
            assert (found[key].since or NOW) <= at < (found[key].until or NOW)
        elif about and not covering:
            assert found[key] == worst_failure(about)
        else:
            assert key not in found


@LAW
@given(EVENTS, st.tuples(WINDOWS).flatmap(lambda drawn: st.tuples(st.just(drawn[0]), st.permutations(drawn[0]))))
def test_the_order_of_events_and_windows_does_not_matter(
    events: Sequence[OpenEvent], orders: tuple[Sequence[MaintenanceWindow], Sequence[MaintenanceWindow]]
) -> None:
    drawn, shuffled = orders

    assert failures_at(events, drawn, NOW) == failures_at(events[::-1], shuffled, NOW)


@LAW
@given(EVENTS, WINDOWS, HOURS)
def test_nothing_changes_until_the_next_change(
    events: Sequence[OpenEvent], windows: Sequence[MaintenanceWindow], hours: int
) -> None:
    at = after(hours)
    change = next_change_at(windows, at)
    halves = (at + timedelta(minutes=30 * number) for number in range(40))

    for later in halves:
        if change is None or later < change:
            assert failures_at(events, windows, later) == failures_at(events, windows, at)
    assert change is None or change > at


@LAW
@given(EVENTS, WINDOWS)
def test_what_is_still_open_counts_as_it_would_without_maintenance_when_all_is_over(
    events: Sequence[OpenEvent], windows: Sequence[MaintenanceWindow]
) -> None:
    assert failures_at(events, windows, NOW + DAY) == failures_at(events, [], NOW)


def test_a_series_begins_with_its_first_time() -> None:
    draft = MaintenanceDraft(["db"], DOWN, NOW, after(2), "patches", recurrence="freq=weekly;byday=su")

    found = checked(draft, NOW, most_items=1, longest=DAY)

    # The 23rd is a Monday.
    assert (found.recurrence, found.starts_at, found.ends_at) == ("FREQ=WEEKLY;BYDAY=SU", after(144), after(146))


DRAFT = MaintenanceDraft(["db"], DOWN, after(1), after(3), "a new disk")


def test_a_draft_is_put_right() -> None:
    zone = timezone(timedelta(hours=2))
    draft = MaintenanceDraft(["b", "a", "b"], DEGRADED, None, after(3).astimezone(zone), "  a new disk ")

    found = checked(draft, NOW, most_items=2, longest=DAY)

    assert found == MaintenanceDraft(("b", "a"), DEGRADED, NOW, after(3), "a new disk")
    assert found.ends_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"keys": []}, "keys must name 1 to 2 items, not 0; plan several windows"),
        ({"keys": ["a", "b", "c"]}, "keys must name 1 to 2 items, not 3; plan several windows"),
        ({"state": OPERATIONAL}, "state must be DOWN or DEGRADED, not OPERATIONAL; it is what is meant to happen"),
        ({"state": UNKNOWN}, "state must be DOWN or DEGRADED, not UNKNOWN; it is what is meant to happen"),
        ({"summary": " "}, "summary must have 1 to 500 characters; say what is done, for whoever is on call"),
        ({"ends_at": after(1)}, "endsAt 2026-11-23T13:00:00+00:00 must be later than startsAt, and still to come"),
        (
            {"starts_at": after(-3), "ends_at": NOW},
            "endsAt 2026-11-23T12:00:00+00:00 must be later than startsAt, and still to come",
        ),
        (
            {"ends_at": after(26)},
            "the window lasts 1 day, 1:00:00, at most 1 day, 0:00:00 are taken; "
            "what is out for longer is better retired, or planned in parts",
        ),
        (
            {"starts_at": datetime(2026, 11, 23, 13)},
            "startsAt has no time zone; write it as 2026-11-23T13:00:00Z",
        ),
    ],
)
def test_a_draft_that_cannot_be_is_refused_in_a_sentence(fields: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        checked(replace(DRAFT, **fields), NOW, most_items=2, longest=DAY)

    assert refused.value.message == told
