"""A recovery plan as a document: its steps with the names and owners of their items, ready to be written. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.continuity.planning import PlannedRecovery
from app.continuity.recovery import PlanStep
from app.continuity.schedule import Assignment


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One step with what people call it and who owns it; `assignment` is its place in the schedule, if there is one."""

    name: str
    owner: str | None
    step: PlanStep
    assignment: Assignment | None

    @property
    def start_seconds(self) -> int:
        """When it begins, by the schedule if there is one."""
        return self.assignment.start_seconds if self.assignment else self.step.step.start_seconds

    @property
    def finish_seconds(self) -> int:
        """When it is done, by the schedule if there is one."""
        return self.assignment.finish_seconds if self.assignment else self.step.step.finish_seconds


@dataclass(frozen=True, slots=True)
class PlanDocument:
    """A plan that was `made_at` an instant; `title` names its targets."""

    title: str
    made_at: datetime
    answer: PlannedRecovery
    rows: tuple[PlanRow, ...]

    @property
    def finish_words(self) -> str:
        """When everything asked for is up; `at least` where times are missing that decide it."""
        words = duration_words(self.answer.finish_seconds)
        return words if self.answer.finish_most_seconds == self.answer.finish_seconds else f"at least {words}"


@dataclass(frozen=True, slots=True)
class Named:
    """What people call an item, and the key of the team that owns it."""

    name: str
    owner: str | None


def plan_document(answer: PlannedRecovery, named: Mapping[str, Named], made_at: datetime) -> PlanDocument:
    """The document of a plan; an item that has no name any more goes by its key."""
    assigned = answer.schedule.by_key if answer.schedule else {}
    rows = []
    for step in answer.plan.steps:
        item = named.get(step.key, Named(step.key, None))
        name = f"{item.name} and {len(step.step.cycle) - 1} more" if step.step.cycle else item.name
        rows.append(PlanRow(name, item.owner, step, assigned.get(step.key)))
    rows.sort(key=lambda row: (row.start_seconds, row.finish_seconds, row.step.key))
    title = ", ".join(titled(key, named) for key in answer.plan.targets)
    return PlanDocument(title, made_at, answer, tuple(rows))


def titled(key: str, named: Mapping[str, Named]) -> str:
    """An item's name and key; a name that only repeats the key is left out."""
    name = named[key].name if key in named else key
    return key if name == key else f"{name} ({key})"


def duration_words(seconds: int) -> str:
    """A time as people say it: `1 d 2 h`, `1 h 30 min`, `45 s`."""
    parts = []
    left = seconds
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts) or "0 s"
