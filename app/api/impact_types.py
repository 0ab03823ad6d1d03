"""The GraphQL types of an impact report, in the words of `impact`."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

import strawberry

from app.api.answers import Answer
from app.api.dora_types import DoraClassification, dora_classification
from app.api.impacted_types import (
    ImpactedItemConnection,
    Money,
    StateCount,
    impacted_item,
    money,
    state_counts,
)
from app.api.item_types import ConfigurationItem
from app.api.pages import Listing, page_size
from app.api.relay import Edge, RequestInfo, counter_of, paged
from app.api.risk_types import AtRiskConnection, SinglePoints, at_risk_item
from app.impact import model as impact
from app.impact.model import HealthState
from app.impact.report import ImpactReport as Report
from app.impact.risk import Risk
from app.inventory import model as inventory
from app.inventory.model import ItemType


@strawberry.type
class Cause:
    """An item that failed by itself."""

    key: strawberry.Private[str]
    answer: strawberry.Private[Answer]
    state: HealthState
    planned: bool = strawberry.field(description="Whether maintenance alone gives it this state.")

    @strawberry.field
    async def item(self, info: RequestInfo) -> ConfigurationItem:
        return await self.answer.item(info, self.key)


@strawberry.type
class ImpactReport:
    """What is hurt, completely counted; nothing is cut silently."""

    answer: strawberry.Private[Answer]
    as_of: datetime
    graph_version: str
    truncated: bool = False
    hidden: int = strawberry.field(
        description="How many impacted items the caller may not see; they are neither listed nor counted elsewhere."
    )

    @strawberry.field(
        description="The most urgent of its business processes and services; what is planned does not count."
    )
    def priority(self) -> int | None:
        return self.answer.report.priority

    @strawberry.field(description="The longest path of any impacted item, in edges.")
    def depth_reached(self) -> int:
        return self.answer.report.depth_reached

    @strawberry.field(description="How many items may or may not be hurt.")
    def unknown(self) -> int:
        return self.answer.report.unknown

    @strawberry.field(description="What the answer takes for granted.")
    def assumptions(self) -> list[str]:
        return list(self.answer.report.assumptions)

    @strawberry.field(description="What failed by itself.")
    def causes(self) -> list[Cause]:
        planned = self.answer.report.planned_causes
        return [
            Cause(key=key, answer=self.answer, state=state, planned=key in planned)
            for key, state in self.answer.report.causes
        ]

    @strawberry.field(description="Items by type and state, OPERATIONAL aside.")
    def counts(self) -> list[StateCount]:
        return state_counts(self.answer.report)

    @strawberry.field(
        description="What the outages of business processes and services cost together, by currency. A process that "
        "the loss of services with costs of their own takes DOWN adds nothing; what may be DOWN counts as DOWN."
    )
    async def costs(self) -> list[Money]:
        return [money(one) for one in await asyncio.to_thread(lambda: self.answer.report.costs)]

    @strawberry.field(description="Which data the answer lacked: of how many items, and the keys of the first.")
    def missing(self) -> list[str]:
        return list(self.answer.report.missing)

    @strawberry.field(description="Whether this would be a major incident under DORA, if it is all one incident.")
    async def dora(self, info: RequestInfo) -> DoraClassification:
        report = self.answer.report
        return await dora_classification(info.context, report, report.began_at)

    @strawberry.field(description="The impacted items, the causes included, page by page.")
    async def impacted(
        self,
        info: RequestInfo,
        types: list[ItemType] | None = None,
        states: list[HealthState] | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> ImpactedItemConnection:
        size = page_size(first, info.context.runtime.settings.max_page_size)
        kinds = sorted(one.value for one in types) if types is not None else None
        listing = Listing(
            "impacted", (self.answer.report.causes, kinds, sorted(states) if states is not None else None)
        )
        place = listing.place(after, (int, str))
        position = impact.Position(int(str(place[0])), str(place[1])) if place else None
        found = self.answer.report.page(size + 1, position, types=types, states=states)

        async def count() -> int:
            return self.answer.report.total(types, states)

        where, edges = paged(
            found,
            size,
            after,
            lambda one: Edge(cursor=listing.cursor(one[0].code, one[0].key), node=impacted_item(one[1], self.answer)),
        )
        return ImpactedItemConnection(page_info=where, edges=edges, counter=count)

    @strawberry.field(description="What one more loss would take DOWN that would stay up if nothing had failed.")
    async def at_risk(self, info: RequestInfo, first: int | None = None, after: str | None = None) -> AtRiskConnection:
        settings = info.context.runtime.settings
        size = page_size(first, settings.max_page_size)
        listing = Listing("atRisk", (self.answer.report.causes,))
        place = listing.place(after, (int, str))
        position = impact.Position(int(str(place[0])), str(place[1])) if place else None
        sight = await info.context.sight()
        risk = await asyncio.to_thread(Risk, self.answer.report.propagation, settings.max_at_risk_edges, sight)
        ranked = risk.page(size + 1, position)
        points = SinglePoints(risk, [item for _, item in ranked[:size]], settings.max_page_size)
        where, edges = paged(
            ranked,
            size,
            after,
            lambda one: Edge(
                cursor=listing.cursor(one[0].code, one[0].key), node=at_risk_item(one[1], points, self.answer)
            ),
        )
        truncated = not risk.complete
        return AtRiskConnection(page_info=where, edges=edges, counter=counter_of(risk.numbers), truncated=truncated)


def impact_report(report: Report, instead: Mapping[str, inventory.Item] = MappingProxyType({})) -> ImpactReport:
    """The report as its GraphQL type; the items of `instead` are otherwise in its estate than they are stored."""
    return ImpactReport(
        answer=Answer(report, instead),
        as_of=report.moment.at,
        graph_version=str(report.graph.version),
        hidden=report.hidden,
    )
