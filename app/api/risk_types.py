"""The GraphQL types of what is at risk, in the words of `impact`."""

import asyncio

import strawberry

from app.api.answers import Answer
from app.api.item_types import ConfigurationItem
from app.api.pages import page_size
from app.api.relay import Connection, Edge, RequestInfo
from app.impact.model import HealthState
from app.impact.risk import AtRiskItem as Risked
from app.impact.risk import Risk


class SinglePoints:
    """The single points of the items of one page, found together when the first of them is asked for."""

    def __init__(self, risk: Risk, items: list[Risked], most: int) -> None:
        self._risk, self._items, self._most = risk, items, most
        self._found: asyncio.Future[dict[str, tuple[str, ...]]] | None = None

    async def of(self, key: str) -> tuple[str, ...]:
        """Those of one item, the first by key."""
        if self._found is None:
            found = asyncio.to_thread(self._risk.single_points, self._items, self._most)
            self._found = asyncio.ensure_future(found)
        return (await self._found)[key]


@strawberry.type
class AtRiskItem:
    """An item that is not DOWN, but that one more loss would take DOWN, as it would not if nothing had failed."""

    key: strawberry.Private[str]
    answer: strawberry.Private[Answer]
    found: strawberry.Private[SinglePoints]
    state: HealthState
    single_point_count: int

    @strawberry.field
    async def item(self, info: RequestInfo) -> ConfigurationItem:
        return await self.answer.item(info, self.key)

    @strawberry.field(description="The items whose loss would now take it DOWN, by key.")
    async def single_points(self, info: RequestInfo, first: int | None = None) -> list[ConfigurationItem]:
        size = page_size(first, info.context.runtime.settings.max_page_size)
        return await self.answer.items(info, (await self.found.of(self.key))[:size])


@strawberry.type
class AtRiskConnection(Connection[Edge[AtRiskItem]]):
    """Items at risk, in the order of the impacted ones."""

    truncated: bool = strawberry.field(
        description="Whether some are missing, because finding them hit the limit UNDERPIN_MAX_AT_RISK_EDGES."
    )


def at_risk_item(item: Risked, points: SinglePoints, answer: Answer) -> AtRiskItem:
    """An item at risk as its GraphQL type."""
    return AtRiskItem(
        key=item.key, answer=answer, found=points, state=item.state, single_point_count=item.single_point_count
    )
