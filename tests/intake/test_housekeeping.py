"""Housekeeping on a real Neo4j: what waits is matched when the inventory knows it, and what is old is forgotten."""

from datetime import datetime, timedelta

from app.database.client import Database
from app.events import store
from app.events.directory import count_queue, items_identified_by
from app.events.matching import Bearer
from app.intake.housekeeping import Housekeeper, Memory
from tests.events.deliveries import alert, parsed, receive, resolved
from tests.stored import NOW, Raw, item, upserted


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def housekeeper(database: Database, clock: Clock) -> Housekeeper:
    memory = Memory(timedelta(days=3), identifiers=timedelta(days=90), events=timedelta(days=400))
    return Housekeeper(database, clock, memory)


def known_as(key: str, host: str) -> Raw:
    return item(key, identifiers=[{"kind": "hostname", "value": host}])


async def test_what_waits_is_matched_once_the_inventory_knows_it(database: Database) -> None:
    (event,) = await receive(database, parsed(alert("db-7:9100")), NOW)
    await upserted(database, [known_as("ledger", "db-7")])

    await housekeeper(database, Clock()).look()

    assert (event.match.key, await count_queue(database)) == (None, 0)
    assert (await store.events_by_id(database, [event.id]))[event.id].match.key == "ledger"


async def test_an_inventory_that_changes_all_the_time_is_minded_once_a_minute(database: Database) -> None:
    clock = Clock()
    keeper = housekeeper(database, clock)
    await upserted(database, [item("web")])
    await keeper.look()
    await receive(database, parsed(alert("db-7:9100")), NOW)
    await upserted(database, [known_as("ledger", "db-7")])

    clock.now = NOW + timedelta(seconds=59)
    await keeper.look()
    early = await count_queue(database)
    clock.now = NOW + timedelta(seconds=60)
    await keeper.look()

    assert (early, await count_queue(database)) == (1, 0)


async def test_who_had_an_identifier_is_forgotten_after_its_days(database: Database) -> None:
    clock = Clock()
    await upserted(database, [known_as("old", "db-7")])
    await upserted(database, [item("old", identifiers=[]), known_as("new", "db-7")])
    kept = await items_identified_by(database, [("hostname", "db-7")])

    clock.now = NOW + timedelta(days=91)
    await housekeeper(database, clock).look()

    assert [one.key for one in kept["hostname", "db-7"]] == ["new", "old"]
    assert await items_identified_by(database, [("hostname", "db-7")]) == {("hostname", "db-7"): (Bearer("new", NOW),)}


async def test_what_has_been_over_for_long_is_forgotten_and_what_is_open_is_not(database: Database) -> None:
    clock = Clock()
    keeper = housekeeper(database, clock)
    await receive(database, parsed(alert("a:1", fingerprint="over"), alert("b:1", fingerprint="open")), NOW)
    await receive(database, parsed(resolved("a:1", fingerprint="over")), NOW)

    clock.now = NOW + timedelta(days=400)
    await keeper.look()
    kept = {one.fingerprint for one in await store.events(database, first=10)}
    clock.now += timedelta(hours=1)
    await keeper.look()

    assert kept == {"over", "open"}
    assert [one.fingerprint for one in await store.events(database, first=10)] == ["open"]
