"""Verdicts: what recovery achieves against what is asked of it (semantics §5). Pure.

Every verdict holds whatever the missing inputs are: a lower bound that already breaches is a breach, and a target is
met only if the upper bound meets it.
"""

from dataclasses import dataclass
from enum import Enum

from app.continuity.data_loss import DataEstate, DataLoss, LossKind
from app.continuity.times import RecoveryTimes
from app.continuity.timing import OPEN
from app.inventory.model import PROPERTIES
from app.topology.graph import NO_SECONDS

_TARGETED = PROPERTIES["rtoSeconds"].types


class ObjectiveStatus(Enum):
    """Whether a target is met. MISSING_TARGET: nobody set one where one belongs, NOT_APPLICABLE: none belongs there;
    MISSING_INPUT: what is not known decides."""

    MET = "MET"
    BREACHED = "BREACHED"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    MISSING_TARGET = "MISSING_TARGET"
    MISSING_INPUT = "MISSING_INPUT"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Seconds that are at least this and at most that; `None`: no limit is known on that side."""

    at_least: int | None
    at_most: int | None

    @property
    def exact(self) -> int | None:
        """The value, if it is known."""
        return self.at_least if self.at_least == self.at_most else None


@dataclass(frozen=True, slots=True)
class RtoVerdict:
    """How the recovery time of an item stands against its targets.

    `declared_seconds` is its own RTO; `required` is what its business dependents, and its own deadline, leave it,
    `None` where nobody asks. `gap_seconds` is by how much the declared RTO is exceeded and `slack_seconds` what is
    left of the required one, below zero where it is exceeded; both are `None` where they are not known.
    `overrun_seconds` is by how much at least the tighter target is exceeded, if it is.
    """

    achievable: Bounds
    required: Bounds | None
    declared_seconds: int | None
    gap_seconds: int | None
    slack_seconds: int | None
    overrun_seconds: int
    status: ObjectiveStatus


@dataclass(frozen=True, slots=True)
class RpoVerdict:
    """How the loss of data of an item stands against its targets; `loss` is `None` where it depends on no data."""

    kind: LossKind
    loss: DataLoss | None
    required_seconds: int | None
    declared_seconds: int | None
    gap_seconds: int | None
    status: ObjectiveStatus

    @property
    def target_seconds(self) -> int | None:
        """The tighter of what is required and what it declares."""
        return _tighter(self.required_seconds, self.declared_seconds)


def rto_verdict(times: RecoveryTimes, number: int, asked: RecoveryTimes | None = None) -> RtoVerdict:
    """How the recovery time of an item stands against its targets; what is `asked` are times of the same estate after
    the loss of everything, if `times` are those after another loss."""
    graph, items = times.estate.graph, times.estate.items
    asked = asked or times
    achievable = Bounds(int(times.finish[number]), _closed(int(times.finish_most[number])))
    latest, earliest = int(asked.late[number]), int(asked.late_least[number])
    required = None if latest == OPEN else Bounds(None if earliest == -OPEN else earliest, latest)
    declared = _said(int(items.rto_seconds[number]))
    own = OPEN if declared is None else declared
    least, most = min(own, earliest), min(own, latest)
    belongs = graph.type_of(number) in _TARGETED
    at_least, exact = achievable.at_least or 0, achievable.exact
    gap, left = None, required.exact if required else None
    if declared is not None and (exact is not None or at_least > declared):
        gap = max(0, at_least - declared)
    return RtoVerdict(
        achievable=achievable,
        required=required,
        declared_seconds=declared,
        gap_seconds=gap,
        slack_seconds=None if left is None or exact is None else left - exact,
        overrun_seconds=max(0, at_least - most),
        status=_status(achievable, None if most == OPEN else Bounds(least, most), belongs=belongs),
    )


def _status(achieved: Bounds, target: Bounds | None, *, belongs: bool) -> ObjectiveStatus:
    """The verdict on what is achieved; `belongs`: a target belongs there."""
    if target is None or target.at_most is None:
        return ObjectiveStatus.MISSING_TARGET if belongs else ObjectiveStatus.NOT_APPLICABLE
    if achieved.at_least is not None and achieved.at_least > target.at_most:
        return ObjectiveStatus.BREACHED
    if achieved.at_most is not None and target.at_least is not None and achieved.at_most <= target.at_least:
        return ObjectiveStatus.MET
    return ObjectiveStatus.MISSING_INPUT


def rpo_verdict(data: DataEstate, number: int, kind: LossKind) -> RpoVerdict:
    """How the loss of data of an item stands against its targets; `number` is that in the graph of `data`."""
    loss, required = data.loss(number, kind), data.required_seconds(number, kind)
    declared = _said(int(data.facts.items.rpo_seconds[number]))
    target = _tighter(required, declared)
    achieved = Bounds(loss.at_least_seconds, loss.at_most_seconds) if loss else Bounds(None, None)
    belongs = data.graph.type_of(number) in _TARGETED
    gap = None
    if target is not None and achieved.at_least is not None:
        gap = max(0, achieved.at_least - target) if achieved.exact is not None or achieved.at_least > target else None
    status = _status(achieved, None if target is None else Bounds(target, target), belongs=belongs)
    return RpoVerdict(kind, loss, required, declared, gap, status)


def _tighter(*targets: int | None) -> int | None:
    return min((one for one in targets if one is not None), default=None)


def _said(seconds: int) -> int | None:
    return None if seconds == NO_SECONDS else seconds


def _closed(seconds: int) -> int | None:
    return None if seconds >= OPEN else seconds
