"""The history of health is written once, in order, and whole, however many workers write it and whoever dies."""

from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.database.client import Connection, Database
from app.events.maintenance import MaintenanceDraft
from app.events.planning import plan_maintenance
from app.events.standing import LiveStanding
from app.health import store
from app.health.model import HealthPeriod, Wanted
from app.health.recorder import HealthRecorder
from app.impact.live import Picture
from app.impact.model import HealthState, Moment
from app.inventory.actions import remove_items
from app.inventory.model import ItemType
from app.topology.current import Topology
from tests.events.deliveries import alert, parsed, receive, resolved
from tests.graphs import DEGRADED, DOWN
from tests.service import emptied
from tests.stored import NOW, Raw, item, needs, upserted

LAW = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
EVERYTHING = Wanted()
STARTED = datetime.fromisoformat("2026-11-20T10:00:00Z")


class Worker:
    """One worker with a clock of its own."""

    def __init__(self, database: Database) -> None:
        self.now = NOW
        self.standing = LiveStanding(database, Topology(database, lambda: 0.0), lambda: self.now)
        self.recorder = HealthRecorder(database, self.picture, lambda: Moment(self.now), kept_days=400)

    async def picture(self) -> Picture:
        return (await self.standing.current()).picture

    async def at(self, now: datetime) -> None:
        """Let it write at this time."""
        self.now = now
        await self.recorder.catch_up()


def minutes(number: int) -> datetime:
    return NOW + timedelta(minutes=number)


def database_item(key: str) -> Raw:
    return {**item(key), "name": key.upper(), "identifiers": [{"kind": "fqdn", "value": f"{key}.x"}]}


async def shop(database: Database) -> None:
    await upserted(database, [item("pay", "BUSINESS_PROCESS", name="Payments"), item("ledger", "BUSINESS_SERVICE")])
    await upserted(database, [database_item("a"), database_item("b")])
    await upserted(database, [], [needs("pay", "a"), needs("ledger", "b", strength="SOFT")])


async def send(database: Database, key: str, *, over: bool = False) -> None:
    make = resolved if over else alert
    await receive(database, parsed(make(f"{key}.x", starts_at="2026-11-20T10:00:00Z", fingerprint=key)), NOW)


async def history(database: Database, wanted: Wanted = EVERYTHING) -> list[HealthPeriod]:
    """The periods, the first to begin first."""
    found = await store.health_periods(database, wanted, before=None, first=500)
    assert await store.count_health_periods(database, wanted) == len(found)
    return sorted(found, key=lambda one: (one.observed_at, one.key))


async def test_what_was_down_when_and_why_is_written_down(database: Database) -> None:
    await shop(database)
    worker = Worker(database)
    await worker.at(minutes(0))
    await send(database, "a")
    await worker.at(minutes(1))
    await send(database, "a", over=True)
    await worker.at(minutes(9))

    (period,) = await history(database)

    assert (period.key, period.name, period.type, period.state) == ("pay", "Payments", ItemType.BUSINESS_PROCESS, DOWN)
    assert (period.since, period.observed_at, period.ended_at) == (STARTED, minutes(1), minutes(9))
    assert period.causes == ("a",)
    assert period.sentence == "Payments is DOWN: it needs A, which is DOWN"


async def test_a_change_of_state_ends_one_period_and_begins_another(database: Database) -> None:
    await shop(database)
    worker = Worker(database)
    await send(database, "b")
    await worker.at(minutes(1))
    await upserted(database, [], [needs("ledger", "b", strength="HARD")])
    await worker.at(minutes(2))

    first, second = await history(database)

    assert (first.state, first.ended_at) == (DEGRADED, minutes(2))
    assert (second.state, second.ended_at) == (DOWN, None)


async def test_maintenance_that_takes_over_from_a_failure_is_a_period_of_its_own(database: Database) -> None:
    await shop(database)
    worker = Worker(database)
    await send(database, "a")
    await worker.at(minutes(1))
    draft = MaintenanceDraft(["a"], DOWN, minutes(1), minutes(90), "a new disk")
    await plan_maintenance(database, draft, caller="ops", now=minutes(1), most_items=9, longest=timedelta(days=1))
    await worker.at(minutes(2))
    await worker.at(minutes(90))

    told = [(one.planned, one.observed_at, one.ended_at) for one in await history(database)]
    assert told == [
        (False, minutes(1), minutes(2)),
        (True, minutes(2), minutes(90)),
        (False, minutes(90), None),
    ]


