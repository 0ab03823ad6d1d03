"""A continuity report of one item: everything that recovery and weak points say of it, and the gist in sentences. Pure.

What is missing, contradictory or cyclic is part of the report and never keeps it from being made.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.continuity.assessment import Assessment
from app.continuity.availability import Availability, AvailabilityMethod
from app.continuity.cut_sets import CutSets
from app.continuity.data_loss import LossKind
from app.continuity.finding import Finding
from app.continuity.mapping_quality import EdgeQuality, PillarQuality
from app.continuity.objectives import Objectives
from app.continuity.plan_document import PlanDocument, duration_words
from app.continuity.verdicts import Bounds, ObjectiveStatus, RpoVerdict
from app.continuity.weak_points import ItemPoints
from app.inventory.model import Item

MOST_LISTED = 50
MOST_DRAWN = 60
"""Steps of a plan in its picture: more is no picture any more."""
_LOST = {LossKind.PHYSICAL_LOSS: "its data are lost", LossKind.DATA_CORRUPTION: "its data are corrupted"}
_TRUST = {
    AvailabilityMethod.EXACT: "",
    AvailabilityMethod.LOWER_BOUND: "at least ",
    AvailabilityMethod.ESTIMATE: "about ",
}


@dataclass(frozen=True, slots=True)
class Mapped:
    """How well it is mapped what an item stands on, `item_count` items with itself; with `truncated` the nearest of
    them alone. `findings` are those about the item that are not resolved."""

    item_count: int
    truncated: bool
    pillars: tuple[PillarQuality, ...]
    edges: EdgeQuality
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class ServiceReport:
    """What is known of one item at an instant. `assessment` is the approved business impact analysis, `plan` is `None`
    where it would be too large, and `names` are those of the items the report speaks of."""

    item: Item
    made_at: datetime
    graph_version: int
    assessment: Assessment | None
    objectives: Objectives
    plan: PlanDocument | None
    points: ItemPoints
    cuts: CutSets
    availability: Availability
    mapped: Mapped
    names: Mapping[str, str]

    def named(self, key: str) -> str:
        """What people call an item, with its key unless that says the same."""
        name = self.names.get(key, key)
        return name if name == key else f"{name} ({key})"

    @property
    def gist(self) -> tuple[str, ...]:
        """What a reader has to know who reads nothing else, in sentences."""
        told = (self._recovery(), *map(self._data_loss, self.objectives.rpo), self._alone(), self._availability())
        return tuple(sentence for sentence in told if sentence)

    @property
    def together(self) -> tuple[tuple[str, ...], ...]:
        """The minimal cut sets of several items."""
        return tuple(cut for cut in self.cuts.sets if len(cut) > 1)

    @property
    def availability_objective(self) -> float | None:
        """The availability that was promised, a fraction 0-1."""
        objective = self.item.properties.get("availabilityObjective")
        return float(objective) if isinstance(objective, int | float) else None

    def _recovery(self) -> str:
        rto = self.objectives.rto
        back = (
            f"After the loss of everything it stands on, {self.item.name} is back after {bounds_words(rto.achievable)}"
        )
        target = duration_words(rto.declared_seconds) if rto.declared_seconds is not None else None
        match rto.status:
            case ObjectiveStatus.BREACHED:
                return f"{back}: {duration_words(rto.overrun_seconds)} too late."
            case ObjectiveStatus.MET:
                return f"{back}, in time{f' for its RTO of {target}' if target else ''}."
            case ObjectiveStatus.MISSING_INPUT:
                return f"{back}; whether that is in time is not known, for recovery times are missing."
        return f"{back}; nobody said how soon it has to be."

    def _data_loss(self, verdict: RpoVerdict) -> str | None:
        if verdict.loss is None or verdict.status is not ObjectiveStatus.BREACHED:
            return None
        lost = duration_words(verdict.loss.at_least_seconds)
        return f"When {_LOST[verdict.kind]}, at least {lost} of work are gone: more than may be."

    def _alone(self) -> str:
        if self.points.is_down:
            return f"{self.item.name} is DOWN whatever happens: a redundancy group it needs has lost its members."
        others = self.points.count - 1
        if not others:
            return f"Nothing but {self.item.name} itself can take it DOWN alone."
        things = "One thing" if others == 1 else f"{others} things"
        return f"{things} it stands on can take {self.item.name} DOWN alone."

    def _availability(self) -> str:
        found = self.availability
        told = f"By what is known it is up {_TRUST[found.method]}{percent_words(found.value)} of the time"
        objective = self.availability_objective
        if objective is not None:
            told += f"; {percent_words(objective)} were promised"
        if found.assumed:
            told += (
                f"; of {len(found.assumed)} components nobody said how reliable they are, and they count as always up"
            )
        return f"{told}."


def bounds_words(bounds: Bounds) -> str:
    """Seconds in words, as far as they are known."""
    if bounds.at_least is None:
        return "not known" if bounds.at_most is None else f"at most {duration_words(bounds.at_most)}"
    if bounds.exact is not None:
        return duration_words(bounds.at_least)
    most = "" if bounds.at_most is None else f" and at most {duration_words(bounds.at_most)}"
    return f"at least {duration_words(bounds.at_least)}{most}"


def percent_words(fraction: float) -> str:
    """A fraction in percent, with as many nines as it has: 0.99949 is `99.949 %`, and never rounded up to `100 %`."""
    text = f"{fraction * 100:.4f}".rstrip("0").rstrip(".")
    return f"{'99.9999' if text == '100' and fraction < 1 else text} %"


def keys_of(report: ServiceReport) -> Iterator[str]:
    """The keys of the items that the lists of a report name."""
    objectives = report.objectives
    yield from (step.key for step in objectives.critical_path)
    yield from objectives.demand_path
    yield from (one.key for one in objectives.missing)
    yield from (point.key for point in report.points.points[:MOST_LISTED])
    yield from (key for cut in report.cuts.sets[:MOST_LISTED] for key in cut)
    yield from (one.key for one in report.availability.importance[:MOST_LISTED])
