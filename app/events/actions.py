"""Use cases of events: look one up, and judge what it hurts."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.database.client import Database
from app.events import store, windows
from app.events.identifiers import clues_of_reference
from app.events.lifecycle import Policy, heard
from app.events.looking_up import matches_of, matches_of_subjects
from app.events.maintenance import MaintenanceWindow
from app.events.matching import Subject
from app.events.model import Alert, Event, EventStatus, Match
from app.events.standing import Standing
from app.events.telling import told_at
from app.impact.actions import assess_one
from app.impact.live import live_impact
from app.impact.model import Failure, HealthState, Moment
from app.impact.report import ImpactReport
from app.topology.graph import Graph


@dataclass(frozen=True, slots=True)
class Judged:
    """An event and what it hurts; no report where it is about no known item.

    `maintenance`: the window its item is in, which is why it says nothing of the item while it is open.
    """

    event: Event
    report: ImpactReport | None
    maintenance: MaintenanceWindow | None = None


async def matched(database: Database, alerts: Sequence[Alert], now: datetime) -> tuple[Event, ...]:
    """The events these alerts would make if nothing were known of them; nothing is stored."""
    matches = await matches_of(database, alerts)
    policy = Policy()
    return tuple(
        heard(None, alert, found, now=now, policy=policy) for alert, found in zip(alerts, matches, strict=True)
    )


async def look_up(database: Database, reference: str) -> Match:
    """Which item a key, host, address, serial or service name means."""
    (found,) = await matches_of_subjects(database, [Subject(clues_of_reference(reference), {})])
    return found


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
