"""Situations are written once, in order and whole, and announced once, however many workers follow the events."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.database.client import Connection, Database, Transaction
from app.errors import Conflict
from app.events.standing import LiveStanding
from app.impact.live import Picture
from app.impact.model import Moment
from app.inventory.actions import remove_items
from app.situations import store
from app.situations.correlator import Correlator, Policy
from app.situations.model import News, Patience, Rule, Situation, SituationChange, SituationStatus, Wanted
from app.topology.current import Topology
from tests.events.deliveries import alert, parsed, receive, resolved
from tests.service import emptied
from tests.stored import NOW, drawn, item, needs, upserted

LAW = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
POLICY = Policy(Rule(), Patience(), kept_days=400)
EVERYTHING = Wanted()
STARTED = "2026-11-23T11:59:00Z"


def at(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


class Worker:
    """One worker with a clock of its own, and what it announced."""

    def __init__(self, database: Database, picture: Callable[[], Awaitable[Picture]] | None = None) -> None:
        self.now = NOW
        self.said: list[tuple[News, str]] = []
        self.fails = False
        self.standing = LiveStanding(database, Topology(database, lambda: 0.0), lambda: self.now)
        self.correlator = Correlator(
            database, picture or self.picture, lambda: Moment(self.now), policy=POLICY, hooks=(self.announce,)
        )

    async def picture(self) -> Picture:
        return (await self.standing.current()).picture

    async def announce(self, transaction: Transaction, changes: Sequence[SituationChange]) -> None:
        if self.fails:
            raise Conflict("the outbox is full; wait until it is emptied")
        self.said += [(one.news, one.situation.account.title) for one in changes]

    async def look(self, seconds: int) -> None:
        """Let it catch up at this second."""
        self.now = at(seconds)
        await self.correlator.catch_up()


async def send(database: Database, keys: Iterable[str], *, over: bool = False) -> None:
    make = resolved if over else alert
    alerts = [make("", starts_at=STARTED, ends_at=ended(over), fingerprint=key, underpin_key=key) for key in keys]
    await receive(database, parsed(*alerts), NOW)


def ended(over: bool) -> str:
    return "2026-11-23T12:30:00Z" if over else "0001-01-01T00:00:00Z"


async def everything(database: Database) -> list[Situation]:
    """All situations, the first to open first."""
    found = await store.situations(database, EVERYTHING, before=None, first=500)
    assert await store.count_situations(database, EVERYTHING) == len(found)
    return found[::-1]


async def test_the_loss_of_a_rack_is_one_situation_told_once(database: Database) -> None:
    hosts = [f"host-{number}" for number in range(300)]
    await upserted(database, [item("team", "TEAM"), item("shop", "BUSINESS_PROCESS", name="Shop", owner="team")])
    await upserted(database, [item("rack", "LOCATION", name="Rack 12"), *(item(host) for host in hosts)])
    await upserted(database, [], [needs("shop", "host-0"), *(needs(host, "rack", "LOCATED_IN") for host in hosts)])
    worker = Worker(database)
    for second in range(0, 3):
        await send(database, hosts[100 * second : 100 * second + 100])
        await worker.look(second)
    await worker.look(7)
    await worker.look(20)

    # Of a hundred alerts in three hundred hosts nobody could know that the rack was gone: each was a situation.
    (situation,) = await everything(database)
    assert worker.said == [(News.OPENED, "Rack 12: 300 items alert; Shop is hurt")]
    assert (situation.event_count, situation.item_count) == (300, 300)
    assert await store.situation_items(database, situation.id) == sorted(hosts)
    account = situation.account
    assert (account.processes, account.teams, account.business_count) == (("shop",), ("team",), 1)
    assert account.causes[0].sentence == (
        "Rack 12 says nothing, but 300 of the 300 items on it alert or are lost since 2026-11-23 11:59:00 UTC; "
        "it explains 300 of the 300 items that alert"
    )


async def test_a_situation_is_followed_from_the_first_event_to_the_last(database: Database) -> None:
    await drawn(database, "shop{process tier 0} -> api -> db")
    worker = Worker(database)
    await send(database, ["db"])
    await worker.look(0)
    await worker.look(5)
    await send(database, ["api"])
    await worker.look(10)
    (grown,) = await everything(database)
    await send(database, ["api", "db"], over=True)
    await worker.look(20)
    await worker.look(80)

    (last,) = await everything(database)

    assert (grown.opened_at, grown.changed_at, grown.event_count, grown.item_count) == (at(0), at(10), 2, 2)
    assert (last.id, last.status, last.quiet_since, last.resolved_at) == (
        grown.id,
        SituationStatus.RESOLVED,
        at(20),
        at(80),
    )
    assert [news for news, _ in worker.said] == [News.OPENED, News.RESOLVED]
    assert last.account.priority == grown.account.priority == 1


async def test_situations_are_found_by_status_priority_and_item(database: Database) -> None:
    await drawn(database, "shop{process tier 0} -> db; lone")
    worker = Worker(database)
    await send(database, ["db", "lone"])
    await worker.look(0)

    async def items(wanted: Wanted) -> set[str]:
        found = await store.situations(database, wanted, before=None, first=9)
        assert await store.count_situations(database, wanted) == len(found)
        return {one.account.first_cause or "" for one in found}

    assert await items(EVERYTHING) == {"db", "lone"}
    assert await items(Wanted(status=SituationStatus.RESOLVED)) == set()
    assert await items(Wanted(min_priority=1)) == {"db"}
    assert await items(Wanted(key="lone")) == {"lone"}


async def test_a_situation_reads_as_it_was_written_and_outlives_its_items(database: Database) -> None:
    await drawn(database, "shop{process tier 0} -> db")
    worker = Worker(database)
    await send(database, ["db"])
    await worker.look(0)
    await worker.look(6)
    (written,) = await everything(database)
    await remove_items(database, ["db", "shop"], caller="tester", now=NOW)

    read = await store.situation_by_id(database, written.id)

    assert read == written
    assert [(one.key, one.state.name) for one in written.account.business] == [("shop", "DOWN")]
    assert written.announced is not None
    assert await store.situation_by_id(database, "nobody") is None


async def test_situations_that_become_one_by_a_new_dependency_are_merged(database: Database) -> None:
    await drawn(database, "a; b")
    worker = Worker(database)
    await send(database, ["a"])
    await worker.look(0)
    await send(database, ["b"])
    await worker.look(1)
    await worker.look(6)
    await upserted(database, [], [needs("b", "a")])
    await worker.look(7)

    first, second = await everything(database)

    assert (first.status, second.status, second.merged_into) == (
        SituationStatus.OPEN,
        SituationStatus.RESOLVED,
        first.id,
    )
    assert await store.situation_items(database, first.id) == ["a", "b"]
    assert await store.situation_items(database, second.id) == []


async def test_nothing_is_written_while_nothing_changes(database: Database) -> None:
    await drawn(database, "a")
    await send(database, ["a"])
    worker = Worker(database)
    await worker.look(0)
    await worker.look(5)
    written = await store.situation_turn(database)

    await worker.look(6)
    await Worker(database).look(7)

    assert await store.situation_turn(database) == written


async def test_the_next_worker_announces_what_the_last_one_did_not_live_to_say(database: Database) -> None:
    await drawn(database, "a")
    await send(database, ["a"])
    first, second = Worker(database), Worker(database)
    await first.look(0)

    await second.look(5)
    await first.look(6)

    assert (first.said, second.said) == ([], [(News.OPENED, "a: 1 item alerts")])


async def test_an_announcement_that_cannot_be_handed_over_is_made_later(database: Database) -> None:
    await drawn(database, "a")
    await send(database, ["a"])
    worker = Worker(database)
    await worker.look(0)
    worker.fails = True
    with pytest.raises(Conflict):
        await worker.look(5)
    worker.fails = False
    await worker.look(6)

    assert worker.said == [(News.OPENED, "a: 1 item alerts")]


async def test_a_worker_that_was_overtaken_writes_nothing_older(database: Database) -> None:
    await drawn(database, "a; b")
    await send(database, ["a"])
    old = await Worker(database).picture()
    await send(database, ["b"])
    await Worker(database).look(0)

    async def stale() -> Picture:
        return old

    await Worker(database, stale).look(100)

    assert [one.status for one in await everything(database)] == [SituationStatus.OPEN] * 2


async def test_what_was_resolved_long_ago_is_forgotten(database: Database) -> None:
    await drawn(database, "a; b")
    worker = Worker(database)
    await send(database, ["a"])
    await worker.look(0)
    await send(database, ["a"], over=True)
    await worker.look(1)
    await worker.look(61)
    await send(database, ["b"])
    await worker.look(401 * 86_400)

    assert [one.account.first_cause for one in await everything(database)] == ["b"]


_STEPS = st.lists(
    st.tuples(st.just("alert"), st.sampled_from("abcd"), st.booleans())
    | st.tuples(st.just("look"), st.integers(0, 1))
    | st.tuples(st.just("dies"), st.integers(0, 1))
    | st.tuples(st.just("edit"), st.sampled_from("abcd"), st.sampled_from("abcd")),
    min_size=6,
    max_size=14,
)


@LAW
@given(steps=_STEPS)
async def test_whoever_looks_and_whoever_dies_every_open_event_is_in_one_open_situation(
    connection: Connection, database: Database, steps: list[tuple[object, ...]]
) -> None:
    emptied(connection)
    await drawn(database, "a; b; c; d")
    workers = [Worker(database), Worker(database)]
    said: list[News] = []
    for number, step in enumerate(steps, start=1):
        match step:
            case ("alert", str(key), bool(over)):
                await send(database, [key], over=over)
            case ("edit", str(one), str(other)) if one != other:
                await upserted(database, [], [needs(one, other)])
            case ("dies", int(which)):
                said += [news for news, _ in workers[which].said]
                workers[which] = Worker(database)
            case ("look", int(which)):
                await workers[which].look(number)
    await workers[0].look(60)

    situations = await everything(database)
    lively = [one for one in situations if one.status is SituationStatus.OPEN and one.quiet_since is None]
    gathered = [key for one in lively for key in await store.situation_items(database, one.id)]
    assert sorted(gathered) == sorted(key for key, _ in (await workers[0].picture()).told.values())
    said += [news for worker in workers for news, _ in worker.said]
    assert said.count(News.OPENED) <= len(situations)
