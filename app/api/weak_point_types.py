"""The GraphQL types of weak points, in the words of `continuity`."""

import asyncio
from datetime import datetime
from functools import partial

import strawberry

from app.api.item_types import ConfigurationItem, item_of, items_of
from app.api.pages import page_size
from app.api.relay import Connection, Edge, RequestInfo
from app.continuity import availability as rules
from app.continuity import weak_points as answers
from app.continuity.availability import AvailabilityMethod
from app.continuity.availability_actions import known_availability
from app.continuity.concentration import Concentrated
from app.continuity.cut_sets import USUAL_ORDER, CutElements, CutSets, minimal_cut_sets
from app.continuity.reliance import ConcentrationBasis
from app.errors import InvalidInput
from app.topology.graph import Graph

strawberry.enum(AvailabilityMethod)
strawberry.enum(CutElements)
strawberry.enum(ConcentrationBasis)
DIGITS = 12
"""Of a fraction as it is answered: what comes after depends on the order in which numbers are multiplied."""


@strawberry.type
class SinglePoint:
    """An item whose loss alone is enough."""

    graph: strawberry.Private[Graph]
    key: strawberry.Private[str]
    business_count: int = strawberry.field(description="How many business items besides itself its loss takes DOWN.")
    important_count: int = strawberry.field(
        description="How many of these are critical or important, or of tier 0 or 1."
    )

    @strawberry.field
    async def item(self, info: RequestInfo) -> ConfigurationItem:
        return await item_of(info.context, self.key)

    @strawberry.field(description="The business items its loss takes DOWN, important ones first, then by key.")
    async def hurts(self, info: RequestInfo, first: int | None = None) -> list[ConfigurationItem]:
        size = page_size(first, info.context.runtime.settings.max_page_size)
        hurt = await asyncio.to_thread(answers.business_hurt, self.graph, self.graph.number[self.key])
        return await items_of(info.context, [self.graph.keys[one] for one in hurt[:size]])


@strawberry.type
class SinglePointConnection(Connection[Edge[SinglePoint]]):
    """Single points of failure, the one whose loss hurts most first."""

    graph_version: str = strawberry.field(description="The version of the estate this was worked out of.")
    computed_at: datetime


@strawberry.type
class MinimalCutSets:
    """Sets of items that together take an item DOWN, and would not without any one of them."""

    answer: strawberry.Private[CutSets]
    complete_order: int = strawberry.field(description="All sets of up to so many items were found.")
    truncated: bool = strawberry.field(
        description="Whether larger sets that were asked for are missing, because finding them hit the limit "
        "UNDERPIN_MAX_CUT_SET_STEPS."
    )
    has_more: bool = strawberry.field(description="Whether there may be larger sets than those that were found.")
    lowest_order: int | None = strawberry.field(
        description="How many losses it takes at least; null if no set was found."
    )
    total_count: int

    @strawberry.field(description="Their keys: the smallest sets first, then by key.")
    def sets(self, info: RequestInfo, first: int | None = None) -> list[list[str]]:
        size = page_size(first, info.context.runtime.settings.max_page_size)
        return [list(one) for one in self.answer.sets[:size]]


@strawberry.type
class Importance:
    """How much an item counts for the availability of another."""

    key: str
    birnbaum: float = strawberry.field(
        description="How much more available the other is with it up than with it down, a fraction 0-1."
    )

    @strawberry.field
    async def item(self, info: RequestInfo) -> ConfigurationItem:
        return await item_of(info.context, self.key)


@strawberry.type
class Availability:
    """How likely an item is up, by how likely everything is that it stands on."""

    answer: strawberry.Private[rules.Availability]
    availability: float = strawberry.field(description="A fraction 0-1.")
    method: AvailabilityMethod = strawberry.field(
        description="LOWER_BOUND: by all minimal cut sets; ESTIMATE: by those that were found."
    )
    is_importance_complete: bool = strawberry.field(
        description="False where redundant items were left out, because they would have taken too long."
    )
    assumed_count: int = strawberry.field(
        description="How many components are taken to be always up, because nobody gave their availability."
    )

    @strawberry.field(description="What counts most first.")
    def importance(self, info: RequestInfo, first: int | None = None) -> list[Importance]:
        size = page_size(first, info.context.runtime.settings.max_page_size)
        return [Importance(key=one.key, birnbaum=round(one.birnbaum, DIGITS)) for one in self.answer.importance[:size]]

    @strawberry.field(description="The keys of those components.")
    def assumed(self, info: RequestInfo, first: int | None = None) -> list[str]:
        size = page_size(first, info.context.runtime.settings.max_page_size)
        return list(self.answer.assumed[:size])