async def test_periods_are_found_by_the_time_they_overlap_and_by_what_they_are(database: Database) -> None:
    await shop(database)
    worker = Worker(database)
    await send(database, "a")
    await send(database, "b")
    await worker.at(minutes(1))
    await send(database, "a", over=True)
    await worker.at(minutes(5))

    async def keys(wanted: Wanted) -> list[str]:
        return [one.key for one in await history(database, wanted)]

    assert await keys(EVERYTHING) == ["ledger", "pay"]
    assert await keys(Wanted(key="pay")) == ["pay"]
    assert await keys(Wanted(types=[ItemType.BUSINESS_SERVICE])) == ["ledger"]
    assert await keys(Wanted(states=[DOWN])) == ["pay"]
    assert await keys(Wanted(from_at=minutes(5))) == ["ledger"]
    assert await keys(Wanted(from_at=minutes(4), until_at=minutes(6))) == ["ledger", "pay"]
    assert await keys(Wanted(until_at=STARTED)) == []


async def test_a_period_outlives_its_item(database: Database) -> None:
    await shop(database)
    worker = Worker(database)
    await send(database, "a")
    await worker.at(minutes(1))
    await remove_items(database, ["pay"], caller="tester", now=NOW)
    await worker.at(minutes(2))

    assert [(one.name, one.ended_at) for one in await history(database)] == [("Payments", minutes(2))]


async def test_what_ended_long_ago_is_forgotten(database: Database) -> None:
    await shop(database)
    worker = Worker(database)
    await send(database, "a")
    await worker.at(minutes(1))
    await send(database, "a", over=True)
    await worker.at(minutes(2))
    await send(database, "b")
    await worker.at(minutes(2) + timedelta(days=401))

    assert [one.key for one in await history(database)] == ["ledger"]


async def test_nothing_is_written_while_nothing_changes(database: Database) -> None:
    await shop(database)
    await send(database, "a")
    worker = Worker(database)
    await worker.at(minutes(1))

    await worker.at(minutes(2))
    await Worker(database).at(minutes(3))

    assert await store.health_turn(database) == 1


async def test_a_worker_that_was_overtaken_writes_nothing_older(database: Database) -> None:
    await shop(database)
    slow, fast = Worker(database), Worker(database)
    await send(database, "a")
    old = await slow.picture()
    await send(database, "a", over=True)
    await send(database, "b")
    await fast.at(minutes(1))

    async def stale() -> Picture:
        return old

    slow.recorder = HealthRecorder(database, stale, lambda: Moment(minutes(2)), kept_days=400)
    await slow.recorder.catch_up()

    assert [(one.key, one.ended_at) for one in await history(database)] == [("ledger", None)]


_STEPS = st.lists(
    st.tuples(st.just("alert"), st.sampled_from("ab"), st.booleans())
    | st.tuples(st.just("look"), st.integers(0, 1))
    | st.tuples(st.just("dies"), st.integers(0, 1))
    | st.tuples(st.just("edit"), st.sampled_from(["HARD", "SOFT", "INFO"])),
    min_size=6,
    max_size=14,
)


@LAW
@given(steps=_STEPS)
async def test_the_history_tells_how_it_was_whenever_a_worker_looked(
    connection: Connection, database: Database, steps: list[tuple[object, ...]]
) -> None:
    emptied(connection)
    await shop(database)
    workers = [Worker(database), Worker(database)]
    seen: list[tuple[datetime, dict[str, HealthState]]] = []
    for number, step in enumerate(steps, start=1):
        match step:
            case ("alert", str(key), bool(over)):
                await send(database, key, over=over)
            case ("edit", str(strength)):
                await upserted(database, [], [needs("pay", "b", strength=strength)])
            case ("dies", int(which)):
                workers[which] = Worker(database)
            case ("look", int(which)):
                await workers[which].at(minutes(number))
                report = (await workers[which].standing.current()).report(Moment(minutes(number)))
                business = [ItemType.BUSINESS_PROCESS, ItemType.BUSINESS_SERVICE]
                seen.append((minutes(number), {one.key: one.state for _, one in report.page(9, types=business)}))

    periods = await history(database)

    for at, states in seen:
        lasting = [one for one in periods if one.observed_at <= at and (one.ended_at is None or at < one.ended_at)]
        assert {one.key: one.state for one in lasting} == states
        assert len(lasting) == len(states)
