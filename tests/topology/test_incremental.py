"""States that were kept up to date are those of a propagation from scratch, whatever happened and in which order."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from app.impact.model import HealthState
from app.impact.propagation import propagate
from app.topology.edits import edited
from app.topology.incremental import LiveStates
from tests.graphs import DEGRADED, DOWN, OPERATIONAL, UNKNOWN, World, graph
from tests.impact.oracle import own_states, worlds
from tests.topology.edits import edits

LAW = settings(max_examples=1_000, deadline=None, derandomize=True)
SEVERITY = (OPERATIONAL, DEGRADED, UNKNOWN, DOWN)


class History:
    """A world in which failures begin and end and edits are made, and the states kept up to date through it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.graph = world.graph
        self.open: list[tuple[str, HealthState]] = []
        self.worst, self.best = (LiveStates(self.graph, unknown_counts=counts) for counts in (True, False))

    def happen(self, failures: list[tuple[str, HealthState]], ended: list[tuple[str, HealthState]]) -> None:
        for one in ended:
            self.open.remove(one)
        self.open += failures
        rows = [(*one, 1) for one in failures] + [(*one, -1) for one in ended]
        for live in (self.worst, self.best):
            before = live.state.copy()
            changed = live.apply((self.graph.number[key], int(state), sign) for key, state, sign in rows)
            assert changed.tolist() == np.flatnonzero(before != live.state).tolist()

    def edit(self, draw: st.DataObject) -> None:
        self.world, edit = draw.draw(edits(self.world))
        self.open = [one for one in self.open if one[0] not in edit.removed]
        after = edited(self.graph, edit)
        for live in (self.worst, self.best):
            before = live.state.copy()
            changed = live.follow(after.graph, after.touched, after.gone)
            grown = np.append(before, np.zeros(after.graph.size - len(before), before.dtype))
            assert changed.tolist() == np.flatnonzero(grown != live.state).tolist()
        self.graph = after.graph

    def agrees(self) -> None:
        assert self.worst.state.tolist() == self._from_scratch(self.open)
        # Of two failures of one item, one certain and one not, the certain one is the least that it can be.
        certain = [(key, state) for key, state in self.open if state is not UNKNOWN]
        assert self.best.state.tolist() == self._from_scratch(certain)

    def _from_scratch(self, failures: list[tuple[str, HealthState]]) -> list[int]:
        own: dict[int, HealthState] = {}
        for key, state in failures:
            number = self.graph.number[key]
            own[number] = max(own.get(number, OPERATIONAL), state, key=SEVERITY.index)
        states: list[int] = propagate(self.graph, own).worst.state.tolist()
        return states


@LAW
@given(world=worlds(), data=st.data())
def test_incremental_is_from_scratch(world: World, data: st.DataObject) -> None:
    history = History(world)
    history.agrees()
    for _ in range(data.draw(st.integers(1, 6))):
        if data.draw(st.integers(0, 3)) == 0:
            history.edit(data)
        else:
            begun = list(data.draw(own_states(history.world)).items())
            ended = data.draw(st.lists(st.sampled_from(range(len(history.open))), unique=True)) if history.open else []
            history.happen(begun, [history.open[place] for place in ended])
        history.agrees()


def states_of(live: LiveStates, world: World, *keys: str) -> list[int]:
    return [int(live.state[world.graph.number[key]]) for key in keys]


def test_a_cycle_that_is_let_go_does_not_hold_itself_down() -> None:
    world = graph("pay -> queue; queue -> notify; notify -> queue; notify -> db")
    live = LiveStates(world.graph, unknown_counts=True)
    number = world.graph.number

    fell = live.apply([(number["db"], 2, 1)])
    rose = live.apply([(number["db"], 2, -1)])

    assert sorted(world.graph.keys[one] for one in fell.tolist()) == ["db", "notify", "pay", "queue"]
    assert rose.tolist() == fell.tolist()
    assert not live.state.any()


def test_what_has_another_reason_stays_down() -> None:
    world = graph("pay -> api; api -> db-1, db-2; search ~> db-1")
    live = LiveStates(world.graph, unknown_counts=True)
    number = world.graph.number
    live.apply([(number["db-1"], 2, 1), (number["db-2"], 2, 1)])

    changed = live.apply([(number["db-1"], 2, -1)])

    assert sorted(world.graph.keys[one] for one in changed.tolist()) == ["db-1", "search"]
    assert states_of(live, world, "pay", "api", "db-2") == [2, 2, 2]


def test_what_fell_and_was_doubted_in_one_step_falls_again() -> None:
    world = graph("pay -> app{2 of b, c, d}")
    live = LiveStates(world.graph, unknown_counts=True)
    number = world.graph.number
    live.apply([(number["b"], 2, 1)])

    live.apply([(number["c"], 2, 1), (number["d"], 2, 1), (number["b"], 2, -1)])

    assert states_of(live, world, "pay", "app", "b", "c", "d") == [2, 2, 0, 2, 2]
