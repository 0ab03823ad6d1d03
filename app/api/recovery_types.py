"""The GraphQL types of recovery plans, in the words of `continuity.recovery`."""

import asyncio
from bisect import bisect_right
from datetime import datetime, timedelta

import strawberry

from app.api.item_types import ConfigurationItem, item_of, items_of
from app.api.objective_types import RecoveryStep, recovery_step
from app.api.pages import Listing, page_size
from app.api.relay import Connection, Edge, RequestInfo, counter_of, page_info
from app.continuity import progress, recovery, schedule
from app.continuity.facts import RecoveryEvidence
from app.continuity.planning import PlannedRecovery
from app.continuity.progress import replanned


@strawberry.input
class DurationInput:
    """Another recovery time than the known one, in seconds."""

    key: str
    recovery_time_seconds: int


@strawberry.type
class PlanAssignment:
    """When which team does a step, in seconds after the failure; teams count from 1, and what takes no time needs
    none."""

    team: int | None
    start_seconds: int
    finish_seconds: int


@strawberry.type
class PlanStep(RecoveryStep):
    """A step of a recovery plan."""

    wave: int = strawberry.field(description="How many steps come one after the other until it is done.")
    slack_seconds: int | None = strawberry.field(
        description="How much later it may end without delaying the plan; null if it only restores redundancy or is "
        "done."
    )
    is_critical: bool = strawberry.field(description="Whether any delay of it delays the plan.")
    needs: list[str] = strawberry.field(description="The keys of the steps it waits for.")
    done_seconds: int | None = strawberry.field(description="When it was done, if it is.")
    assignment: PlanAssignment | None = strawberry.field(description="Its place in the schedule, if teams were given.")


@strawberry.type
class PlanStepConnection(Connection[Edge[PlanStep]]):
    """Steps in the order in which they can begin."""


@strawberry.type
class PlanGroup:
    """A redundancy group in a plan, in seconds after the failure."""

    key: str
    up_seconds: int = strawberry.field(description="When enough of its members are up.")
    restored_seconds: int = strawberry.field(description="When all of them are.")

    @strawberry.field
    async def item(self, info: RequestInfo) -> ConfigurationItem:
        return await item_of(info.context, self.key)


@strawberry.type
class PlanSchedule:
    """A plan for a limited number of teams, each doing one step at a time; the steps have their places in it."""

    teams: int
    finish_seconds: int
    lower_bound_seconds: int = strawberry.field(
        description="No schedule of these steps ends earlier: the critical path, or all work shared evenly."
    )


@strawberry.type
class RecoveryPlan:
    """What is brought up when, in seconds after the failure; at least, where times are missing."""

    answer: strawberry.Private[PlannedRecovery]
    graph_version: str
    finish_seconds: int = strawberry.field(description="When everything asked for is up.")
    finish_at_most_seconds: int | None = strawberry.field(description="Null if missing times decide it.")
    redundancy_restored_seconds: int | None = strawberry.field(
        description="When all members of all groups are up; null if there is no group."
    )
    evidence: RecoveryEvidence | None = strawberry.field(
        description="The weakest on the critical path; null if a time on it is missing."
    )
    critical_path: list[RecoveryStep]
    groups: list[PlanGroup] = strawberry.field(description="The redundancy groups, by key.")
    missing: list[str] = strawberry.field(description="The keys of the items whose recovery time nobody knows.")
    assumed: list[str] = strawberry.field(
        description="The keys of the items that nobody gave a recovery time and that were taken to need none."
    )
    schedule: PlanSchedule | None

    @strawberry.field
    async def targets(self, info: RequestInfo) -> list[ConfigurationItem]:
        return await items_of(info.context, self.answer.plan.targets)

    @strawberry.field(description="The steps, in the order in which they can begin.")
    async def plan_steps(
        self, info: RequestInfo, first: int | None = None, after: str | None = None
    ) -> PlanStepConnection:
        size = page_size(first, info.context.runtime.settings.max_page_size)
        plan = self.answer.plan
        listing = Listing("planSteps", (plan.targets,))
        place = listing.place(after, (int, int, str))
        begin = bisect_right(plan.steps, place, key=recovery.PlanStep.place) if place else 0
        shown = plan.steps[begin : begin + size]
        assigned = self.answer.schedule.by_key if self.answer.schedule else {}
        edges = [Edge(cursor=listing.cursor(*one.place()), node=_step(one, assigned.get(one.key))) for one in shown]
        where = page_info(
            [edge.cursor for edge in edges], more_after=begin + size < len(plan.steps), more_before=after is not None
        )
        return PlanStepConnection(page_info=where, edges=edges, counter=counter_of(plan.steps))


