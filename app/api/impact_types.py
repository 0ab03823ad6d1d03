"""The GraphQL types of impact, reach and paths, in the words of `impact`."""

from datetime import datetime

import strawberry

from app.api.item_types import ConfigurationItem, item_of, items_of
from app.api.pages import Listing, page_size
from app.api.relay import Connection, Edge, RequestInfo, page_info
from app.impact import model as impact
from app.impact.model import Direction, HealthState, PropagationRule
from app.impact.report import ImpactReport as Report
from app.inventory.model import ItemType

for _enum in (PropagationRule, Direction):
    strawberry.enum(_enum)


@strawberry.type
class ReachedItem:
    """An item found by following edges; the path runs from it to the start."""

    reached: strawberry.Private[impact.ReachedItem]
    depth: int

    @strawberry.field
    async def item(self, info: RequestInfo) -> ConfigurationItem:
        return await item_of(info.context, self.reached.key)

    @strawberry.field(description="One shortest path, from this item to the start, both included.")
    async def path(self, info: RequestInfo) -> list[ConfigurationItem]:
        return await items_of(info.context, self.reached.path)


@strawberry.type
class ReachConnection(Connection[Edge[ReachedItem]]):
    """Reached items, nearest first, then by key."""


@strawberry.type
class DependencyPath:
    """A path from a dependent to a provider, both included; `length` is its number of edges."""

    keys: strawberry.Private[tuple[str, ...]]
    length: int

    @strawberry.field
    async def items(self, info: RequestInfo) -> list[ConfigurationItem]:
        return await items_of(info.context, self.keys)


@strawberry.type
class Cause:
    """An item that failed by itself."""

    key: strawberry.Private[str]
    state: HealthState

    @strawberry.field
    async def item(self, info: RequestInfo) -> ConfigurationItem:
        return await item_of(info.context, self.key)


@strawberry.type
class StateCount:
    """How many items of a type are in a state."""

    type: ItemType
    state: HealthState
    count: int


@strawberry.type
class ImpactedItem:
    """An item that is hurt: how, by which rule, and along which path."""

    impacted: strawberry.Private[impact.ImpactedItem]
    report: strawberry.Private[Report]
    state: HealthState
    best_state: HealthState
    worst_state: HealthState
    depth: int
    rule: PropagationRule

    @strawberry.field
    async def item(self, info: RequestInfo) -> ConfigurationItem:
        return await item_of(info.context, self.impacted.key)

    @strawberry.field(description="A shortest path along which the state came, from this item to a cause.")
    async def path(self, info: RequestInfo) -> list[ConfigurationItem]:
        return await items_of(info.context, self.impacted.path)

    @strawberry.field(description="A minimal set of causes that explains the state.")
    async def causes(self, info: RequestInfo) -> list[ConfigurationItem]:
        return await items_of(info.context, self.report.causes_of(self.impacted.key))


@strawberry.type
class ImpactedItemConnection(Connection[Edge[ImpactedItem]]):
    """Impacted items: business processes, business services, IT services, the rest, groups."""


@strawberry.type
class ImpactReport:
    """What is hurt, completely counted; nothing is cut silently."""

    report: strawberry.Private[Report]
    as_of: datetime
    graph_version: str
    priority: int | None
    depth_reached: int
    unknown: int
    assumptions: list[str]
    truncated: bool = False
    hidden: int = 0

    @strawberry.field(description="What failed by itself.")
    def causes(self) -> list[Cause]:
        return [Cause(key=key, state=state) for key, state in self.report.causes]

    @strawberry.field(description="Items by type and state, OPERATIONAL aside.")
    def counts(self) -> list[StateCount]:
        return [StateCount(type=one.type, state=one.state, count=one.count) for one in self.report.counts]

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
        listing = Listing("impacted", (self.report.causes, kinds, sorted(states) if states is not None else None))
        place = listing.place(after, (int, str))
        position = impact.Position(int(str(place[0])), str(place[1])) if place else None
        found = self.report.page(size + 1, position, types=types, states=states)
        edges = [
            Edge(cursor=listing.cursor(at.code, at.key), node=_impacted(item, self.report)) for at, item in found[:size]
        ]

        async def count() -> int:
            return self.report.total(types, states)

        where = page_info([e.cursor for e in edges], more_after=len(found) > size, more_before=after is not None)
        return ImpactedItemConnection(page_info=where, edges=edges, counter=count)


def _impacted(item: impact.ImpactedItem, report: Report) -> ImpactedItem:
    return ImpactedItem(
        impacted=item,
        report=report,
        state=item.state,
        best_state=item.best_state,
        worst_state=item.worst_state,
        depth=item.depth,
        rule=item.rule,
    )


def impact_report(report: Report, as_of: datetime) -> ImpactReport:
    """The report as its GraphQL type."""
    return ImpactReport(
        report=report,
        as_of=as_of,
        graph_version=str(report.graph.version),
        priority=report.priority,
        depth_reached=report.depth_reached,
        unknown=report.unknown,
        assumptions=list(report.assumptions),
    )
