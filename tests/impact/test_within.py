"""A report for somebody who sees a part of the estate is the whole one without the rest, and says how much that is."""

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from app.impact.model import StateCount
from app.impact.propagation import propagate
from app.impact.report import ImpactReport
from app.impact.risk import Risk
from app.topology.sight import Sight
from tests.graphs import World, graph
from tests.impact.oracle import States, failures
from tests.impact.test_risk import at_risk

LAW = settings(max_examples=200, deadline=None, derandomize=True)
SEEN = st.frozensets(st.sampled_from("abcdefghijkl"))
ESTATE = """
shop{process} -> api{it-service}; wiki{process} -> api; api -> db{1 of db-1, db-2}; db-1, db-2 -> san; api -> cache
"""


def within(world: World, own: States, seen: frozenset[str]) -> tuple[ImpactReport, ImpactReport]:
    report = world.under(own).report
    return report, report.within(Sight(seen))


def sentence(world: World, failed: str, key: str, *hidden: str) -> str:
    seen = frozenset(vertex.key for vertex in world.vertices) - {*hidden}
    reason = world.assess({failed}).report.within(Sight(seen)).reason(key)
    return reason.sentence({name: name for name in reason.keys})


def told(report: ImpactReport) -> Iterator[str]:
    """Every key that a report tells of its items."""
    for _, item in report.page(100):
        yield from (item.key, *item.path, *report.causes_of(item.key), *(report.repair(item.key) or ()))
        yield from (key for step in report.steps(item.key) for key in (step.key, *step.supports))
        yield from report.reason(item.key).keys
    yield from (key for key, _ in report.causes)
    yield from report.planned_causes


@LAW
@given(failures(), SEEN)
def test_what_is_seen_is_listed_as_it_was_and_the_rest_is_counted(
    drawn: tuple[World, States], seen: frozenset[str]
) -> None:
    whole, part = within(*drawn, seen)

    every = [item for _, item in whole.page(100)]
    listed = [item for _, item in part.page(100)]
    assert [(one.key, one.state, one.depth, one.rule) for one in listed] == [
        (one.key, one.state, one.depth, one.rule) for one in every if one.key in seen
    ]
    assert (part.hidden, part.total(None, None)) == (len(every) - len(listed), len(listed))
    assert [part.forecast(one.key) for one in listed] == [whole.forecast(one.key) for one in listed]


@LAW
@given(failures(), SEEN)
def test_counts_and_the_most_urgent_are_those_of_what_is_seen(
    drawn: tuple[World, States], seen: frozenset[str]
) -> None:
    whole, part = within(*drawn, seen)

    listed = [item for _, item in whole.page(100) if item.key in seen]
    kinds = {(one.type, one.state) for one in listed}
    counts = {StateCount(*kind, sum((one.type, one.state) == kind for one in listed)) for kind in kinds}
    urgent = [found.priority for one in listed if (found := whole.forecast(one.key)).priority is not None]
    assert {*part.counts} == counts
    assert part.priority == min(urgent, default=None)
    assert part.depth_reached == max((one.depth for one in listed), default=0)


@LAW
@given(failures(), SEEN)
def test_nothing_hidden_is_named(drawn: tuple[World, States], seen: frozenset[str]) -> None:
    world, own = drawn
    _, part = within(world, own, seen)

    assert {*told(part)} <= seen
    sentences = [text.split(":", 1)[1].split() for text in part.assumptions if text.startswith("REDUNDANCY")]
    assert {words[0] for words in sentences} <= seen


@LAW
@given(failures(), SEEN)
def test_at_risk_is_the_same_without_what_is_hidden(drawn: tuple[World, States], seen: frozenset[str]) -> None:
    world, own = drawn
    numbers = {world.graph.number[key]: state for key, state in own.items()}

    risk = Risk(propagate(world.graph, numbers), 1_000_000, Sight(seen))

    items = [item for _, item in risk.page(100)]
    points = risk.single_points(items, 100)
    assert {key: {*found} for key, found in points.items()} == {
        key: found & seen for key, found in at_risk(world, own).items() if key in seen
    }
    assert {one.key: one.single_point_count for one in items} == {key: len(found) for key, found in points.items()}


def test_a_sentence_names_what_may_be_seen() -> None:
    world = graph(ESTATE)

    assert sentence(world, "san", "shop") == sentence(world, "san", "shop", "wiki", "cache")
    assert sentence(world, "cache", "shop", "db") == "shop is DOWN: it needs api, which stands on cache, which is DOWN"


def test_a_sentence_that_would_name_or_count_what_is_hidden_tells_only_that_there_is_something() -> None:
    world = graph(ESTATE)
    outside = "shop is DOWN because of something outside of what you may see"

    assert sentence(world, "cache", "shop", "cache") == outside
    assert sentence(world, "cache", "shop", "api") == outside
    assert sentence(world, "san", "shop", "db-2") == outside
    assert sentence(world, "san", "shop", "san") == outside


def test_a_repair_that_is_not_all_seen_is_not_told() -> None:
    report = graph(ESTATE).assess({"san", "cache"}).report

    assert report.repair("shop") == ("cache", "san")
    assert report.within(Sight(frozenset({"shop", "cache"}))).repair("shop") is None


def test_who_sees_everything_is_told_what_was_always_told() -> None:
    report = graph(ESTATE).assess({"san"}).report

    everything = Sight(frozenset(report.graph.keys))
    assert report.within(Sight(None)) is report
    assert report.hidden == 0
    assert [item for _, item in report.within(everything).page(100)] == [item for _, item in report.page(100)]
