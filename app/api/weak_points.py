"""Weak points over GraphQL: what could take one item DOWN, and what much of the business rests on."""

import asyncio

import strawberry

from app.api.pages import Listing, page_size
from app.api.permissions import readable
from app.api.relay import Edge, RequestInfo, counter_of, paged
from app.api.weak_point_types import (
    DIGITS,
    ConcentrationConnection,
    SinglePointConnection,
    WeakPoints,
    concentration_share,
    single_point,
)
from app.continuity.concentration import Concentration
from app.continuity.current import Result
from app.continuity.reliance import ConcentrationBasis, Concentrations
from app.continuity.weak_points import item_points
from app.errors import InvalidInput
from app.impact.actions import number_of
from app.runtime import Runtime


@strawberry.type
class WeakPointsQuery:
    """What could take the business down."""

    @readable("What could take an item DOWN: alone, together, and how likely.")
    async def weak_points(self, info: RequestInfo, key: str) -> WeakPoints:
        graph = await info.context.graph()
        most = info.context.runtime.settings.max_single_points
        found = await asyncio.to_thread(item_points, graph, number_of(graph, key), most)
        return WeakPoints(
            graph=graph,
            key=key,
            answer=found,
            graph_version=str(graph.version),
            is_down=found.is_down,
            single_point_count=found.count,
            truncated=found.count > len(found.points),
        )

    @readable(
        "Everything in the estate whose loss alone takes a business item other than itself DOWN, the one that hurts "
        "most first. It follows the estate a moment behind; its graphVersion says which one it is of."
    )
    async def single_points(
        self, info: RequestInfo, first: int | None = None, after: str | None = None
    ) -> SinglePointConnection:
        runtime = info.context.runtime
        size = page_size(first, runtime.settings.max_page_size)
        listing = Listing("singlePoints", ())
        place = listing.place(after, (int, int, int, str))
        held = await runtime.single_points.newest()
        ranked = held.value
        found = ranked.page(size + 1, place)  # type: ignore[arg-type]  # the kinds of its parts were checked
        where, edges = paged(
            found,
            size,
            after,
            lambda one: Edge(cursor=listing.cursor(*one[0]), node=single_point(ranked.graph, one[1])),
        )
        return SinglePointConnection(
            page_info=where,
            edges=edges,
            counter=counter_of(ranked.places),
            graph_version=str(held.graph_version),
            computed_at=held.computed_at,
        )

    @readable(
        "How much of the business rests on each supplier or place, or on the items with each value of an attribute of "
        "their own, which `attribute` then names. It follows the estate a moment behind; its graphVersion says which "
        "one it is of."
    )
    async def concentration(
        self,
        info: RequestInfo,
        by: ConcentrationBasis,
        attribute: str | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> ConcentrationConnection:
        runtime = info.context.runtime
        size = page_size(first, runtime.settings.max_page_size)
        listing = Listing("concentration", (by.value, attribute))
        place = listing.place(after, (int, int, str))
        held, whole = await _concentration(runtime, by, attribute)
        found = whole.page(size + 1, place)  # type: ignore[arg-type]  # the kinds of its parts were checked
        where, edges = paged(
            found, size, after, lambda one: Edge(cursor=listing.cursor(*one.place), node=concentration_share(one, by))
        )
        return ConcentrationConnection(
            page_info=where,
            edges=edges,
            counter=counter_of(whole.holdings),
            hhi=None if whole.hhi is None else round(whole.hhi, DIGITS),
            graph_version=str(held.graph_version),
            computed_at=held.computed_at,
        )


async def _concentration(
    runtime: Runtime, by: ConcentrationBasis, attribute: str | None
) -> tuple[Result[Concentration] | Result[Concentrations], Concentration]:
    """The concentration that is asked for, and the result it is of."""
    if (by is ConcentrationBasis.ATTRIBUTE) != bool(attribute):
        raise InvalidInput("attribute must be given with by: ATTRIBUTE and only then; it names an attribute of items")
    if attribute:
        grouped = await runtime.groupings.by(attribute)
        return grouped, grouped.value
    kept = await runtime.concentrations.newest()
    return kept, kept.value[by]
