"""The standing that is kept current is the one that would be read, in every worker, whatever is written and when."""

import asyncio
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.database.client import Connection, Database
from app.events.standing import LiveStanding
from app.events.store import event_version, events_changed_since
from app.impact.model import HealthState, Moment
from app.inventory.actions import remove_items
from app.topology.current import Topology
from tests.events.deliveries import alert, parsed, receive, resolved
from tests.service import emptied
from tests.stored import NOW, Raw, item, needs, upserted

LAW = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
_KEYS = st.sampled_from("abc")
_ALERTS = st.tuples(st.just("alert"), _KEYS, st.booleans(), st.integers(0, 2))
_REMOVALS = st.tuples(st.just("remove"), _KEYS)
_RETURNS = st.tuples(st.just("add"), _KEYS)
_LOOKS = st.tuples(st.just("look"), st.integers(0, 1))
STEPS = st.lists(_ALERTS | _ALERTS | _REMOVALS | _RETURNS | _LOOKS, min_size=6, max_size=14)


def live(database: Database) -> LiveStanding:
    return LiveStanding(database, Topology(database, lambda: 0.0))


def component(key: str) -> Raw:
    return {**item(key), "identifiers": [{"kind": "fqdn", "value": f"{key}.x"}]}


async def take(step: tuple[object, ...], number: int, database: Database, workers: list[LiveStanding]) -> None:
    now = NOW + timedelta(minutes=number)
    match step:
        case ("alert", str(key), bool(over), int(day)):
            make = resolved if over else alert
            sent = parsed(make(f"{key}.x", starts_at=f"2026-11-2{day}T10:00:00Z", fingerprint=key))
            await receive(database, sent, now)
        case ("remove", str(key)):
            await remove_items(database, [key], caller="tester", now=now)
        case ("add", str(key)):
            await upserted(database, [component(key)], [needs("pay", key)], now=now)
        case ("look", int(worker)):
            await workers[worker].current()


async def told(worker: LiveStanding) -> tuple[int, dict[str, tuple[HealthState, datetime | None]], list[str]]:
    """The graph's version, every item hurt with its state and since when, and the ids of the events open."""
    standing = await worker.current()
    report = standing.report(Moment(NOW + timedelta(days=1)))
    hurt = {found.key: (found.state, report.since(found.key)) for _, found in report.page(100)}
    return standing.graph.version, hurt, sorted(standing.picture.told)


@LAW
@given(steps=STEPS)
async def test_what_is_kept_current_is_what_would_be_read(
    connection: Connection, database: Database, steps: list[tuple[object, ...]]
) -> None:
    emptied(connection)
    await upserted(database, [item("pay", "BUSINESS_PROCESS"), *(component(key) for key in "abc")])
    await upserted(database, [], [needs("pay", key) for key in "ab"])
    workers = [live(database), live(database)]
    for worker in workers:
        await worker.current()

    with statements_of(database) as sent:
        for number, step in enumerate(steps, start=1):
            await take(step, number, database, workers)
        kept = [await told(worker) for worker in workers]

    assert kept == [await told(live(database))] * 2
    assert "open_events" not in sent, "they were all read again, so nothing was followed"


@contextmanager
def statements_of(database: Database) -> Iterator[list[str]]:
    sent: list[str] = []
    database.listeners.append(sent.append)
    yield sent
    database.listeners.remove(sent.append)


async def test_nothing_is_worked_out_again_while_nothing_changes(database: Database) -> None:
    await upserted(database, [component("a")])
    worker = live(database)

    before = await worker.current()
    again = await worker.current()
    await receive(database, parsed(alert("a.x")), NOW)
    after = await worker.current()

    assert again is before
    assert after is not before


async def test_a_database_that_was_replaced_by_an_older_one_is_read_again(
    connection: Connection, database: Database
) -> None:
    await upserted(database, [component("a")])
    worker = live(database)
    for number in range(3):
        await receive(database, parsed(alert("a.x", fingerprint=str(number))), NOW)
    assert len((await worker.current()).picture.told) == 3

    emptied(connection)
    await upserted(database, [component("a")])
    await receive(database, parsed(alert("a.x")), NOW)

    assert len((await worker.current()).picture.told) == 1


async def test_a_look_that_nobody_waits_for_any_more_fails_in_silence() -> None:
    untold: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: untold.append(context["message"]))
    nowhere = Database(
        Connection("bolt://127.0.0.1:1", "neo4j", "x", "neo4j"), read_timeout_seconds=1, write_timeout_seconds=1
    )
    before = asyncio.all_tasks()
    looking = asyncio.create_task(live(nowhere).current())
    for _ in range(3):  # until both the standing and the topology are being looked at
        await asyncio.sleep(0)
    looking.cancel()
    await asyncio.wait([looking])
    while left := asyncio.all_tasks() - before:
        await asyncio.wait(left)
    await nowhere.close()
    del looking
    gc.collect()

    assert untold == []


async def test_of_the_version_that_is_told_everything_can_be_read_while_the_next_is_committed(
    database: Database,
) -> None:
    await upserted(database, [component("a")])
    delivered, looks = 1_500, 0

    async def deliver() -> None:
        for number in range(8):
            sent = parsed(*(alert("a.x", fingerprint=f"{number}-{one}") for one in range(delivered)))
            await receive(database, sent, NOW)

    async def look() -> None:
        nonlocal looks
        while not delivering.done():
            version = await event_version(database)
            changed = await events_changed_since(database, version - 1)
            assert not version or len(changed) >= delivered
            looks += 1

    delivering = asyncio.create_task(deliver())
    await asyncio.gather(*(look() for _ in range(4)))
    await delivering

    assert looks > 20
    assert await event_version(database) == 8
    assert len((await live(database).current()).picture.told) == 8 * delivered
