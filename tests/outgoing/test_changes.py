"""Changes of maintenance and of events are told once, from a real Neo4j to a real receiver."""

from dataclasses import replace
from datetime import timedelta

import httpx2
import orjson
import pytest

from app.database.client import Database
from app.events import windows
from app.events.handling import acknowledge_events
from app.events.maintenance import MaintenanceDraft
from app.events.planning import cancel_maintenance, cancel_occurrence, plan_maintenance
from app.events.silencing import SilencePoller
from app.impact.live import Picture
from app.impact.model import Moment
from app.notify.model import Channel, NoticeType, Wanted
from app.outgoing.changes import SERIES_EVERY, ChangeFollower
from app.situations.correlator import Correlator, Policy
from app.situations.model import Patience, Rule
from tests.events.deliveries import alert, parsed, receive
from tests.events.maintained import Clock, after, live
from tests.graphs import DOWN
from tests.notify.making import subscription
from tests.notify.receiver import Reply, guarded, receiving
from tests.outgoing.posting import deliver, subscribe, told
from tests.stored import item, needs, upserted

PLANNED, CANCELLED = NoticeType.MAINTENANCE_PLANNED, NoticeType.MAINTENANCE_CANCELLED
ESTATE = (
    item("db-1", name="Database", owner="data", identifiers=[{"kind": "fqdn", "value": "db-1.corp.example"}]),
    item("data", "TEAM"),
    item("checkout", "BUSINESS_PROCESS"),
    item("shop", "BUSINESS_SERVICE"),
)


class Worker:
    """One worker with a clock, over one database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = Clock()
        self.standing = live(database, self.clock)
        self.follower = self.another()

    def another(self) -> ChangeFollower:
        """One more follower."""
        return ChangeFollower(self.database, self.picture, self.moment, kept=timedelta(days=30))

    async def picture(self) -> Picture:
        return (await self.standing.current()).picture

    def moment(self) -> Moment:
        return Moment(self.clock())

    async def look(self, hours: float = 0) -> None:
        """Let it catch up so many hours from the beginning."""
        self.clock.now = after(hours)
        await self.follower.catch_up()

    async def plan(self, *keys: str, ends: float = 2, recurrence: str | None = None) -> str:
        """The id of a window from now on."""
        draft = MaintenanceDraft(keys, DOWN, None, after(ends), "a new disk", recurrence=recurrence)
        longest = timedelta(days=90)
        made = await plan_maintenance(
            self.database, draft, caller="ops", now=self.clock(), most_items=100, longest=longest
        )
        return made.id

    async def said(self) -> list[tuple[NoticeType, str]]:
        return [(one.type, one.subject) for one in await told(self.database)]


@pytest.fixture
async def worker(database: Database) -> Worker:
    """A worker, and a subscription to everything."""
    await upserted(database, ESTATE, [needs("checkout", "db-1"), needs("shop", "db-1")])
    await subscribe(database, subscription())
    return Worker(database)


async def test_a_window_is_told_with_its_hosts_its_owners_and_whom_it_hurts(worker: Worker) -> None:
    id = await worker.plan("db-1")
    await worker.look()

    (notice,) = await told(worker.database)
    assert (notice.type, notice.subject) == (PLANNED, id)
    assert notice.title == "Maintenance of Database is planned: a new disk"
    assert (notice.teams, notice.processes, notice.services) == (("data",), ("checkout",), ("shop",))
    assert notice.data["hosts"] == ["Database", "db-1", "db-1.corp.example"]
    assert (notice.data["startsAt"], notice.data["endsAt"]) == (after(0).isoformat(), after(2).isoformat())


async def test_a_window_is_told_once_by_whoever_looks(worker: Worker) -> None:
    id = await worker.plan("db-1")

    await worker.look()
    await worker.look(hours=1)
    await worker.another().catch_up()
    await cancel_maintenance(worker.database, id, now=after(1))
    await worker.another().catch_up()
    await worker.look(hours=1.1)

    assert await worker.said() == [(PLANNED, id), (CANCELLED, id)]


async def test_of_a_series_each_occurrence_is_told_and_called_off(worker: Worker) -> None:
    id = await worker.plan("db-1", recurrence="FREQ=DAILY")
    first, second, third = (f"{id} {after(hours).isoformat()}" for hours in (0, 24, 48))

    await worker.look()
    await worker.look(hours=1)
    await worker.look(hours=3)
    await cancel_occurrence(worker.database, id, after(24), now=after(3))
    await worker.look(hours=3 + SERIES_EVERY / timedelta(hours=2))

    assert await worker.said() == [
        (PLANNED, first),
        (PLANNED, second),
        (PLANNED, third),
        (CANCELLED, second),
        (PLANNED, f"{id} {after(72).isoformat()}"),
    ]


async def test_a_silence_goes_to_alertmanager_and_does_not_come_back_as_a_window(worker: Worker) -> None:
    async with receiving(Reply(body=b"[]")) as receiver, guarded() as http:
        await subscribe(worker.database, subscription(receiver.url, Channel.ALERTMANAGER, secrets=()))
        await worker.plan("db-1")
        await worker.look()
        await deliver(worker.database, http)
        made = receiver.received[1].json

        poller = SilencePoller(worker.database, (), worker.clock)
        receiver.replies = [Reply(body=orjson.dumps([{**made, "id": "s-1", "status": {"state": "active"}}]))]
        async with httpx2.AsyncClient() as client:
            problems = await poller.poll(client, receiver.url)

    assert made["matchers"][0]["value"] == r"(Database|db\-1|db\-1\.corp\.example)(:[0-9]+)?"
    assert problems == ()
    assert await windows.count_windows(worker.database, key=None, active_at=None) == 1


async def test_who_takes_the_events_of_a_situation_is_told_of_once_and_once_only(worker: Worker) -> None:
    alerts = [alert("", fingerprint=f"f-{number}", underpin_key="db-1") for number in range(3)]
    events = await receive(worker.database, parsed(*alerts), after(0))
    policy = Policy(Rule(), Patience(), kept_days=400)
    await Correlator(worker.database, worker.picture, worker.moment, policy=policy).catch_up()
    await worker.look()

    await acknowledge_events(worker.database, [one.id for one in events], by="Ada", note="on it", now=after(0))
    await worker.look()
    await receive(worker.database, parsed(alert("", fingerprint="f-1", underpin_key="db-1", more="1")), after(1))
    await worker.look(hours=1)
    await worker.another().catch_up()

    (notice,) = await told(worker.database)
    assert (notice.type, notice.data["eventCount"], notice.sentence) == (NoticeType.EVENT_ACKNOWLEDGED, 3, "on it")
    assert notice.title.startswith("Ada has taken 3 events of: Database: ")
    assert (notice.processes, notice.services, notice.teams) == (("checkout",), ("shop",), ("data",))
    assert notice.subject == notice.data["situationId"]


async def test_only_who_wants_to_know_of_an_owner_is_told(worker: Worker) -> None:
    theirs = replace(subscription(id="s2"), wanted=Wanted(teams=frozenset({"data"})))
    others = replace(subscription(id="s3"), wanted=Wanted(teams=frozenset({"web"})))
    await subscribe(worker.database, theirs, others)
    await worker.plan("db-1")
    await worker.look()

    assert [len(await told(worker.database, id)) for id in ("s2", "s3")] == [1, 0]
