"""An estate that is kept up is the one that would be worked out, and a picture of it stays as it was taken."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.impact.actions import propagated
from app.impact.live import LiveImpact, Picture, Told, live_impact
from app.impact.model import Failure, HealthState, worst_failure
from app.impact.report import ImpactReport
from app.topology.edits import edited
from app.topology.graph import Graph
from tests.graphs import DEGRADED, DOWN, NOW, OPERATIONAL, UNKNOWN, World, graph
from tests.impact.oracle import worlds
from tests.topology.edits import edits

LAW = settings(max_examples=300, deadline=None, derandomize=True)
Items = list[tuple[object, ...]]
_FAILURES = st.builds(Failure, st.sampled_from([DOWN, DOWN, DEGRADED, UNKNOWN, OPERATIONAL]))


def items_of(report: ImpactReport) -> Items:
    """Everything a report says of its items, page by page."""
    return [
        (item, report.causes_of(item.key), report.since(item.key), report.forecast(item.key))
        for _, item in report.page(100)
    ]


def from_scratch(graph: Graph, told: dict[str, Told]) -> Items:
    worst: dict[str, Failure] = {}
    for key, failure in told.values():
        worst[key] = worst_failure((failure, worst.get(key, failure)))
    known = {graph.number[key]: failure for key, failure in worst.items() if key in graph.number}
    own = {number: failure for number, failure in known.items() if not graph.is_group(number)}
    return items_of(ImpactReport(propagated(graph, own), own, NOW))


class History:
    """A world in which failures are told and edits made, what is kept up through it, and the pictures taken."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.live = LiveImpact(world.graph)
        self.told: dict[str, Told] = {}
        self.taken: list[tuple[Picture, Items]] = []

    def happens(self, data: st.DataObject) -> None:
        if data.draw(st.integers(0, 3)) == 0:
            self.world, edit = data.draw(edits(self.world))
            after = edited(self.live.graph, edit)
            self.live.follow(after.graph, after.touched, after.gone)
            return
        before = self.ends()
        changed = self.live.tell(self.news(data))
        assert changed.tolist() == [number for number, ends in enumerate(self.ends()) if ends != before[number]]

    def news(self, data: st.DataObject) -> dict[str, Told | None]:
        keys = [vertex.key for vertex in self.world.vertices] + ["new-1", "nothing"]
        ids = sorted(data.draw(st.sets(st.sampled_from("12345"), min_size=1)))
        news = {id: data.draw(st.none() | st.tuples(st.sampled_from(keys), _FAILURES)) for id in ids}
        self.told = {id: one for id, one in (self.told | news).items() if one is not None}
        return news

    def ends(self) -> list[tuple[int, int]]:
        """The worst and best state of every number."""
        now = self.live.picture().propagation
        return list(zip(now.worst.state.tolist(), now.best.state.tolist(), strict=True))

    def take(self) -> None:
        picture = self.live.picture()
        self.taken.append((picture, items_of(picture.report(NOW))))
        assert self.taken[-1][1] == from_scratch(self.live.graph, self.told)


@LAW
@given(world=worlds(), data=st.data())
def test_what_is_kept_up_is_what_would_be_worked_out(world: World, data: st.DataObject) -> None:
    history = History(world)
    for _ in range(data.draw(st.integers(1, 6))):
        history.happens(data)
        if data.draw(st.booleans()):
            history.take()
    history.take()

    assert [items_of(picture.report(NOW)) for picture, _ in history.taken] == [items for _, items in history.taken]


def test_a_picture_that_nobody_looks_at_any_more_costs_no_copy() -> None:
    world = graph("pay -> db")
    live = live_impact(world.graph, {"1": ("db", Failure(DOWN))})
    state = live.picture().propagation.worst.state

    live.tell({"1": None})

    assert live.picture().propagation.worst.state is state
    assert not state.any()


def test_a_failure_of_what_is_gone_counts_again_when_it_returns() -> None:
    world = graph("pay -> db")
    live = live_impact(world.graph, {"1": ("later", Failure(DOWN)), "2": ("db", Failure(DEGRADED))})

    assert [item.key for _, item in live.picture().report(NOW).page(9)] == ["db", "pay"]
    assert live.picture().told == {"1": ("later", Failure(DOWN)), "2": ("db", Failure(DEGRADED))}


def test_failures_of_groups_and_of_nothing_say_nothing() -> None:
    world = graph("pay -> db{1 of a}")

    told = {"1": ("db", Failure(DOWN)), "2": ("gone", Failure(DOWN)), "3": ("a", Failure(DEGRADED))}

    assert [world.graph.keys[one] for one in live_impact(world.graph, told).picture().failures] == ["a"]


def test_a_failure_is_thought_away() -> None:
    world = graph("pay -> db")
    number = world.graph.number["db"]
    told = {"1": ("db", Failure(DEGRADED)), "2": ("db", Failure(DOWN)), "3": ("gone", Failure(DOWN))}
    picture = live_impact(world.graph, told).picture()

    assert picture.failures_without("2") == {number: Failure(DEGRADED)}
    assert picture.failures_without("1") == picture.failures_without("3") == {number: Failure(DOWN)}
    assert live_impact(world.graph, {"1": told["1"]}).picture().failures_without("1") == {}


def test_unknown_is_an_interval_while_it_lasts() -> None:
    world = graph("pay -> db{1 of a, b}")
    live = live_impact(world.graph, {"1": ("a", Failure(DOWN)), "2": ("b", Failure(UNKNOWN))})

    def state() -> HealthState:
        return live.picture().propagation.state(world.graph.number["pay"])

    assert state() is UNKNOWN
    live.tell({"2": ("b", Failure(DOWN))})
    assert state() is DOWN
    live.tell({"2": None})
    assert state() is OPERATIONAL
