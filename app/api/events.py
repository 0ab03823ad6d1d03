"""Events over GraphQL."""

from datetime import datetime

import strawberry

from app.api.event_types import Event, EventConnection, event
from app.api.inputs import EventFilter
from app.api.pages import Listing, page_size
from app.api.permissions import readable
from app.api.relay import Edge, RequestInfo, page_info
from app.events import store
from app.events.model import EventStatus


@strawberry.type
class EventsQuery:
    """What monitoring tools reported."""

    @readable("Stored events, newest first.")
    async def events(
        self,
        info: RequestInfo,
        filter: EventFilter | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> EventConnection:
        chosen = filter or EventFilter()
        status: EventStatus | None = chosen.status
        database = info.context.runtime.database
        size = page_size(first, info.context.runtime.settings.max_page_size)
        listing = Listing("events", (status, chosen.source, chosen.item_key))
        place = listing.place(after, (datetime, str))
        before = (place[0], str(place[1])) if place and isinstance(place[0], datetime) else None
        found = await store.events(
            database, status=status, source=chosen.source, key=chosen.item_key, before=before, first=size + 1
        )
        edges: list[Edge[Event]] = [
            Edge(cursor=listing.cursor(one.received_at, one.id), node=event(one)) for one in found[:size]
        ]
        where = page_info([e.cursor for e in edges], more_after=len(found) > size, more_before=after is not None)
        return EventConnection(
            page_info=where,
            edges=edges,
            counter=lambda: store.count_events(database, status=status, source=chosen.source, key=chosen.item_key),
        )
