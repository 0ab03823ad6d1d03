"""The GraphQL types of events, in the words of `events`."""

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from app.api.item_types import ConfigurationItem, item_of
from app.api.maintenance_types import MaintenanceWindow, maintenance_window
from app.api.relay import Connection, Edge, RequestInfo
from app.events import model as events
from app.events.actions import maintenance_during
from app.events.model import EventStatus
from app.impact.model import HealthState

strawberry.enum(EventStatus)


@strawberry.type
class Match:
    """How an event found its item; several candidates and no item mean that it was ambiguous."""

    tier: str | None
    identifier: str | None
    candidates: list[str]


@strawberry.type
class Event:
    """A stored alert."""

    record: strawberry.Private[events.Event]
    id: strawberry.ID
    source: str
    fingerprint: str
    status: EventStatus
    severity: str | None
    state: HealthState
    summary: str
    starts_at: datetime
    ends_at: datetime | None
    received_at: datetime
    match: Match
    labels: JSON

    @strawberry.field(description="The item the event is about.")
    async def item(self, info: RequestInfo) -> ConfigurationItem | None:
        key = self.record.match.key
        found = await info.context.graph() if key else None
        return await item_of(info.context, key) if key and found and key in found.number else None

    @strawberry.field(
        description="The maintenance its item is in, because of which it says nothing while it is open; null if none."
    )
    async def maintenance(self, info: RequestInfo) -> MaintenanceWindow | None:
        window = maintenance_during(await info.context.standing(), self.record)
        return maintenance_window(window) if window else None


@strawberry.type
class EventConnection(Connection[Edge[Event]]):
    """Events, newest first."""


def event(record: events.Event) -> Event:
    """The event as its GraphQL type."""
    found = record.match
    return Event(
        record=record,
        id=strawberry.ID(record.id),
        source=record.source,
        fingerprint=record.fingerprint,
        status=record.status,
        severity=record.severity,
        state=record.state,
        summary=record.summary,
        starts_at=record.starts_at,
        ends_at=record.ends_at,
        received_at=record.received_at,
        match=Match(
            tier=found.tier.value if found.tier else None,
            identifier=found.identifier,
            candidates=list(found.candidates),
        ),
        labels=JSON(dict(record.labels)),
    )
