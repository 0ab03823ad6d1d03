"""Which periods begin and end."""

from hypothesis import given
from hypothesis import strategies as st

from app.health.periods import hurt_business, turn
from app.impact.live import live_impact
from app.impact.model import Failure, HealthState
from tests.graphs import DEGRADED, DOWN, UNKNOWN, graph

HURT = st.dictionaries(st.sampled_from("abcd"), st.sampled_from([DEGRADED, DOWN, UNKNOWN]))


@given(HURT, HURT)
def test_ending_and_beginning_leads_from_what_is_written_to_what_is(
    written: dict[str, HealthState], now: dict[str, HealthState]
) -> None:
    found = turn(written, now)

    left = {key: state for key, state in written.items() if key not in found.ended}
    assert left | {key: now[key] for key in found.begun} == now
    assert not left.keys() & {*found.begun}
    assert bool(found) is (written != now)


def test_only_business_items_that_are_hurt_have_a_history() -> None:
    world = graph("pay{process} -> app{it-service} -> db; shop{service} ~> app; fine{process} -> other")

    picture = live_impact(world.graph, {"1": ("db", Failure(DOWN))}).picture()

    assert hurt_business(picture) == {"pay": DOWN, "shop": DEGRADED}
