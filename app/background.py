"""What goes on beside the answers to requests: events are processed and kept in order, health is recorded, situations
are found, who wants to know is told, and what takes the whole estate is worked out."""

from collections.abc import Coroutine, Sequence
from datetime import timedelta
from functools import partial

from app.audit.keeping import AuditKeeper
from app.continuity.checking import CheckRules, FindingChecker
from app.database.client import Transaction
from app.events.silencing import SilencePoller
from app.health.recorder import HealthRecorder
from app.intake.housekeeping import Housekeeper, Memory
from app.notify.deliverer import Deliverer
from app.notify.guard import Guard
from app.notify.http import Http
from app.notify.outbox import enqueue
from app.outgoing.changes import ChangeFollower
from app.outgoing.impact_watch import ImpactWatch
from app.outgoing.impacts import Patience
from app.outgoing.unmatched import UnmatchedWatch
from app.runtime import Runtime, utc_now
from app.situations.correlator import Correlator, Policy
from app.situations.model import SituationChange
from app.situations.telling import notice_of
from app.web.annotations import annotations_of


def work_beside(runtime: Runtime) -> list[Coroutine[None, None, None]]:
    """What goes on beside the answers to requests, until it is cancelled."""
    settings, database = runtime.settings, runtime.database
    recorder = HealthRecorder(database, runtime.picture, runtime.moment, kept_days=settings.health_retention_days)
    memory = Memory(
        deliveries=timedelta(seconds=settings.delivery_memory_seconds),
        identifiers=timedelta(days=settings.identifier_history_days),
        events=timedelta(days=settings.event_retention_days),
    )
    housekeeper = Housekeeper(database, runtime.clock, memory)
    silences = SilencePoller(database, settings.alertmanager_urls, runtime.clock)
    correlator = Correlator(
        database, runtime.picture, runtime.moment, policy=Policy.of(settings), hooks=(tell_of_situations,)
    )
    checker = FindingChecker(
        database,
        runtime.continuity.current,
        runtime.clock,
        CheckRules.of(settings),
        every=timedelta(seconds=settings.finding_check_seconds),
    )
    return [
        *(runtime.intake.run(), housekeeper.run(), recorder.run(), silences.run(), correlator.run()),
        *(runtime.recovery_gaps.run(), runtime.single_points.run(), runtime.concentrations.run()),
        checker.run(),
        AuditKeeper(database, runtime.clock, kept=timedelta(days=settings.audit_retention_days)).run(),
        *_tell(runtime),
        *(_deliver_notifications(runtime), forward_alerts(runtime)),
    ]


def _tell(runtime: Runtime) -> list[Coroutine[None, None, None]]:
    """Have told what situations do not tell."""
    settings, database = runtime.settings, runtime.database
    kept = timedelta(days=settings.notification_retention_days)
    patience = Patience(
        settle=timedelta(seconds=settings.impact_settle_seconds),
        breach_moves=timedelta(seconds=settings.impact_breach_moves_seconds),
    )
    settle = timedelta(seconds=settings.unmatched_settle_seconds)
    return [
        ChangeFollower(database, runtime.picture, runtime.moment, kept=kept).run(),
        ImpactWatch(database, runtime.picture, runtime.moment, patience=patience).run(),
        UnmatchedWatch(database, runtime.clock, settle=settle, kept=kept).run(),
    ]


async def tell_of_situations(transaction: Transaction, changes: Sequence[SituationChange]) -> None:
    """Put what is announced into the outboxes, in the transaction that writes it."""
    await enqueue(transaction, [notice_of(change) for change in changes], now=utc_now())


async def forward_alerts(runtime: Runtime) -> None:
    """Pass on what arrives as at an Alertmanager to the real ones, until cancelled."""
    async with Http(Guard.allowing(runtime.settings.outgoing_networks)) as http:
        await runtime.forwarding.run(http, partial(annotations_of, runtime))


async def _deliver_notifications(runtime: Runtime) -> None:
    """Send what is in the outboxes, until cancelled."""
    kept = timedelta(days=runtime.settings.notification_retention_days)
    async with Http(Guard.allowing(runtime.settings.outgoing_networks)) as http:
        await Deliverer(runtime.database, http, runtime.clock, kept=kept).run()
