"""Use cases of events: receive a delivery, look one up without storing it, and the state the open events add up to."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid5

from app.database.client import Database, Transaction
from app.events import store
from app.events.matching import clues_of_reference, directory_for, match
from app.events.model import Alert, Event, EventStatus, Match, OpenEvent
from app.impact.actions import assess_one, assess_open
from app.impact.model import Failure, HealthState, Moment, worst_failure
from app.impact.report import ImpactReport
from app.topology.graph import Graph

# Names our event ids among all UUIDs; never change it, stored ids derive from it.
_NAMESPACE = UUID("5f0a3b52-6a55-4a0e-9d0c-3f3f2f6f6a11")


@dataclass(frozen=True, slots=True)
class Judged:
    """An event and what it hurts; no report where it is about no known item."""

    event: Event
    report: ImpactReport | None


async def receive(database: Database, alerts: Sequence[Alert], now: datetime) -> tuple[Event, ...]:
    """Match the alerts and store them, in one transaction; receiving one again changes nothing.

    The events have the status they are stored with: a late `firing` of what was resolved is returned as resolved.
    """
    events = await matched(database, alerts, now)

    async def work(transaction: Transaction) -> Mapping[str, EventStatus]:
        await store.store_events(transaction, events)
        return await store.close_earlier_events(transaction, events)

    statuses = await database.write(work) if events else {}
    return tuple(replace(event, status=statuses[event.id]) for event in events)


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


async def judge(database: Database, graph: Graph, events: Sequence[Event], moment: Moment) -> tuple[Judged, ...]:
    """What each event hurts, given everything else that is open."""
    opened = await store.open_events(database)
    # In a thread and one by one: a storm of alerts must neither hold up other callers nor outlive a cancelled question.
    return tuple([Judged(event, await asyncio.to_thread(_impact, graph, event, opened, moment)) for event in events])


def _impact(graph: Graph, event: Event, opened: Sequence[OpenEvent], moment: Moment) -> ImpactReport | None:
    key = event.match.key
    if key is None or key not in graph.number or graph.is_group(graph.number[key]):
        return None
    others = _failures(one for one in opened if one.id != event.id)
    if event.status is EventStatus.FIRING:
        failure = Failure(event.state, event.starts_at)
    else:
        # A resolved event hurts nothing by itself; the item may still be hurt by others.
        failure = others.get(key, Failure(HealthState.OPERATIONAL))
    return assess_one(graph, key, failure, others, moment)


def _failures(opened: Iterable[OpenEvent]) -> Mapping[str, Failure]:
    worst: dict[str, Failure] = {}
    for one in opened:
        worst[one.key] = worst_failure((one.failure, worst.get(one.key, one.failure)))
    return worst


async def open_failures(database: Database) -> Mapping[str, Failure]:
    """The worst that an open event says of each item, now."""
    return _failures(await store.open_events(database))


async def past_impact(database: Database, graph: Graph, moment: Moment) -> ImpactReport:
    """What the events that were open at the moment, as far as we knew then, did to the estate of then."""
    return assess_open(graph, _failures(await store.open_events_at(database, moment.at)), moment)


async def current_impact(database: Database, graph: Graph, moment: Moment) -> ImpactReport:
    """What the open events do to the estate."""
    return assess_open(graph, await open_failures(database), moment)
