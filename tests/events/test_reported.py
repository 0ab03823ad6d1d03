"""Windows that somebody else keeps: known again, changed without changing the past, cancelled once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from app.database.client import Database, Transaction
from app.events import windows
from app.events.maintenance import MaintenanceWindow, Origin
from app.events.model import ReportedWindow
from app.events.planning import cancel_maintenance
from app.events.reported import Outcome, plan_reported
from app.events.store import event_version, next_event_version
from tests.stored import NOW, contents, item, upserted

HOUR = timedelta(hours=1)


@pytest.fixture
async def estate(database: Database) -> Database:
    """Two hosts."""
    await upserted(database, [item("web-1"), item("web-2")])
    return database


def downtime(
    id: str = "icinga!web-1!1", *, starts: float = 0, ends: float = 2, summary: str = "kernel", cancelled: bool = False
) -> ReportedWindow:
    """A downtime; times are hours from now."""
    return ReportedWindow(
        "icinga2", id, NOW + starts * HOUR, NOW + ends * HOUR, summary, "jane", (), cancelled=cancelled
    )


async def take(
    database: Database, *reported: tuple[ReportedWindow, Sequence[str]], now: datetime = NOW
) -> tuple[Outcome, ...]:
    async def work(transaction: Transaction) -> tuple[Outcome, ...]:
        version = await next_event_version(transaction)
        return await plan_reported(transaction, reported, version=version, now=now)

    return await database.write(work, counter="events")


async def stored(database: Database) -> list[MaintenanceWindow]:
    found = await windows.windows(database, key=None, active_at=None, before=None, first=99)
    return sorted(found, key=lambda one: one.created_at)


async def test_a_downtime_silences_its_items_and_takes_nothing_down(estate: Database) -> None:
    outcomes = await take(estate, (downtime(), ["web-1", "web-2"]))

    (window,) = await stored(estate)
    assert outcomes == (Outcome.PLANNED,)
    assert window == MaintenanceWindow(
        id=window.id,
        keys=("web-1", "web-2"),
        state=None,
        starts_at=NOW,
        ends_at=NOW + 2 * HOUR,
        summary="kernel",
        created_at=NOW,
        created_by="jane",
        origin=Origin("icinga2", "icinga!web-1!1"),
    )


async def test_the_same_told_again_changes_nothing(estate: Database) -> None:
    await take(estate, (downtime(), ["web-1"]))
    before = await stored(estate)

    again = await take(estate, (downtime(), ["web-1"]), now=NOW + HOUR)
    over = await take(estate, (downtime(), ["web-1"]), now=NOW + 9 * HOUR)

    assert (again, over) == ((Outcome.UNCHANGED,), (Outcome.UNCHANGED,))
    assert await stored(estate) == before


async def test_what_was_changed_is_planned_anew_and_the_past_stays(estate: Database) -> None:
    await take(estate, (downtime(), ["web-1"]))

    outcomes = await take(estate, (downtime(ends=5), ["web-1"]), now=NOW + HOUR)

    first, second = await stored(estate)
    assert outcomes == (Outcome.CHANGED,)
    assert (first.cancelled_at, second.cancelled_at) == (NOW + HOUR, None)
    assert [one.in_effect(NOW) for one in (first, second)] == [True, False]
    assert [one.in_effect(NOW + 4 * HOUR) for one in (first, second)] == [False, True]


async def test_what_was_cancelled_there_is_cancelled_once(estate: Database) -> None:
    await take(estate, (downtime(), ["web-1"]))

    outcomes = [
        await take(estate, (downtime(cancelled=True), []), now=NOW + HOUR),
        await take(estate, (downtime(cancelled=True), []), now=NOW + 1.5 * HOUR),
    ]

    assert outcomes == [(Outcome.CANCELLED,), (Outcome.UNCHANGED,)]
    assert [one.cancelled_at for one in await stored(estate)] == [NOW + HOUR]


async def test_a_downtime_whose_item_is_not_known_just_now_goes_on(estate: Database) -> None:
    await take(estate, (downtime(), ["web-1"]))
    before = await stored(estate)

    assert await take(estate, (downtime(), [])) == ()
    assert await stored(estate) == before


async def test_what_was_cancelled_here_stays_so_until_it_is_changed_there(estate: Database) -> None:
    await take(estate, (downtime(), ["web-1"]))
    (window,) = await stored(estate)
    await cancel_maintenance(estate, window.id, now=NOW)

    assert await take(estate, (downtime(), ["web-1"])) == (Outcome.UNCHANGED,)
    assert await take(estate, (downtime(summary="again"), ["web-1"])) == (Outcome.CHANGED,)


async def test_what_is_written_twice_in_one_delivery_counts_once_so_the_version_is_whole(estate: Database) -> None:
    planned, over = (downtime(), ["web-1"]), (downtime(cancelled=True), ["web-1"])

    await take(estate, planned, over)

    assert await event_version(estate) == 1


async def test_what_is_added_and_removed_in_one_delivery_is_over(estate: Database) -> None:
    outcomes = await take(estate, (downtime(), ["web-1"]), (downtime(cancelled=True), ["web-1"]))

    assert outcomes == (Outcome.PLANNED, Outcome.CANCELLED)
    assert [one.cancelled_at for one in await stored(estate)] == [NOW]


@pytest.mark.parametrize(
    ("told", "keys", "outcomes"),
    [
        pytest.param(downtime(), [], (), id="of nothing we know"),
        pytest.param(downtime(starts=2, ends=2), ["web-1"], (), id="without length"),
        pytest.param(downtime(starts=-3, ends=-1), ["web-1"], (Outcome.UNCHANGED,), id="over"),
        pytest.param(downtime(cancelled=True), ["web-1"], (Outcome.UNCHANGED,), id="cancelled before we knew it"),
    ],
)
async def test_what_silences_nothing_is_not_stored(
    estate: Database, told: ReportedWindow, keys: list[str], outcomes: tuple[Outcome, ...]
) -> None:
    before = await contents(estate)

    assert await take(estate, (told, keys)) == outcomes
    assert [line for line in await contents(estate) if "MaintenanceWindow" in line] == [
        line for line in before if "MaintenanceWindow" in line
    ]
