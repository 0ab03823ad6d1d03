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
    checked,
    failures_at,
    last_windows,
    next_change_at,
)
from app.events.model import OpenEvent
from app.impact.model import Failure, HealthState, worst_failure
from tests.graphs import DEGRADED, DOWN, OPERATIONAL, UNKNOWN
from tests.stored import NOW

LAW = settings(max_examples=200, deadline=None, derandomize=True)
DAY = timedelta(days=1)


def after(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


def window(
    *keys: str,
    starts: float = 0,
    ends: float = 4,
    state: HealthState = DOWN,
    planned: float = -24,
    cancelled: float | None = None,
    id: str = "w",
) -> MaintenanceWindow:
    """A window over these items; times are hours from now."""
    cancelled_at = None if cancelled is None else after(cancelled)
    return MaintenanceWindow(id, keys, state, after(starts), after(ends), "a disk", after(planned), "ops", cancelled_at)


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
    assert {key: one.id for key, one in last_windows(windows, NOW).items()} == {"db": "c"}


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


HOURS = st.integers(-4, 4)
WINDOWS = st.lists(
    st.builds(
        lambda keys, starts, length, state, planned, cancelled, id: window(
            *keys, starts=starts, ends=starts + length, state=state, planned=planned, cancelled=cancelled, id=str(id)
        ),
        st.sets(st.sampled_from("abc"), min_size=1),
        HOURS,
        st.integers(1, 5),
        st.sampled_from([DOWN, DEGRADED]),
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
        if covering:
            assert found[key].planned
            assert found[key].state is max(one.state for one in covering)
            assert (found[key].since or NOW) <= at < (found[key].until or NOW)
        elif about:
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
