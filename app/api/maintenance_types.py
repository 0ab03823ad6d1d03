"""The GraphQL types of maintenance, in the words of `events.maintenance`."""

from datetime import datetime

import strawberry

from app.api.item_types import ConfigurationItem, items_of
from app.api.pages import page_size
from app.api.relay import Connection, Edge, RequestInfo
from app.events import maintenance
from app.impact.model import HealthState


@strawberry.type
class MaintenanceWindow:
    """A time in which items are meant to be out: while it is active they have its state, planned, and their open
    events say nothing."""

    record: strawberry.Private[maintenance.MaintenanceWindow]
    id: strawberry.ID
    keys: list[str] = strawberry.field(description="The keys of the items it covers, of those that are gone too.")
    state: HealthState
    starts_at: datetime
    ends_at: datetime
    summary: str
    created_at: datetime
    created_by: str
    cancelled_at: datetime | None

    @strawberry.field(description="Whether it is under way.")
    def active(self, info: RequestInfo) -> bool:
        return self.record.in_effect(info.context.runtime.clock())

    @strawberry.field(description="The items it covers, in the order of its keys.")
    async def items(self, info: RequestInfo, first: int | None = None) -> list[ConfigurationItem]:
        size = page_size(first, info.context.runtime.settings.max_page_size)
        known = (await info.context.graph()).number
        return await items_of(info.context, [key for key in self.keys if key in known][:size])


@strawberry.type
class MaintenanceWindowConnection(Connection[Edge[MaintenanceWindow]]):
    """Maintenance windows, those that start last first."""


def maintenance_window(record: maintenance.MaintenanceWindow) -> MaintenanceWindow:
    """The window as its GraphQL type."""
    return MaintenanceWindow(
        record=record,
        id=strawberry.ID(record.id),
        keys=list(record.keys),
        state=record.state,
        starts_at=record.starts_at,
        ends_at=record.ends_at,
        summary=record.summary,
        created_at=record.created_at,
        created_by=record.created_by,
        cancelled_at=record.cancelled_at,
    )
