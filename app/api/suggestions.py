"""Items that events about no known item may mean, asked for together."""

from collections.abc import Sequence

import strawberry

from app.api.context import Context
from app.api.item_types import ConfigurationItem, item_of
from app.api.relay import RequestInfo
from app.events.model import MatchTier
from app.events.sorting import Queued, suggested


@strawberry.type
class Suggestion:
    """An item that may be meant, by a name it has, and how alike that is, up to 100."""

    key: strawberry.Private[str]
    name: str
    likeness: float

    @strawberry.field(description="The item.")
    async def item(self, info: RequestInfo) -> ConfigurationItem | None:
        return await item_of(info.context, self.key) if self.key in (await info.context.graph()).number else None


async def suggestions_for(context: Context, tier: MatchTier | None, value: str | None) -> list[Suggestion]:
    """What may be meant by what events wait under; those asked for in one tick are looked up together."""
    return await context.load(_suggestions, (tier, value))


async def _suggestions(context: Context, waiting: Sequence[Queued]) -> list[list[Suggestion]]:
    found = await suggested(context.runtime.database, waiting)
    return [
        [Suggestion(key=each.key, name=each.name, likeness=each.likeness) for each in found[one]] for one in waiting
    ]
