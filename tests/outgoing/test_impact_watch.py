"""The business being hurt is told once it has settled, by one of several workers, and not beside its situation."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from app.background import tell_of_situations
from app.database.client import Database
from app.events.maintenance import MaintenanceDraft
from app.events.planning import plan_maintenance
from app.impact.live import Picture
from app.impact.model import Moment
from app.notify.model import NoticeType, Wanted
from app.outgoing.impact_watch import ImpactWatch
from app.outgoing.impacts import Patience
from app.situations.correlator import Correlator, Policy
from app.situations.model import Patience as SituationPatience
from app.situations.model import Rule
from tests.events.deliveries import alert, parsed, receive, resolved
from tests.events.maintained import Clock, after, live
from tests.graphs import DOWN
from tests.notify.making import subscription
from tests.outgoing.posting import subscribe, told
from tests.stored import NOW, item, needs, upserted

STARTED = "2026-11-23T11:59:00Z"
ENDED = "2026-11-23T12:05:00Z"
PATIENCE = Patience(settle=timedelta(seconds=30), breach_moves=timedelta(minutes=15))
OPENED, CHANGED, RESOLVED = (
    NoticeType.IMPACT_OPENED,
    NoticeType.IMPACT_CHANGED,
    NoticeType.IMPACT_RESOLVED,
)
IMPACTS = Wanted(types=frozenset({OPENED, CHANGED, RESOLVED}))
ESTATE = (
    item("db-1", name="Database"),
    item("payments", "TEAM"),
    item("checkout", "BUSINESS_PROCESS", name="Checkout", owner="payments", tier=1, mtpdSeconds=3600),
    item("shop", "BUSINESS_SERVICE", name="Shop", tier=3),
)


class Worker:
    """One worker with a clock, over one database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = Clock()
        self.standing = live(database, self.clock)
        policy = Policy(Rule(), SituationPatience(), kept_days=400)
        self.correlator = Correlator(database, self.picture, self.moment, policy=policy, hooks=(tell_of_situations,))
        self.watch = ImpactWatch(database, self.picture, self.moment, patience=PATIENCE)

    async def picture(self) -> Picture:
        return (await self.standing.current()).picture

    def moment(self) -> Moment:
        return Moment(self.clock())

    async def look(self, seconds: int) -> None:
        """Let it catch up so many seconds from the beginning."""
        self.clock.now = NOW + timedelta(seconds=seconds)
        await self.watch.catch_up()

    async def gather(self, seconds: int) -> None:
        """Let it gather situations then."""
        self.clock.now = NOW + timedelta(seconds=seconds)
        await self.correlator.catch_up()


@pytest.fixture
async def worker(database: Database) -> Worker:
    """A worker over a database under a process and a service."""
    await upserted(database, ESTATE, [needs("checkout", "db-1"), needs("shop", "db-1")])
    return Worker(database)


async def fail(database: Database, severity: str = "critical") -> None:
    """The database alerts."""
    await receive(database, parsed(alert("", severity=severity, starts_at=STARTED, underpin_key="db-1")), NOW)


async def recover(database: Database) -> None:
    """The database is well again."""
    over = resolved("", starts_at=STARTED, ends_at=ENDED, underpin_key="db-1")
    await receive(database, parsed(over), NOW + timedelta(minutes=5))


async def types(database: Database, id: str = "s1") -> Sequence[tuple[NoticeType, str]]:
    return [(one.type, one.title) for one in await told(database, id)]


async def test_a_business_item_that_is_hurt_and_well_again_is_told_of_twice(worker: Worker) -> None:
    await subscribe(worker.database, subscription(wanted=IMPACTS))
    await fail(worker.database)
    for seconds in (0, 29, 30, 31):
        await worker.look(seconds)
    await recover(worker.database)
    for seconds in (310, 339, 340, 341):
        await worker.look(seconds)

    opened, shop, resolved, _ = await told(worker.database)
    assert opened.title == "Checkout is DOWN and breaches its tolerance at 2026-11-23 12:59 UTC"
    assert opened.sentence == "Checkout is DOWN: it needs Database, which is DOWN"
    assert (opened.processes, opened.services, opened.teams, opened.priority) == (("checkout",), (), ("payments",), 1)
    assert (shop.services, shop.processes) == (("shop",), ())
    assert (resolved.type, resolved.title, resolved.subject) == (RESOLVED, "Checkout is OPERATIONAL", opened.subject)
    assert resolved.sentence == "It was hurt since 2026-11-23 12:00:00 UTC"


async def test_a_business_item_that_is_hurt_less_is_told_of_again(worker: Worker) -> None:
    await subscribe(worker.database, subscription(wanted=IMPACTS))
    await fail(worker.database)
    await worker.look(0)
    await worker.look(30)
    await fail(worker.database, severity="warning")
    await worker.look(40)
    await worker.look(70)

    changed = (await told(worker.database))[2]
    assert (changed.type, changed.title) == (CHANGED, "Checkout is DEGRADED")
    assert (changed.data["stateBefore"], changed.data["state"]) == ("DOWN", "DEGRADED")


async def test_who_was_told_of_the_situation_is_not_told_of_its_impacts_unless_they_ask(worker: Worker) -> None:
    shop_only = subscription(id="s2", wanted=Wanted(services=frozenset({"shop"})))
    urgent = subscription(id="s3", wanted=Wanted(least_priority=1))
    await subscribe(worker.database, subscription(), shop_only, urgent, subscription(id="s4", wanted=IMPACTS))
    await fail(worker.database)
    for seconds in (0, 6, 30):
        await worker.gather(seconds)
        await worker.look(seconds)
    await recover(worker.database)
    for seconds in (310, 340, 400):
        await worker.gather(seconds)
        await worker.look(seconds)

    situation = [NoticeType.SITUATION_OPENED, NoticeType.SITUATION_RESOLVED]
    for id in ("s1", "s2", "s3"):
        assert [type for type, _ in await types(worker.database, id)] == situation
    assert [type for type, _ in await types(worker.database, "s4")] == [OPENED, OPENED, RESOLVED, RESOLVED]


async def test_an_impact_waits_until_its_situation_is_announced(worker: Worker) -> None:
    await subscribe(worker.database, subscription(), subscription(id="s2", wanted=IMPACTS))
    await fail(worker.database)
    await worker.gather(0)
    await worker.look(0)
    await worker.look(40)
    before = await types(worker.database, "s2")
    await worker.gather(50)
    await worker.look(51)

    assert before == []
    assert [type for type, _ in await types(worker.database)] == [NoticeType.SITUATION_OPENED]
    assert [type for type, _ in await types(worker.database, "s2")] == [OPENED, OPENED]


async def test_what_is_planned_wakes_nobody(worker: Worker) -> None:
    await subscribe(worker.database, subscription(wanted=IMPACTS))
    draft = MaintenanceDraft(["db-1"], DOWN, NOW, after(2), "a new disk")
    await plan_maintenance(worker.database, draft, caller="ops", now=NOW, most_items=10, longest=timedelta(days=1))
    await worker.look(0)
    await worker.look(60)

    assert await types(worker.database) == []


async def test_several_workers_and_one_that_starts_anew_tell_nothing_twice(worker: Worker) -> None:
    await subscribe(worker.database, subscription(wanted=IMPACTS))
    other = Worker(worker.database)
    await fail(worker.database)
    for seconds in (0, 30, 31):
        await worker.look(seconds)
        await other.look(seconds)
    late = Worker(worker.database)
    await late.look(60)
    await late.look(90)

    assert [type for type, _ in await types(worker.database)] == [OPENED, OPENED]
