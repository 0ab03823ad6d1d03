"""Use cases of events: receive a delivery, look one up without storing it, and judge what it hurts."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid5

from app.database.client import Database, Transaction
from app.events import store, windows
from app.events.maintenance import MaintenanceWindow
from app.events.identifiers import clues_of_reference
from app.events.matching import directory_for, match
from app.events.model import Alert, Event, EventStatus, Match
from app.events.standing import Standing
from app.events.telling import told_at
from app.impact.actions import assess_one
from app.impact.live import live_impact
from app.impact.model import Failure, HealthState, Moment
from app.impact.report import ImpactReport
from app.topology.graph import Graph

# Names our event ids among all UUIDs; never change it, stored ids derive from it.
_NAMESPACE = UUID("5f0a3b52-6a55-4a0e-9d0c-3f3f2f6f6a11")


class _NothingStored(Exception):
    """Leaves the transaction of a delivery we had already, without a commit and without a version."""

    def __init__(self, statuses: Mapping[str, EventStatus]) -> None:
        self.statuses = statuses


@dataclass(frozen=True, slots=True)
class Judged:
    """An event and what it hurts; no report where it is about no known item.

    `maintenance`: the window its item is in, which is why it says nothing of the item while it is open.
    """

    event: Event
    report: ImpactReport | None
    maintenance: MaintenanceWindow | None = None


async def receive(database: Database, alerts: Sequence[Alert], now: datetime) -> tuple[Event, ...]:
    """Match the alerts and store them, in one transaction; receiving one again changes nothing.

    The events have the status they are stored with: a late `firing` of what was resolved is returned as resolved.
    """
    events = await matched(database, alerts, now)

    async def work(transaction: Transaction) -> Mapping[str, EventStatus]:
        version = await store.next_event_version(transaction)
        await store.store_events(transaction, events, version)
        statuses, changed = await store.close_earlier_events(transaction, events, version)
        if not changed:
            raise _NothingStored(statuses)
        return statuses

    statuses = await _stored(database, work) if events else {}
    return tuple(replace(event, status=statuses[event.id]) for event in events)


async def _stored(
    database: Database, work: Callable[[Transaction], Awaitable[Mapping[str, EventStatus]]]
) -> Mapping[str, EventStatus]:
    try:
        return await database.write(work, counter="events")
    except _NothingStored as done:
        return done.statuses


async def matched(database: Database, alerts: Sequence[Alert], now: datetime) -> tuple[Event, ...]:
    """The events these alerts make, matched but not stored."""
    directory = await directory_for(database, (clue for alert in alerts for clue in alert.clues))
    return tuple(_event(alert, match(alert.clues, directory), now) for alert in alerts)


async def look_up(database: Database, reference: str) -> Match:
    """Which item a key, host, address, serial or service name means."""
    clues = clues_of_reference(reference)
    return match(clues, await directory_for(database, clues))


def _event(alert: Alert, found: Match, now: datetime) -> Event:
    name = f"{alert.source}\n{alert.fingerprint}\n{alert.starts_at.isoformat()}"
    return Event(
        id=str(uuid5(_NAMESPACE, name)),
        source=alert.source,
        fingerprint=alert.fingerprint,
        status=alert.status,
        severity=alert.severity,
        state=alert.state,
        summary=alert.summary,
        starts_at=alert.starts_at,
        ends_at=alert.ends_at,
        received_at=now,
        match=found,
        labels=alert.labels,
    )


async def judge(standing: Standing, events: Sequence[Event], moment: Moment) -> tuple[Judged, ...]:
    """What each event hurts, given everything else that is open and planned."""
    # In a thread and one by one: a storm of alerts must neither hold up other callers nor outlive a cancelled question.
    return tuple([await asyncio.to_thread(_judged, standing, event, moment) for event in events])


def _judged(standing: Standing, event: Event, moment: Moment) -> Judged:
    return Judged(event, _impact(standing, event, moment), maintenance_during(standing, event))


def maintenance_during(standing: Standing, event: Event) -> MaintenanceWindow | None:
    """The window that keeps an event from saying anything: the one its item is in, while it is open."""
    if event.match.key is None or event.status is not EventStatus.FIRING:
        return None
    return standing.maintained.get(event.match.key)


def _impact(standing: Standing, event: Event, moment: Moment) -> ImpactReport | None:
    key, graph = event.match.key, standing.graph
    if key is None or key not in graph.number or graph.is_group(graph.number[key]):
        return None
    others = standing.picture.failures_without(event.id)
    if event.status is EventStatus.FIRING and key not in standing.maintained:
        failure = Failure(event.state, event.starts_at)
    else:
        # A resolved event hurts nothing by itself; the item may still be hurt by others, or meant to be out.
        failure = others.get(graph.number[key], Failure(HealthState.OPERATIONAL))
    return assess_one(graph, key, failure, others, moment)


async def past_impact(database: Database, graph: Graph, moment: Moment) -> ImpactReport:
    """What the events open and the maintenance under way at the moment, as far as we knew then, did to the estate of
    then."""
    opened, planned = await asyncio.gather(
        store.open_events_at(database, moment.at), windows.windows_at(database, moment.at)
    )
    return live_impact(graph, told_at(opened, planned, moment.at)).picture().report(moment)
