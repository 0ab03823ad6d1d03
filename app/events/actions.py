"""Use cases of events: look one up, and judge what it hurts."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.database.client import Database
from app.events import store, windows
from app.events.hosting import hosted_by
from app.events.identifiers import clues_of_reference
from app.events.lifecycle import Policy, heard
from app.events.looking_up import matches_of, matches_of_subjects
from app.events.maintenance import MaintenanceWindow
from app.events.matching import Subject
from app.events.model import Alert, Event, EventStatus, Match
from app.events.standing import Standing
from app.events.telling import told_at
from app.impact import judgement
from app.impact.judgement import Question
from app.impact.live import live_impact
from app.impact.model import Failure, Moment
from app.impact.report import ImpactReport
from app.topology.graph import Graph
from app.topology.sight import EVERYTHING, Sight

_JUDGED_TOGETHER = 1_000


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


async def look_up(database: Database, reference: str, sight: Sight = EVERYTHING) -> Match:
    """Which item a key, host, address, serial or service name means; what is not seen, as if it were not there."""
    (found,) = await matches_of_subjects(database, [Subject(clues_of_reference(reference), {})], sight)
    return found


async def judge(standing: Standing, events: Sequence[Event], moment: Moment) -> tuple[Judged, ...]:
    """What each event hurts, given everything else that is open and planned."""
    found = await impacts(standing, [question_of(standing, event) for event in events], moment)
    return tuple(
        Judged(event, report, maintenance_during(standing, event)) for event, report in zip(events, found, strict=True)
    )


def question_of(standing: Standing, event: Event) -> Question:
    """What to ask about an event: one that is over or silenced hurts nothing by itself, nor does one whose item is
    meant to be out."""
    silent = event.speaks_of is None or event.speaks_of in standing.maintained
    return Question(event.id, event.match.key, None if silent else Failure(event.state, event.starts_at))


async def impacts(standing: Standing, questions: Sequence[Question], moment: Moment) -> list[ImpactReport | None]:
    """The answers, in the order of the questions; `None` where an event is about nothing that can fail."""
    found: list[ImpactReport | None] = []
    for begin in range(0, len(questions), _JUDGED_TOGETHER):
        some = questions[begin : begin + _JUDGED_TOGETHER]
        # In a thread, and some at a time: a storm must neither hold up other callers nor outlive a cancelled question.
        found += await asyncio.to_thread(judgement.judge, standing.picture, some, moment)
    return found


def maintenance_during(standing: Standing, event: Event) -> MaintenanceWindow | None:
    """The window that keeps an event from saying anything: the one its item is in, while it is open."""
    if event.match.key is None or event.status is not EventStatus.FIRING:
        return None
    return standing.maintained.get(event.match.key)


async def past_impact(database: Database, graph: Graph, moment: Moment) -> ImpactReport:
    """What the events open and the maintenance under way at the moment, as far as we knew then, did to the estate of
    then."""
    opened, planned = await asyncio.gather(
        store.open_events_at(database, moment.at), windows.windows_at(database, moment.at)
    )
    hosted = await hosted_by(database, graph, planned)
    return live_impact(graph, told_at(opened, planned, moment.at, hosted)).picture().report(moment)
