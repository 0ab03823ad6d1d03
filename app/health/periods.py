"""Which periods begin and end between what is written down and what is the case. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.health.model import Condition
from app.impact.model import HealthState
from app.impact.report import ImpactReport

Hurt = Mapping[str, Condition]
"""The business items that are not OPERATIONAL, by key."""


def hurt_business(report: ImpactReport) -> Hurt:
    """How the business items are that are hurt."""
    business = report.business
    states, planned = report.propagation.states(business), report.planned_among(business)
    return {
        report.graph.keys[number]: Condition(HealthState(state), is_planned)
        for number, state, is_planned in zip(business.tolist(), states.tolist(), planned.tolist(), strict=True)
    }


@dataclass(frozen=True, slots=True)
class Turn:
    """The items whose periods end, and those of which one begins, each by key; a change of condition is both."""

    ended: tuple[str, ...]
    begun: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.ended or self.begun)


def turn(written: Hurt, now: Hurt) -> Turn:
    """What has to be written down for it to be the case."""
    ended = sorted(key for key, condition in written.items() if now.get(key) != condition)
    begun = sorted(key for key, condition in now.items() if written.get(key) != condition)
    return Turn(tuple(ended), tuple(begun))
