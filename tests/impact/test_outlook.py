"""When each item is out, when that breaches its tolerance, and what is said of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.impact.assumptions import FAILING_OVER, URGENCY_ASSUMED
from app.impact.model import Failure, Forecast, HealthState, Moment
from app.impact.sentence import breach_words
from tests.graphs import DEGRADED, DOWN, UNKNOWN, World, graph
from tests.impact.oracle import States, failures, intervals

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def shop(*, tolerance: int | None = 60, recovery: int | None = 90) -> World:
    """A checkout of tier 0 on a database, in minutes; it survives 5 without it and restarts in 10."""
    world = graph("checkout{process tier 0} -> db")
    checkout, db = world.vertices
    vertices = [
        replace(checkout, target_seconds=None if tolerance is None else tolerance * 60, restart_seconds=600),
        replace(db, recovery_seconds=None if recovery is None else recovery * 60),
    ]
    return World.of(vertices, [replace(edge, tolerance_seconds=300) for edge in world.edges])


def forecast(world: World, failure: Failure, key: str = "checkout", at: datetime = NOON) -> Forecast:
    return world.failing({"db": failure}, Moment(at)).report.forecast(key)


def test_checkout_breaches_its_tolerance_at_a_time_because_of_its_database() -> None:
    assert forecast(shop(), Failure(DOWN, NOON - 20 * MINUTE)) == Forecast(
        start=NOON - 15 * MINUTE,
        end=NOON + 80 * MINUTE,
        breach_at=NOON + 45 * MINUTE,
        slack_seconds=-35 * 60,
        priority=1,
        assumed=False,
    )


def test_an_expected_end_counts_more_than_the_usual_recovery() -> None:
    found = forecast(shop(), Failure(DOWN, NOON, NOON + 10 * MINUTE))

    assert (found.start, found.end, found.slack_seconds) == (NOON + 5 * MINUTE, NOON + 20 * MINUTE, 45 * 60)
    assert (found.priority, found.assumed) == (2, False)


def test_a_failure_that_says_no_more_begins_with_the_question() -> None:
    assert forecast(shop(), Failure(DOWN)) == forecast(shop(), Failure(DOWN, NOON))


def test_an_item_that_may_be_down_is_forecast_as_down() -> None:
    assert forecast(shop(), Failure(UNKNOWN)) == forecast(shop(), Failure(DOWN))


def test_what_is_back_within_the_tolerance_of_the_edge_is_no_outage() -> None:
    found = forecast(shop(), Failure(DOWN, NOON, NOON + 5 * MINUTE))

    assert found == Forecast(None, None, None, None, priority=3, assumed=False)


@pytest.mark.parametrize("recovery", [None, 20])
def test_without_a_known_end_the_breach_is_known_but_not_the_slack(recovery: int | None) -> None:
    report = shop(recovery=recovery).failing({"db": Failure(DOWN, NOON - 20 * MINUTE)}, Moment(NOON)).report

    found = report.forecast("checkout")

    assert (found.end, found.breach_at, found.slack_seconds) == (None, NOON + 45 * MINUTE, None)
    assert (found.priority, found.assumed) == (1, True)
    assert report.assumptions == (URGENCY_ASSUMED.format(count=1),)


def test_without_a_tolerance_nothing_is_breached() -> None:
    found = forecast(shop(tolerance=None), Failure(DOWN))

    assert (found.breach_at, found.slack_seconds, found.priority, found.assumed) == (None, None, 1, True)


def test_only_business_items_have_a_priority() -> None:
    found = forecast(shop(), Failure(DOWN), "db")

    assert (found.start, found.end, found.priority) == (NOON, NOON + 90 * MINUTE, None)


def test_a_degraded_provider_is_no_outage() -> None:
    assert forecast(shop(), Failure(DEGRADED)) == Forecast(None, None, None, None, priority=4, assumed=False)


def test_what_waits_for_a_standby_is_told_though_it_is_not_down() -> None:
    world = graph("checkout{process} -> db{1 of x, y}")
    vertices = [replace(one, failover_seconds=30 if one.key == "db" else None) for one in world.vertices]

    report = World.of(vertices, world.edges).assess({"x"}).report

    assert report.assumptions == (FAILING_OVER.format(count=2),)


@pytest.mark.parametrize(
    ("breach", "slack", "told"),
    [
        (45, -60, "; it breaches its tolerance at 12:45 UTC"),
        (780, -60, "; it breaches its tolerance at 2026-11-25 01:00 UTC"),
        (45, None, "; it may be out until 12:45 UTC, and no end is known"),
        (-45, None, "; it has been out for longer than it may since 11:15 UTC"),
        (-45, -60, "; it has been out for longer than it may since 11:15 UTC"),
        (45, 0, ""),
        (None, None, ""),
    ],
)
def test_a_breach_is_told_with_its_time(breach: int | None, slack: int | None, told: str) -> None:
    at = None if breach is None else NOON + breach * MINUTE

    assert breach_words(Forecast(NOON, None, at, slack, priority=1, assumed=False), NOON) == told


LAW = settings(max_examples=300, deadline=None, derandomize=True)


@LAW
@given(failures(), st.randoms(use_true_random=False))
def test_an_item_is_in_its_state_since_the_first_failures_that_explain_it(
    drawn: tuple[World, States], random: Random
) -> None:
    world, own = drawn
    begun = {key: Failure(state, NOON - random.randrange(1, 4) * MINUTE) for key, state in own.items()}

    report = world.failing(begun, Moment(NOON)).report

    for key, (_, worst) in intervals(world, own).items():
        if worst:
            assert report.since(key) == first_explained(world, begun, key, worst)


def first_explained(world: World, begun: dict[str, Failure], key: str, worst: HealthState) -> datetime | None:
    """The first time at which the failures begun by then bring the item to its state; `None`: it needs none."""
    times = sorted(failure.since for failure in begun.values() if failure.since)
    for time in (None, *times):
        by_then = {
            one: failure.state for one, failure in begun.items() if time and failure.since and failure.since <= time
        }
        if intervals(world, by_then)[key][1] == worst:
            return time
    raise AssertionError(key)


@pytest.mark.parametrize("state", list(HealthState))
def test_nothing_is_forecast_of_a_failure_that_is_none(state: HealthState) -> None:
    found = forecast(shop(), Failure(state), "db")

    assert (found.start is not None) == (state in (DOWN, UNKNOWN))
