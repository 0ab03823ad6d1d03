"""Planned: an item is planned if planned failures alone give it its state, and what is planned wakes nobody."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.impact.actions import assess
from app.impact.model import Failure
from tests.graphs import DEGRADED, DOWN, NOW, OPERATIONAL, UNKNOWN, Assessment, World, graph
from tests.impact.oracle import States, explains, failures, intervals, own_states

LAW = settings(max_examples=150, deadline=None, derandomize=True)
PAIR = "pay{process tier 0} -> db{1 of db-1, db-2}"
PLANNED = Failure(DOWN, planned=True)


def maintained(world: World, planned: States, failed: States) -> Assessment:
    """The world while some items are in maintenance and others, or the same, have failed."""
    own = {key: Failure(state) for key, state in together(planned, failed).items()}
    return world.failing(own, planned={key: Failure(state, planned=True) for key, state in planned.items()})


def together(planned: States, failed: States) -> States:
    """The worse of the two own states of each item."""
    better_first = (OPERATIONAL, DEGRADED, UNKNOWN, DOWN).index
    return {
        key: max(planned.get(key, OPERATIONAL), failed.get(key, OPERATIONAL), key=better_first)
        for key in {**planned, **failed}
    }


def planned_items(assessment: Assessment) -> set[str]:
    return {item.key for item in assessment.items if item.planned}


def test_what_maintenance_takes_down_is_planned() -> None:
    assessment = maintained(graph("pay -> app -> db"), {"db": DOWN}, {})

    assert planned_items(assessment) == {"pay", "app", "db"}


def test_redundancy_applies_to_maintenance_too() -> None:
    assessment = maintained(graph(PAIR), {"db-1": DOWN}, {})

    assert assessment.states == {"db-1": DOWN}
    assert planned_items(assessment) == {"db-1"}


def test_what_maintenance_and_a_failure_take_down_together_is_not_planned() -> None:
    assessment = maintained(graph(PAIR), {"db-1": DOWN}, {"db-2": DOWN})

    assert assessment.states == dict.fromkeys(("pay", "db-1", "db-2", "db"), DOWN)
    assert planned_items(assessment) == {"db-1"}
    assert assessment.report.priority == 1


def test_what_a_failure_would_have_taken_down_as_well_is_planned() -> None:
    assessment = maintained(graph("pay -> db-1, db-2"), {"db-1": DOWN}, {"db-2": DOWN})

    assert planned_items(assessment) == {"pay", "db-1"}


def test_what_a_failure_makes_worse_is_not_planned() -> None:
    assessment = maintained(graph("pay -> db"), {"db": DEGRADED}, {"db": DOWN})

    assert assessment.states == {"pay": DOWN, "db": DOWN}
    assert planned_items(assessment) == set()
    assert assessment.report.planned_causes == set()


def test_an_item_that_is_as_bad_by_itself_as_it_was_planned_to_be_is_planned() -> None:
    assessment = maintained(graph("pay -> db"), {"db": DOWN}, {"db": DOWN})

    assert planned_items(assessment) == {"pay", "db"}
    assert assessment.report.planned_causes == {"db"}


def test_a_group_whose_members_are_gone_is_nobodys_plan() -> None:
    world = graph("pay -> g{1 of x}; pay -> db").without("x")

    assessment = maintained(world, {"db": DOWN}, {})

    assert assessment.states == {"pay": DOWN, "g": DOWN, "db": DOWN}
    assert planned_items(assessment) == {"db"}


def test_planned_items_have_no_priority_and_give_none_to_the_report() -> None:
    report = maintained(graph("pay{process tier 0} -> db; mail{process tier 4} -> post"), {"db": DOWN}, {}).report

    assert report.priority is None
    assert (report.forecast("pay").priority, report.forecast("pay").assumed) == (None, False)
    assert report.assumptions == ()


def test_only_what_is_not_planned_counts_for_the_priority() -> None:
    world = graph("pay{process tier 0} -> db; mail{process tier 4} -> post")

    report = maintained(world, {"db": DOWN}, {"post": DOWN}).report

    assert report.priority == report.forecast("mail").priority == 5
    assert report.forecast("pay").priority is None


def test_a_planned_outage_is_held_to_the_tolerance_all_the_same() -> None:
    world = graph("pay{process tier 0} -> db")
    until = NOW.at + timedelta(hours=2)

    forecast = world.failing({"db": Failure(DOWN, NOW.at, until, planned=True)}).report.forecast("pay")

    assert (forecast.start, forecast.end, forecast.priority) == (NOW.at, until, None)


def test_a_planned_item_is_explained_by_what_was_planned() -> None:
    report = maintained(graph("pay -> app -> db; pay -> api"), {"db": DOWN}, {"api": DOWN}).report

    assert report.item("pay").path == ("pay", "app", "db")
    assert report.causes_of("pay") == ("db",)
    assert [step.key for step in report.steps("pay")] == ["pay", "app", "db"]
    assert report.depth_reached == 2


@pytest.mark.parametrize(
    ("drawing", "key", "told"),
    [
        ("pay -> db", "pay", "pay is DOWN for planned maintenance: it needs db, which is DOWN"),
        ("pay ~> db", "pay", "pay is DEGRADED for planned maintenance: it uses db, which is DOWN"),
        ("pay -> db", "db", "db is DOWN for planned maintenance"),
        ("pay -> g{2 of db, x}", "pay", "pay is DOWN for planned maintenance: g needs 2 of 2; db is DOWN"),
    ],
)
def test_the_sentence_says_that_it_is_planned(drawing: str, key: str, told: str) -> None:
    reason = graph(drawing).failing({"db": PLANNED}).report.reason(key)

    assert reason.sentence({one: one for one in reason.keys}) == told


def test_a_question_about_maintenance_and_one_about_a_failure_can_be_the_same_question() -> None:
    world = graph(PAIR)

    report = assess(world.graph, {"db-1": PLANNED, "db-2": Failure(DOWN)}, NOW)

    assert [report.is_planned(key) for key in ("db-1", "db-2", "pay")] == [True, False, False]


def test_an_item_in_maintenance_that_might_fail_is_planned_as_far_as_it_was_planned() -> None:
    world = graph("pay{process tier 0} -> db")
    planned = {"db": Failure(DEGRADED, planned=True)}

    worse = world.judged("db", Failure(DOWN), planned)
    no_worse = world.judged("db", Failure(DEGRADED), planned)

    assert [worse.is_planned(key) for key in ("pay", "db")] == [False, False]
    assert [no_worse.is_planned(key) for key in ("pay", "db")] == [True, True]


def test_nothing_is_propagated_for_a_plan_when_nothing_was_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    report = graph(PAIR).assess({"db-1", "db-2"}).report
    monkeypatch.setattr("app.impact.planning.propagate", None)

    assert report.priority == 1
    assert [item.planned for _, item in report.page(10)] == [False] * 4


@st.composite
def maintenance(draw: st.DrawFn) -> tuple[World, States, States]:
    """A world, what is planned in it, and what fails besides."""
    world, failed = draw(failures())
    return world, draw(own_states(world)), failed


@LAW
@given(maintenance())
def test_an_item_is_planned_if_the_planned_failures_alone_give_it_its_state(
    drawn: tuple[World, States, States],
) -> None:
    world, planned, failed = drawn
    assessment = maintained(world, planned, failed)
    alone, nominal = intervals(world, planned), intervals(world, {})

    assert planned_items(assessment) == {
        item.key
        for item in assessment.items
        if alone[item.key] == (item.best_state, item.worst_state) and item.worst_state > nominal[item.key][1]
    }


@LAW
@given(maintenance())
def test_a_plan_changes_no_state_and_is_explained_by_itself(drawn: tuple[World, States, States]) -> None:
    world, planned, failed = drawn
    assessment = maintained(world, planned, failed)

    assert assessment.states == world.under(together(planned, failed)).states
    for item in assessment.items:
        if item.planned:
            assert explains(world, item.key, assessment.causes[item.key], planned)
        assert item.depth == len(item.path) - 1 <= assessment.report.depth_reached
