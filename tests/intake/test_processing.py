"""Processing on a real Neo4j: exactly once, duplicates known by name, what cannot be read kept."""

import asyncio
from datetime import UTC, datetime

from app.database.client import Database
from app.events import store as events
from app.events.delivery import Delivery, Reading
from app.events.lifecycle import Policy
from app.events.model import EventStatus
from app.intake import store
from app.intake.processing import Processing, Read
from tests.events.deliveries import LATER, alert, parsed, resolved
from tests.stored import NOW, contents

BODY = b'{"alerts": "\xff"}'


def processing(database: Database, journal: str = "journal") -> Processing:
    return Processing(database, journal, policy=Policy(), clock=lambda: NOW)


def read(number: int, *alerts: object, problems: tuple[str, ...] = (), id: str | None = None) -> Read:
    delivery = Delivery("alertmanager", BODY, datetime(2026, 11, 30, tzinfo=UTC), {"content-type": "x"}, {"a": "b"})
    return Read(number, delivery, Reading(parsed(*alerts), problems=problems), id)


async def test_a_delivery_that_was_processed_before_a_crash_is_not_processed_again(database: Database) -> None:
    await processing(database).process([read(1, alert()), read(2, resolved())])
    before = await contents(database)

    first, second = await processing(database).process([read(1, alert()), read(2, alert(starts_at=LATER))])

    assert [one.status for one in (*first.events, *second.events)] == [EventStatus.RESOLVED] * 2
    assert await contents(database) == before


async def test_another_journal_has_numbers_of_its_own(database: Database) -> None:
    await processing(database).process([read(1, alert())])

    (second,) = await processing(database, "other").process([read(1, resolved())])

    assert [one.status for one in second.events] == [EventStatus.RESOLVED]


async def test_a_delivery_with_a_name_that_was_delivered_before_changes_nothing(database: Database) -> None:
    await processing(database).process([read(1, alert(), id="a")])

    again, other = await processing(database).process(
        [read(2, resolved(), id="a"), read(3, resolved(fingerprint="b"), id="b")]
    )

    assert (again.duplicate, other.duplicate) == (True, False)
    assert [one.fingerprint for one in await events.events(database, status=EventStatus.FIRING, first=10)] == [
        "9fedf8a53e0a22c9"
    ]


async def test_of_two_deliveries_with_one_name_at_once_the_first_counts(database: Database) -> None:
    first, second = await processing(database).process([read(1, alert(), id="a"), read(2, resolved(), id="a")])

    assert (first.duplicate, second.duplicate) == (False, True)


async def test_what_could_not_be_read_is_kept_as_it_came(database: Database) -> None:
    (processed,) = await processing(database).process([read(7, alert(), problems=("alerts[1] must be an object",))])

    (kept,) = await store.quarantined(database, before=None, first=10)
    assert len(processed.events) == 1
    assert (kept.id, kept.source, kept.body, kept.problems) == (
        "journal-7",
        "alertmanager",
        BODY,
        ("alerts[1] must be an object",),
    )
    assert (kept.headers, kept.parameters) == ({"content-type": "x"}, {"a": "b"})
    assert await store.count_quarantined(database) == 1


async def test_two_workers_that_hear_the_same_at_once_store_it_once(database: Database) -> None:
    workers = [processing(database, f"journal-{number}") for number in range(6)]

    results = await asyncio.gather(*(worker.process([read(1, alert())]) for worker in workers))

    assert len({one.events[0].id for (one,) in results}) == 1
    assert await events.count_events(database) == 1


async def test_a_delivery_that_says_nothing_writes_nothing(database: Database) -> None:
    sent: list[str] = []
    database.listeners.append(sent.append)

    (processed,) = await processing(database).process([read(1)])

    assert (processed.events, sent) == ((), [])


async def test_warming_up_changes_nothing(database: Database) -> None:
    sent: list[str] = []
    database.listeners.append(sent.append)
    before = await contents(database)

    await processing(database).warm_up()

    assert await contents(database) == before
    assert {"store_events", "newest_events", "quarantine", "take_deliveries", "items_identified_by"} <= set(sent)
