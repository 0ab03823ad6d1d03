"""Events in Neo4j: stored once, closed when they are over, never guessed, and what each of them hurts."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.database.client import Connection, Database
from app.events import store
from app.events.actions import Judged, judge, matched
from app.events.model import Event, EventStatus, Match, MatchTier, Turn
from app.events.standing import LiveStanding, Standing
from app.history.store import graph_version
from app.impact.model import HealthState, Moment
from app.inventory.actions import remove_items
from app.topology.current import Topology
from tests.events.deliveries import (
    ENDED,
    LATER,
    STARTED,
    Json,
    alert,
    captured,
    instant,
    parsed,
    read_body,
    receive,
    resolved,
)
from tests.graphs import DEGRADED, DOWN, OPERATIONAL
from tests.service import emptied
from tests.stored import NOW, contents, item, needs, upserted

FIRING, RESOLVED = EventStatus
DB = {**item("db-1"), "identifiers": [{"kind": "fqdn", "value": "db-1.corp.example"}]}


async def received(database: Database, *alerts: Json) -> tuple[Event, ...]:
    return await receive(database, parsed(*alerts), NOW)


async def standing(database: Database) -> Standing:
    """How the estate stands, as one who was never there before reads it."""
    return await LiveStanding(database, Topology(database, lambda: 0.0)).current()


async def open_own_states(database: Database) -> dict[str, HealthState]:
    told = (await standing(database)).picture.told.values()
    return {key: max(failure.state for named, failure in told if named == key) for key, _ in told}


async def hurt_now(database: Database) -> dict[str, HealthState]:
    """What the open events hurt, by key."""
    report = (await standing(database)).report(Moment(NOW))
    return {found.key: found.state for _, found in report.page(100)}


async def listed(database: Database) -> list[Event]:
    """Every stored event, oldest start first."""
    found = await store.events(database, status=None, source=None, key=None, before=None, first=500)
    return sorted(found, key=lambda event: (event.starts_at, event.id))


async def hurt(database: Database, *alerts: Json, stored: bool = True) -> list[dict[str, HealthState] | None]:
    """What each alert of a delivery hurts."""
    events = await (receive if stored else matched)(database, parsed(*alerts), NOW)
    return [states(one) for one in await judge(await standing(database), events, Moment(NOW))]


def states(judged: Judged) -> dict[str, HealthState] | None:
    report = judged.report
    return None if report is None else {found.key: found.state for _, found in report.page(100)}


async def test_an_alert_is_stored_with_its_match_and_its_item_is_down(database: Database) -> None:
    await upserted(database, [DB])

    (event,) = await received(database, alert(team="ops"))

    assert await listed(database) == [event]
    assert event == Event(
        id=event.id,
        source="alertmanager",
        fingerprint="9fedf8a53e0a22c9",
        status=FIRING,
        severity="critical",
        state=DOWN,
        summary="it is down",
        starts_at=instant(STARTED),
        ends_at=None,
        received_at=NOW,
        match=Match("db-1", MatchTier.FQDN, "db-1.corp.example"),
        clues=event.clues,
        url="http://prom.example:9090/graph",
        expires_at=NOW + timedelta(days=7),
        begun_at=(NOW,),
        turns=(Turn(NOW, "db-1", DOWN, instant(STARTED)),),
        labels={
            "alertname": "InstanceDown",
            "instance": "db-1.corp.example:9100",
            "team": "ops",
            "severity": "critical",
        },
    )
    assert await open_own_states(database) == {"db-1": DOWN}


async def test_a_real_delivery_and_its_resolution_leave_one_alert_open(database: Database) -> None:
    await upserted(database, [{**item("web-17"), "identifiers": [{"kind": "ip", "value": "10.0.3.17"}]}])
    first, second = (read_body(body).alerts for body in captured())

    await receive(database, first, NOW)
    before = await open_own_states(database)
    await receive(database, second, NOW)

    assert before == {"web-17": DOWN}
    assert await open_own_states(database) == {}
    assert [(event.status, event.match.key) for event in await listed(database)].count((RESOLVED, "web-17")) == 1
    assert len(await listed(database)) == 2


async def test_receiving_a_delivery_again_changes_nothing(database: Database) -> None:
    await upserted(database, [DB])
    first = await received(database, alert(), alert("who", fingerprint="b"))
    before = await contents(database)

    again = await receive(database, parsed(alert(), alert("who", fingerprint="b")), NOW + timedelta(hours=1))

    assert await contents(database) == before
    assert [event.id for event in again] == [event.id for event in first]


async def test_the_same_delivery_from_two_replicas_at_once_is_stored_once(database: Database) -> None:
    await upserted(database, [DB])

    deliveries = await asyncio.gather(*(received(database, alert()) for _ in range(8)))

    assert len({event.id for events in deliveries for event in events}) == 1
    assert len(await listed(database)) == 1
    assert len(await store.open_events(database)) == 1


async def test_an_alert_that_a_delivery_holds_twice_is_stored_once(database: Database) -> None:
    await upserted(database, [DB])

    events = await received(database, alert(), alert())

    assert len(events) == 2
    assert len(await store.open_events(database)) == 1


async def test_an_alert_that_fires_and_ends_within_a_delivery_has_ended(database: Database) -> None:
    await upserted(database, [DB])

    events = await received(database, alert(), resolved())

    assert [event.status for event in events] == [RESOLVED, RESOLVED]
    assert await open_own_states(database) == {}


async def test_a_resolved_alert_closes_its_event(database: Database) -> None:
    await upserted(database, [DB])
    await received(database, alert())

    await received(database, resolved())

    (event,) = await listed(database)
    assert (event.status, event.ends_at) == (RESOLVED, instant(ENDED))
    assert await open_own_states(database) == {}


async def test_an_alert_that_fires_late_stays_resolved(database: Database) -> None:
    await upserted(database, [DB])
    await received(database, resolved())

    (late,) = await received(database, alert())

    assert late.status is RESOLVED
    assert [(event.status, event.ends_at) for event in await listed(database)] == [(RESOLVED, instant(ENDED))]
    assert await open_own_states(database) == {}


async def test_an_alert_that_returns_soon_is_the_same_event(database: Database) -> None:
    await upserted(database, [DB])
    await received(database, alert())
    await received(database, resolved())

    await received(database, alert(starts_at=LATER))

    (event,) = await listed(database)
    assert (event.status, event.starts_at, event.ends_at, event.reopened) == (FIRING, instant(LATER), None, 1)
    assert await open_own_states(database) == {"db-1": DOWN}


async def test_an_alert_that_returns_after_long_is_a_new_event(database: Database) -> None:
    await upserted(database, [DB])
    await received(database, alert())
    await received(database, resolved())

    await received(database, alert(starts_at="2026-11-23T22:00:00Z"))

    assert [(event.status, event.starts_at) for event in await listed(database)] == [
        (RESOLVED, instant(STARTED)),
        (FIRING, instant("2026-11-23T22:00:00Z")),
    ]
    assert await open_own_states(database) == {"db-1": DOWN}


async def test_an_alert_that_returns_before_it_was_resolved_is_the_same_event(database: Database) -> None:
    await upserted(database, [DB])
    await received(database, alert())

    await received(database, alert(starts_at=LATER))

    (event,) = await listed(database)
    assert (event.status, event.starts_at, event.reopened) == (FIRING, instant(LATER), 1)


async def test_news_of_an_earlier_occurrence_changes_nothing(database: Database) -> None:
    await upserted(database, [DB])
    (newest,) = await received(database, alert(starts_at=LATER))

    (late,) = await received(database, resolved())

    assert late == newest
    assert await listed(database) == [newest]


async def test_the_same_fingerprint_of_another_alert_is_left_alone(database: Database) -> None:
    await upserted(database, [DB])
    await received(database, alert(fingerprint="one"))

    await received(database, alert(fingerprint="two", starts_at=LATER, severity="warning"))

    assert [event.status for event in await listed(database)] == [FIRING, FIRING]


async def test_an_alert_about_nothing_known_is_kept(database: Database) -> None:
    (event,) = await received(database, alert("stranger:9100"))

    assert [(one.match, one.status) for one in await listed(database)] == [(Match(), FIRING)]
    assert await open_own_states(database) == {}
    assert event.match == Match()


async def test_an_alert_finds_its_item_when_it_is_sent_again_after_the_item_was_added(database: Database) -> None:
    await received(database, alert())
    await upserted(database, [DB])

    await received(database, alert())

    assert [event.match.key for event in await listed(database)] == ["db-1"]
    assert await open_own_states(database) == {"db-1": DOWN}


async def test_an_ambiguous_alert_is_kept_with_its_candidates_and_hurts_nothing(database: Database) -> None:
    twin = {**item("db-2"), "identifiers": DB["identifiers"]}
    await upserted(database, [DB, twin])

    assert await hurt(database, alert()) == [None]
    (event,) = await listed(database)
    assert event.match == Match(None, MatchTier.FQDN, None, ("db-1", "db-2"))
    assert await open_own_states(database) == {}


async def test_an_event_stays_with_the_item_it_was_matched_to_first(database: Database) -> None:
    await upserted(database, [DB])
    await received(database, alert())
    await upserted(database, [{**DB, "identifiers": []}, {**item("db-2"), "identifiers": DB["identifiers"]}])

    await received(database, alert())

    assert [event.match.key for event in await listed(database)] == ["db-1"]
    assert await open_own_states(database) == {"db-1": DOWN}


async def test_a_retired_item_is_no_match(database: Database) -> None:
    await upserted(database, [{**DB, "lifecycle": "RETIRED"}])

    (event,) = await received(database, alert())

    assert event.match == Match()


async def test_an_event_outlives_the_item_it_was_about(database: Database) -> None:
    await upserted(database, [DB])
    await received(database, alert())

    await remove_items(database, ["db-1"], caller="tester", now=NOW)

    assert [(event.match.key, event.status) for event in await listed(database)] == [("db-1", FIRING)]
    assert await hurt_now(database) == {}
    await upserted(database, [DB])
    assert await hurt_now(database) == {"db-1": DOWN}
    await received(database, resolved())
    assert [event.status for event in await listed(database)] == [RESOLVED]


async def test_what_an_event_was_about_before_its_item_was_renamed_is_remembered(database: Database) -> None:
    minutes = [NOW + timedelta(minutes=number) for number in range(4)]
    identified = {"identifiers": DB["identifiers"]}
    await upserted(database, [DB])
    await receive(database, parsed(alert()), minutes[0])
    await remove_items(database, ["db-1"], caller="tester", now=minutes[1])
    await upserted(database, [{**item("db-one"), **identified}])
    await receive(database, parsed(alert()), minutes[2])
    await receive(database, parsed(resolved()), minutes[3])

    opened = [await store.open_events_at(database, at) for at in (NOW - timedelta(seconds=1), *minutes)]

    assert [[one.key for one in found] for found in opened] == [[], ["db-1"], ["db-1"], ["db-one"], []]


@given(steps=st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), st.integers(0, 2)), min_size=3, max_size=8))
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_the_events_open_at_an_instant_are_those_that_were_open_then(
    connection: Connection, database: Database, steps: list[tuple[str, bool, int]]
) -> None:
    emptied(connection)
    await upserted(database, [{**item(one), "identifiers": [{"kind": "fqdn", "value": f"{one}.x"}]} for one in "abc"])
    then = [await store.open_events(database)]

    for number, (key, over, day) in enumerate(steps, start=1):
        make = resolved if over else alert
        sent = parsed(make(f"{key}.x", starts_at=f"2026-11-2{day}T10:00:00Z", fingerprint=key))
        await receive(database, sent, NOW + timedelta(minutes=number))
        then.append(await store.open_events(database))

    for number, opened in enumerate(then):
        assert await store.open_events_at(database, NOW + timedelta(minutes=number, seconds=30)) == opened


@pytest.mark.parametrize(
    ("severity", "state"), [("critical", DOWN), ("warning", DEGRADED), ("info", OPERATIONAL), (None, DEGRADED)]
)
async def test_a_severity_is_the_state_of_the_item(
    database: Database, severity: str | None, state: HealthState
) -> None:
    await upserted(database, [DB])

    await received(database, alert(severity=severity))

    assert await open_own_states(database) == {"db-1": state}


async def test_the_worst_of_several_open_events_is_the_state_of_the_item(database: Database) -> None:
    await upserted(database, [DB])

    await received(
        database,
        alert(fingerprint="a", severity="warning"),
        alert(fingerprint="b", severity="critical"),
        alert(fingerprint="c", severity="info"),
    )
    assert await open_own_states(database) == {"db-1": DOWN}

    await received(database, resolved(fingerprint="b", severity="critical"))
    assert await open_own_states(database) == {"db-1": DEGRADED}


async def test_events_take_no_graph_version(database: Database) -> None:
    await upserted(database, [DB])
    before = await graph_version(database)

    await received(database, alert())

    assert await graph_version(database) == before


async def test_an_empty_delivery_writes_nothing(database: Database) -> None:
    sent: list[str] = []
    database.listeners.append(sent.append)

    assert await received(database) == ()
    assert sent == []


async def test_matching_alone_writes_nothing(database: Database) -> None:
    await upserted(database, [DB])
    before = await contents(database)

    (event,) = await matched(database, parsed(alert()), NOW)

    assert event.match.key == "db-1"
    assert await contents(database) == before


PAIR = [
    DB,
    {**item("db-2"), "identifiers": [{"kind": "fqdn", "value": "db-2.corp.example"}]},
    item("db", "REDUNDANCY_GROUP", minAvailable=1, members=["db-1", "db-2"]),
    item("pay", "BUSINESS_PROCESS", tier=0),
]


async def test_each_alert_is_answered_with_what_it_hurts_given_the_others(database: Database) -> None:
    await upserted(database, PAIR, [needs("pay", "db")])

    first = await hurt(database, alert(fingerprint="a"))
    both = await hurt(database, alert(fingerprint="a"), alert("db-2.corp.example", fingerprint="b"))
    over = await hurt(database, resolved(fingerprint="a"))

    assert first == [{"db-1": DOWN}]
    assert both == [
        {"pay": DOWN, "db-1": DOWN, "db": DOWN},
        {"pay": DOWN, "db-2": DOWN, "db": DOWN},
    ]
    assert over == [{}]


async def test_a_look_up_answers_as_if_the_alert_were_open(database: Database) -> None:
    await upserted(database, PAIR, [needs("pay", "db")])
    await received(database, alert("db-2.corp.example", fingerprint="b"))

    assert await hurt(database, alert(fingerprint="a"), stored=False) == [{"pay": DOWN, "db-1": DOWN, "db": DOWN}]


async def test_an_alert_about_a_group_hurts_nothing_since_a_group_never_fails_by_itself(database: Database) -> None:
    await upserted(database, PAIR, [needs("pay", "db")])

    assert await hurt(database, alert("", underpin_key="db")) == [None]
    assert await hurt_now(database) == {}


async def test_the_impact_now_is_that_of_all_open_events(database: Database) -> None:
    await upserted(database, PAIR, [needs("pay", "db")])
    await received(database, alert(fingerprint="a"), alert("db-2.corp.example", fingerprint="b"))

    report = (await standing(database)).report(Moment(NOW))

    assert {found.key: found.state for _, found in report.page(10)} == dict.fromkeys(
        ["pay", "db-1", "db-2", "db"], DOWN
    )
    assert report.causes == [("db-1", DOWN), ("db-2", DOWN)]


async def test_events_are_listed_newest_first_page_by_page_and_filtered(database: Database) -> None:
    await upserted(database, [DB])
    for hour in range(5):
        one = resolved if hour % 2 else alert
        instance = "db-1.corp.example" if hour < 3 else "stranger"
        await receive(database, parsed(one(instance, fingerprint=f"f{hour}")), NOW + timedelta(hours=hour))

    page = await store.events(database, status=None, source=None, key=None, before=None, first=2)
    last = page[-1]
    rest = await store.events(
        database, status=None, source=None, key=None, before=(last.received_at, last.id), first=10
    )
    about = await store.events(database, status=FIRING, source="alertmanager", key="db-1", before=None, first=10)

    assert [event.fingerprint for event in (*page, *rest)] == ["f4", "f3", "f2", "f1", "f0"]
    assert [event.fingerprint for event in about] == ["f2", "f0"]
    assert await store.count_events(database, status=FIRING, source="alertmanager", key="db-1") == 2
    assert await store.count_events(database, status=None, source="zabbix", key=None) == 0


async def test_an_event_is_found_by_its_id(database: Database) -> None:
    (event,) = await received(database, alert())

    assert await store.events_by_id(database, [event.id, "nothing"]) == {event.id: event}
