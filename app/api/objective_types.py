"""The GraphQL types of recovery objectives, in the words of `continuity`."""

from datetime import datetime

import strawberry

from app.api.item_types import ConfigurationItem, item_of, items_of
from app.api.pages import page_size
from app.api.relay import Connection, Edge, RequestInfo
from app.continuity import conflicts as rules
from app.continuity import objectives as answers
from app.continuity import proofs, verdicts
from app.continuity.conflicts import ObjectiveFinding
from app.continuity.data_loss import LossKind
from app.continuity.facts import RecoveryEvidence
from app.continuity.gaps import GapKind
from app.continuity.verdicts import ObjectiveStatus

strawberry.enum(ObjectiveFinding)
strawberry.enum(LossKind)
strawberry.enum(GapKind)
strawberry.enum(RecoveryEvidence)
strawberry.enum(ObjectiveStatus)


@strawberry.type
class RtoObjective:
    """How long recovery takes against how fast it has to be, in seconds after the loss of everything it stands on.

    A time that rests on something nobody knows is null, and its bounds say what can be said.
    """

    rta_seconds: int | None = strawberry.field(description="What recovery achieves.")
    rta_at_least_seconds: int
    rta_at_most_seconds: int | None
    required_rto_seconds: int | None = strawberry.field(
        description="What the business that needs the item, and its own deadline, leave it; below 0 if even nothing "
        "would be too slow. Null also if nobody asks."
    )
    required_rto_at_least_seconds: int | None
    required_rto_at_most_seconds: int | None
    declared_rto_seconds: int | None = strawberry.field(description="Its own RTO.")
    rto_gap_seconds: int | None = strawberry.field(
        description="By how much its own RTO is exceeded, at least; null if that is not known."
    )
    slack_seconds: int | None = strawberry.field(
        description="What is left of the required RTO; below 0 where it is exceeded."
    )
    overrun_seconds: int = strawberry.field(description="By how much the tighter of both is exceeded, at least.")
    status: ObjectiveStatus


@strawberry.type
class RpoObjective:
    """How much work is lost against how much may be, in seconds before the loss of the data."""

    loss_kind: LossKind
    rpa_seconds: int | None = strawberry.field(description="How old the oldest is of what is restored.")
    rpa_at_least_seconds: int | None
    required_rpo_seconds: int | None = strawberry.field(description="What the business allows; null if nobody says.")
    declared_rpo_seconds: int | None
    rpo_gap_seconds: int | None
    skew_seconds: int | None = strawberry.field(
        description="How far apart the oldest and the newest are of what is restored; unless 0 they do not agree."
    )
    status: ObjectiveStatus


@strawberry.type
class RecoveryStep:
    """An item's part of a recovery, in seconds after the failure."""

    key: str
    start_seconds: int
    own_seconds: int = strawberry.field(description="What it takes by itself; at least, if that is missing.")
    finish_seconds: int
    evidence: RecoveryEvidence | None
    is_missing: bool = strawberry.field(description="Whether nobody knows what it takes.")
    cycle: list[str] = strawberry.field(
        description="The keys of items that wait for each other and recover in this one step; empty for most."
    )

    @strawberry.field
    async def item(self, info: RequestInfo) -> ConfigurationItem:
        return await item_of(info.context, self.key)


@strawberry.type
class ObjectiveConflict:
    """Something that is wrong with the objectives of an item."""

    code: ObjectiveFinding
    sentence: str
    seconds: int | None = strawberry.field(description="By how much, at least, where it is about time.")
    keys: list[str] = strawberry.field(description="Whom it is about.")


@strawberry.type
class MissingInput:
    """What has to be known for an exact answer."""

    key: str
    field: str

    @strawberry.field
    async def item(self, info: RequestInfo) -> ConfigurationItem:
        return await item_of(info.context, self.key)


