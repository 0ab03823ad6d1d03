"""Checks: what can be wrong with an estate, one entry for each; whoever adds one adds it to `CHECKS`. Pure.

A check sees the whole estate and names each item at most once, in a sentence that says what is wrong and what to do.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np

from app.continuity.business import is_important
from app.continuity.conflicts import Conflict, ObjectiveFinding, inversion, listed, promises, tightest
from app.continuity.consistency import Targets, not_as_assessed, over_mtpd, over_tolerance, overdue
from app.continuity.finding import FindingSeverity, Seen
from app.continuity.mapping_checks import MappingFacts, MappingGaps, Share, mapping_gaps
from app.continuity.picture import ContinuityPicture
from app.continuity.tiers import effective_tiers
from app.continuity.times import CycleRule, RecoveryTimes, recovery_times
from app.continuity.verdicts import rto_verdict
from app.topology.components import components
from app.topology.graph import NO_SECONDS, NO_TIER

HIGH, MEDIUM, LOW = FindingSeverity
UNKNOWN, NOTHING_KNOWN = Targets(), MappingFacts()
_MIDDLE_TIER = 2
Words = Iterator[tuple[str, str]]
"""The key of each item that something is wrong with, and a sentence about it."""


@dataclass(frozen=True, slots=True)
class BusinessItem:
    """What the checks have to know of a business process or service; `reviewed_at` and what was `assessed` are those of
    its approved assessment."""

    key: str
    targets: Targets
    has_owner: bool
    reviewed_at: datetime | None
    assessed: Targets = UNKNOWN


@dataclass(frozen=True)
class CheckedEstate:
    """The estate at an instant, as the checks see it. `unconnected` are the items without any relation to another."""

    picture: ContinuityPicture
    business: Sequence[BusinessItem]
    unconnected: Sequence[str]
    now: datetime
    valid_days: int
    cycles: CycleRule = CycleRule.SUM
    mapping: MappingFacts = NOTHING_KNOWN
    mapped_percent: int = 80

    @cached_property
    def times(self) -> RecoveryTimes:
        """The recovery of everything."""
        return recovery_times(self.picture.estate, cycles=self.cycles)

    @cached_property
    def mapping_gaps(self) -> Mapping[str, MappingGaps]:
        """What is not mapped below each business item that is looked at, by its key."""
        assessed = [one.key for one in self.business if one.reviewed_at]
        return {one.key: one for one in mapping_gaps(self.picture.graph, self.mapping, assessed)}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that can be wrong; `words` say what it is, whatever the item. Its `severity` may depend on the item."""

    code: str
    severity: FindingSeverity | Callable[[CheckedEstate, str], FindingSeverity]
    words: str
    find: Callable[[CheckedEstate], Words]


def everything_seen(estate: CheckedEstate) -> list[Seen]:
    """What all checks see."""
    return [
        Seen(one.code, one.severity(estate, key) if callable(one.severity) else one.severity, key, sentence)
        for one in CHECKS
        for key, sentence in one.find(estate)
    ]


def _by_tier(estate: CheckedEstate, key: str) -> FindingSeverity:
    graph = estate.picture.graph
    number = graph.number[key]
    if is_important(graph, np.array([number], np.int32))[0]:
        return HIGH
    return MEDIUM if graph.tier[number] == _MIDDLE_TIER else LOW


def _by_gap(estate: CheckedEstate, key: str) -> FindingSeverity:
    """By tier, and one less where something is known of every pillar."""
    severity = _by_tier(estate, key)
    if any(one.is_missing for one in estate.mapping_gaps[key].pillars):
        return severity
    return MEDIUM if severity is HIGH else LOW


def _of_targets(rule: Callable[[Targets], str | None]) -> Callable[[CheckedEstate], Words]:
    """What a rule says of the objectives of each business item."""

    def find(estate: CheckedEstate) -> Words:
        return ((one.key, sentence) for one in estate.business if (sentence := rule(one.targets)))

    return find


def _never_assessed(estate: CheckedEstate) -> Words:
    for one in estate.business:
        if one.reviewed_at is None:
            yield one.key, "no business impact analysis of it was approved; draft one with draftAssessment"


def _review_overdue(estate: CheckedEstate) -> Words:
    for one in estate.business:
        if one.reviewed_at and (sentence := overdue(one.reviewed_at, estate.now, valid_days=estate.valid_days)):
            yield one.key, sentence


def _not_as_assessed(estate: CheckedEstate) -> Words:
    for one in estate.business:
        if one.reviewed_at and (sentence := not_as_assessed(one.targets, one.assessed)):
            yield one.key, sentence


