"""The GraphQL types of what one event hurts, in the words of `impact`."""

import asyncio
from datetime import datetime

import strawberry

from app.api.answers import Answer
from app.api.dora_types import DoraClassification, dora_classification
from app.api.impacted_types import ImpactedItem, StateCount, impacted_item, state_counts
from app.api.pages import page_size
from app.api.relay import RequestInfo
from app.impact.report import ImpactReport
from app.inventory.model import ItemType

MAX_LISTED = 50


@strawberry.type
class BusinessItems:
    """The worst of the business items that an event hurts, and how many there are."""

    total_count: int
    nodes: list[ImpactedItem]


@strawberry.type
class EventImpact:
    """What an event hurts: what it hurts alone, and what is worse with it than without it."""

    answer: strawberry.Private[Answer]
    began_at: strawberry.Private[datetime]
    graph_version: str
    priority: int | None = strawberry.field(
        description="The most urgent of the business items it hurts; null if its item is in maintenance, "
        "or what it hurts is planned."
    )

    @strawberry.field(description="Items by type and state, OPERATIONAL aside.")
    def counts(self) -> list[StateCount]:
        return state_counts(self.answer.report)

    @strawberry.field(description="The business processes it hurts, the worst first; at most 50.")
    async def business_processes(self, info: RequestInfo, first: int | None = None) -> BusinessItems:
        return await self._listed(ItemType.BUSINESS_PROCESS, first)

    @strawberry.field(description="The business services it hurts, the worst first; at most 50.")
    async def business_services(self, info: RequestInfo, first: int | None = None) -> BusinessItems:
        return await self._listed(ItemType.BUSINESS_SERVICE, first)

    async def _listed(self, kind: ItemType, first: int | None) -> BusinessItems:
        report, size = self.answer.report, page_size(first, MAX_LISTED)
        found = await asyncio.to_thread(report.page, size, types=(kind,))
        nodes = [impacted_item(item, self.answer) for _, item in found]
        return BusinessItems(total_count=report.total((kind,), None), nodes=nodes)

    @strawberry.field(
        description="When the first of the business items it hurts breaches its tolerance if it is not back."
    )
    async def breach_at(self) -> datetime | None:
        return await asyncio.to_thread(lambda: self.answer.report.first_breach_at)

    @strawberry.field(description="From now to breachAt; negative if that is over, null without a tolerance.")
    async def time_to_breach_seconds(self) -> int | None:
        breach = await asyncio.to_thread(lambda: self.answer.report.first_breach_at)
        return int((breach - self.answer.report.moment.at).total_seconds()) if breach else None

    @strawberry.field(description="Whether this would be a major incident under DORA.")
    async def dora(self, info: RequestInfo) -> DoraClassification:
        return await dora_classification(info.context, self.answer.report, self.began_at)


def event_impact(report: ImpactReport, *, began_at: datetime, planned: bool) -> EventImpact:
    """What an event hurts as its GraphQL type; one about an item in maintenance wakes nobody."""
    return EventImpact(
        answer=Answer(report, {}),
        began_at=began_at,
        graph_version=str(report.graph.version),
        priority=None if planned else report.priority,
    )
