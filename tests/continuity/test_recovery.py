"""Recovery plans: waves, slack, redundancy, what-if, progress; and schedules for a limited number of teams."""

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.continuity.recovery import Assumed, GroupRestored, RecoveryPlan, recovery_plan
from app.continuity.schedule import Schedule, schedule
from tests.continuity.drawing import HOUR, Hours, Recovery, recovering
from tests.continuity.oracle import LAW, Drawn, recoveries

CHAIN = {"s1": 0.5, "a": 1, "db": 1.5, "san": 2, "net": 0.5}


def w2(**hours: float) -> Recovery:
    return recovering("s1 -> a -> db, net; db -> san", {**CHAIN, **hours})


def plan(world: Recovery, *targets: str, **asked: object) -> RecoveryPlan:
    return recovery_plan(world.estate, replace(Assumed(targets), **asked))  # type: ignore[arg-type]


def seconds(hours: Hours) -> dict[str, int]:
    return {key: int(one * HOUR) for key, one in hours.items()}


def slack(found: RecoveryPlan) -> dict[str, float | None]:
    return {one.key: None if one.slack_seconds is None else one.slack_seconds / HOUR for one in found.steps}


def finishes(found: RecoveryPlan) -> dict[str, float]:
    return {one.key: one.step.finish_seconds / HOUR for one in found.steps}


def spans(found: Schedule) -> dict[str, tuple[int | None, float, float]]:
    return {one.key: (one.team, one.start_seconds / HOUR, one.finish_seconds / HOUR) for one in found.assignments}


def test_a_plan_goes_in_waves_and_says_what_must_not_slip() -> None:
    found = plan(w2(), "s1")

    assert {one.key: one.wave for one in found.steps} == {"san": 1, "net": 1, "db": 2, "a": 3, "s1": 4}
    assert slack(found) == {"san": 0, "net": 3, "db": 0, "a": 0, "s1": 0}
    assert [step.key for step in found.critical_path] == ["san", "db", "a", "s1"]
    assert (found.finish_seconds, found.finish_most_seconds) == (5 * HOUR, 5 * HOUR)
    assert {one.key: one.needs for one in found.steps} == {
        "san": (), "net": (), "db": ("san",), "a": ("db", "net"), "s1": ("a",),
    }  # fmt: skip
    assert found.redundancy_restored_seconds is None


def test_a_plan_for_several_ends_with_the_last_and_the_others_have_slack() -> None:
    found = plan(w2(), "a", "net")

    assert found.finish_seconds == 4.5 * HOUR
    assert slack(found) == {"san": 0, "net": 3, "db": 0, "a": 0}


def test_a_group_is_up_with_its_fastest_and_restored_with_its_last_member() -> None:
    found = plan(recovering("s -> g{2 of x, y, z}", {"s": 1, "x": 1, "y": 5, "z": 2}), "s")

    assert (found.finish_seconds, found.redundancy_restored_seconds) == (3 * HOUR, 5 * HOUR)
    assert found.groups == (GroupRestored("g", 2 * HOUR, 5 * HOUR),)
    assert slack(found) == {"x": 1, "z": 0, "y": None, "s": 0}
    assert {one.key: one.wave for one in found.steps} == {"x": 1, "y": 1, "z": 1, "s": 2}
    assert {one.key: one.needs for one in found.steps}["s"] == ("x", "z")


def test_a_plan_can_be_asked_for_other_times() -> None:
    found = plan(w2(), "s1", seconds=seconds({"san": 0.5, "net": 4}))

    assert found.finish_seconds == 5.5 * HOUR
    assert [step.key for step in found.critical_path] == ["net", "a", "s1"]


def test_what_did_not_fail_only_restarts_and_what_nothing_struck_is_no_step() -> None:
    world = recovering("s1 -> a -> db, net; db -> san", CHAIN, restart={"a": 0.25, "net": 1})

    found = plan(world, "s1", failed=["db"])

    assert finishes(found) == {"db": 1.5, "a": 1.75, "s1": 1.75}
    assert {one.key: one.wave for one in found.steps} == {"db": 1, "a": 2, "s1": 3}


def test_a_group_that_holds_keeps_what_needs_it_out_of_the_plan() -> None:
    found = plan(recovering("s -> g{1 of x, y}", {"s": 1, "x": 1, "y": 5}), "s", failed=["y"])

    assert finishes(found) == {"y": 5}
    assert slack(found) == {"y": None}
    assert (found.finish_seconds, found.redundancy_restored_seconds) == (0, 5 * HOUR)


def test_items_that_wait_for_each_other_are_one_step() -> None:
    found = plan(recovering("s -> p -> q -> p; q -> db", {"s": 1, "p": 2, "q": 3, "db": 4}), "s")

    assert {one.key: (one.step.cycle, one.wave) for one in found.steps} == {
        "db": ((), 1), "p": (("p", "q"), 2), "s": ((), 3),
    }  # fmt: skip
    assert finishes(found) == {"db": 4, "p": 9, "s": 10}


def test_missing_times_leave_the_end_open_and_are_named() -> None:
    found = plan(recovering("s -> x -> y", {"s": 1, "y": 2}), "s")

    assert (found.finish_seconds, found.finish_most_seconds, found.missing) == (3 * HOUR, None, ("x",))


