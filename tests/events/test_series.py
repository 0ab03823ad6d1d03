"""Windows that return, silence or cover what is hosted, in the standing that every worker keeps."""

from datetime import datetime, timedelta

import pytest

from app.database.client import Database
from app.errors import InvalidInput
from app.events import windows
from app.events.actions import past_impact
from app.events.maintenance import MaintenanceDraft, MaintenanceWindow
from app.events.model import Alert, Clue, EventStatus, MatchTier
from app.events.planning import cancel_maintenance, cancel_occurrence, plan_maintenance
from app.events.standing import LiveStanding
from app.impact.model import HealthState, Moment
from app.inventory.actions import remove_dependencies
from app.inventory.model import Relation
from app.topology.current import Topology
from tests.events.deliveries import receive
from tests.events.maintained import Clock, live
from tests.graphs import DOWN
from tests.stored import NOW, item, needs, upserted

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
async def estate(database: Database) -> Database:
    """An application on a virtual machine on a server in a rack; a shop that needs the application."""
    await upserted(
        database,
        [
            item("rack", "LOCATION"),
            item("server", kind="COMPUTE"),
            item("vm", kind="COMPUTE"),
            item("app", kind="SOFTWARE"),
            item("shop", "BUSINESS_SERVICE"),
        ],
        [needs("server", "rack", "LOCATED_IN"), needs("vm", "server"), needs("app", "vm"), needs("shop", "app")],
    )
    return database


async def plan(
    database: Database,
    *keys: str,
    state: HealthState | None = DOWN,
    hosted: bool = False,
    rule: str | None = None,
    ends: datetime = NOW + HOUR,
) -> MaintenanceWindow:
    draft = MaintenanceDraft(keys, state, NOW, ends, "work", hosted, rule)
    return await plan_maintenance(database, draft, caller="ops", now=NOW, most_items=10, longest=DAY)


async def raised(database: Database, *keys: str) -> None:
    """An open event on each of these items."""
    alerts = [
        Alert("test", key, EventStatus.FIRING, "critical", DOWN, "", NOW, None, (Clue(MatchTier.KEY, key),))
        for key in keys
    ]
    await receive(database, alerts, NOW)


async def told(worker: LiveStanding) -> set[str]:
    """The items of which something is told."""
    return {key for key, _ in (await worker.current()).picture.told.values()}


async def hurt(worker: LiveStanding) -> set[str]:
    """The items that are not as they should be."""
    report = (await worker.current()).report(Moment(NOW))
    return {one.key for _, one in report.page(99)}


async def test_a_series_takes_its_items_down_each_time_in_every_worker(estate: Database) -> None:
    clock = Clock()
    workers = [live(estate, clock), live(estate, clock)]
    await plan(estate, "app", rule="FREQ=DAILY;COUNT=3")

    seen = []
    for hours in (0, 1, 23.9, 24, 25, 48.5, 72):
        clock.now = NOW + hours * HOUR
        seen.append([await hurt(worker) for worker in workers])

    down = [{"app", "shop"}] * 2
    assert seen == [down, [set()] * 2, [set()] * 2, down, [set()] * 2, down, [set()] * 2]


async def test_an_occurrence_that_is_called_off_changes_no_other(estate: Database) -> None:
    clock = Clock()
    worker = live(estate, clock)
    series = await plan(estate, "app", rule="FREQ=DAILY")
    await cancel_occurrence(estate, series.id, NOW + DAY, now=NOW)

    seen = []
    for days in range(3):
        clock.now = NOW + days * DAY
        seen.append(await told(worker))

    assert seen == [{"app"}, set(), {"app"}]


async def test_an_occurrence_under_way_ends_when_it_is_called_off_and_the_past_stays(estate: Database) -> None:
    clock = Clock()
    worker = live(estate, clock)
    series = await plan(estate, "app", rule="FREQ=DAILY")
    clock.now = NOW + 0.5 * HOUR
    await cancel_occurrence(estate, series.id, NOW, now=clock.now)

    graph = (await worker.current()).graph
    before = await past_impact(estate, graph, Moment(NOW + 0.25 * HOUR))

    assert await told(worker) == set()
    assert [key for key, _ in before.causes] == ["app"]


