"""The GraphQL types of scenarios, in the words of `continuity`."""

from datetime import datetime

import strawberry

from app.api.item_types import ConfigurationItem, item_of
from app.api.pages import page_size
from app.api.relay import Connection, Edge, RequestInfo
from app.continuity import scenario as rules
from app.continuity.scenario import ScenarioKind, Tolerance
from app.continuity.verdicts import ObjectiveStatus

strawberry.enum(ScenarioKind)
strawberry.enum(Tolerance)


@strawberry.input
class ScenarioInput:
    """What happens to which items, and for how long; of ransomware, until restoring can begin."""

    name: str
    kind: ScenarioKind
    keys: list[str]
    duration_seconds: int

    def scenario(self) -> rules.Scenario:
        """The input in the words of `continuity`."""
        return rules.Scenario(self.kind, tuple(self.keys), self.duration_seconds)


@strawberry.type
class Scenario:
    """Something that could happen; its version counts what was saved under its name."""

    name: str
    version: int
    kind: ScenarioKind
    keys: list[str]
    duration_seconds: int
    saved_at: datetime
    saved_by: str


@strawberry.type
class ScenarioDataLoss:
    """What a business item loses of its data, in seconds of work since the last clean copy."""

    lost_at_least_seconds: int
    lost_at_most_seconds: int | None = strawberry.field(description="Null if a store does not tell of its backups.")
    rpo_seconds: int | None = strawberry.field(description="What may be lost, of all that asks for it.")
    status: ObjectiveStatus


@strawberry.type
class ScenarioOutcome:
    """What a scenario does to one business item."""

    key: str
    status: Tolerance
    outage_seconds: int | None = strawberry.field(description="Null if nobody knows when it would end.")
    tolerance_seconds: int | None = strawberry.field(description="Its impact tolerance, else its MTPD.")
    data_loss: ScenarioDataLoss | None = strawberry.field(
        description="What is lost of its data, which ransomware damages in every replica; null if nothing is."
    )

    @strawberry.field(description="The item, if it is still there.")
    async def item(self, info: RequestInfo) -> ConfigurationItem | None:
        graph = await info.context.graph()
        return await item_of(info.context, self.key) if self.key in graph.number else None


@strawberry.type
class ScenarioRun:
    """What a scenario did to the estate as it was, kept as evidence."""

    found: strawberry.Private[rules.Outcomes]
    id: strawberry.ID
    name: str
    version: int
    kind: ScenarioKind
    keys: list[str]
    duration_seconds: int
    graph_version: str
    ran_at: datetime
    ran_by: str
    breached_count: int
    data_breached_count: int = strawberry.field(description="How many business items lose more data than they may.")
    affected_count: int = strawberry.field(description="How many were out at some time or lost data.")
    unaffected_count: int = strawberry.field(
        description="How many business items were not out at any time and lost nothing."
    )
    missing_keys: list[str] = strawberry.field(description="Items of the scenario that were not there.")
    unknown_keys: list[str] = strawberry.field(description="Items that nobody knows how long it takes to restore.")

    @strawberry.field(description="The business items that were out or lost data: breaches first, then by key.")
    def outcomes(self, info: RequestInfo, first: int | None = None) -> list[ScenarioOutcome]:
        size = page_size(first, info.context.runtime.settings.max_page_size)
        return [outcome(one) for one in self.found.outcomes[:size]]


@strawberry.type
class ScenarioOutcomeChange:
    """What changed for one business item; null where it was, or is, not out at any time."""

    key: str
    before: ScenarioOutcome | None
    after: ScenarioOutcome | None


@strawberry.type
class ScenarioComparison:
    """Two runs of one scenario, and what changed between them."""

    found: strawberry.Private[tuple[rules.OutcomeChange, ...]]
    before: ScenarioRun
    after: ScenarioRun
    change_count: int

    @strawberry.field(description="By key; what stayed as it was is left out.")
    def changes(self, info: RequestInfo, first: int | None = None) -> list[ScenarioOutcomeChange]:
        size = page_size(first, info.context.runtime.settings.max_page_size)
        return [
            ScenarioOutcomeChange(
                key=one.key,
                before=outcome(one.before) if one.before else None,
                after=outcome(one.after) if one.after else None,
            )
            for one in self.found[:size]
        ]


@strawberry.type
class ScenarioConnection(Connection[Edge[Scenario]]):
    """Scenarios, by name."""


@strawberry.type
class ScenarioRunConnection(Connection[Edge[ScenarioRun]]):
    """Runs, the last one first."""


def scenario(saved: rules.Saved) -> Scenario:
    """A saved scenario as its GraphQL type."""
    return Scenario(
        name=saved.name,
        version=saved.version,
        kind=saved.scenario.kind,
        keys=list(saved.scenario.keys),
        duration_seconds=saved.scenario.duration_seconds,
        saved_at=saved.saved_at,
        saved_by=saved.saved_by,
    )


def scenario_run(run: rules.Run) -> ScenarioRun:
    """A run as its GraphQL type."""
    found = run.found
    return ScenarioRun(
        found=found,
        id=strawberry.ID(run.id),
        name=run.name,
        version=run.version,
        kind=run.scenario.kind,
        keys=list(run.scenario.keys),
        duration_seconds=run.scenario.duration_seconds,
        graph_version=str(run.graph_version),
        ran_at=run.ran_at,
        ran_by=run.ran_by,
        breached_count=sum(one.status is Tolerance.BREACHED for one in found.outcomes),
        data_breached_count=sum(one.loses_too_much for one in found.outcomes),
        affected_count=len(found.outcomes),
        unaffected_count=found.unaffected_count,
        missing_keys=list(found.missing_keys),
        unknown_keys=list(found.unknown_keys),
    )


def outcome(one: rules.Outcome) -> ScenarioOutcome:
    """An outcome as its GraphQL type."""
    return ScenarioOutcome(
        key=one.key,
        status=one.status,
        outage_seconds=one.outage_seconds,
        tolerance_seconds=one.tolerance_seconds,
        data_loss=_data_loss(one.lost) if one.lost else None,
    )


def _data_loss(lost: rules.Lost) -> ScenarioDataLoss:
    return ScenarioDataLoss(
        lost_at_least_seconds=lost.at_least_seconds,
        lost_at_most_seconds=lost.at_most_seconds,
        rpo_seconds=lost.rpo_seconds,
        status=lost.status,
    )
