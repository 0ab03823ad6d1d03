"""Situations over GraphQL."""

import strawberry

from app.api.dated import last_first
from app.api.pages import Listing
from app.api.permissions import readable
from app.api.relay import RequestInfo
from app.api.situation_types import Situation, SituationConnection, situation
from app.errors import InvalidInput
from app.situations import store
from app.situations.model import SituationStatus, Wanted


@strawberry.input
class SituationFilter:
    """Which situations a list shows: with this status, with this priority or a more urgent one, with an event of this
    item."""

    status: SituationStatus | None = None
    min_priority: int | None = None
    item_key: str | None = None

    def wanted(self) -> Wanted:
        """The filter in the words of `situations`.

        Raises:
            InvalidInput: no such priority.
        """
        if self.min_priority is not None and not 1 <= self.min_priority <= 5:
            raise InvalidInput(f"filter.minPriority is {self.min_priority}; it goes from 1, critical, to 5, planning")
        return Wanted(self.status, self.min_priority, self.item_key)


@strawberry.type
class SituationsQuery:
    """What belongs together of what was reported."""

    @readable("Events that are one trouble, with their likeliest causes; the last to open first.")
    async def situations(
        self,
        info: RequestInfo,
        filter: SituationFilter | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> SituationConnection:
        wanted = (filter or SituationFilter()).wanted()
        database = info.context.runtime.database
        where, edges = await last_first(
            info,
            Listing("situations", (wanted,)),
            first=first,
            after=after,
            read=lambda before, size: store.situations(database, wanted, before=before, first=size),
            at=lambda one: one.opened_at,
            node=situation,
        )
        return SituationConnection(
            page_info=where, edges=edges, counter=lambda: store.count_situations(database, wanted)
        )

    @readable("One situation; null if none has this id.")
    async def situation(self, info: RequestInfo, id: strawberry.ID) -> Situation | None:
        found = await store.situation_by_id(info.context.runtime.database, id)
        return situation(found) if found else None