def test_what_is_done_is_done_and_the_rest_follows() -> None:
    found = plan(w2(), "s1", done_seconds=seconds({"san": 2.5}), now_seconds=int(2.75 * HOUR))

    assert finishes(found) == {"san": 2.5, "net": 2.75, "db": 4, "a": 5, "s1": 5.5}
    assert {one.key: one.done_seconds for one in found.steps if one.done_seconds is not None} == seconds({"san": 2.5})
    assert [step.key for step in found.critical_path] == ["san", "db", "a", "s1"]
    assert slack(found)["san"] is None


def test_what_should_be_done_by_now_delays_the_rest() -> None:
    found = plan(w2(), "s1", now_seconds=3 * HOUR)

    assert finishes(found) == {"san": 3, "net": 3, "db": 4.5, "a": 5.5, "s1": 6}


def test_when_everything_is_done_the_plan_ends_when_the_last_was() -> None:
    found = plan(w2(), "s1", done_seconds=dict.fromkeys(CHAIN, 100), now_seconds=200)

    assert found.finish_seconds == 100


def test_one_team_does_everything_one_after_the_other_in_the_order_of_hurry() -> None:
    found = schedule(plan(w2(), "s1"), 1)

    assert spans(found) == {
        "san": (1, 0, 2), "db": (1, 2, 3.5), "net": (1, 3.5, 4), "a": (1, 4, 5), "s1": (1, 5, 5.5),
    }  # fmt: skip
    assert (found.finish_seconds, found.lower_bound_seconds) == (5.5 * HOUR, 5.5 * HOUR)


def test_with_teams_enough_a_schedule_ends_with_the_critical_path() -> None:
    found = schedule(plan(w2(), "s1"), 2)

    assert (found.finish_seconds, found.lower_bound_seconds) == (5 * HOUR, 5 * HOUR)
    assert spans(found)["net"] == (2, 0, 0.5)


def test_a_team_that_waits_takes_what_fits_in_between() -> None:
    world = recovering("s -> late, long; late -> first", {"s": 0, "first": 1, "late": 4, "long": 4})

    found = schedule(plan(world, "s"), 2)

    assert spans(found) == {"first": (1, 0, 1), "late": (1, 1, 5), "long": (2, 0, 4), "s": (None, 5, 5)}


def test_what_only_restores_redundancy_comes_last() -> None:
    world = recovering("s -> g{1 of x, y}", {"s": 1, "x": 1, "y": 2})

    found = schedule(plan(world, "s"), 1)

    assert spans(found) == {"x": (1, 0, 1), "s": (1, 1, 2), "y": (1, 2, 4)}
    assert (found.finish_seconds, found.lower_bound_seconds) == (2 * HOUR, 2 * HOUR)


@LAW
@given(recoveries(), st.data())
def test_a_plan_ends_when_the_times_of_the_estate_say(drawn: Drawn, data: st.DataObject) -> None:
    times = drawn.recovery.times()
    keys = times.estate.graph.keys
    targets = data.draw(st.sets(st.sampled_from(list(keys)), min_size=1, max_size=3))

    found = plan(drawn.recovery, *sorted(targets))

    number = times.estate.graph.number
    assert found.finish_seconds == max(times.finish[number[key]] for key in targets)
    assert all(one.slack_seconds is None or one.slack_seconds >= 0 for one in found.steps)
    assert found.steps == () or any(one.is_critical for one in found.steps) or found.finish_seconds == 0


@LAW
@given(recoveries(), st.integers(1, 4), st.data())
def test_a_schedule_keeps_the_order_and_the_teams(drawn: Drawn, teams: int, data: st.DataObject) -> None:
    found = plan(drawn.recovery, data.draw(st.sampled_from([one.key for one in drawn.world.vertices])))

    made = schedule(found, teams)

    placed = {one.key: one for one in made.assignments}
    assert placed.keys() == {one.key for one in found.steps}
    for one in found.steps:
        assert all(placed[need].finish_seconds <= placed[one.key].start_seconds for need in one.needs if need in placed)
        assert placed[one.key].finish_seconds - placed[one.key].start_seconds == one.step.own_seconds
    busy = [(one.team, one.start_seconds, one.finish_seconds) for one in made.assignments if one.team is not None]
    for (team, start, finish), (other_team, other_start, _) in permutations(busy, 2):
        assert team != other_team or not start <= other_start < finish
    assert made.finish_seconds >= made.lower_bound_seconds or found.steps == ()


@pytest.mark.parametrize("teams", [1, 2, 5])
def test_nothing_to_do_needs_no_schedule(teams: int) -> None:
    made = schedule(plan(recovering("s -> x", {"s": 1, "x": 1}), "s", failed=[]), teams)

    assert (made.assignments, made.finish_seconds) == ((), 0)


@LAW
@given(recoveries(), st.integers(0, 10), st.data())
def test_what_is_done_by_the_time_it_was_planned_for_never_delays_the_rest(
    drawn: Drawn, now: int, data: st.DataObject
) -> None:
    keys = [one.key for one in drawn.world.vertices]
    target = data.draw(st.sampled_from(keys))
    before = plan(drawn.recovery, target, now_seconds=now * HOUR)
    steps = [one.key for one in before.steps if not one.step.cycle]
    done = data.draw(st.sets(st.sampled_from(steps))) if steps else set()

    at = {one.key: min(one.step.finish_seconds, now * HOUR) for one in before.steps if one.key in done}

    found = plan(drawn.recovery, target, now_seconds=now * HOUR, done_seconds=at)

    assert found.finish_seconds <= before.finish_seconds
    assert all(one.slack_seconds is None or one.slack_seconds >= 0 for one in found.steps)
    assert {one.key for one in found.steps if one.done_seconds is not None} == done
