"""Names that alerts carry and no item has are told once each, together."""

from collections.abc import Sequence
from datetime import timedelta

from app.database.client import Database
from app.notify.model import NoticeType
from app.outgoing.unmatched import UnmatchedWatch
from tests.events.deliveries import alert, parsed, receive
from tests.events.maintained import Clock
from tests.notify.making import subscription
from tests.outgoing.posting import subscribe, told
from tests.stored import NOW

MINUTE = timedelta(minutes=1)
KEPT = timedelta(days=30)


async def send(database: Database, hosts: Sequence[str]) -> None:
    """Alerts of hosts that nobody knows."""
    alerts = [alert(f"{host}.corp.example", fingerprint=f"{host} {number}") for number, host in enumerate(hosts)]
    await receive(database, parsed(*alerts), NOW)


async def looked(watch: UnmatchedWatch, clock: Clock, after: timedelta) -> None:
    clock.now = NOW + after
    await watch.look()


async def test_each_name_is_told_once_however_many_alerts_carry_it(database: Database) -> None:
    clock = Clock()
    watch = UnmatchedWatch(database, clock, settle=2 * MINUTE, kept=KEPT)
    await subscribe(database, subscription())
    await send(database, ["web-1", "web-1", "web-2"])
    await looked(watch, clock, MINUTE)
    assert await told(database) == []

    await looked(watch, clock, 2 * MINUTE)
    await send(database, ["web-1", "web-2", "web-3", "web-3"])
    await looked(watch, clock, 4 * MINUTE)
    await looked(UnmatchedWatch(database, clock, settle=2 * MINUTE, kept=KEPT), clock, 5 * MINUTE)

    first, second = await told(database)
    assert {first.type, second.type} == {NoticeType.ALERT_UNMATCHED}
    assert first.title == "Alerts are about no known item, under 2 new names"
    assert first.sentence == "fqdn web-1.corp.example, fqdn web-2.corp.example"
    assert second.title == "Alerts are about no known item, under a new name"
    assert second.sentence == "fqdn web-3.corp.example"
    assert first.data["groupCount"] == 2


async def test_what_still_waits_when_its_notice_is_forgotten_is_told_again(database: Database) -> None:
    clock = Clock()
    watch = UnmatchedWatch(database, clock, settle=MINUTE, kept=KEPT)
    await subscribe(database, subscription())
    await send(database, ["web-1"])
    for after in (MINUTE, KEPT, KEPT + 2 * MINUTE):
        await looked(watch, clock, after)

    assert len(await told(database)) == 2
