"""Findings and mapping quality over GraphQL: listed, accepted, opened again, and looked for now."""

import asyncio
from datetime import datetime, timedelta

import strawberry

from app.api.audited import acting
from app.api.finding_types import CheckRun, Finding, FindingConnection, check_run, finding
from app.api.mapping_types import MappingQuality, mapping_quality
from app.api.pages import Listing, page_size
from app.api.permissions import edits, operates, readable
from app.api.relay import Edge, RequestInfo, paged
from app.continuity import checking
from app.continuity import quality_store as store
from app.continuity.checking import CheckRules
from app.continuity.finding import FindingSeverity, FindingStatus
from app.continuity.mapping import service_map
from app.impact.actions import number_of


@strawberry.input(name="FindingFilter")
class FindingFilterInput:
    """Which findings a list shows; parts combine with AND, the values of a part with OR. `owner` is a team's key."""

    key: str | None = None
    owner: str | None = None
    codes: list[str] | None = None
    severities: list[FindingSeverity] | None = None
    statuses: list[FindingStatus] | None = None

    def chosen(self) -> store.FindingFilter:
        """The filter of the store."""
        return store.FindingFilter(
            self.key,
            self.owner,
            tuple(sorted(self.codes or ())),
            tuple(sorted(self.severities or (), key=lambda one: one.rank)),
            tuple(sorted(self.statuses or (), key=lambda one: one.value)),
        )


@strawberry.type
class FindingsQuery:
    """What is wrong with the estate."""

    @readable("What the checks have found, the severest first, then by check and item; resolved findings too.")
    async def findings(
        self,
        info: RequestInfo,
        filter: FindingFilterInput | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> FindingConnection:
        runtime = info.context.runtime
        chosen = (filter or FindingFilterInput()).chosen()
        size = page_size(first, runtime.settings.max_page_size)
        listing = Listing("findings", (chosen,))
        place = listing.place(after, (int, str))
        last = await store.last_check(runtime.database)
        at = last.at if last else None
        found = await store.findings(
            runtime.database,
            chosen,
            place,  # type: ignore[arg-type]  # the kinds of its parts were checked
            size + 1,
            checked_at=at,
        )
        where, edges = paged(
            found,
            size,
            after,
            lambda one: Edge(cursor=listing.cursor(one.seen.severity.rank, one.id), node=finding(one)),
        )
        return FindingConnection(
            page_info=where,
            edges=edges,
            counter=lambda: store.count_findings(runtime.database, chosen),
            checked_at=at,
        )

    @readable("How much is known of what an item stands on, and how sure that is.")
    async def mapping_quality(self, info: RequestInfo, key: str) -> MappingQuality:
        runtime = info.context.runtime
        graph = await info.context.graph()
        number_of(graph, key)
        found = await service_map(runtime.database, graph, key, most_items=runtime.settings.max_mapping_items)
        stale_after = timedelta(days=runtime.settings.dependency_valid_days)
        return await asyncio.to_thread(mapping_quality, found, runtime.clock(), stale_after)


@strawberry.type
class FindingsMutation:
    """Deciding what becomes of what was found."""

    @edits("Accept what was found until an instant, and say why; accepting again replaces both.")
    async def accept_finding(self, info: RequestInfo, id: strawberry.ID, reason: str, until: datetime) -> Finding:
        runtime = info.context.runtime
        accepted = await checking.accept_finding(
            acting(info),
            id,
            reason,
            until,
            caller=info.context.caller.name,
            now=runtime.clock(),
            longest=timedelta(days=runtime.settings.finding_acceptance_days),
        )
        return finding(accepted)

    @edits("Accept no longer what was found.")
    async def reopen_finding(self, info: RequestInfo, id: strawberry.ID) -> Finding:
        runtime = info.context.runtime
        caller, now = info.context.caller.name, runtime.clock()
        return finding(await checking.reopen_finding(acting(info), id, caller=caller, now=now))

    @operates("Check the whole estate now; it is checked by itself from time to time.")
    async def check_now(self, info: RequestInfo) -> CheckRun:
        runtime = info.context.runtime
        picture = await runtime.continuity.current()
        rules = CheckRules.of(runtime.settings)
        return check_run(await checking.check_estate(acting(info), picture, rules, runtime.clock()))
