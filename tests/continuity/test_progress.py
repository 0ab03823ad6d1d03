"""A real recovery by a limited number of teams: how the rest of it is planned while it goes on."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import permutations

from hypothesis import assume, given
from hypothesis import strategies as st

from app.continuity.planning import PlannedRecovery
from app.continuity.progress import DoneStep, Recovery, replanned
from app.continuity.schedule import Assignment, Schedule, schedule
from app.continuity.times import CycleRule
from tests.continuity import drawing
from tests.continuity.drawing import HOUR, recovering
from tests.continuity.oracle import LAW, Drawn, recoveries

BEGAN = datetime(2026, 11, 26, 9, tzinfo=UTC)
CHAIN = {"s1": 0.5, "a": 1, "db": 1.5, "san": 2, "net": 0.5}
Hours = Mapping[str, float]


def standing(
    world: drawing.Recovery, target: str, teams: int | None, *, now: float = 0, done: Hours | None = None
) -> PlannedRecovery:
    """How a recovery stands so many hours after it began."""
    up = tuple(DoneStep(key, BEGAN + timedelta(hours=at), "ada") for key, at in (done or {}).items())
    recovery = Recovery("one", (target,), BEGAN, "ada", teams=teams, done=up)
    found = replanned(world.picture, recovery, BEGAN + timedelta(hours=now), cycles=CycleRule.SUM)
    assert found is not None
    return found


def made(found: PlannedRecovery) -> Schedule:
    assert found.schedule is not None
    return found.schedule


def spans(found: PlannedRecovery) -> dict[str, tuple[int | None, float, float]]:
    return {one.key: (one.team, one.start_seconds / HOUR, one.finish_seconds / HOUR) for one in made(found).assignments}


def w2() -> drawing.Recovery:
    return recovering("s1 -> a -> db, net; db -> san", CHAIN)


def test_a_recovery_that_goes_as_planned_ends_as_planned() -> None:
    found = standing(w2(), "s1", 1, now=3, done={"san": 2})

    assert spans(found) == {
        "san": (1, 0, 2), "db": (1, 2, 3.5), "net": (1, 3.5, 4), "a": (1, 4, 5), "s1": (1, 5, 5.5),
    }  # fmt: skip
    assert (found.finish_seconds, found.finish_most_seconds) == (5.5 * HOUR, 5.5 * HOUR)
    assert made(found).lower_bound_seconds == 5.5 * HOUR


def test_a_team_that_is_late_delays_what_it_would_have_done_next() -> None:
    assert spans(standing(w2(), "s1", 1, now=2.5)) == {
        "san": (1, 0, 2.5), "db": (1, 2.5, 4), "net": (1, 4, 4.5), "a": (1, 4.5, 5.5), "s1": (1, 5.5, 6),
    }  # fmt: skip
    assert standing(w2(), "s1", None, now=2.5).finish_seconds == 5.5 * HOUR


def test_a_team_that_did_something_else_first_began_the_rest_after_it() -> None:
    found = standing(w2(), "s1", 1, now=0.75, done={"net": 0.5})

    assert spans(found)["net"] == (1, 0, 0.5)
    assert spans(found)["san"] == (1, 0.5, 2.5)
    assert found.finish_seconds == 5.5 * HOUR


def test_a_step_that_was_fast_lets_its_team_go_on_at_once() -> None:
    found = standing(w2(), "s1", 1, now=0.5, done={"san": 0.5})

    assert spans(found)["db"] == (1, 0.5, 2)
    assert found.finish_seconds == 4 * HOUR


def test_more_done_at_once_than_there_are_teams_is_believed() -> None:
    found = standing(w2(), "s1", 1, now=2, done={"san": 2, "net": 2})

    assert spans(found) == {
        "san": (1, 0, 2), "net": (None, 2, 2), "db": (1, 2, 3.5), "a": (1, 3.5, 4.5), "s1": (1, 4.5, 5),
    }  # fmt: skip


def test_a_recovery_is_over_when_all_that_takes_time_is_done() -> None:
    found = standing(recovering("s1 -> a", {"a": 1, "s1": 0}), "s1", 1, now=2, done={"a": 1.5})

    assert (found.plan.is_finished, found.finish_seconds) == (True, 1.5 * HOUR)


def test_a_circle_is_done_when_all_of_it_is() -> None:
    world = recovering("s -> p -> q -> p", {"s": 1, "p": 2, "q": 3})

    assert standing(world, "s", None, now=1, done={"q": 1}).finish_seconds == 6 * HOUR
    assert standing(world, "s", None, now=1, done={"q": 1, "p": 0.5}).finish_seconds == 2 * HOUR


def test_what_nobody_knows_leaves_the_end_open_with_teams_too() -> None:
    found = standing(recovering("s -> x -> y", {"s": 1, "y": 2}), "s", 1, now=2.5, done={"y": 2})

    assert (found.finish_seconds, found.finish_most_seconds) == (3.5 * HOUR, None)


@LAW
@given(recoveries(), st.integers(1, 4), st.data())
def test_before_anything_is_done_it_is_the_plan(drawn: Drawn, teams: int, data: st.DataObject) -> None:
    found = standing(drawn.recovery, target(drawn, data), teams)

    assert found.schedule == schedule(found.plan, teams)


@LAW
@given(recoveries(), st.integers(1, 4), st.data())
def test_a_recovery_on_time_keeps_to_its_plan(drawn: Drawn, teams: int, data: st.DataObject) -> None:
    key = target(drawn, data)
    begun = standing(drawn.recovery, key, teams)
    now = data.draw(st.integers(0, 12))
    done = up(begun, {one.key: one.finish_seconds / HOUR for one in at_work(begun) if one.finish_seconds <= now * HOUR})
    found = standing(drawn.recovery, key, teams, now=now, done=done)
    # Which members a group waits for may change once some of them are up.
    left = {one.key: one.needs for one in begun.plan.steps if one.key not in done}
    assume(left == {one.key: one.needs for one in found.plan.steps if one.key not in done})
    assume(not begun.plan.missing)

    assert times(found) == times(begun)
    assert found.finish_seconds == begun.finish_seconds


@LAW
@given(recoveries(), st.integers(1, 4), st.data())
def test_what_is_done_when_it_was_planned_to_be_changes_nothing(drawn: Drawn, teams: int, data: st.DataObject) -> None:
    key = target(drawn, data)
    begun = standing(drawn.recovery, key, teams)
    now = data.draw(st.sampled_from([0, *(one.finish_seconds for one in at_work(begun))])) / HOUR
    over = {one.key: one.finish_seconds / HOUR for one in at_work(begun) if one.finish_seconds < now * HOUR}
    late = data.draw(st.sets(st.sampled_from(sorted(over)), max_size=1)) if over else set()
    done = up(begun, {one: at for one, at in over.items() if one not in late})
    before = standing(drawn.recovery, key, teams, now=now, done=done)
    needs = {one.key: one.needs for one in before.plan.steps}
    due = [
        one.key
        for one in at_work(before)
        if one.finish_seconds == now * HOUR == one.start_seconds + own(before, one.key)
        and all(need in done for need in needs[one.key])
    ]

    for one in due:
        found = standing(drawn.recovery, key, teams, now=now, done={**done, **up(begun, {one: now})})
        assert times(found) == times(before)
        assert found.finish_seconds == before.finish_seconds


@LAW
@given(recoveries(), st.integers(1, 4), st.integers(0, 8), st.data())
def test_no_team_does_two_things_and_nothing_ends_in_the_past(
    drawn: Drawn, teams: int, now: int, data: st.DataObject
) -> None:
    key = target(drawn, data)
    done = drawn_done(drawn, key, teams, now, data)
    found = standing(drawn.recovery, key, teams, now=now, done=done)

    placed = made(found).by_key
    assert placed.keys() == {one.key for one in found.plan.steps}
    for one in found.plan.steps:
        if one.key in done:
            assert placed[one.key].finish_seconds == done[one.key] * HOUR
            continue
        assert all(placed[need].finish_seconds <= placed[one.key].start_seconds for need in one.needs if need in placed)
        taken = placed[one.key].finish_seconds - placed[one.key].start_seconds
        assert taken == one.step.own_seconds or placed[one.key].finish_seconds == now * HOUR
        assert placed[one.key].finish_seconds >= now * HOUR or not one.step.own_seconds
    for work, other in permutations(at_work(found), 2):
        assert work.team != other.team or not work.start_seconds <= other.start_seconds < work.finish_seconds
    assert {work.team for work in at_work(found)} <= {*range(1, teams + 1)}
    assert found.finish_seconds >= max(made(found).lower_bound_seconds, found.plan.finish_seconds)
    assert found.plan.is_finished or found.finish_seconds >= now * HOUR


def target(drawn: Drawn, data: st.DataObject) -> str:
    return data.draw(st.sampled_from([one.key for one in drawn.world.vertices]))


def drawn_done(drawn: Drawn, key: str, teams: int, now: int, data: st.DataObject) -> dict[str, int]:
    """Any steps, done at any hour until now."""
    steps = [one.key for one in standing(drawn.recovery, key, teams).plan.steps if not one.step.cycle]
    return data.draw(st.dictionaries(st.sampled_from(steps), st.integers(0, now))) if steps else {}


def up(found: PlannedRecovery, done: Hours) -> Hours:
    """What is up once these steps are done: all items of each."""
    steps = {one.key: one.step.cycle or (one.key,) for one in found.plan.steps}
    return {key: at for one, at in done.items() for key in steps[one]}


def at_work(found: PlannedRecovery) -> list[Assignment]:
    return [one for one in made(found).assignments if one.team is not None]


def times(found: PlannedRecovery) -> dict[str, tuple[int, int]]:
    """When a team is at what, whichever it is."""
    return {one.key: (one.start_seconds, one.finish_seconds) for one in at_work(found)}


def own(found: PlannedRecovery, key: str) -> int:
    return next(one.step.own_seconds for one in found.plan.steps if one.key == key)
