"""Scenarios over GraphQL: saved, run against the estate as it is, and compared over time."""

import strawberry

from app.api.audited import acting
from app.api.dated import last_first
from app.api.pages import Listing, page_size
from app.api.permissions import edits, operates, readable
from app.api.relay import Edge, RequestInfo, paged
from app.api.scenario_types import (
    Scenario,
    ScenarioComparison,
    ScenarioConnection,
    ScenarioInput,
    ScenarioRun,
    ScenarioRunConnection,
    scenario,
    scenario_run,
)
from app.continuity import scenario_actions as actions
from app.continuity import scenario_store as store


@strawberry.type
class ScenarioQuery:
    """What could happen, and what it did when it was tried."""

    @readable("The newest version of every scenario, by name.")
    async def scenarios(
        self, info: RequestInfo, first: int | None = None, after: str | None = None
    ) -> ScenarioConnection:
        database = info.context.runtime.database
        size = page_size(first, info.context.runtime.settings.max_page_size)
        listing = Listing("scenarios", ())
        place = listing.place(after, (str,))
        found = await store.scenarios(database, after=str(place[0]) if place else "", first=size + 1)
        where, edges = paged(found, size, after, lambda one: Edge(cursor=listing.cursor(one.name), node=scenario(one)))
        return ScenarioConnection(page_info=where, edges=edges, counter=lambda: store.count_scenarios(database))

    @readable("The runs of a scenario, of all its versions, the last one first.")
    async def scenario_runs(
        self, info: RequestInfo, name: str, first: int | None = None, after: str | None = None
    ) -> ScenarioRunConnection:
        database = info.context.runtime.database
        where, edges = await last_first(
            info,
            Listing("scenarioRuns", (name,)),
            first=first,
            after=after,
            read=lambda before, size: store.scenario_runs(database, name, before=before, first=size),
            at=lambda one: one.ran_at,
            node=scenario_run,
        )
        return ScenarioRunConnection(
            page_info=where, edges=edges, counter=lambda: store.count_scenario_runs(database, name)
        )

    @readable("What changed from one run of a scenario to another.")
    async def compare_scenario_runs(
        self, info: RequestInfo, before: strawberry.ID, after: strawberry.ID
    ) -> ScenarioComparison:
        one, other, found = await actions.compare(info.context.runtime.database, before, after)
        return ScenarioComparison(
            found=found, before=scenario_run(one), after=scenario_run(other), change_count=len(found)
        )


@strawberry.type
class ScenarioMutation:
    """Saying what could happen, and trying it."""

    @edits("Save a scenario under its name; if it is another one than before, as the next version.")
    async def save_scenario(self, info: RequestInfo, input: ScenarioInput) -> Scenario:
        runtime = info.context.runtime
        saved = await actions.save(
            acting(info),
            await info.context.graph(),
            input.name,
            input.scenario(),
            by=info.context.caller.name,
            at=runtime.clock(),
            most_keys=runtime.settings.max_failures,
        )
        return scenario(saved)

    @operates("Run the newest version of a scenario against the estate as it is, and keep what came of it.")
    async def run_scenario(self, info: RequestInfo, name: str) -> ScenarioRun:
        runtime = info.context.runtime
        picture, by = await runtime.continuity.current(), info.context.caller.name
        return scenario_run(await actions.run(acting(info), picture, name, by=by, at=runtime.clock()))
