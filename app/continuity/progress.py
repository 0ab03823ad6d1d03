"""Progress: a real recovery, what of it is done, and how the rest is planned from now on. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.continuity.picture import ContinuityPicture
from app.continuity.planning import PlannedRecovery
from app.continuity.recovery import Assumed, recovery_plan
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

    `failed` is what is lost (`None`: everything they stand on), `seconds` other recovery times than the known ones.
    """

    id: str
    targets: tuple[str, ...]
    started_at: datetime
    started_by: str
    failed: tuple[str, ...] | None = None
    seconds: Mapping[str, int] = field(default_factory=dict)
    done: tuple[DoneStep, ...] = ()

    def asked(self, now: datetime, cycles: CycleRule) -> Assumed:
        """What the rest of it is planned with."""
        return Assumed(
            self.targets,
            self.failed,
            self.seconds,
            {step.key: self.seconds_until(step.at) for step in self.done},
            self.seconds_until(now),
            cycles,
        )

    def seconds_until(self, at: datetime) -> int:
        """How long after it began an instant is, in whole seconds."""
        return int((at - self.started_at).total_seconds())


def replanned(
    picture: ContinuityPicture, recovery: Recovery, now: datetime, *, cycles: CycleRule
) -> PlannedRecovery | None:
    """The rest of a recovery as it looks now; targets that were removed are forgotten, `None` if all were."""
    asked = recovery.asked(now, cycles)
    left = tuple(key for key in asked.targets if key in picture.graph.number)
    if not left:
        return None
    plan = recovery_plan(picture.estate, replace(asked, targets=left))
    return PlannedRecovery(plan, None, picture.graph.version)
