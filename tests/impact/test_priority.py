"""Priority: impact + urgency - 1, where an open-ended outage is as urgent as it is grave (semantics §4)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.impact.model import HealthState
from app.impact.priority import event_priority, item_priority
from tests.graphs import DEGRADED, DOWN, graph

_HIT = st.sampled_from([DEGRADED, DOWN])
_TIERS = st.none() | st.integers(0, 4)
_ITEMS = st.tuples(_HIT, _TIERS, st.booleans())


@pytest.mark.parametrize(
    ("state", "tier", "critical", "priority"),
    [
        pytest.param(DOWN, 0, False, 1, id="down, tier 0"),
        pytest.param(DOWN, 1, False, 1, id="down, tier 1"),
        pytest.param(DOWN, 4, True, 1, id="down, critical whatever its tier"),
        pytest.param(DOWN, None, True, 1, id="down, critical without a tier"),
        pytest.param(DOWN, 2, False, 3, id="down, tier 2: impact 2 and urgency 2"),
        pytest.param(DOWN, 3, False, 5, id="down, tier 3: impact 3 and urgency 3"),
        pytest.param(DOWN, None, False, 5, id="down, no tier"),
        pytest.param(DEGRADED, 0, False, 4, id="degraded, tier 0: impact 2 and urgency 3"),
        pytest.param(DEGRADED, 3, True, 4, id="degraded, critical"),
        pytest.param(DEGRADED, 2, False, 5, id="degraded, tier 2"),
        pytest.param(DEGRADED, None, False, 5, id="degraded, no tier"),
    ],
)
def test_priority_is_that_of_the_table(state: HealthState, tier: int | None, critical: bool, priority: int) -> None:
    assert item_priority(state, tier, critical) == priority


@given(_ITEMS)
def test_down_is_never_less_urgent_than_degraded(item: tuple[HealthState, int | None, bool]) -> None:
    _, tier, critical = item

    assert 1 <= item_priority(DOWN, tier, critical) <= item_priority(DEGRADED, tier, critical) <= 5


@given(st.lists(_ITEMS, min_size=1), _ITEMS)
def test_one_more_item_never_makes_an_event_less_urgent(
    items: list[tuple[HealthState, int | None, bool]], more: tuple[HealthState, int | None, bool]
) -> None:
    before, after = event_priority(items), event_priority([*items, more])

    assert before is not None
    assert after is not None
    assert after <= before


def test_an_event_that_hits_no_business_item_has_no_priority() -> None:
    assert event_priority([]) is None
    assert graph("app{it-service} -> db").assess({"db"}).report.priority is None


def test_an_event_is_as_urgent_as_the_worst_business_item_it_hits() -> None:
    world = graph("batch{process tier 4} -> db; shop{service tier 2} -> db; pay{process tier 1} ~> db")

    assert world.assess({"db"}).report.priority == 3


def test_an_item_that_may_be_down_counts_as_down() -> None:
    assert graph("pay{process tier 0} -> db").assess(unknown={"db"}).report.priority == 1
