"""Scenarios: what fails together and for how long, and what that keeps out for too long (semantics §7). Pure.

A run tells of every business item that is out at some time whether its outage stays within its impact tolerance, else
its MTPD, and of ransomware what is lost back to the last clean copy. It is kept as evidence, and two runs can be
compared.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from app.continuity.business import business_items
from app.continuity.concentration import suppliers
from app.continuity.data_loss import DataEstate, LossKind
from app.continuity.picture import ContinuityPicture
from app.continuity.verdicts import ObjectiveStatus, rpo_verdict
from app.errors import InvalidInput
from app.inventory.model import ItemType
from app.topology.graph import NO_SECONDS, Graph, Int32
from app.topology.outages import OPEN, OwnOutage, OwnOutages, outage_windows


class ScenarioKind(Enum):
    """What happens. SITE and LIST: the items fail. SUPPLIER: third parties fail with their corporate groups, and with
    those that subcontract to them. RANSOMWARE: the items are cut off, then each has to be restored from its backup."""

    SITE = "SITE"
    SUPPLIER = "SUPPLIER"
    RANSOMWARE = "RANSOMWARE"
    LIST = "LIST"


class Tolerance(Enum):
    """How an outage stands against the impact tolerance."""

    WITHIN = "WITHIN"
    BREACHED = "BREACHED"
    MISSING_TARGET = "MISSING_TARGET"


MAX_NAME = 100
_TYPES = {ScenarioKind.SITE: ItemType.LOCATION, ScenarioKind.SUPPLIER: ItemType.THIRD_PARTY}


@dataclass(frozen=True, slots=True)
class Scenario:
    """What happens to which items for `duration_seconds`; of ransomware, until restoring can begin."""

    kind: ScenarioKind
    keys: tuple[str, ...]
    duration_seconds: int


@dataclass(frozen=True, slots=True)
class Saved:
    """A scenario under a name; the next version of it is another scenario."""

    name: str
    version: int
    scenario: Scenario
    saved_at: datetime
    saved_by: str


@dataclass(frozen=True, slots=True)
class Lost:
    """What a business item loses of its data: the seconds of work since the last clean copy, at least and at most, and
    how that stands against what may be lost. `None`: no limit is known, or nobody said."""

    at_least_seconds: int
    at_most_seconds: int | None
    rpo_seconds: int | None
    status: ObjectiveStatus


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a scenario does to one business item. `None`: the outage has no known end, nobody set a tolerance, or no
    data are lost."""

    key: str
    status: Tolerance
    outage_seconds: int | None
    tolerance_seconds: int | None
    lost: Lost | None = None

    @property
    def loses_too_much(self) -> bool:
        """Whether more is lost of its data than may be."""
        return self.lost is not None and self.lost.status is ObjectiveStatus.BREACHED


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What a scenario does to the business: the items that are out at some time or lose data, breaches first, then by
    key.

    `missing_keys` are items of the scenario that are not there, `unknown_keys` those whose restoring nobody timed.
    """

    outcomes: tuple[Outcome, ...]
    unaffected_count: int
    missing_keys: tuple[str, ...]
    unknown_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """The evidence of one run."""

    id: str
    name: str
    version: int
    scenario: Scenario
    graph_version: int
    ran_at: datetime
    ran_by: str
    found: Outcomes


@dataclass(frozen=True, slots=True)
class OutcomeChange:
    """What changed for one business item; `None`: it was, or is, not out at any time."""

    key: str
    before: Outcome | None
    after: Outcome | None


_ORDER = {Tolerance.BREACHED: 0, Tolerance.MISSING_TARGET: 1, Tolerance.WITHIN: 2}


def checked(graph: Graph, scenario: Scenario, *, most_keys: int) -> Scenario:
    """The scenario with its keys in order, each once.

    Raises:
        InvalidInput: it names too many items or none, one that is not there or of another type, or no duration.
    """
    keys = tuple(sorted(set(scenario.keys)))
    if not 1 <= len(keys) <= most_keys:
        raise InvalidInput(f"a scenario names 1 to {most_keys} keys, not {len(keys)}")
    if scenario.duration_seconds < 1:
        raise InvalidInput(f"durationSeconds must be at least 1, not {scenario.duration_seconds}")
    fine = Scenario(scenario.kind, keys, scenario.duration_seconds)
    if unknown := next((key for key in keys if key not in graph.number), None):
        raise InvalidInput(f"keys names {unknown!r}, which is no configuration item; leave it out")
    if reason := ill_typed(fine, {key: graph.type_of(graph.number[key]) for key in keys}):
        raise InvalidInput(reason)
    return fine


def ill_typed(scenario: Scenario, types: Mapping[str, ItemType]) -> str | None:
    """Why a scenario cannot be about its items, which have these types as far as they are there."""
    wanted = _TYPES.get(scenario.kind)
    wrong = next((key for key in scenario.keys if wanted and types.get(key, wanted) is not wanted), None)
    if wanted is None or wrong is None:
        return None
    return f"keys names {wrong!r}, but a {scenario.kind.value} scenario takes {wanted.value} only"


def outcomes(picture: ContinuityPicture, scenario: Scenario, parents: Mapping[str, Collection[str]]) -> Outcomes:
    """What the scenario does to the business; `parents` are those of third parties (CHILD_OF), by key."""
    graph = picture.graph
    present = [key for key in scenario.keys if key in graph.number]
    own = {number: _outage(graph, scenario, number) for number in _failing(graph, scenario.kind, present, parents)}
    business = business_items(graph)
    start, end = outage_windows(graph, OwnOutages.of(own), 0).of(business)
    lost = _losses(picture.data.hit_at(own), business) if scenario.kind is ScenarioKind.RANSOMWARE else {}
    out = [
        _outcome(graph, number, (int(begin), int(over)), lost.get(number))
        for number, begin, over in zip(business.tolist(), start, end, strict=True)
        if begin < OPEN or number in lost
    ]
    return Outcomes(
        tuple(sorted(out, key=lambda one: (0 if one.loses_too_much else _ORDER[one.status], one.key))),
        len(business) - len(out),
        tuple(key for key in scenario.keys if key not in graph.number),
        tuple(sorted(graph.keys[number] for number, outage in own.items() if outage.end == OPEN)),
    )


def compared(before: Sequence[Outcome], after: Sequence[Outcome]) -> tuple[OutcomeChange, ...]:
    """What changed from one run to another, by key; what stayed as it was is left out."""
    then, now = ({one.key: one for one in outcomes} for outcomes in (before, after))
    return tuple(
        OutcomeChange(key, then.get(key), now.get(key))
        for key in sorted(then.keys() | now.keys())
        if then.get(key) != now.get(key)
    )


def _failing(graph: Graph, kind: ScenarioKind, keys: Sequence[str], parents: Mapping[str, Collection[str]]) -> set[int]:
    if kind is not ScenarioKind.SUPPLIER:
        return {graph.number[key] for key in keys}
    return {number for one in suppliers(graph, parents) if one.name in keys for number in one.failing}


def _outage(graph: Graph, scenario: Scenario, number: int) -> OwnOutage:
    """From second 0; an end that nobody knows is open."""
    if scenario.kind is not ScenarioKind.RANSOMWARE:
        return OwnOutage(0, scenario.duration_seconds)
    restoring = int(graph.recovery_seconds[number])
    return OwnOutage(0, OPEN if restoring == NO_SECONDS else scenario.duration_seconds + restoring)


def _losses(data: DataEstate, business: Int32) -> dict[int, Lost]:
    """What each of these items loses of its data, if it may lose any."""
    found = {}
    for number in business.tolist():
        verdict = rpo_verdict(data, number, LossKind.DATA_CORRUPTION)
        if verdict.loss and verdict.loss.at_most_seconds != 0:
            at_least, at_most = verdict.loss.at_least_seconds, verdict.loss.at_most_seconds
            found[number] = Lost(at_least, at_most, verdict.target_seconds, verdict.status)
    return found


def _outcome(graph: Graph, number: int, window: tuple[int, int], lost: Lost | None) -> Outcome:
    target, (start, end) = int(graph.target_seconds[number]), window
    # What never begins lasts no time; what never ends has no length.
    outage = 0 if start >= OPEN else None if end >= OPEN else end - start
    if target == NO_SECONDS:
        status = Tolerance.MISSING_TARGET
    else:
        status = Tolerance.BREACHED if outage is None or outage > target else Tolerance.WITHIN
    return Outcome(graph.keys[number], status, outage, None if target == NO_SECONDS else target, lost)
