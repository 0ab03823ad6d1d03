"""The GraphQL types of events, in the words of `events`."""

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from app.api.event_impact_types import EventImpact, event_impact
from app.api.item_types import ConfigurationItem, item_of
from app.api.maintenance_types import MaintenanceWindow, maintenance_window
from app.api.relay import Connection, Edge, RequestInfo
from app.api.suggestions import Suggestion, suggestions_for
from app.events import model as events
from app.events.actions import maintenance_during
from app.events.identifiers import queued_under
from app.events.model import EventLifecycle, EventStatus
from app.impact.model import HealthState

strawberry.enum(EventStatus)
strawberry.enum(EventLifecycle)


@strawberry.type
class TraceStep:
    """One thing the event says of where it comes from: which items it found, and what came of it."""

    tier: str
    value: str
    origin: str = strawberry.field(description="The field of the alert that says so.")
    found: list[str]
    outcome: str


@strawberry.type
class Match:
    """How an event found its item; several candidates and no item mean that it was ambiguous."""

    record: strawberry.Private[events.Match]
    tier: str | None
    identifier: str | None
    trace: list[TraceStep]

    @strawberry.field
    async def candidates(self, info: RequestInfo) -> list[str]:
        return list((await info.context.sight()).among(self.record.candidates))

    @strawberry.field(description="Items on which the match stands, and of which it speaks too.")
    async def context(self, info: RequestInfo) -> list[str]:
        return list((await info.context.sight()).among(self.record.context))


@strawberry.type
class Event:
    """One trouble that a monitoring tool told of. What comes back soon after it was over is the same event."""

    record: strawberry.Private[events.Event]
    id: strawberry.ID
    source: str
    fingerprint: str = strawberry.field(description="The sender's name for it, the same when it returns.")
    status: EventStatus
    lifecycle: EventLifecycle
    severity: str | None
    state: HealthState
    summary: str
    url: str | None = strawberry.field(description="Where the sender shows it.")
    starts_at: datetime = strawberry.field(description="When its present occurrence began.")
    ends_at: datetime | None
    received_at: datetime = strawberry.field(description="When it was first heard of.")
    expires_at: datetime | None = strawberry.field(description="When it is over if its sender says nothing more.")
    reopened: int = strawberry.field(description="How often it came back.")
    flapping: bool = strawberry.field(description="Whether it comes and goes so often that it tells little.")
    acknowledged_by: str | None = strawberry.field(description="Who took it; `sender` if that was told by its sender.")
    acknowledged_at: datetime | None
    suppressed_by: str | None = strawberry.field(description="Who silenced it, so that it says nothing of its item.")
    suppressed_until: datetime | None = strawberry.field(description="Null: until further notice.")
    note: str | None
    match: Match
    labels: JSON

    @strawberry.field(description="The item the event is about.")
    async def item(self, info: RequestInfo) -> ConfigurationItem | None:
        key = self.record.match.key
        found = await info.context.graph() if key else None
        return await item_of(info.context, key) if key and found and key in found.number else None

    @strawberry.field(description="While it is about no known item: those whose names are much like what it says.")
    async def suggestions(self, info: RequestInfo) -> list[Suggestion]:
        clue = queued_under(self.record.clues) if self.record.match.key is None else None
        return await suggestions_for(info.context, clue.tier, clue.value) if clue else []

    @strawberry.field(
        description="The maintenance its item is in, because of which it says nothing while it is open; null if none."
    )
    async def maintenance(self, info: RequestInfo) -> MaintenanceWindow | None:
        window = maintenance_during(await info.context.standing(), self.record)
        return maintenance_window(window) if window else None

    @strawberry.field(
        description="What it hurts as things are now, given everything else that is open; "
        "null if it is about nothing that can fail."
    )
    async def impact(self, info: RequestInfo) -> EventImpact | None:
        report = await info.context.judgement(self.record)
        if report is None:
            return None
        planned = maintenance_during(await info.context.standing(), self.record) is not None
        return event_impact(report, began_at=self.record.starts_at, planned=planned)


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
        lifecycle=record.lifecycle,
        severity=record.severity,
        state=record.state,
        summary=record.summary,
        url=record.url,
        starts_at=record.starts_at,
        ends_at=record.ends_at,
        received_at=record.received_at,
        expires_at=record.expires_at,
        reopened=record.reopened,
        flapping=record.flapping_until is not None,
        acknowledged_by=record.acknowledged_by,
        acknowledged_at=record.acknowledged_at,
        suppressed_by=record.suppressed_by,
        suppressed_until=record.suppressed_until,
        note=record.note,
        match=Match(
            record=found,
            tier=found.tier.value if found.tier else None,
            identifier=found.identifier,
            trace=[_step(step) for step in found.trace],
        ),
        labels=JSON(dict(record.labels)),
    )


def _step(step: events.TraceStep) -> TraceStep:
    clue = step.clue
    return TraceStep(
        tier=clue.tier.value, value=clue.value, origin=clue.origin, found=list(step.found), outcome=step.outcome
    )
