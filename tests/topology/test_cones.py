"""A cone holds what an item stands on among what has fallen, and nothing else."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.impact.propagation import own_at_worst, propagate
from app.topology.cones import cone
from tests.graphs import DOWN, World, graph
from tests.impact.oracle import States, failures

LAW = settings(max_examples=200, deadline=None, derandomize=True)


def test_a_cone_leaves_out_what_stands_and_what_stands_on_its_tip() -> None:
    world = graph("shop -> pay -> db{1/2 of db-1, db-2}; db-1 -> zone; pay -> mail; wiki -> zone")
    number = world.graph.number
    states = propagate(world.graph, {number["zone"]: DOWN}).worst.state

    found = cone(world.graph, states, [number["pay"]]).graph

    assert found.keys == ["pay", "db", "db-1", "zone"]
    assert (found.needed.tolist(), found.healthy.tolist(), found.total.tolist()) == (
        [0, 1, 0, 0], [0, 2, 0, 0], [0, 2, 0, 0],
    )  # fmt: skip
    assert found.edge_count == 3


@LAW
@given(failures(), st.data())
def test_in_its_cone_an_item_is_as_it_is_in_the_estate(drawn: tuple[World, States], data: st.DataObject) -> None:
    world, own = drawn
    whole = propagate(world.graph, {world.graph.number[key]: state for key, state in own.items()})
    fallen = whole.affected.tolist()
    tips = data.draw(st.lists(st.sampled_from(fallen), unique=True)) if fallen else []

    part = cone(world.graph, whole.worst.state, tips).graph
    states = propagate(part, {part.number[key]: state for key, state in own.items() if key in part.number})

    numbers = [world.graph.number[key] for key in part.keys]
    assert [states.state(one) for one in range(part.size)] == [whole.state(number) for number in numbers]
    assert sorted(own_at_worst(part, {})) == sorted(
        part.number[key] for key in part.keys if world.graph.number[key] in own_at_worst(world.graph, {})
    )