@strawberry.type
class WeakPoints:
    """What could take an item DOWN."""

    graph: strawberry.Private[Graph]
    key: strawberry.Private[str]
    answer: strawberry.Private[answers.ItemPoints]
    graph_version: str
    is_down: bool = strawberry.field(
        description="Whether it is DOWN whatever fails, since a group it needs has lost its members; it has no weak "
        "points then."
    )
    single_point_count: int
    truncated: bool = strawberry.field(
        description="Whether only its nearest single points are ranked, because of UNDERPIN_MAX_SINGLE_POINTS."
    )

    @strawberry.field
    async def item(self, info: RequestInfo) -> ConfigurationItem:
        return await item_of(info.context, self.key)

    @strawberry.field(
        description="Everything whose loss alone takes it DOWN, itself included; the one whose loss hurts most first."
    )
    def single_points(self, info: RequestInfo, first: int | None = None) -> list[SinglePoint]:
        size = page_size(first, info.context.runtime.settings.max_page_size)
        return [single_point(self.graph, one) for one in self.answer.points[:size]]

    @strawberry.field(description="The minimal cut sets of up to `order` losses, 3 if it is left out.")
    async def minimal_cut_sets(
        self, info: RequestInfo, order: int = USUAL_ORDER, elements: CutElements = CutElements.ALL
    ) -> MinimalCutSets:
        most = info.context.runtime.settings.max_cut_set_order
        if not 1 <= order <= most:
            raise InvalidInput(f"order must be from 1 to {most}, not {order}; sets of more losses are not looked for")
        steps = info.context.runtime.settings.max_cut_set_steps
        number = self.graph.number[self.key]
        found = await asyncio.to_thread(
            minimal_cut_sets, self.graph, number, order, most_steps=steps, elements=elements
        )
        return MinimalCutSets(
            answer=found,
            complete_order=found.complete_order,
            truncated=found.truncated,
            has_more=found.has_more,
            lowest_order=found.lowest_order,
            total_count=len(found.sets),
        )

    @strawberry.field(description="How likely it is up.")
    async def availability(self, info: RequestInfo) -> Availability:
        runtime, graph = info.context.runtime, self.graph
        number = graph.number[self.key]
        steps = runtime.settings.max_cut_set_steps
        cuts = partial(minimal_cut_sets, graph, number, USUAL_ORDER, most_steps=steps)
        found = await known_availability(runtime.database, graph, number, cuts)
        return Availability(
            answer=found,
            availability=round(found.value, DIGITS),
            method=found.method,
            is_importance_complete=found.is_importance_complete,
            assumed_count=len(found.assumed),
        )


@strawberry.type
class ConcentrationShare:
    """How much of the business rests on one thing; shares are fractions 0-1 of what all business items weigh."""

    basis: strawberry.Private[ConcentrationBasis]
    knocked: strawberry.Private[tuple[str, ...]]
    name: str = strawberry.field(description="The key of the supplier or place, or the value of the attribute.")
    dependency_share: float = strawberry.field(description="What weighs that depends on it, hard or not.")
    dependent_count: int
    knockout_share: float = strawberry.field(
        description="What weighs that is DOWN when it fails; a supplier fails with its corporate group, and with those "
        "that subcontract to it."
    )
    knocked_out_count: int

    @strawberry.field(description="The supplier or place; null for the value of an attribute.")
    async def item(self, info: RequestInfo) -> ConfigurationItem | None:
        return None if self.basis is ConcentrationBasis.ATTRIBUTE else await item_of(info.context, self.name)

    @strawberry.field(description="The business items that are DOWN when it fails, by key.")
    async def knocked_out(self, info: RequestInfo, first: int | None = None) -> list[ConfigurationItem]:
        size = page_size(first, info.context.runtime.settings.max_page_size)
        return await items_of(info.context, self.knocked[:size])


@strawberry.type
class ConcentrationConnection(Connection[Edge[ConcentrationShare]]):
    """Everything business rests on, the largest knock-out first, then the largest dependency."""

    hhi: float | None = strawberry.field(
        description="The Herfindahl-Hirschman index 0-1 of the shares, a business item's weight split evenly among "
        "those it depends on; null if none depends on any."
    )
    graph_version: str = strawberry.field(description="The version of the estate this was worked out of.")
    computed_at: datetime


def single_point(graph: Graph, point: answers.SinglePoint) -> SinglePoint:
    """The single point as its GraphQL type."""
    return SinglePoint(
        graph=graph, key=point.key, business_count=point.business_count, important_count=point.important_count
    )


def concentration_share(share: Concentrated, basis: ConcentrationBasis) -> ConcentrationShare:
    """What rests on one thing as its GraphQL type."""
    return ConcentrationShare(
        basis=basis,
        name=share.name,
        knocked=share.knocked_out,
        dependency_share=round(share.dependency_share, DIGITS),
        dependent_count=share.dependent_count,
        knockout_share=round(share.knockout_share, DIGITS),
        knocked_out_count=len(share.knocked_out),
    )
