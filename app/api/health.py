"""The history of health over GraphQL."""

from datetime import datetime

import strawberry

from app.api.item_types import ConfigurationItem, item_of
from app.api.pages import Listing, page_size
from app.api.permissions import readable
from app.api.relay import Connection, Edge, RequestInfo, paged
from app.errors import InvalidInput
from app.health import model as health
from app.health import store
from app.health.model import Wanted
from app.impact.model import HealthState
from app.inventory.model import ItemType


@strawberry.type
class HealthPeriod:
    """A time in which a business process or service was not OPERATIONAL; name, causes and sentence are of then."""

    id: strawberry.ID
    key: str
    name: str
    type: ItemType
    state: HealthState
    planned: bool = strawberry.field(description="Whether planned maintenance alone gave it the state.")
    since: datetime = strawberry.field(description="When it came into the state, by when the events say they began.")
    observed_at: datetime
    ended_at: datetime | None = strawberry.field(description="When it was seen to be over; null while it lasts.")
    cause_keys: list[str] = strawberry.field(description="A minimal set of items whose own trouble explained it.")
    sentence: str
    graph_version: str

    @strawberry.field(description="The item, if it is still there.")
    async def item(self, info: RequestInfo) -> ConfigurationItem | None:
        graph = await info.context.graph()
        return await item_of(info.context, self.key) if self.key in graph.number else None


@strawberry.type
class HealthPeriodConnection(Connection[Edge[HealthPeriod]]):
    """Periods of ill health, the latest to begin first."""


@strawberry.input
class HealthFilter:
    """Which periods a list shows: those that overlap the time from `from` up to `until`."""

    key: str | None = None
    types: list[ItemType] | None = None
    states: list[HealthState] | None = None
    from_: datetime | None = strawberry.field(default=None, name="from")
    until: datetime | None = None

    def wanted(self) -> Wanted:
        """The filter in the words of `health`.

        Raises:
            InvalidInput: an instant without a time zone, or a time that ends before it begins.
        """
        for name, at in (("from", self.from_), ("until", self.until)):
            if at is not None and at.tzinfo is None:
                raise InvalidInput(f"filter.{name} has no time zone; write it as {at.isoformat()}Z")
        if self.from_ and self.until and self.until <= self.from_:
            raise InvalidInput(f"filter.until is {self.until.isoformat()}, which is not after filter.from; swap them")
        return Wanted(self.key, self.types or (), self.states or (), self.from_, self.until)


@strawberry.type
class HealthQuery:
    """How the business was."""

    @readable("When business processes and services were not OPERATIONAL, and why: what was down last Tuesday?")
    async def health_history(
        self, info: RequestInfo, filter: HealthFilter | None = None, first: int | None = None, after: str | None = None
    ) -> HealthPeriodConnection:
        wanted = (filter or HealthFilter()).wanted()
        database = info.context.runtime.database
        size = page_size(first, info.context.runtime.settings.max_page_size)
        listing = Listing("healthHistory", (wanted,))
        place = listing.place(after, (datetime, str, str))
        before = (place[0], str(place[1]), str(place[2])) if place and isinstance(place[0], datetime) else None
        found = await store.health_periods(database, wanted, before=before, first=size + 1)
        where, edges = paged(
            found, size, after, lambda one: Edge(cursor=listing.cursor(one.since, one.key, one.id), node=_period(one))
        )
        return HealthPeriodConnection(
            page_info=where, edges=edges, counter=lambda: store.count_health_periods(database, wanted)
        )


def _period(record: health.HealthPeriod) -> HealthPeriod:
    return HealthPeriod(
        id=strawberry.ID(record.id),
        key=record.key,
        name=record.name,
        type=record.type,
        state=record.state,
        planned=record.planned,
        since=record.since,
        observed_at=record.observed_at,
        ended_at=record.ended_at,
        cause_keys=list(record.causes),
        sentence=record.sentence,
        graph_version=str(record.graph_version),
    )
