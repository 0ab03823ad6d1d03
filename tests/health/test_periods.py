"""Which periods begin and end."""

from hypothesis import given
from hypothesis import strategies as st

from app.health.model import Condition
from app.health.periods import hurt_business, turn
from app.impact.actions import assess
from app.impact.model import Failure
from tests.graphs import DEGRADED, DOWN, NOW, UNKNOWN, graph

CONDITIONS = st.builds(Condition, st.sampled_from([DEGRADED, DOWN, UNKNOWN]), st.booleans())
HURT = st.dictionaries(st.sampled_from("abcd"), CONDITIONS)


@given(HURT, HURT)
def test_ending_and_beginning_leads_from_what_is_written_to_what_is(
    written: dict[str, Condition], now: dict[str, Condition]
) -> None:
    found = turn(written, now)

    left = {key: condition for key, condition in written.items() if key not in found.ended}
    assert left | {key: now[key] for key in found.begun} == now
    assert not left.keys() & {*found.begun}
    assert bool(found) is (written != now)


def test_only_business_items_that_are_hurt_have_a_history() -> None:
    world = graph("pay{process} -> app{it-service} -> db; shop{service} ~> app; fine{process} -> other")

    report = assess(world.graph, {"db": Failure(DOWN)}, NOW)

    assert hurt_business(report) == {"pay": Condition(DOWN), "shop": Condition(DEGRADED)}


def test_what_is_planned_is_told_from_what_is_not() -> None:
    world = graph("pay{process} -> db; shop{process} -> web")

    report = assess(world.graph, {"db": Failure(DOWN, planned=True), "web": Failure(DOWN)}, NOW)

    assert hurt_business(report) == {"pay": Condition(DOWN, planned=True), "shop": Condition(DOWN)}