def _unowned(estate: CheckedEstate) -> Words:
    return ((one.key, "nobody answers for it; give it an owner") for one in estate.business if not one.has_owner)


def _late_promises(estate: CheckedEstate) -> Words:
    times = estate.times
    said = times.estate.items.rto_seconds
    for number in np.flatnonzero((said != NO_SECONDS) & (said > times.late)).tolist():
        yield from _told(promises(times, number, rto_verdict(times, number)), ObjectiveFinding.RTO_CONFLICT)


def _late_contracts(estate: CheckedEstate) -> Words:
    times = estate.times
    for number in np.flatnonzero(times.estate.items.contract_rto_seconds != NO_SECONDS).tolist():
        part = tightest(times, estate.picture.promised(number))
        yield from _told(promises(times, number, rto_verdict(times, number), part), ObjectiveFinding.CONTRACT_RTO_GAP)


def _told(conflicts: Iterator[Conflict], code: ObjectiveFinding) -> Words:
    return ((one.keys[0], one.sentence) for one in conflicts if one.code is code)


def _inversions(estate: CheckedEstate) -> Words:
    graph = estate.picture.graph
    found = effective_tiers(graph, estate.picture.rank)
    for number in np.flatnonzero((graph.tier != NO_TIER) & (graph.tier > found.tier)).tolist():
        tier = int(found.tier[number]), graph.keys[int(found.because[number])]
        yield from _told(inversion(estate.times, number, tier), ObjectiveFinding.TIER_INVERSION)


def _cycles(estate: CheckedEstate) -> Words:
    graph = estate.picture.graph
    order, begins = components(graph.providers.start, graph.providers.index)
    for one in np.flatnonzero(np.diff(begins) > 1).tolist():
        keys = sorted(graph.keys[number] for number in order[begins[one] : begins[one + 1]].tolist())
        yield keys[0], f"{listed(keys)} need each other; say which of these dependencies are SOFT or not there"


def _hopeless_groups(estate: CheckedEstate) -> Words:
    graph = estate.picture.graph
    for number in graph.unsatisfiable.tolist():
        yield graph.keys[number], "its members together are too few; add members or lower its minAvailable"


def _unmapped(estate: CheckedEstate) -> Words:
    for key, gaps in estate.mapping_gaps.items():
        if thin := gaps.thin(estate.mapped_percent):
            yield key, f"of what it stands on {', '.join(map(_share, thin))}; mappingQuality(key:) names them"


def _stale(estate: CheckedEstate) -> Words:
    for key, gaps in estate.mapping_gaps.items():
        if gaps.stale.is_thin(estate.mapped_percent):
            yield key, f"of what it stands on {_share(gaps.stale)}; verify them again"


def _share(share: Share) -> str:
    return f"{share.lacking} of {share.expected} {share.words}"


def _orphans(estate: CheckedEstate) -> Words:
    return ((key, "nothing needs it and it needs nothing; connect it or retire it") for key in estate.unconnected)


CHECKS: tuple[Check, ...] = (
    Check("RTO_EXCEEDS_MTPD", HIGH, "RTO and WRT together are longer than the MTPD.", _of_targets(over_mtpd)),
    Check("RTO_EXCEEDS_TOLERANCE", HIGH, "The RTO is longer than the impact tolerance.", _of_targets(over_tolerance)),
    Check("RTO_CONFLICT", HIGH, "What needs the item needs it sooner.", _late_promises),
    Check("CONTRACT_RTO_GAP", HIGH, "The contract allows too much.", _late_contracts),
    Check("REDUNDANCY_UNSATISFIABLE", HIGH, "A group has too few members to ever be up.", _hopeless_groups),
    Check("TIER_INVERSION", MEDIUM, "An item of a better tier needs the item.", _inversions),
    Check("ASSESSMENT_OVERDUE", MEDIUM, "The business impact analysis is due for review.", _review_overdue),
    Check("ASSESSMENT_NOT_APPLIED", MEDIUM, "Objectives are not those that were approved.", _not_as_assessed),
    Check("OWNER_MISSING", MEDIUM, "A business process or service has no owner.", _unowned),
    Check("MAPPING_INCOMPLETE", _by_gap, "What an important business item stands on is mapped thinly.", _unmapped),
    Check("MAPPING_STALE", _by_tier, "What an important business item stands on was verified too long ago.", _stale),
    Check("ASSESSMENT_MISSING", LOW, "No business impact analysis was approved.", _never_assessed),
    Check("CYCLIC_DEPENDENCY", LOW, "Items need each other.", _cycles),
    Check("ORPHAN", LOW, "An item has no relation to any other.", _orphans),
)