@pytest.mark.parametrize("start", [NOW + HOUR, NOW - DAY, NOW + 3 * DAY])
async def test_a_time_at_which_nothing_starts_cannot_be_called_off(estate: Database, start: datetime) -> None:
    series = await plan(estate, "app", rule="FREQ=DAILY;COUNT=3")

    with pytest.raises(InvalidInput, match="no occurrence starts at"):
        await cancel_occurrence(estate, series.id, start, now=NOW)

    assert await windows.window_by_id(estate, series.id) == series


async def test_a_series_is_listed_as_active_only_while_it_is(estate: Database) -> None:
    series = await plan(estate, "app", rule="FREQ=DAILY")

    found = [
        await windows.windows(estate, key=None, active_at=NOW + hours * HOUR, before=None, first=9)
        for hours in (0, 12, 24)
    ]

    assert found == [(series,), (), (series,)]
    assert await windows.count_windows(estate, key=None, active_at=NOW + 12 * HOUR) == 0


async def test_a_series_that_is_cancelled_returns_no_more(estate: Database) -> None:
    clock = Clock()
    worker = live(estate, clock)
    series = await plan(estate, "app", rule="FREQ=DAILY")
    await cancel_maintenance(estate, series.id, now=NOW + 2 * HOUR)
    clock.now = NOW + DAY

    assert await told(worker) == set()


async def test_a_series_that_is_over_already_is_refused(estate: Database) -> None:
    draft = MaintenanceDraft(["app"], DOWN, NOW - 9 * DAY, NOW - 8.9 * DAY, "work", False, "FREQ=DAILY;COUNT=2")

    with pytest.raises(InvalidInput, match="the last of it is over since"):
        await plan_maintenance(estate, draft, caller="ops", now=NOW, most_items=1, longest=DAY)


async def test_a_window_without_a_state_silences_until_it_ends_and_then_the_event_is_raised(estate: Database) -> None:
    clock = Clock()
    worker = live(estate, clock)
    await raised(estate, "app")
    before = await told(worker)
    await plan(estate, "app", state=None)

    during = [await told(worker), await hurt(worker)]
    clock.now = NOW + HOUR
    after = [await told(worker), await hurt(worker)]

    assert (before, during, after) == ({"app"}, [set(), set()], [{"app"}, {"app", "shop"}])


async def test_what_is_hosted_is_silent_with_its_host_and_raised_when_the_window_ends(estate: Database) -> None:
    clock = Clock()
    worker = live(estate, clock)
    window = await plan(estate, "rack", state=None, hosted=True)
    await raised(estate, "server", "vm", "app", "shop")

    during, maintained = await told(worker), (await worker.current()).maintained
    clock.now = NOW + HOUR

    assert during == {"shop"}
    assert maintained == dict.fromkeys(("rack", "server", "vm", "app"), window)
    assert await told(worker) == {"server", "vm", "app", "shop"}


async def test_what_is_moved_away_from_the_host_speaks_again_and_what_is_moved_there_is_silent(
    estate: Database,
) -> None:
    worker = live(estate, Clock())
    await plan(estate, "server", hosted=True)
    await raised(estate, "vm", "app")
    silent = await told(worker)

    await remove_dependencies(estate, [("vm", "server", Relation.DEPENDS_ON)], caller="tester", now=NOW)
    apart = await told(worker)
    await upserted(estate, dependencies=[needs("vm", "server")])

    assert (silent, apart) == ({"server"}, {"server", "vm", "app"})
    assert await told(worker) == {"server"}
    assert await told(LiveStanding(estate, Topology(estate, lambda: 0.0), Clock())) == {"server"}


async def test_the_past_knows_what_was_hosted(estate: Database) -> None:
    worker = live(estate, Clock())
    await plan(estate, "server", state=None, hosted=True)
    await raised(estate, "vm", "shop")
    graph = (await worker.current()).graph

    during = await past_impact(estate, graph, Moment(NOW))

    assert [key for key, _ in during.causes] == ["shop"]
