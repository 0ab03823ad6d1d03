"""Conflicts: what is wrong with the objectives of an item, each told in a sentence (semantics §5). Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from app.continuity.data_loss import LossKind
from app.continuity.estate import below
from app.continuity.proofs import in_cycles_below
from app.continuity.times import RecoveryTimes
from app.continuity.timing import OPEN
from app.continuity.verdicts import RpoVerdict, RtoVerdict
from app.topology.graph import NO_SECONDS, NO_TIER

_SHOWN_KEYS = 10
_LOSSES = {LossKind.PHYSICAL_LOSS: "lost", LossKind.DATA_CORRUPTION: "corrupted"}


class ObjectiveFinding(Enum):
    """What is wrong with the objectives of an item."""

    RTO_CONFLICT = "RTO_CONFLICT"
    CONTRACT_RTO_GAP = "CONTRACT_RTO_GAP"
    TIER_INVERSION = "TIER_INVERSION"
    CYCLIC_DEPENDENCY = "CYCLIC_DEPENDENCY"
    RECONCILIATION_NEEDED = "RECONCILIATION_NEEDED"
    REDUNDANCY_UNSATISFIABLE = "REDUNDANCY_UNSATISFIABLE"


@dataclass(frozen=True, slots=True)
class Conflict:
    """One thing that is wrong; `seconds` is by how much at least, where that is a time, and `keys` whom it is about."""

    code: ObjectiveFinding
    sentence: str
    seconds: int | None
    keys: tuple[str, ...]


def conflicts(
    times: RecoveryTimes, number: int, losses: Sequence[RpoVerdict], tier: tuple[int, str] | None
) -> tuple[Conflict, ...]:
    """Everything else that is wrong with an item, whose effective tier, and whose that is, is `tier`."""
    return (
        *inversion(times, number, tier),
        *_cycles(times, number),
        *_hopeless(times, number),
        *_reconciliation(times, number, losses),
    )


def promises(
    times: RecoveryTimes, number: int, rto: RtoVerdict, part: tuple[int, str] | None = None
) -> Iterator[Conflict]:
    """What is declared or agreed to take longer than is asked; `part` is the `tightest` of what it agreed on besides
    itself."""
    key, required = times.estate.graph.keys[number], rto.required.at_most if rto.required else None
    if required is not None and rto.declared_seconds is not None and rto.declared_seconds > required:
        over = rto.declared_seconds - required
        sentence = f"the RTO of {key} is {rto.declared_seconds} s, but what needs it leaves it {required} s"
        yield Conflict(ObjectiveFinding.RTO_CONFLICT, sentence, over, (key,))
    agreed = int(times.estate.items.contract_rto_seconds[number])
    if agreed == NO_SECONDS:
        return
    if required is not None and agreed > required:
        sentence = f"{key} has agreed on {agreed} s, but what needs it leaves it {required} s"
        yield Conflict(ObjectiveFinding.CONTRACT_RTO_GAP, sentence, agreed - required, (key,))
    elif part and agreed > part[0]:
        left, inside = part
        sentence = f"{key} has agreed on {agreed} s, but what needs {inside}, which is part of it, leaves that {left} s"
        yield Conflict(ObjectiveFinding.CONTRACT_RTO_GAP, sentence, agreed - left, (key, inside))


def tightest(times: RecoveryTimes, numbers: Sequence[int]) -> tuple[int, str] | None:
    """Until when the first of these items must be back, and which that is; `None` where nobody asks for any."""
    asked = [(int(times.late[one]), times.estate.graph.keys[one]) for one in numbers if times.late[one] < OPEN]
    return min(asked, default=None)


def inversion(times: RecoveryTimes, number: int, tier: tuple[int, str] | None) -> Iterator[Conflict]:
    graph = times.estate.graph
    declared, key = int(graph.tier[number]), graph.keys[number]
    if tier and declared != NO_TIER and declared > tier[0]:
        sentence = f"{key} is declared tier {declared}, but {tier[1]} of tier {tier[0]} needs it"
        yield Conflict(ObjectiveFinding.TIER_INVERSION, sentence, None, (key, tier[1]))


def _cycles(times: RecoveryTimes, number: int) -> Iterator[Conflict]:
    for inside in in_cycles_below(times, number):
        keys = tuple(times.estate.graph.keys[one] for one in inside)
        sentence = f"{listed(keys)} wait for each other, so their times are counted together"
        yield Conflict(ObjectiveFinding.CYCLIC_DEPENDENCY, sentence, None, keys)


def _hopeless(times: RecoveryTimes, number: int) -> Iterator[Conflict]:
    for key in unsatisfiable_below(times, number):
        sentence = f"the members of {key} together are too few; add members or lower its minAvailable"
        yield Conflict(ObjectiveFinding.REDUNDANCY_UNSATISFIABLE, sentence, None, (key,))


def _reconciliation(times: RecoveryTimes, number: int, losses: Sequence[RpoVerdict]) -> Iterator[Conflict]:
    key = times.estate.graph.keys[number]
    for one in losses:
        if one.loss and one.loss.skew_seconds:
            how, apart = _LOSSES[one.kind], one.loss.skew_seconds
            sentence = f"once data are {how}, the stores of {key} are restored to points {apart} s apart"
            yield Conflict(ObjectiveFinding.RECONCILIATION_NEEDED, sentence, apart, (key,))


def unsatisfiable_below(times: RecoveryTimes, number: int) -> list[str]:
    """The groups among what an item waits for whose members are too few, by key."""
    graph = times.estate.graph
    lost = set(graph.unsatisfiable.tolist())
    return sorted(graph.keys[one] for one in lost.intersection(below(graph, [number]).tolist())) if lost else []


def listed(keys: Sequence[str]) -> str:
    """Keys in a sentence; of many the first."""
    more = len(keys) - _SHOWN_KEYS
    return ", ".join(keys[:_SHOWN_KEYS]) + (f" and {more} more" if more > 0 else "")
