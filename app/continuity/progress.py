"""Progress: a real recovery, what of it is done, and how the rest is planned from now on. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.continuity.picture import ContinuityPicture
from app.continuity.planning import PlannedRecovery
from app.continuity.recovery import Assumed, recovery_plan
from app.continuity.schedule import schedule
from app.continuity.times import CycleRule


@dataclass(frozen=True, slots=True)
class DoneStep:
    """An item that is up again, since when, and who said so."""

    key: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Recovery:
    """A recovery of some items that began when they failed, and with what it was planned.

    `failed` is what is lost (`None`: everything they stand on), `seconds` other recovery times than the known ones,
    `teams` how many do the work (`None`: as many as it takes).
    """

    id: str
    targets: tuple[str, ...]
    started_at: datetime
    started_by: str
    failed: tuple[str, ...] | None = None
    seconds: Mapping[str, int] = field(default_factory=dict)
    teams: int | None = None
    done: tuple[DoneStep, ...] = ()

    def seconds_until(self, at: datetime) -> int:
        """How long after it began an instant is, in whole seconds."""
        return int((at - self.started_at).total_seconds())


def replanned(
    picture: ContinuityPicture, recovery: Recovery, now: datetime, *, cycles: CycleRule
) -> PlannedRecovery | None:
    """The rest of a recovery as it looks now; targets that were removed are forgotten, `None` if all were."""
    left = tuple(key for key in recovery.targets if key in picture.graph.number)
    if not left:
        return None
    begun = Assumed(left, recovery.failed, recovery.seconds, cycles=cycles)
    done = {step.key: recovery.seconds_until(step.at) for step in recovery.done}
    asked = replace(begun, done_seconds=done, now_seconds=recovery.seconds_until(now))
    plan = recovery_plan(picture.estate, asked)
    if recovery.teams is None:
        return PlannedRecovery(plan, None, picture.graph.version)
    worked = {one.key: one.step.own_seconds for one in recovery_plan(picture.estate, begun).steps}
    made = schedule(plan, recovery.teams, now_seconds=asked.now_seconds, worked_seconds=worked)
    return PlannedRecovery(plan, made, picture.graph.version)
