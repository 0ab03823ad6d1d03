"""Asking for a recovery plan: what is asked is checked against the estate and its limits, then planned. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.continuity.conflicts import listed
from app.continuity.estate import below
from app.continuity.picture import ContinuityPicture
from app.continuity.recovery import Assumed, RecoveryPlan, recovery_plan
from app.continuity.schedule import Schedule, schedule
from app.errors import InvalidInput, NotFound


@dataclass(frozen=True, slots=True)
class PlanLimits:
    """How much one plan may be about, `items` with everything that its targets wait for."""

    targets: int
    items: int


@dataclass(frozen=True, slots=True)
class PlannedRecovery:
    """A plan and, if teams were given, their schedule; of which version of the graph."""

    plan: RecoveryPlan
    schedule: Schedule | None
    graph_version: int

    @property
    def finish_seconds(self) -> int:
        """When everything asked for is up after the failure, by the schedule if there is one."""
        return self.schedule.finish_seconds if self.schedule else self.plan.finish_seconds

    @property
    def finish_most_seconds(self) -> int | None:
        """The same at most; `None` if missing times decide it, which bound no schedule."""
        if self.schedule and self.plan.finish_most_seconds == self.plan.finish_seconds:
            return self.schedule.finish_seconds
        return None if self.schedule else self.plan.finish_most_seconds


def planned(
    picture: ContinuityPicture, asked: Assumed, *, limits: PlanLimits, teams: int | None = None
) -> PlannedRecovery:
    """The plan that is asked for.

    Raises:
        InvalidInput: no target or too many, a target twice, a time below zero, no team or too many, a plan too large.
        NotFound: a key names nothing.
    """
    check_targets(picture, asked.targets, limits)
    must_exist(picture, asked.failed or (), "failed")
    must_exist(picture, asked.seconds, "durations")
    if negative := [key for key, seconds in asked.seconds.items() if seconds < 0]:
        raise InvalidInput(f"durations of {listed(sorted(negative))} are below 0; give seconds of 0 or more")
    if teams is not None and not 1 <= teams <= limits.items:
        raise InvalidInput(f"teams must be from 1 to {limits.items}, not {teams}")
    plan = recovery_plan(picture.estate, asked)
    return PlannedRecovery(plan, None if teams is None else schedule(plan, teams), picture.graph.version)


def check_targets(picture: ContinuityPicture, targets: Sequence[str], limits: PlanLimits) -> None:
    """Refuse what cannot be planned for.

    Raises:
        InvalidInput: no target or too many, a target twice, a plan too large.
        NotFound: a key names nothing.
    """
    if not 1 <= len(targets) <= limits.targets:
        raise InvalidInput(f"keys must name 1 to {limits.targets} items, not {len(targets)}")
    if len(set(targets)) < len(targets):
        raise InvalidInput("keys name the same item twice; name each once")
    must_exist(picture, targets, "keys")
    size = len(below(picture.estate.graph, [picture.graph.number[key] for key in targets]))
    if size > limits.items:
        raise InvalidInput(
            f"the plan would cover {size} items, at most {limits.items} are planned at once; name fewer targets, or "
            "raise UNDERPIN_MAX_PLAN_ITEMS"
        )


def must_exist(picture: ContinuityPicture, keys: Collection[str], where: str) -> None:
    """Refuse keys that name nothing; `where` names the argument they were given in.

    Raises:
        NotFound: a key names nothing.
    """
    if unknown := sorted(key for key in keys if key not in picture.graph.number):
        raise NotFound(
            f"{where}: no configuration item has the key {listed(unknown)}; look it up with search(text:) or "
            "items(filter:)"
        )
