"""Maintenance windows in Neo4j: stored over their items, seen by every worker, cancelled once, remembered."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.database.client import Connection, Database
from app.errors import InvalidInput, NotFound
from app.events import windows
from app.events.actions import judge, past_impact
from app.events.maintenance import MaintenanceDraft, MaintenanceWindow
from app.events.planning import cancel_maintenance, plan_maintenance
from app.events.standing import LiveStanding
from app.events.store import event_version
from app.impact.model import HealthState, Moment
from app.inventory.actions import remove_items
from tests.events.deliveries import alert, parsed, receive, resolved
from tests.events.maintained import Clock, live
from tests.graphs import DEGRADED, DOWN
from tests.service import emptied
from tests.stored import NOW, contents, item, needs, upserted

HOUR = timedelta(hours=1)
ESTATE = [
    {**item("db-1"), "identifiers": [{"kind": "fqdn", "value": "db-1.corp.example"}]},
    {**item("db-2"), "identifiers": [{"kind": "fqdn", "value": "db-2.corp.example"}]},
    item("db", "REDUNDANCY_GROUP", minAvailable=1, members=["db-1", "db-2"]),
    item("pay", "BUSINESS_PROCESS", tier=0),
]


@pytest.fixture
async def estate(database: Database) -> Database:
    """A process that needs one of two databases."""
    await upserted(database, ESTATE, [needs("pay", "db")])
    return database


async def plan(
    database: Database,
    *keys: str,
    starts: datetime | None = None,
    ends: datetime = NOW + 4 * HOUR,
    state: HealthState = DOWN,
    now: datetime = NOW,
) -> MaintenanceWindow:
    draft = MaintenanceDraft(keys, state, starts, ends, "a new disk")
    return await plan_maintenance(database, draft, caller="ops", now=now, most_items=10, longest=timedelta(days=30))


async def states(worker: LiveStanding) -> dict[str, tuple[HealthState, bool]]:
    """Every item hurt now: its state, and whether that is planned."""
    standing = await worker.current()
    found = standing.report(Moment(NOW)).page(100)
    return {one.key: (one.state, one.planned) for _, one in found}


async def test_a_window_is_stored_over_its_items(estate: Database) -> None:
    window = await plan(estate, "db-1", "pay", "db-1", starts=NOW + HOUR)

    assert window.keys == ("db-1", "pay")
    assert await windows.window_by_id(estate, window.id) == window
    assert [line for line in await contents(estate) if "COVERS" in line and "'db-1'" in line and "'pay'" in line]


@pytest.mark.parametrize("keys", [("db-1", "nobody"), ("db",), ("db-1", "db")])
async def test_a_window_over_nothing_or_over_a_group_is_refused_and_nothing_is_written(
    estate: Database, keys: Sequence[str]
) -> None:
    before, version = await contents(estate), await event_version(estate)

    with pytest.raises((NotFound, InvalidInput)) as refused:
        await plan(estate, *keys)

    assert refused.value.message in (
        "no configuration item has the key 'nobody'; "
        "look it up with search(text:) or items(filter:), nothing was planned",
        "'db' is a redundancy group and never fails by itself; name its members instead",
    )
    assert (await contents(estate), await event_version(estate)) == (before, version)


async def test_every_worker_sees_a_window_begin_and_end(estate: Database) -> None:
    clock = Clock()
    workers = [live(estate, clock), live(estate, clock)]
    before = [await states(worker) for worker in workers]
    await plan(estate, "db-1", "db-2", starts=NOW + HOUR, ends=NOW + 2 * HOUR)

    told = []
    for hours in (0, 0.99, 1, 1.99, 2):
        clock.now = NOW + hours * HOUR
        told.append([await states(worker) for worker in workers])

    planned = dict.fromkeys(("pay", "db-1", "db-2", "db"), (DOWN, True))
    assert before == [{}, {}]
    assert told == [[{}, {}], [{}, {}], [planned, planned], [planned, planned], [{}, {}]]


_KEYS = st.sampled_from(["db-1", "db-2", "pay"])
_PLANS = st.tuples(st.just("plan"), _KEYS, st.integers(-1, 3), st.integers(1, 3), st.sampled_from([DOWN, DEGRADED]))
_STEPS = st.lists(
    _PLANS
    | st.tuples(st.just("cancel"), st.integers(0, 9))
    | st.tuples(st.just("alert"), st.sampled_from(["db-1", "db-2"]), st.booleans())
    | st.tuples(st.just("look"), st.integers(0, 1)),
    min_size=4,
    max_size=10,
)


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=_STEPS)
async def test_what_is_kept_current_is_what_would_be_read_whatever_is_planned_and_when(
    connection: Connection, database: Database, steps: Sequence[tuple[object, ...]]
) -> None:
    emptied(connection)
    await upserted(database, ESTATE, [needs("pay", "db")])
    clock, made = Clock(), list[str]()
    workers = [live(database, clock), live(database, clock)]
    for worker in workers:
        await worker.current()

    for step in steps:
        clock.now += HOUR
        match step:
            case ("plan", str(key), int(starts), int(lasts), HealthState() as state):
                begin = clock.now + starts * HOUR
                ends = max(begin, clock.now) + lasts * HOUR
                made.append((await plan(database, key, starts=begin, ends=ends, state=state, now=clock.now)).id)
            case ("cancel", int(number)) if made:
                await cancel_maintenance(database, made[number % len(made)], now=clock.now)
            case ("alert", str(key), bool(over)):
                sent = parsed((resolved if over else alert)(f"{key}.corp.example", fingerprint=key))
                await receive(database, sent, clock.now)
            case ("look", int(number)):
                await workers[number].current()

    for _ in range(6):
        assert [await states(worker) for worker in workers] == [await states(live(database, clock))] * 2
        clock.now += HOUR


async def test_the_standing_is_kept_between_two_changes(estate: Database) -> None:
    clock = Clock()
    worker = live(estate, clock)
    await plan(estate, "db-1", ends=NOW + HOUR)

    first = await worker.current()
    clock.now = NOW + HOUR - timedelta(microseconds=1)
    again = await worker.current()
    clock.now = NOW + HOUR
    over = await worker.current()

    assert again is first
    assert over is not first
    assert over.picture.failures == {}


async def test_an_event_that_is_open_when_the_window_ends_is_raised_then(estate: Database) -> None:
    clock = Clock()
    worker = live(estate, clock)
    await plan(estate, "db-1", ends=NOW + HOUR, state=DEGRADED)
    await receive(estate, parsed(alert(), alert("db-2.corp.example", fingerprint="b")), NOW)

    during = await states(worker)
    clock.now = NOW + HOUR
    then = await states(worker)

    assert during == {
        "db-1": (DEGRADED, True),
        "db-2": (DOWN, False),
        "db": (DEGRADED, False),
        "pay": (DEGRADED, False),
    }
    assert then == dict.fromkeys(("pay", "db-1", "db-2", "db"), (DOWN, False))


async def test_a_cancelled_window_counts_no_more_in_any_worker(estate: Database) -> None:
    clock = Clock()
    workers = [live(estate, clock), live(estate, clock)]
    window = await plan(estate, "db-1")
    await workers[0].current()
    clock.now = NOW + HOUR

    cancelled = await cancel_maintenance(estate, window.id, now=clock.now)

    assert cancelled.cancelled_at == clock.now
    assert [await states(worker) for worker in (*workers, live(estate, clock))] == [{}, {}, {}]


async def test_cancelling_again_or_what_is_over_changes_nothing(estate: Database) -> None:
    first = await cancel_maintenance(estate, (await plan(estate, "db-1")).id, now=NOW + HOUR)
    over = await plan(estate, "db-2", ends=NOW + HOUR)
    before = await contents(estate)

    assert await cancel_maintenance(estate, first.id, now=NOW + 2 * HOUR) == first
    assert await cancel_maintenance(estate, over.id, now=NOW + 2 * HOUR) == over
    assert await contents(estate) == before


async def test_cancelling_what_was_never_planned_says_so(estate: Database) -> None:
    with pytest.raises(NotFound, match="no maintenance window has the id 'x'"):
        await cancel_maintenance(estate, "x", now=NOW)


async def test_a_window_outlives_its_item_and_counts_when_that_returns(estate: Database) -> None:
    worker = live(estate, Clock())
    window = await plan(estate, "db-1")
    await remove_items(estate, ["db-1"], caller="tester", now=NOW)

    gone = await states(worker)
    await upserted(estate, ESTATE[:1])

    assert "db-1" not in gone
    assert (await states(worker))["db-1"] == (DOWN, True)
    assert await windows.window_by_id(estate, window.id) == window


async def test_an_event_on_an_item_in_maintenance_is_judged_as_the_maintenance(estate: Database) -> None:
    standing = live(estate, Clock())
    window = await plan(estate, "db-1", state=DEGRADED)

    events = await receive(estate, parsed(alert(), alert("db-2.corp.example", fingerprint="b")), NOW)
    during, beside = await judge(await standing.current(), events, Moment(NOW))
    (over,) = await judge(await standing.current(), await receive(estate, parsed(resolved()), NOW), Moment(NOW))

    assert (during.maintenance, beside.maintenance, over.maintenance) == (window, None, None)
    assert during.report is not None
    assert beside.report is not None
    assert [(one.key, one.state, one.planned) for _, one in during.report.page(9) if one.key == "db-1"] == [
        ("db-1", DEGRADED, True)
    ]
    assert [one.state for _, one in beside.report.page(9) if one.key == "pay"] == [DEGRADED]


async def test_the_past_is_told_with_the_windows_known_then(estate: Database) -> None:
    graph = (await live(estate, Clock()).current()).graph
    await plan(estate, "db-1", starts=NOW, ends=NOW + 4 * HOUR, now=NOW + HOUR)
    second = await plan(estate, "db-2", starts=NOW, ends=NOW + 4 * HOUR, now=NOW)
    await cancel_maintenance(estate, second.id, now=NOW + 2 * HOUR)

    told = [await past_impact(estate, graph, Moment(NOW + hours * HOUR)) for hours in (0, 1, 2, 4)]

    assert [[key for key, _ in report.causes] for report in told] == [["db-2"], ["db-1", "db-2"], ["db-1"], []]
    assert [report.planned_causes for report in told] == [{"db-2"}, {"db-1", "db-2"}, {"db-1"}, set()]


async def test_windows_are_listed_page_by_page_and_filtered(estate: Database) -> None:
    made = [
        await plan(estate, key, starts=NOW + hours * HOUR, ends=NOW + (hours + 2) * HOUR)
        for hours, key in enumerate(("db-1", "db-2", "db-1", "pay"))
    ]
    await cancel_maintenance(estate, made[2].id, now=NOW)

    page = await windows.windows(estate, key=None, active_at=None, before=None, first=2)
    before = (page[-1].starts_at, page[-1].id)
    rest = await windows.windows(estate, key=None, active_at=None, before=before, first=9)
    about = await windows.windows(estate, key="db-1", active_at=None, before=None, first=9)
    active = await windows.windows(estate, key=None, active_at=NOW + 2 * HOUR, before=None, first=9)

    assert [one.id for one in (*page, *rest)] == [one.id for one in reversed(made)]
    assert [one.id for one in about] == [made[2].id, made[0].id]
    assert [one.id for one in active] == [made[1].id]
    assert await windows.count_windows(estate, key=None, active_at=None) == 4
    assert await windows.count_windows(estate, key="db-1", active_at=NOW + HOUR) == 1


async def test_a_database_that_was_replaced_by_an_older_one_has_its_own_windows(
    connection: Connection, estate: Database
) -> None:
    worker = live(estate, Clock())
    await plan(estate, "db-1")
    await plan(estate, "db-2")
    await worker.current()

    emptied(connection)
    await upserted(estate, ESTATE[:1])
    window = await plan(estate, "db-1")

    assert (await worker.current()).maintained == {"db-1": window}