@strawberry.type
class Objectives:
    """What recovery achieves of an item, what is asked of it, and what proves both."""

    answer: strawberry.Private[answers.Objectives]
    graph_version: str
    rto: RtoObjective
    physical_loss: RpoObjective = strawberry.field(description="If its data are gone: a replica, else the backup.")
    data_corruption: RpoObjective = strawberry.field(description="If its data are wrong, so replicas are too.")
    evidence: RecoveryEvidence | None = strawberry.field(
        description="The weakest on the critical path; null if a time on it is missing."
    )
    effective_tier: int | None = strawberry.field(
        description="The best tier of what needs it hard or through a group, its own included."
    )
    critical_path: list[RecoveryStep] = strawberry.field(
        description="The steps that make it as late as it is, in the order of the work."
    )
    conflicts: list[ObjectiveConflict]
    assumptions: list[str]
    missing_count: int = strawberry.field(description="How many inputs are missing in all.")

    @strawberry.field
    async def item(self, info: RequestInfo) -> ConfigurationItem:
        return await item_of(info.context, self.answer.key)

    @strawberry.field(description="From it to the business item whose deadline it has to meet; empty if nobody asks.")
    async def demand_path(self, info: RequestInfo) -> list[ConfigurationItem]:
        return await items_of(info.context, self.answer.demand_path)

    @strawberry.field(description="The missing inputs, recovery times first, then by key.")
    async def missing(self, info: RequestInfo, limit: int | None = None) -> list[MissingInput]:
        size = page_size(limit, info.context.runtime.settings.max_page_size, "limit")
        return [MissingInput(key=one.key, field=one.field) for one in self.answer.missing[:size]]


@strawberry.type
class RecoveryGap:
    """An item that recovers too late, or loses too much of its data."""

    key: strawberry.Private[str]
    path: strawberry.Private[tuple[proofs.Step, ...]]
    rto: RtoObjective
    rpo: RpoObjective | None = strawberry.field(description="For the kind of loss that was asked for; null for RTO.")
    evidence: RecoveryEvidence | None

    @strawberry.field
    async def item(self, info: RequestInfo) -> ConfigurationItem:
        return await item_of(info.context, self.key)

    @strawberry.field(description="The steps that make it as late as it is, in the order of the work.")
    def critical_path(self) -> list[RecoveryStep]:
        return [recovery_step(step) for step in self.path]


@strawberry.type
class RecoveryGapConnection(Connection[Edge[RecoveryGap]]):
    """Items that recover too late or lose too much, the worst first."""

    graph_version: str = strawberry.field(description="The version of the estate this was worked out of.")
    computed_at: datetime


def objectives(answer: answers.Objectives, version: int) -> Objectives:
    """The objectives as their GraphQL type."""
    physical, corrupt = (rpo_objective(one) for one in answer.rpo)
    return Objectives(
        answer=answer,
        graph_version=str(version),
        rto=rto_objective(answer.rto),
        physical_loss=physical,
        data_corruption=corrupt,
        evidence=answer.evidence,
        effective_tier=answer.effective_tier,
        critical_path=[recovery_step(step) for step in answer.critical_path],
        conflicts=[_conflict(one) for one in answer.conflicts],
        assumptions=list(answer.assumptions),
        missing_count=len(answer.missing),
    )


def rto_objective(verdict: verdicts.RtoVerdict) -> RtoObjective:
    """The verdict as its GraphQL type."""
    required = verdict.required or verdicts.Bounds(None, None)
    return RtoObjective(
        rta_seconds=verdict.achievable.exact,
        rta_at_least_seconds=verdict.achievable.at_least or 0,
        rta_at_most_seconds=verdict.achievable.at_most,
        required_rto_seconds=required.exact,
        required_rto_at_least_seconds=required.at_least,
        required_rto_at_most_seconds=required.at_most,
        declared_rto_seconds=verdict.declared_seconds,
        rto_gap_seconds=verdict.gap_seconds,
        slack_seconds=verdict.slack_seconds,
        overrun_seconds=verdict.overrun_seconds,
        status=verdict.status,
    )


def recovery_step(step: proofs.Step) -> RecoveryStep:
    """The step as its GraphQL type."""
    return RecoveryStep(
        key=step.key,
        start_seconds=step.start_seconds,
        own_seconds=step.own_seconds,
        finish_seconds=step.finish_seconds,
        evidence=step.evidence,
        is_missing=step.is_missing,
        cycle=list(step.cycle),
    )


def rpo_objective(verdict: verdicts.RpoVerdict) -> RpoObjective:
    """The verdict as its GraphQL type."""
    loss = verdict.loss
    return RpoObjective(
        loss_kind=verdict.kind,
        rpa_seconds=loss.at_most_seconds if loss and loss.at_least_seconds == loss.at_most_seconds else None,
        rpa_at_least_seconds=loss.at_least_seconds if loss else None,
        required_rpo_seconds=verdict.required_seconds,
        declared_rpo_seconds=verdict.declared_seconds,
        rpo_gap_seconds=verdict.gap_seconds,
        skew_seconds=loss.skew_seconds if loss else None,
        status=verdict.status,
    )


def _conflict(one: rules.Conflict) -> ObjectiveConflict:
    return ObjectiveConflict(code=one.code, sentence=one.sentence, seconds=one.seconds, keys=list(one.keys))
