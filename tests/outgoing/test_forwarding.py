"""What Prometheus posts reaches the real Alertmanager, whatever happens meanwhile, and says what it hurts if it can."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.errors import Unavailable
from app.events.delivery import Delivery
from app.events.model import Alert
from app.intake.journal import Journal
from app.notify.http import Http, Unanswered
from app.outgoing.forwarding import Forwarder
from tests.events.maintained import Clock
from tests.notify.receiver import Receiver, Reply, guarded, receiving
from tests.stored import NOW

UNTIL = (NOW + timedelta(minutes=4)).isoformat()
AWAY = Reply(503)


def alert(name: str = "a", *, over: bool = False, **annotations: str) -> dict[str, Any]:
    """An alert as Prometheus posts it."""
    return {
        "labels": {"alertname": name, "instance": "db-1:9100"},
        "annotations": {"summary": "it is down", **annotations},
        "startsAt": (NOW - timedelta(minutes=1)).isoformat(),
        "endsAt": NOW.isoformat() if over else UNTIL,
        "generatorURL": "http://prom.example/graph",
    }


class Impacts:
    """What is known of the impact of alerts, by their names."""

    def __init__(self) -> None:
        self.known: dict[str, Mapping[str, str]] = {}
        self.away = False

    async def __call__(self, alerts: Sequence[Alert]) -> Mapping[str, Mapping[str, str]]:
        if self.away:
            raise Unavailable("Neo4j does not answer")
        return {
            one.fingerprint: self.known[one.labels["alertname"]]
            for one in alerts
            if one.labels["alertname"] in self.known
        }


class Way:
    """The way to an Alertmanager."""

    def __init__(self, forwarder: Forwarder, receiver: Receiver, http: Http, clock: Clock) -> None:
        self.clock = clock
        self.forwarder = forwarder
        self.receiver = receiver
        self.http = http
        self.impacts = Impacts()

    async def post(self, *alerts: object) -> None:
        """Prometheus posts alerts, and they are forwarded."""
        await self.forwarder.take(Delivery("alertmanager_api", orjson.dumps(alerts), NOW))
        await self.forward()

    async def forward(self) -> None:
        await self.forwarder.forward(self.http, self.impacts)

    @property
    def arrived(self) -> list[Any]:
        """What the Alertmanager was posted."""
        return [one.json for one in self.receiver.received]


@asynccontextmanager
async def opened(folder: Path, *replies: Reply, max_bytes: int = 100_000) -> AsyncIterator[Way]:
    async with receiving(*replies) as receiver, guarded() as http:
        journal, clock = Journal(folder, max_bytes=max_bytes), Clock()
        forwarder = Forwarder(receiver.url, journal, clock, patience_seconds=0.1, batch_bytes=100_000)
        yield Way(forwarder, receiver, http, clock)
        await forwarder.close()


async def test_an_alert_goes_on_with_what_it_hurts_and_its_labels_as_they_were(tmp_path: Path) -> None:
    async with opened(tmp_path) as way:
        way.impacts.known = {"a": {"underpin_priority": "1"}}
        await way.post(alert())

    (request,) = way.receiver.received
    assert (request.method, request.path) == ("POST", "/api/v2/alerts")
    assert request.json == [alert(underpin_priority="1")]


async def test_an_impact_that_is_not_known_in_time_is_sent_after(tmp_path: Path) -> None:
    async with opened(tmp_path) as way:
        await way.post(alert(), alert("b"))
        await way.forward()
        way.impacts.known = {"a": {"underpin_priority": "1"}, "b": {}}
        await way.forward()
        await way.forward()

    assert way.arrived == [[alert(), alert("b")], [alert(underpin_priority="1")]]


async def test_what_is_over_by_then_is_not_sent_after(tmp_path: Path) -> None:
    async with opened(tmp_path) as way:
        await way.post(alert())
        await way.post(alert(over=True))
        way.impacts.known = {"a": {"underpin_priority": "1"}}
        await way.forward()

    assert way.arrived == [[alert()], [alert(over=True)]]


async def test_what_nobody_repeats_any_more_is_not_sent_after(tmp_path: Path) -> None:
    async with opened(tmp_path) as way:
        await way.post(alert())
        way.impacts.known = {"a": {"underpin_priority": "1"}}
        way.clock.now = NOW + timedelta(minutes=4)
        await way.forward()

    assert way.arrived == [[alert()]]


async def test_while_neo4j_is_away_alerts_go_on_as_they_came(tmp_path: Path) -> None:
    async with opened(tmp_path) as way:
        way.impacts.away = True
        await way.post(alert())
        way.impacts.away, way.impacts.known = False, {"a": {"underpin_priority": "1"}}
        await way.forward()

    assert way.arrived == [[alert()], [alert(underpin_priority="1")]]


async def test_nothing_is_lost_while_alertmanager_or_we_are_away(tmp_path: Path) -> None:
    async with opened(tmp_path, AWAY, AWAY) as way:
        for one in (alert("a"), alert("b")):
            with pytest.raises(Unanswered):
                await way.post(one)
    async with opened(tmp_path) as later:
        await later.post(alert("c"))

    assert later.arrived == [[alert("a")], [alert("b")], [alert("c")]]


async def test_what_alertmanager_calls_wrong_holds_up_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path, Reply(400, body=b"bad label")) as way:
        await way.post({"labels": {}})
        await way.post(alert())

    assert way.arrived == [[{"labels": {}}], [alert()]]


async def test_annotations_of_another_shape_hold_up_nothing(tmp_path: Path) -> None:
    odd = {**alert(), "annotations": ["a"]}
    async with opened(tmp_path) as way:
        way.impacts.known = {"a": {"underpin_priority": "1"}}
        await way.post(odd)

    assert way.arrived == [[{**odd, "annotations": {"underpin_priority": "1"}}]]


async def test_what_has_no_room_is_not_taken(tmp_path: Path) -> None:
    async with opened(tmp_path, max_bytes=10) as way:
        with pytest.raises(Unavailable, match="no room to hold back more"):
            await way.post(alert())
        await way.forward()

    assert way.arrived == []


async def test_what_is_no_list_of_alerts_goes_nowhere(tmp_path: Path) -> None:
    async with opened(tmp_path) as way:
        await way.forwarder.take(Delivery("alertmanager_api", b"{", NOW))
        await way.post(alert())

    assert way.arrived == [[alert()]]