@strawberry.type
class DoneStep:
    """An item that is up again."""

    key: str
    done_at: datetime
    done_by: str


@strawberry.type
class RecoveryProgress:
    """How a recovery stands: what is not done is planned from now on, for as many teams as it began with. Each is taken
    to have begun what its schedule gave it, and to be at it until it is said to be done."""

    as_of: datetime
    is_finished: bool = strawberry.field(description="Whether everything it is for is up.")
    finish_at: datetime = strawberry.field(description="When everything is up, at the earliest if times are missing.")
    finish_at_most: datetime | None = strawberry.field(description="Null if missing times decide it.")
    plan: RecoveryPlan = strawberry.field(description="In seconds after the recovery began.")


@strawberry.type
class Recovery:
    """A real recovery of some items, which counts from when it began."""

    record: strawberry.Private[progress.Recovery]
    id: strawberry.ID
    started_at: datetime
    started_by: str
    target_keys: list[str]
    failed_keys: list[str] | None = strawberry.field(
        description="What of what they stand on is lost; null for everything."
    )
    teams: int | None = strawberry.field(description="How many teams do the work; null for as many as it takes.")
    done: list[DoneStep] = strawberry.field(description="What is up again, by key.")

    @strawberry.field(description="How it stands now; null if everything it is for was removed.")
    async def progress(self, info: RequestInfo) -> RecoveryProgress | None:
        runtime = info.context.runtime
        picture, now = await runtime.continuity.current(), runtime.clock()
        answer = await asyncio.to_thread(replanned, picture, self.record, now, cycles=runtime.cycles)
        if answer is None:
            return None
        most = answer.finish_most_seconds
        return RecoveryProgress(
            as_of=now,
            is_finished=answer.plan.is_finished,
            finish_at=self.started_at + timedelta(seconds=answer.finish_seconds),
            finish_at_most=None if most is None else self.started_at + timedelta(seconds=most),
            plan=recovery_plan(answer),
        )


@strawberry.type
class RecoveryConnection(Connection[Edge[Recovery]]):
    """Recoveries, those that began last first."""


def recovery_of(record: progress.Recovery) -> Recovery:
    """The recovery as its GraphQL type."""
    return Recovery(
        record=record,
        id=strawberry.ID(record.id),
        started_at=record.started_at,
        started_by=record.started_by,
        target_keys=list(record.targets),
        failed_keys=None if record.failed is None else list(record.failed),
        teams=record.teams,
        done=[DoneStep(key=step.key, done_at=step.at, done_by=step.by) for step in record.done],
    )


def recovery_plan(answer: PlannedRecovery) -> RecoveryPlan:
    """The plan as its GraphQL type."""
    plan, made = answer.plan, answer.schedule
    return RecoveryPlan(
        answer=answer,
        graph_version=str(answer.graph_version),
        finish_seconds=plan.finish_seconds,
        finish_at_most_seconds=plan.finish_most_seconds,
        redundancy_restored_seconds=plan.redundancy_restored_seconds,
        evidence=plan.evidence,
        critical_path=[recovery_step(step) for step in plan.critical_path],
        groups=[
            PlanGroup(key=one.key, up_seconds=one.up_seconds, restored_seconds=one.restored_seconds)
            for one in plan.groups
        ],
        missing=list(plan.missing),
        assumed=list(plan.assumed),
        schedule=_schedule(made) if made else None,
    )


def _schedule(made: schedule.Schedule) -> PlanSchedule:
    return PlanSchedule(
        teams=made.teams, finish_seconds=made.finish_seconds, lower_bound_seconds=made.lower_bound_seconds
    )


def _assignment(one: schedule.Assignment) -> PlanAssignment:
    return PlanAssignment(team=one.team, start_seconds=one.start_seconds, finish_seconds=one.finish_seconds)


def _step(one: recovery.PlanStep, assigned: schedule.Assignment | None) -> PlanStep:
    return PlanStep(
        **vars(recovery_step(one.step)),
        wave=one.wave,
        slack_seconds=one.slack_seconds,
        is_critical=one.is_critical,
        needs=list(one.needs),
        done_seconds=one.done_seconds,
        assignment=_assignment(assigned) if assigned else None,
    )
