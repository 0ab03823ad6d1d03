"""Priority of an impact: impact + urgency - 1 on 1..3, so 1 is critical and 5 planning (semantics §4). Pure.

Until outages have an expected end, every one is open-ended: a DOWN item's urgency equals its impact. A DEGRADED item
has no breach clock (urgency 3).
"""

from collections.abc import Iterable

from app.impact.model import HealthState

_HIGH_TIER = 1
_MIDDLE_TIER = 2


def item_priority(state: HealthState, tier: int | None, critical: bool) -> int:
    """Priority 1 (critical) to 5 (planning) of one business item that is DOWN or DEGRADED."""
    high = critical or (tier is not None and tier <= _HIGH_TIER)
    if state is HealthState.DOWN:
        impact = 1 if high else 2 if tier == _MIDDLE_TIER else 3
        return impact + impact - 1
    return (2 if high else 3) + 3 - 1


def event_priority(business_items: Iterable[tuple[HealthState, int | None, bool]]) -> int | None:
    """The most urgent priority among the business items hit, or `None` when there is none."""
    return min((item_priority(*item) for item in business_items), default=None)
