"""Business impact analyses over GraphQL: listed, drafted, approved, confirmed and retired."""

import strawberry

from app.api.assessment_types import Assessment, assessment
from app.api.audited import acting
from app.api.context import items_by_key
from app.api.dated import last_first
from app.api.inputs import AssessmentInput
from app.api.item_types import ConfigurationItem, item_of
from app.api.pages import Listing
from app.api.permissions import edits, readable
from app.api.relay import Connection, Edge, RequestInfo
from app.continuity import assessing
from app.continuity import assessment_store as store
from app.continuity.assessment import AssessmentStatus, Proposal
from app.continuity.assessment_rules import AssessmentLimits

strawberry.enum(Proposal)


@strawberry.type
class AssessmentEdge(Edge[Assessment]):
    """A version and its place in the list."""

    @strawberry.field(description="The item it is of; null if that is gone.")
    async def item(self, info: RequestInfo) -> ConfigurationItem | None:
        key = self.node.item_key
        there = await info.context.load(items_by_key, key)
        return await item_of(info.context, key) if there else None


@strawberry.type
class AssessmentConnection(Connection[AssessmentEdge]):
    """Versions of business impact analyses, those drafted last first."""


@strawberry.type
class AssessmentsQuery:
    """What an outage does to the business as it lasts."""

    @readable("Versions of business impact analyses, those drafted last first; without a key those of all items.")
    async def assessments(
        self,
        info: RequestInfo,
        key: str | None = None,
        statuses: list[AssessmentStatus] | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> AssessmentConnection:
        database = info.context.runtime.database
        chosen = sorted(statuses or (), key=lambda one: one.value)
        where, edges = await last_first(
            info,
            Listing("assessments", (key, chosen)),
            first=first,
            after=after,
            read=lambda before, size: store.assessments(database, key=key, statuses=chosen, before=before, first=size),
            at=lambda one: one.drafted_at,
            node=assessment,
        )
        return AssessmentConnection(
            page_info=where,
            edges=[AssessmentEdge(cursor=one.cursor, node=one.node) for one in edges],
            counter=lambda: store.count_assessments(database, key=key, statuses=chosen),
        )

    @readable("One version of a business impact analysis; null if the id names none.")
    async def assessment(self, info: RequestInfo, id: strawberry.ID) -> Assessment | None:
        found = await store.assessment_by_id(info.context.runtime.database, id)
        return assessment(found) if found else None


@strawberry.type
class AssessmentsMutation:
    """Assessing what an outage does to the business."""

    @edits(
        "Draft a new version of the business impact analysis of a process or service. It counts once it is approved."
    )
    async def draft_assessment(self, info: RequestInfo, key: str, input: AssessmentInput) -> Assessment:
        runtime = info.context.runtime
        limits = AssessmentLimits.of(runtime.settings)
        caller, now = info.context.caller.name, runtime.clock()
        return assessment(
            await assessing.draft_assessment(acting(info), key, input.raw(), limits=limits, caller=caller, now=now)
        )

    @edits(
        "Approve a draft: its item gets the MTPD and the losses that follow, and of what it proposes what is accepted, "
        "or all of it. The version approved before is superseded."
    )
    async def approve_assessment(
        self, info: RequestInfo, id: strawberry.ID, accept: list[Proposal] | None = None
    ) -> Assessment:
        runtime = info.context.runtime
        approved = await assessing.approve_assessment(
            acting(info),
            id,
            accept,
            caller=info.context.caller.name,
            now=runtime.clock(),
            keep_changes=runtime.settings.change_retention,
        )
        await runtime.after_write()
        return assessment(approved)

    @edits("Confirm that the approved version still holds.")
    async def review_assessment(self, info: RequestInfo, id: strawberry.ID) -> Assessment:
        runtime = info.context.runtime
        caller, now = info.context.caller.name, runtime.clock()
        return assessment(await assessing.review_assessment(acting(info), id, caller=caller, now=now))

    @edits("Retire a draft or the approved version; its item keeps what it was given. What is over stays as it is.")
    async def retire_assessment(self, info: RequestInfo, id: strawberry.ID) -> Assessment:
        runtime = info.context.runtime
        return assessment(await assessing.retire_assessment(acting(info), id, now=runtime.clock()))
