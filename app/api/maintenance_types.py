"""The GraphQL types of maintenance, in the words of `events.maintenance`."""

from datetime import datetime
from itertools import islice

import strawberry

from app.api.item_types import ConfigurationItem, items_of
from app.api.pages import page_size
from app.api.relay import Connection, Edge, RequestInfo
from app.events import importing, maintenance
from app.events.reported import Outcome
from app.impact.model import HealthState


@strawberry.type
class MaintenanceOccurrence:
    """One time of a maintenance window."""

    starts_at: datetime
    ends_at: datetime


@strawberry.type
class MaintenanceWindow:
    """A time in which items are meant to be out: while it is active they have its state, planned, and their open
    events say nothing."""

    record: strawberry.Private[maintenance.MaintenanceWindow]
    id: strawberry.ID
    keys: list[str] = strawberry.field(description="The keys of the items it covers, of those that are gone too.")
    state: HealthState | None = strawberry.field(
        description="How the items are meant to be; null if only their events are silenced."
    )
    include_hosted: bool = strawberry.field(
        description="Whether the events of what is hosted on the items are silent too."
    )
    starts_at: datetime = strawberry.field(description="When it starts; if it returns, for the first time.")
    ends_at: datetime = strawberry.field(description="When it ends; if it returns, for the first time.")
    recurrence: str | None = strawberry.field(description="The rule of RFC 5545 by which it returns.")
    time_zone: str | None = strawberry.field(description="The zone in whose wall clock it returns.")
    summary: str
    created_at: datetime
    created_by: str
    cancelled_at: datetime | None
    source: str | None = strawberry.field(description="Who keeps it, if we do not, as icalendar or icinga2.")
    external_id: str | None = strawberry.field(description="Its name there.")

    @strawberry.field(description="Whether it is under way.")
    def active(self, info: RequestInfo) -> bool:
        return self.record.in_effect(info.context.runtime.clock())

    @strawberry.field(description="Its times that are under way or to come, in order.")
    def occurrences(self, info: RequestInfo, first: int | None = None) -> list[MaintenanceOccurrence]:
        size = page_size(first, info.context.runtime.settings.max_page_size)
        coming = islice(self.record.occurrences(info.context.runtime.clock()), size)
        return [MaintenanceOccurrence(starts_at=one.starts_at, ends_at=one.effective_until) for one in coming]

    @strawberry.field(description="The items it covers, in the order of its keys.")
    async def items(self, info: RequestInfo, first: int | None = None) -> list[ConfigurationItem]:
        size = page_size(first, info.context.runtime.settings.max_page_size)
        known = (await info.context.graph()).number
        return await items_of(info.context, [key for key in self.keys if key in known][:size])


@strawberry.type
class MaintenanceImport:
    """What became of the events of a calendar."""

    planned: int
    changed: int
    cancelled: int
    unchanged: int
    problems: list[str] = strawberry.field(description="A sentence for each event that was left out, and what to do.")


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
        include_hosted=record.include_hosted,
        recurrence=record.recurrence.rule if record.recurrence else None,
        time_zone=record.recurrence.time_zone if record.recurrence else None,
        source=record.origin.source if record.origin else None,
        external_id=record.origin.id if record.origin else None,
        summary=record.summary,
        created_at=record.created_at,
        created_by=record.created_by,
        cancelled_at=record.cancelled_at,
    )


def maintenance_import(found: importing.CalendarImport) -> MaintenanceImport:
    """The outcome of an import as its GraphQL type."""
    counts = {outcome.value: found.counts.get(outcome, 0) for outcome in Outcome}
    return MaintenanceImport(problems=list(found.problems), **counts)
