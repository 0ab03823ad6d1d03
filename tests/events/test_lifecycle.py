"""What an event becomes: by what its sender says, in any order and however often, by people, and by time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.events import lifecycle
from app.events.lifecycle import SENDER, Policy, heard
from app.events.model import Alert, Clue, Event, EventLifecycle, EventStatus, Match, MatchTier, Turn
from tests.graphs import DEGRADED, DOWN

FIRING, RESOLVED = EventStatus
T0 = datetime(2026, 11, 30, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
POLICY = Policy(
    reopens_within=timedelta(minutes=60),
    flaps_at=3,
    flaps_within=timedelta(minutes=10),
    steady_after=timedelta(minutes=5),
    expires_after=timedelta(days=1),
)
DB = Match("db-1", MatchTier.KEY, "db-1")


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def news(
    status: EventStatus = FIRING,
    start: float | None = 0,
    end: float | None = None,
    observed: float | None = None,
    **more: object,
) -> Alert:
    """An alert; instants in minutes."""
    told = Alert(
        source="test",
        fingerprint="f",
        status=status,
        severity="critical",
        state=DOWN,
        summary="it is down",
        starts_at=None if start is None else at(start),
        ends_at=None if end is None else at(end),
        clues=(Clue(MatchTier.KEY, "db-1"),),
        observed_at=None if observed is None else at(observed),
    )
    return replace(told, **more)  # type: ignore[arg-type]


def after(*alerts: Alert, match: Match = DB, policy: Policy = POLICY) -> Event:
    """The newest event after these, a minute from each to the next."""
    event: Event | None = None
    for number, alert in enumerate(alerts):
        event = heard(event, alert, match, now=NOW + timedelta(minutes=number), policy=policy)
    assert event is not None
    return event


def stands(event: Event) -> tuple[object, ...]:
    return event.status, event.starts_at, event.ends_at


def test_the_first_news_opens_an_event() -> None:
    event = after(news())

    assert stands(event) == (FIRING, at(0), None)
    assert event.lifecycle is EventLifecycle.OPEN
    assert event.turns == (Turn(NOW, "db-1", DOWN, at(0)),)


def test_the_same_news_is_no_news() -> None:
    event = after(news())

    assert heard(event, news(), DB, now=NOW, policy=POLICY) is event


def test_what_is_over_is_silent_from_then_on() -> None:
    event = after(news(), news(RESOLVED, end=5))

    assert stands(event) == (RESOLVED, at(0), at(5))
    assert [turn.key for turn in event.turns] == ["db-1", None]
    assert event.closed_at == NOW + timedelta(minutes=1)


def test_what_comes_back_within_the_hour_is_the_same_event_and_nobody_has_taken_it() -> None:
    taken = lifecycle.acknowledged(after(news()), "ada", note=None, now=NOW)
    over = heard(taken, news(RESOLVED, end=5), DB, now=NOW, policy=POLICY)

    again = heard(over, news(start=65), DB, now=NOW, policy=POLICY)

    assert (again.id, again.reopened, again.lifecycle) == (taken.id, 1, EventLifecycle.REOPENED)
    assert again.acknowledged_by is None


def test_what_comes_back_later_is_another_event() -> None:
    over = after(news(), news(RESOLVED, end=5))

    again = heard(over, news(start=66), DB, now=NOW, policy=POLICY)

    assert again.id != over.id
    assert again.reopened == 0


def test_firing_that_began_before_the_end_we_know_is_late() -> None:
    over = after(news(), news(RESOLVED, end=5))

    assert heard(over, news(start=5), DB, now=NOW, policy=POLICY) is over


def test_without_a_start_the_senders_clock_decides() -> None:
    over = after(news(start=None, observed=1), news(RESOLVED, start=None, observed=3))

    late = heard(over, news(start=None, observed=2), DB, now=NOW, policy=POLICY)
    again = heard(over, news(start=None, observed=4), DB, now=NOW, policy=POLICY)

    assert late is over
    assert stands(again) == (FIRING, at(4), None)


def test_an_incident_that_is_reopened_with_its_first_start_is_open_and_can_be_closed_again() -> None:
    event = after(news(observed=1), news(RESOLVED, observed=3), news(observed=5), news(RESOLVED, observed=7))

    assert stands(event) == (RESOLVED, at(5), at(7))
    assert event.reopened == 1


def test_a_worse_severity_is_told_from_then_on() -> None:
    event = after(news(state=DEGRADED, severity="warning"), news())

    assert (event.state, event.severity) == (DOWN, "critical")
    assert [turn.state for turn in event.turns] == [DEGRADED, DOWN]


def test_the_sender_may_take_and_give_back_but_only_what_it_took() -> None:
    taken = after(news(), news(acknowledged=True))
    by_ada = lifecycle.acknowledged(after(news()), "ada", note=None, now=NOW)

    given_back = heard(taken, news(acknowledged=False), DB, now=NOW, policy=POLICY)
    still = heard(by_ada, news(acknowledged=False), DB, now=NOW, policy=POLICY)

    assert (taken.acknowledged_by, given_back.acknowledged_by, still.acknowledged_by) == (SENDER, None, "ada")


def test_what_the_sender_silences_says_nothing_until_it_is_heard_again() -> None:
    event = after(news(suppressed=True), news(suppressed=False))

    assert after(news(suppressed=True)).lifecycle is EventLifecycle.SUPPRESSED
    assert [turn.key for turn in event.turns] == ["db-1"]


def test_a_suppression_ends_by_itself_and_the_event_speaks_again() -> None:
    event = lifecycle.suppressed(after(news()), "ada", until=NOW + timedelta(hours=1), note="known", now=NOW)

    early = lifecycle.aged(event, NOW + timedelta(minutes=59))
    late = lifecycle.aged(event, NOW + timedelta(hours=1))

    assert early is event
    assert (event.due_at, event.speaks_of, late.speaks_of) == (NOW + timedelta(hours=1), None, "db-1")


def test_an_event_nobody_speaks_of_any_more_expires_and_comes_back_when_somebody_does() -> None:
    event = after(news())

    expired = lifecycle.aged(event, NOW + timedelta(days=1))
    again = heard(expired, news(), DB, now=NOW + timedelta(days=2), policy=POLICY)

    assert (expired.lifecycle, expired.ends_at) == (EventLifecycle.EXPIRED, NOW + timedelta(days=1))
    assert (again.status, again.id) == (FIRING, event.id)


def test_an_event_that_comes_and_goes_flaps_until_it_is_steady() -> None:
    event = after(
        news(start=0), news(RESOLVED, 0, 1), news(start=2), news(RESOLVED, 2, 3), news(start=4), news(RESOLVED, 4, 5)
    )
    began_last = NOW + timedelta(minutes=4)

    assert event.flapping_until == began_last + timedelta(minutes=5)
    assert lifecycle.aged(event, began_last + timedelta(minutes=5)).flapping_until is None


def test_an_operators_word_that_it_is_over_holds_until_the_next_occurrence() -> None:
    closed = lifecycle.resolved(after(news()), "ada", note=None, now=NOW)

    repeated = heard(closed, news(), DB, now=NOW, policy=POLICY)
    next_one = heard(closed, news(start=200), DB, now=NOW, policy=POLICY)

    assert (closed.note, repeated) == ("resolved by ada", closed)
    assert next_one.status is FIRING


def test_an_event_finds_an_item_later_and_keeps_it() -> None:
    event = after(news(), match=Match())

    found = heard(event, news(), DB, now=NOW, policy=POLICY)
    kept = heard(found, news(), Match("db-2", MatchTier.KEY, "db-2"), now=NOW, policy=POLICY)

    assert (event.turns, found.match, kept) == ((), DB, found)


def test_an_event_whose_item_is_gone_may_be_about_another() -> None:
    other = Match("db-2", MatchTier.KEY, "db-2")
    orphan = replace(after(news()), orphaned=True)

    assert heard(orphan, news(), Match(), now=NOW, policy=POLICY).match == DB
    assert heard(orphan, news(), other, now=NOW, policy=POLICY).match == other


STARTS = (0, 10, 20, 200, 210)
OCCURRENCES = st.builds(
    lambda start, over: news(RESOLVED, start, start + 5) if over else news(start=start),
    st.sampled_from(STARTS),
    st.booleans(),
)
OBSERVED = st.builds(
    lambda observed, over: news(RESOLVED if over else FIRING, None, observed=observed),
    st.integers(0, 300),
    st.booleans(),
)


@given(
    st.one_of(st.lists(OCCURRENCES, min_size=1), st.lists(OBSERVED, min_size=1)).flatmap(
        lambda sent: st.tuples(st.just(sent), st.permutations(sent), st.lists(st.sampled_from(sent)))
    )
)
def test_how_an_event_stands_in_the_end_depends_on_no_order_and_no_repetition(
    sent: tuple[Sequence[Alert], Sequence[Alert], Sequence[Alert]],
) -> None:
    told, shuffled, repeated = sent

    last, other = after(*told, *repeated), after(*shuffled)

    assert last.status is other.status
    if last.status is FIRING:
        assert last.ends_at is other.ends_at is None


@given(st.lists(st.one_of(OCCURRENCES, OBSERVED), min_size=1))
def test_hearing_the_last_news_again_changes_nothing(sent: list[Alert]) -> None:
    event = after(*sent)

    assert stands(heard(event, sent[-1], DB, now=NOW + timedelta(hours=1), policy=POLICY))[0] is event.status


@given(st.lists(OCCURRENCES, min_size=1, max_size=30))
def test_turns_are_in_order_and_each_is_another_than_the_one_before(sent: list[Alert]) -> None:
    turns = after(*sent).turns

    assert [turn.at for turn in turns] == sorted(turn.at for turn in turns)
    assert all(one.key is not None or two.key is not None for one, two in pairwise(turns))


@pytest.mark.parametrize("step", [lifecycle.unacknowledged, lambda event: lifecycle.aged(event, NOW)])
def test_a_step_that_changes_nothing_gives_the_same_event(step: object) -> None:
    event = after(news())

    assert callable(step)
    assert step(event) is event
