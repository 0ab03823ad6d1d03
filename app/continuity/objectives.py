"""Objectives: everything about the recovery of one item, what proves it and what is missing (semantics §5). Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.continuity.conflicts import Conflict, conflicts, listed, promises, tightest, unsatisfiable_below
from app.continuity.data_loss import DataEstate, LossKind
from app.continuity.facts import RecoveryEvidence
from app.continuity.proofs import (
    Step,
    assumed_below,
    critical_path,
    demand_path,
    missing_above,
    missing_below,
    path_evidence,
)
from app.continuity.times import RecoveryTimes
from app.continuity.verdicts import RpoVerdict, RtoVerdict, rpo_verdict, rto_verdict
from app.topology.graph import NO_SECONDS


@dataclass(frozen=True, slots=True)
class MissingInput:
    """What has to be known of which item; `field` is its name in the API."""

    key: str
    field: str


@dataclass(frozen=True, slots=True)
class Objectives:
    """Everything about the objectives of one item.

    `critical_path` proves the achievable time, `demand_path` the required one; `evidence` is the weakest on the
    critical path, `None` where a time on it is missing or nothing on it takes any.
    """

    key: str
    rto: RtoVerdict
    rpo: tuple[RpoVerdict, ...]
    critical_path: tuple[Step, ...]
    demand_path: tuple[str, ...]
    evidence: RecoveryEvidence | None
    effective_tier: int | None
    conflicts: tuple[Conflict, ...]
    missing: tuple[MissingInput, ...]
    assumptions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the objectives of an item are told from: the times after a loss, the times after the loss of everything,
    of the same estate, who depends on whom for data, the effective tier of the item and whose it is, and what it has
    promised to bring back besides itself."""

    achieved: RecoveryTimes
    asked: RecoveryTimes
    data: DataEstate
    tier: tuple[int, str] | None
    promised: Sequence[int] = ()


def objectives(grounds: Grounds, number: int) -> Objectives:
    """The objectives of an item, of its number in the times."""
    times, data, tier = grounds.achieved, grounds.data, grounds.tier
    key = times.estate.graph.keys[number]
    rto, path = rto_verdict(times, number, grounds.asked), critical_path(times, number)
    losses = tuple(rpo_verdict(data, data.graph.number[key], kind) for kind in LossKind)
    asked = demand_path(grounds.asked, number)
    return Objectives(
        key=key,
        rto=rto,
        rpo=losses,
        critical_path=path,
        demand_path=asked,
        evidence=path_evidence(path),
        effective_tier=tier[0] if tier else None,
        conflicts=(
            *promises(times, number, rto, tightest(grounds.asked, grounds.promised)),
            *conflicts(times, number, losses, tier),
        ),
        missing=tuple(dict.fromkeys([*_missing_times(grounds, number), *_missing_copies(key, losses)])),
        assumptions=tuple(_assumptions(times, number, asked)),
    )


def _missing_times(grounds: Grounds, number: int) -> Iterator[MissingInput]:
    times = grounds.achieved
    keys = times.estate.graph.keys
    for one in (*missing_below(times, number), *missing_above(grounds.asked, number)):
        yield MissingInput(keys[one], "recoveryTimeSeconds")
    for group in unsatisfiable_below(times, number):
        yield MissingInput(group, "members")


def _missing_copies(key: str, losses: Sequence[RpoVerdict]) -> Iterator[MissingInput]:
    """What stores have to say of their copies; and an item with an objective, which of its dependencies carry data."""
    for one in losses:
        if one.loss:
            yield from (MissingInput(store, "backupIntervalSeconds") for store in one.loss.missing)
        elif one.required_seconds is not None or one.declared_seconds is not None:
            yield MissingInput(key, "dataDependency")


def _assumptions(times: RecoveryTimes, number: int, asked: Sequence[str]) -> Iterator[str]:
    """What was taken for granted, in sentences."""
    graph, items = times.estate.graph, times.estate.items
    if assumed := [graph.keys[one] for one in assumed_below(times, number)]:
        yield f"nobody gave a recovery time of their own to {listed(assumed)}; none was counted"
    for one in (graph.number[key] for key in asked[-1:]):
        if items.mtpd_seconds[one] != NO_SECONDS and items.wrt_seconds[one] == NO_SECONDS:
            yield f"nobody gave the work recovery time (WRT) of {graph.keys[one]}; its MTPD alone bounds it"
