"""The GraphQL types of situations, in the words of `situations`."""

from datetime import datetime

import strawberry

from app.api.event_types import EventConnection, event
from app.api.impact_types import ImpactReport, impact_report
from app.api.item_types import ConfigurationItem, item_of
from app.api.pages import Listing, page_size
from app.api.relay import Connection, Edge, RequestInfo, page_info
from app.events.store import events_by_id
from app.impact.model import HealthState
from app.inventory.model import ItemType
from app.situations import model as situations
from app.situations import store
from app.situations.account import report_of
from app.situations.model import SituationStatus

strawberry.enum(SituationStatus)


async def _item_if_there(info: RequestInfo, key: str) -> ConfigurationItem | None:
    graph = await info.context.graph()
    return await item_of(info.context, key) if key in graph.number else None


@strawberry.type
class SituationCause:
    """What may have caused a situation, as it was told last."""

    key: str
    name: str
    observed: bool = strawberry.field(
        description="Whether it alerts itself; if not, it is taken as failed for what stands on it."
    )
    explained: int = strawberry.field(description="How many items of the situation alert because of it.")
    alerting: int = strawberry.field(description="How many items directly on it alert or are lost.")
    standing: int = strawberry.field(description="How many items stand directly on it.")
    started_at: datetime
    score: float = strawberry.field(description="From 0 to 1, how well it explains what alerts and nothing else.")
    sentence: str

    @strawberry.field(description="The item, if it is still there.")
    async def item(self, info: RequestInfo) -> ConfigurationItem | None:
        return await _item_if_there(info, self.key)


@strawberry.type
class SituationBusinessItem:
    """A business process or service that a situation hurts, as it was told last."""

    key: str
    name: str
    type: ItemType
    state: HealthState
    priority: int | None
    breach_at: datetime | None

    @strawberry.field(description="The item, if it is still there.")
    async def item(self, info: RequestInfo) -> ConfigurationItem | None:
        return await _item_if_there(info, self.key)


@strawberry.type
class Situation:
    """Events that are one trouble, followed as they come and go."""

    id: strawberry.ID
    status: SituationStatus
    title: str
    opened_at: datetime
    changed_at: datetime = strawberry.field(description="When its events or its likeliest cause last changed.")
    started_at: datetime = strawberry.field(description="When the first of its alerts began, by its sender.")
    quiet_since: datetime | None = strawberry.field(description="Since when none of its events is open.")
    resolved_at: datetime | None
    merged_into: strawberry.ID | None = strawberry.field(description="The situation that it became part of.")
    event_count: int
    item_count: int
    priority: int | None = strawberry.field(description="The most urgent of the business items it hurts.")
    causes: list[SituationCause] = strawberry.field(description="Up to ten, the likeliest first.")
    business: list[SituationBusinessItem] = strawberry.field(description="Up to twenty, the worst first.")
    business_count: int
    team_keys: list[str] = strawberry.field(description="The owners of its causes and of the business items it hurts.")

    @strawberry.field(description="Its events; those it gathered last, if it is over.")
    async def events(self, info: RequestInfo, first: int | None = None, after: str | None = None) -> EventConnection:
        database = info.context.runtime.database
        size = page_size(first, info.context.runtime.settings.max_page_size)
        listing = Listing("situationEvents", (self.id,))
        place = listing.place(after, (str,))
        ids = await store.situation_events(database, self.id, after=str(place[0]) if place else "", first=size + 1)
        found = await events_by_id(database, ids[:size])
        edges = [Edge(cursor=listing.cursor(id), node=event(found[id])) for id in ids[:size] if id in found]
        where = page_info([e.cursor for e in edges], more_after=len(ids) > size, more_before=after is not None)
        return EventConnection(
            page_info=where, edges=edges, counter=lambda: store.count_situation_events(database, self.id)
        )

    @strawberry.field(
        description="What its events do to the estate now, as if nothing else had failed; null once it is resolved."
    )
    async def impact(self, info: RequestInfo) -> ImpactReport | None:
        if self.status is SituationStatus.RESOLVED:
            return None
        picture = (await info.context.standing()).picture
        items = await store.situation_items(info.context.runtime.database, self.id)
        return impact_report(report_of(picture, items, info.context.runtime.moment()))


@strawberry.type
class SituationConnection(Connection[Edge[Situation]]):
    """Situations, the last to open first."""


def situation(record: situations.Situation) -> Situation:
    """The situation as its GraphQL type."""
    account = record.account
    return Situation(
        id=strawberry.ID(record.id),
        status=record.status,
        title=account.title,
        opened_at=record.opened_at,
        changed_at=record.changed_at,
        started_at=record.started_at,
        quiet_since=record.quiet_since,
        resolved_at=record.resolved_at,
        merged_into=strawberry.ID(record.merged_into) if record.merged_into else None,
        event_count=record.event_count,
        item_count=record.item_count,
        priority=account.priority,
        causes=[_cause(one) for one in account.causes],
        business=[_business(one) for one in account.business],
        business_count=account.business_count,
        team_keys=list(account.teams),
    )


def _cause(told: situations.NamedCause) -> SituationCause:
    cause = told.cause
    return SituationCause(
        key=cause.key,
        name=told.name,
        observed=cause.observed,
        explained=cause.explained,
        alerting=cause.alerting,
        standing=cause.standing,
        started_at=cause.started_at,
        score=cause.score,
        sentence=told.sentence,
    )


def _business(hurt: situations.BusinessItem) -> SituationBusinessItem:
    return SituationBusinessItem(
        key=hurt.key,
        name=hurt.name,
        type=hurt.type,
        state=hurt.state,
        priority=hurt.priority,
        breach_at=hurt.breach_at,
    )
