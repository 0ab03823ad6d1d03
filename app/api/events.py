"""Events over GraphQL: listed, taken, silenced and closed."""

from datetime import datetime

import strawberry

from app.api.audited import acting
from app.api.dated import last_first
from app.api.event_types import Event, EventConnection, event
from app.api.inputs import EventFilter
from app.api.pages import Listing
from app.api.permissions import operates, readable
from app.api.relay import RequestInfo
from app.errors import InvalidInput
from app.events import handling, store

MAX_HANDLED = 1_000


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
        status, lifecycle, source, key = chosen.status, chosen.lifecycle, chosen.source, chosen.item_key
        database, visible = info.context.runtime.database, (await info.context.sight()).parameter
        where, edges = await last_first(
            info,
            Listing("events", (status, lifecycle, source, key)),
            first=first,
            after=after,
            read=lambda before, size: store.events(
                database,
                status=status,
                lifecycle=lifecycle,
                source=source,
                key=key,
                before=before,
                first=size,
                visible=visible,
            ),
            at=lambda one: one.received_at,
            node=event,
        )
        return EventConnection(
            page_info=where,
            edges=edges,
            counter=lambda: store.count_events(
                database, status=status, lifecycle=lifecycle, source=source, key=key, visible=visible
            ),
        )

    @readable("One event; null if no event has this id.")
    async def event(self, info: RequestInfo, id: strawberry.ID) -> Event | None:
        sight = await info.context.sight()
        found = (await store.events_by_id(info.context.runtime.database, [id])).get(id)
        return event(found) if found and sight.sees(found.match.key or "") else None


@strawberry.type
class EventsMutation:
    """What people do with events. Every change is seen by the next question."""

    @operates("Take events: somebody looks after them. Those that are over stay as they are.")
    async def acknowledge_events(
        self, info: RequestInfo, ids: list[strawberry.ID], note: str | None = None
    ) -> list[Event]:
        runtime, by = info.context.runtime, info.context.caller.name
        changed = await handling.acknowledge_events(acting(info), _checked(ids), by=by, note=note, now=runtime.clock())
        return [event(one) for one in changed]

    @operates("Give events back: nobody looks after them any more.")
    async def unacknowledge_events(self, info: RequestInfo, ids: list[strawberry.ID]) -> list[Event]:
        changed = await handling.unacknowledge_events(acting(info), _checked(ids))
        return [event(one) for one in changed]

    @operates(
        "Silence events: they say nothing of their items until then, or until they are over and come back. "
        "One that is still firing then speaks again."
    )
    async def suppress_events(
        self, info: RequestInfo, ids: list[strawberry.ID], until: datetime | None = None, note: str | None = None
    ) -> list[Event]:
        runtime, by = info.context.runtime, info.context.caller.name
        changed = await handling.suppress_events(
            acting(info), _checked(ids), by=by, until=until, note=note, now=runtime.clock()
        )
        return [event(one) for one in changed]

    @operates("Listen to events again.")
    async def unsuppress_events(self, info: RequestInfo, ids: list[strawberry.ID]) -> list[Event]:
        runtime = info.context.runtime
        changed = await handling.unsuppress_events(acting(info), _checked(ids), now=runtime.clock())
        return [event(one) for one in changed]

    @operates("Say that events are over. One opens again when its sender tells of a later occurrence.")
    async def resolve_events(self, info: RequestInfo, ids: list[strawberry.ID], note: str | None = None) -> list[Event]:
        runtime, by = info.context.runtime, info.context.caller.name
        changed = await handling.resolve_events(acting(info), _checked(ids), by=by, note=note, now=runtime.clock())
        return [event(one) for one in changed]


def _checked(ids: list[strawberry.ID]) -> list[strawberry.ID]:
    if 1 <= len(ids) <= MAX_HANDLED:
        return ids
    raise InvalidInput(f"ids must name 1 to {MAX_HANDLED} events, not {len(ids)}; do it in parts")
