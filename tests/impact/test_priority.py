"""Priority: impact + urgency - 1, urgency from what is left of the tolerance when the outage ends (semantics §4)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.impact.model import CutOffs, HealthState
from app.impact.priority import OutTimes, priorities
from app.topology.graph import NO_SECONDS, NO_TIER
from tests.graphs import DEGRADED, DOWN, graph

FOR_EVER = None
_TIERS = st.none() | st.integers(0, 4)
_SECONDS = st.integers(0, 1000)


def priority(
    state: HealthState,
    tier: int | None,
    *,
    critical: bool = False,
    seconds: int | None = FOR_EVER,
    target: int | None = None,
    out: bool = True,
    cut_offs: CutOffs = CutOffs(),  # noqa: B008 - frozen
) -> tuple[int, bool]:
    """Priority of one item that is out for this long, and whether its urgency was taken from its impact."""
    times = OutTimes(
        np.array([out]),
        np.array([seconds is None]),
        np.array([seconds or 0], np.int64),
        np.array([NO_SECONDS if target is None else target], np.int64),
    )
    tiers = np.array([NO_TIER if tier is None else tier], np.int8)
    found = priorities(np.array([state], np.int8), tiers, np.array([critical]), times, cut_offs)
    return int(found.priority[0]), bool(found.assumed[0])


@pytest.mark.parametrize(
    ("state", "tier", "critical", "expected"),
    [
        pytest.param(DOWN, 0, False, 1, id="down, tier 0"),
        pytest.param(DOWN, 1, False, 1, id="down, tier 1"),
        pytest.param(DOWN, 4, True, 1, id="down, critical whatever its tier"),
        pytest.param(DOWN, None, True, 1, id="down, critical without a tier"),
        pytest.param(DOWN, 2, False, 3, id="down, tier 2: impact 2 and urgency 2"),
        pytest.param(DOWN, 3, False, 5, id="down, tier 3: impact 3 and urgency 3"),
        pytest.param(DOWN, None, False, 5, id="down, no tier"),
    ],
)
def test_without_a_known_end_the_urgency_is_the_impact(
    state: HealthState, tier: int | None, critical: bool, expected: int
) -> None:
    assert priority(state, tier, critical=critical, target=3600) == (expected, True)
    assert priority(state, tier, critical=critical, seconds=60) == (expected, True)


@pytest.mark.parametrize(
    ("tier", "critical", "expected"), [(0, False, 4), (3, True, 4), (2, False, 5), (None, False, 5)]
)
def test_a_degraded_item_has_no_breach_clock(tier: int | None, critical: bool, expected: int) -> None:
    assert priority(DEGRADED, tier, critical=critical, seconds=9999, target=60) == (expected, False)


@pytest.mark.parametrize(("seconds", "urgency"), [(0, 3), (24, 3), (25, 2), (74, 2), (75, 1), (100, 1), (500, 1)])
def test_the_less_of_its_tolerance_is_left_the_more_urgent_is_an_item(seconds: int, urgency: int) -> None:
    assert priority(DOWN, 0, seconds=seconds, target=100) == (urgency, False)
    assert priority(DOWN, 2, seconds=seconds, target=100) == (1 + urgency, False)
    assert priority(DOWN, 4, seconds=seconds, target=100) == (2 + urgency, False)


def test_the_cut_offs_are_settings() -> None:
    assert priority(DOWN, 0, seconds=60, target=100, cut_offs=CutOffs(high=0.4)) == (1, False)
    assert priority(DOWN, 0, seconds=60, target=100, cut_offs=CutOffs(high=0.1, middle=0.3)) == (3, False)


def test_an_item_whose_providers_are_back_within_its_tolerance_is_not_urgent() -> None:
    assert priority(DOWN, 0, out=False) == (3, False)


def test_an_item_that_may_not_be_out_at_all_is_urgent_at_once() -> None:
    assert priority(DOWN, 0, seconds=1, target=0) == (1, False)


@given(_TIERS, st.booleans(), _SECONDS, _SECONDS, _SECONDS)
def test_the_longer_it_is_out_the_more_urgent_it_is(
    tier: int | None, critical: bool, seconds: int, more: int, target: int
) -> None:
    short, _ = priority(DOWN, tier, critical=critical, seconds=seconds, target=target)
    long, _ = priority(DOWN, tier, critical=critical, seconds=seconds + more, target=target)
    degraded, _ = priority(DEGRADED, tier, critical=critical, seconds=seconds, target=target)

    assert 1 <= long <= short <= degraded <= 5


def test_an_event_that_hits_no_business_item_has_no_priority() -> None:
    assert graph("app{it-service} -> db").assess({"db"}).report.priority is None


def test_an_event_is_as_urgent_as_the_worst_business_item_it_hits() -> None:
    world = graph("batch{process tier 4} -> db; shop{service tier 2} -> db; pay{process tier 1} ~> db")

    assert world.assess({"db"}).report.priority == 3


def test_an_item_that_may_be_down_counts_as_down() -> None:
    assert graph("pay{process tier 0} -> db").assess(unknown={"db"}).report.priority == 1
