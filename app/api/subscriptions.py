"""Subscriptions over GraphQL: what has changed, as soon as it has (graphql-transport-ws, or SSE on the same path)."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

import strawberry

from app.api.event_types import Event, event
from app.api.impact_types import ImpactReport, impact_report
from app.api.inputs import EventFilter
from app.api.relay import RequestInfo
from app.api.situation_types import Situation, situation
from app.api.situations import SituationFilter
from app.auth.model import Permission
from app.events import store as events
from app.situations import store as situations

MOST_AT_ONCE = 500


@strawberry.type
class Subscription:
    """Everything that can be followed. Of several changes in a quarter of a second the newest state is told."""

    @strawberry.subscription(description="What the open events do to the estate: at once, and whenever that changes.")
    async def impact_changed(self, info: RequestInfo) -> AsyncGenerator[ImpactReport, None]:
        async for _ in _editions(info):
            yield impact_report(await info.context.current_impact())

    @strawberry.subscription(
        description="Events that came, changed or ended from now on, at most 500 in one answer; more come in the next."
    )
    async def events_changed(
        self, info: RequestInfo, filter: EventFilter | None = None
    ) -> AsyncGenerator[list[Event], None]:
        chosen, database = filter or EventFilter(), info.context.runtime.database
        place = await events.event_version(database), ""
        async for _ in _editions(info):
            upto = await events.event_version(database, whole=place[0])
            while found := await events.events_after(database, place, upto, MOST_AT_ONCE):
                place = found[-1][0], found[-1][1].id
                if wanted := [event(one) for _, one in found if chosen.lets_pass(one)]:
                    yield wanted

    @strawberry.subscription(
        description="Situations that opened, changed, merged or were resolved from now on, among the 500 newest."
    )
    async def situations_changed(
        self, info: RequestInfo, filter: SituationFilter | None = None
    ) -> AsyncGenerator[list[Situation], None]:
        wanted, database = (filter or SituationFilter()).wanted(), info.context.runtime.database
        known = {one.id: one for one in await situations.situations(database, wanted, before=None, first=MOST_AT_ONCE)}
        async for _ in _editions(info):
            newest = await situations.situations(database, wanted, before=None, first=MOST_AT_ONCE)
            now = {one.id: one for one in newest}
            gone = [await situations.situation_by_id(database, id) for id in known.keys() - now.keys()]
            changed = [one for id, one in now.items() if known.get(id) != one]
            known = now
            if told := [situation(one) for one in (*changed, *(one for one in gone if one is not None))]:
                yield told


async def _editions(info: RequestInfo) -> AsyncIterator[int]:
    """The editions of the news, each answered from a fresh look, for as long as the caller is let in."""
    context = info.context
    context.caller.require(Permission.READ)
    async with aclosing(context.runtime.news.editions()) as editions:
        async for edition in editions:
            context.admitted = await context.admit()
            context.forget()
            yield edition
