"""Opening: an intake over one database, as the settings say."""

from collections.abc import Callable
from datetime import datetime, timedelta

from app.database.client import Database
from app.errors import NotFound
from app.events.delivery import Delivery, Reading
from app.events.lifecycle import Policy
from app.events.own_sources import Sources
from app.intake.journal import Journal
from app.intake.processing import Processing
from app.intake.processor import Intake
from app.intake.reading import read
from app.settings import Settings


async def open_intake(
    database: Database, settings: Settings, sources: Sources, clock: Callable[[], datetime]
) -> Intake:
    """An intake whose journal is in the data folder; Neo4j has planned its queries.

    Raises:
        Conflict: another service uses that folder.
        Unavailable: Neo4j did not answer.
    """
    journal = Journal(settings.data_dir / "events", max_bytes=settings.journal_max_bytes)
    processing = Processing(database, journal.id, policy=policy_of(settings), clock=clock)

    async def read_again(delivery: Delivery) -> tuple[Reading, str | None]:
        try:
            source = await sources.named(delivery.source)
        except NotFound as error:
            return Reading(problems=(error.message,)), None
        delivery_id = source.delivery_id(delivery) if source.delivery_id else None
        return read(source, delivery, max_alerts=settings.max_alerts), delivery_id

    await processing.warm_up()
    return Intake(journal, processing.process, read_again, batch_bytes=settings.intake_batch_bytes)


def policy_of(settings: Settings) -> Policy:
    """When events are reopened, flap and expire."""
    return Policy(
        reopens_within=timedelta(seconds=settings.event_reopen_seconds),
        flaps_at=settings.event_flap_count,
        flaps_within=timedelta(seconds=settings.event_flap_seconds),
        steady_after=timedelta(seconds=settings.event_flap_quiet_seconds),
        expires_after=timedelta(seconds=settings.event_expiry_seconds),
    )
