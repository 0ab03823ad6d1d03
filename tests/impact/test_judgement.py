"""A judgement is what would be worked out from scratch: four propagations for every event, and nothing shared."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.impact.actions import propagated
from app.impact.judgement import Question, judge
from app.impact.live import Picture, Told, live_impact
from app.impact.model import Failure, HealthState, worst_failure
from app.impact.planning import planned_among
from app.impact.propagation import propagate
from app.impact.report import ImpactReport
from app.inventory.model import ItemType
from tests.graphs import DEGRADED, DOWN, NOW, OPERATIONAL, UNKNOWN, World, graph
from tests.impact.oracle import worlds

PAIR = graph("pay{process} -> db{1 of db-1, db-2}; pay -> mail; wiki -> mail")
LAW = settings(max_examples=400, deadline=None, derandomize=True)
_SECONDS = st.sampled_from([0, 0, 60, 1_800, 7_200])
_FAILURES = st.builds(
    Failure,
    st.sampled_from([DOWN, DOWN, DEGRADED, UNKNOWN, OPERATIONAL]),
    since=st.none() | st.integers(0, 90).map(lambda minutes: NOW.at - timedelta(minutes=minutes)),
    planned=st.sampled_from([False, False, False, True]),
)


def states(report: ImpactReport) -> dict[str, HealthState]:
    return {item.key: item.state for _, item in report.page(100)}


def judged(key: str, state: HealthState, others: Mapping[str, HealthState]) -> ImpactReport:
    return PAIR.judged(key, Failure(state), {other: Failure(one) for other, one in others.items()})


def from_scratch(picture: Picture, question: Question) -> ImpactReport | None:
    """What one event hurts while the others are as they are: what it hurts alone, and what is worse with it."""
    of_graph = picture.graph
    number = of_graph.number.get(question.key or "")
    if number is None or of_graph.is_group(number):
        return None
    others = failures_of(picture, {id: told for id, told in picture.told.items() if id != question.id})
    failure = question.failure or others.get(number, Failure(OPERATIONAL))
    failures = {**others, number: worst_failure((failure, others.get(number, failure)))}
    nominal, without = propagate(of_graph, {}), propagated(of_graph, others)
    alone, together = propagated(of_graph, {number: failure}), propagated(of_graph, failures)
    by_itself = alone.worst.state > nominal.worst.state
    with_the_others = together.worst.state > without.worst.state
    hurt = together.affected[(by_itself | with_the_others)[together.affected]]
    planned = planned_among(others) | planned_among({number: failure})
    return ImpactReport(together, failures, NOW, hurt, planned)


def failures_of(picture: Picture, told: Mapping[str, Told]) -> dict[int, Failure]:
    """The worst failure of each item."""
    found: dict[int, Failure] = {}
    for key, failure in told.values():
        number = picture.graph.number.get(key)
        if number is not None and not picture.graph.is_group(number):
            found[number] = worst_failure((found.get(number, failure), failure))
    return found


def facts(report: ImpactReport | None) -> object:
    """Everything an answer tells of a report."""
    if report is None:
        return None
    items = [(item, report.forecast(item.key), report.since(item.key)) for _, item in report.page(100)]
    return items, report.counts, report.priority, report.total(None, None), report.depth_reached, report.causes


@st.composite
def timed_worlds(draw: st.DrawFn) -> World:
    """A world in which outages last, with standbys that take a while to take over."""
    drawn = draw(worlds())
    vertices = [
        replace(
            vertex,
            restart_seconds=draw(_SECONDS),
            recovery_seconds=draw(_SECONDS | st.none()),
            target_seconds=draw(_SECONDS | st.none()),
            failover_seconds=draw(_SECONDS) if vertex.type is ItemType.REDUNDANCY_GROUP else None,
        )
        for vertex in drawn.vertices
    ]
    edges = [replace(edge, tolerance_seconds=draw(_SECONDS)) for edge in drawn.edges]
    return World.of(vertices, edges)


@LAW
@given(world=timed_worlds(), data=st.data())
def test_a_judgement_is_what_would_be_worked_out(world: World, data: st.DataObject) -> None:
    keys = [vertex.key for vertex in world.vertices] + ["nothing"]
    told = data.draw(st.dictionaries(st.sampled_from("12345"), st.tuples(st.sampled_from(keys), _FAILURES)))
    picture = live_impact(world.graph, told).picture()
    asked: Sequence[Question] = [
        *(Question(id, key, failure) for id, (key, failure) in told.items()),
        Question("6", data.draw(st.sampled_from(keys)), data.draw(st.none() | _FAILURES)),
        Question(data.draw(st.sampled_from("12345")), data.draw(st.sampled_from(keys)), data.draw(st.none())),
    ]

    judged = judge(picture, asked, NOW)

    assert [facts(one) for one in judged] == [facts(from_scratch(picture, one)) for one in asked]


def test_the_first_of_two_databases_hurts_nothing_else() -> None:
    assert states(judged("db-1", DOWN, {})) == {"db-1": DOWN}


def test_the_last_of_two_databases_hurts_what_the_first_did_not() -> None:
    report = judged("db-1", DOWN, {"db-2": DOWN})

    assert states(report) == {"pay": DOWN, "db-1": DOWN, "db": DOWN}
    assert report.causes_of("pay") == ("db-1", "db-2")


def test_what_only_others_hurt_is_not_this_events_doing() -> None:
    assert states(judged("db-1", DOWN, {"mail": DOWN})) == {"db-1": DOWN}


def test_what_others_hurt_as_well_is_still_this_events_doing() -> None:
    report = judged("mail", DOWN, {"pay": DOWN})

    assert states(report) == {"pay": DOWN, "mail": DOWN, "wiki": DOWN}


def test_a_milder_state_than_another_event_already_reported_does_not_mend_the_item() -> None:
    report = judged("mail", DEGRADED, {"mail": DOWN})

    assert states(report) == {"pay": DOWN, "mail": DOWN, "wiki": DOWN}


def test_an_item_that_is_fine_hurts_nothing() -> None:
    assert states(judged("mail", OPERATIONAL, {})) == {}
    assert states(judged("mail", OPERATIONAL, {"db-1": DOWN})) == {}


def test_an_unknown_item_may_hurt_what_needs_it() -> None:
    report = judged("db-1", UNKNOWN, {"db-2": DOWN})

    assert states(report) == {"pay": UNKNOWN, "db-1": UNKNOWN, "db": UNKNOWN}


def test_what_stands_on_itself_in_a_circle_stands_on_the_event() -> None:
    world = graph("pay -> a -> b -> a; pay -> other; b -> disk")
    told = {"1": ("disk", Failure(DOWN)), "2": ("other", Failure(DEGRADED))}
    (report,) = judge(live_impact(world.graph, told).picture(), [Question("1", "disk", Failure(DOWN))], NOW)

    assert report is not None
    assert {item.key for _, item in report.page(9)} == {"pay", "a", "b", "disk"}


def test_events_that_say_the_same_of_one_item_are_judged_once() -> None:
    world = graph("pay -> db")
    told = {str(number): ("db", Failure(DOWN)) for number in range(3)}
    questions = [Question(id, key, failure) for id, (key, failure) in told.items()]

    reports = judge(live_impact(world.graph, told).picture(), questions, NOW)

    assert reports[0] is reports[1] is reports[2]


def test_a_group_and_a_key_that_names_nothing_are_not_judged() -> None:
    picture = live_impact(graph("pay -> db{1 of a}").graph, {}).picture()

    assert judge(picture, [Question("1", key, Failure(DOWN)) for key in ("db", "gone")], NOW) == [None, None]
