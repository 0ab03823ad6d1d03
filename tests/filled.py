"""A database in which everything occurs that we write: every label, relation and property."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo

from neo4j import GraphDatabase, Session

from app.audit.ledger import Ledger
from app.audit.model import Act
from app.auth import store as auth
from app.auth.model import AccessToken, Caller, Credential, Role
from app.auth.model import Session as PageSession
from app.auth.scope import scope_of
from app.continuity import quality_store as quality
from app.continuity import recoveries
from app.continuity import scenario_store as scenarios
from app.continuity.assessing import approve_assessment, draft_assessment
from app.continuity.assessment_rules import AssessmentLimits
from app.continuity.finding import Finding, FindingSeverity, FindingStatus, Seen, Turn
from app.continuity.progress import Recovery
from app.continuity.scenario import Outcomes, Run, Scenario, ScenarioKind
from app.database.client import Connection, Database, Transaction
from app.events.importing import CalendarOptions, import_calendar
from app.events.maintenance import MaintenanceDraft
from app.events.planning import cancel_maintenance, plan_maintenance
from app.events.store import open_events
from app.explore import store as explore
from app.explore.model import SavedQuery
from app.health import store as health
from app.health.model import HealthPeriod
from app.impact.model import HealthState
from app.inventory.actions import remove_items
from app.inventory.model import DEPENDENCY_PROPERTIES, KINDS, PROPERTIES, ItemType, Kind, Property
from app.notify import store as notify
from app.notify.model import NotificationStatus, QuietHours
from app.notify.outbox import enqueue
from app.notify.retry import Verdict
from app.situations import store as situations
from app.situations.model import Account, Announced, Cause, NamedCause, Situation, SituationStatus
from tests.events.deliveries import read_body, receive
from tests.neo4j_server import Loop
from tests.notify.making import notice, subscription
from tests.service import emptied
from tests.stored import NOW, Raw, item, needs, upserted

# A right value for each kind of property.
_RIGHT: Mapping[Kind, object] = {
    Kind.TEXT: "text",
    Kind.INTEGER: 1,
    Kind.SECONDS: 60,
    Kind.POSITIVE: 1.5,
    Kind.FRACTION: 0.5,
    Kind.FLAG: True,
    Kind.DATE: "2026-11-01",
    Kind.INSTANT: "2026-11-01T09:00:00Z",
    Kind.TIER: 0,
    Kind.THRESHOLD: 1,
    Kind.CURRENCY: "EUR",
}
_ALERT = {
    "status": "firing",
    "labels": {"instance": "db-1.corp.example", "severity": "critical"},
    "fingerprint": "f",
    "startsAt": "2026-11-23T12:00:00Z",
}


@contextmanager
def filled(connection: Connection) -> Iterator[Session]:
    """A session on such a database; what was in it is gone."""
    loop = Loop()
    loop.run(_fill(emptied(connection)))
    loop.close()
    with (
        GraphDatabase.driver(connection.uri, auth=(connection.username, connection.password)) as driver,
        driver.session(database=connection.database) as opened,
    ):
        yield opened


def _values(properties: Mapping[str, Property]) -> dict[str, object]:
    """A right value for each property."""
    return {name: one.choices[0] if one.choices else _RIGHT[one.kind] for name, one in properties.items()}


def _full(key: str, type: ItemType, **fields: object) -> Raw:
    """An item with every property its type may hold."""
    held = {name: one for name, one in PROPERTIES.items() if type in one.types}
    kind = {"kind": KINDS[type][0]} if KINDS[type] else {}
    return item(key, type.name, **kind, **_values(held), **fields)


async def _fill(connection: Connection) -> None:
    database = Database(connection, read_timeout_seconds=30, write_timeout_seconds=60)
    await _add_inventory(database)
    await _add_events(database)
    await _add_maintenance(database)
    await _add_past_identifiers(database)
    await database.write(_add_token)
    ledger = Ledger(database, lambda: NOW, most_bytes=1_000)
    await ledger.note(Act(Caller("tester", Role.ADMIN), "cli", "tokens"), {})
    saved = SavedQuery("suppliers", "Whose?", "RETURN 1 AS one", {}, "tester")
    await database.write(lambda transaction: explore.save_query(transaction, saved, at=NOW))
    await database.write(_add_health)
    await _add_assessments(database)
    await database.write(_add_findings)
    await _add_situation(database)
    await database.write(_add_notification)
    await database.write(_add_recovery)
    await database.write(_add_scenario)
    await database.close()


async def _add_inventory(database: Database) -> None:
    own = {name: one for name, one in DEPENDENCY_PROPERTIES.items() if name != "weight"}  # of a member only
    await upserted(
        database,
        [
            _full("pay", ItemType.BUSINESS_PROCESS, lossBands=[{"afterSeconds": 60, "cumulativeLoss": "1.50"}]),
            _full("shop", ItemType.BUSINESS_SERVICE),
            _full("api", ItemType.IT_SERVICE, owner="team", attributes={"a": 1}),
            _full("db-1", ItemType.COMPONENT, identifiers=[{"kind": "fqdn", "value": "db-1.corp.example"}]),
            _full("zone", ItemType.LOCATION),
            _full("team", ItemType.TEAM),
            _full("bank", ItemType.THIRD_PARTY),
            _full("deal", ItemType.CONTRACT),
            _full("db", ItemType.REDUNDANCY_GROUP, members=[{"key": "db-1", "weight": 2}]),
        ],
        [
            {**needs("pay", "shop"), **_values(own)},
            needs("db-1", "zone", "LOCATED_IN"),
            needs("db-1", "team", "OPERATED_BY"),
            needs("db-1", "bank", "PROVIDED_BY"),
            needs("bank", "deal", "PART_OF"),
        ],
        source="sample",
    )
    for relation in ("SUBCONTRACTS_TO", "CHILD_OF"):
        await upserted(database, [item("other-bank", "THIRD_PARTY")], [needs("bank", "other-bank", relation)])


async def _add_events(database: Database) -> None:
    raw = _ALERT
    ended = {**raw, "status": "resolved", "endsAt": "2026-11-23T13:00:00Z"}
    for one in (raw, ended, {**raw, "startsAt": "2026-11-23T14:00:00Z"}):
        await receive(database, read_body({"alerts": [one]}).alerts, NOW)


async def _add_maintenance(database: Database) -> None:
    draft = MaintenanceDraft(["db-1"], HealthState.DOWN, None, NOW + timedelta(hours=1), "a new disk")
    window = await plan_maintenance(database, draft, caller="tester", now=NOW, most_items=1, longest=timedelta(days=1))
    await cancel_maintenance(database, window.id, now=NOW)
    ics = "\n".join(
        (
            "BEGIN:VCALENDAR",
            "BEGIN:VEVENT",
            "UID:a",
            "DTSTART:20261201T020000Z",
            "DURATION:PT1H",
            "RRULE:FREQ=DAILY",
            "EXDATE:20261202T020000Z",
            "SUMMARY:[db-1]",
            "END:VEVENT",
            "END:VCALENDAR",
        )
    )
    await import_calendar(
        database, ics, CalendarOptions(), caller="tester", now=NOW, most_items=1, longest=timedelta(days=1)
    )


async def _add_past_identifiers(database: Database) -> None:
    """Of items that are gone, as the events that named them still know."""
    renamed = {**_ALERT, "labels": {"instance": "old.corp.example"}, "fingerprint": "renamed"}
    for key in ("old", "new"):
        await upserted(database, [item(key, identifiers=[{"kind": "fqdn", "value": "old.corp.example"}])])
        await receive(database, read_body({"alerts": [renamed]}).alerts, NOW)
        await remove_items(database, [key], caller="tester", now=NOW)


async def _add_token(transaction: Transaction) -> None:
    token = AccessToken("id", "ci", Role.READER, NOW, expires_at=NOW)
    if await auth.token_by_id(transaction, "id") is None:
        await auth.create_token(transaction, token, hash="hash")
    await auth.revoke_token(transaction, "id", at=NOW)
    await auth.touch_token(transaction, "id", at=NOW)
    reader = Caller("ci", Role.READER, scope_of(["team"], ["env=prod"]))
    session = PageSession("id", reader, Credential.STORED, "id", NOW, NOW, NOW)
    await auth.create_session(transaction, session, hash="hash")


async def _add_situation(database: Database) -> None:
    """One that was announced and is resolved, of the events that are open."""
    cause = NamedCause(Cause("db-1", True, 1, 0, 0, NOW, 1.0), "db-1", "it alerts")
    account = Account("db-1: 1 item alerts", (cause,), 1, (), 0, (), (), ())
    told = Situation(
        "id", SituationStatus.RESOLVED, NOW, NOW, NOW, 1, 1, account, NOW, NOW, "other", Announced(NOW, 1, "db-1")
    )
    (event, *_) = await open_events(database)

    async def add(transaction: Transaction) -> None:
        await situations.take_situation_turn(transaction)
        await situations.write_situations(transaction, [told])
        await situations.gather_events(transaction, {"id": [event.id]})
        await situations.release_events(transaction, {"id": [event.id]}, NOW)
        await situations.end_situation_turn(transaction, (1, 1))

    await database.write(add)


async def _add_assessments(database: Database) -> None:
    """One that says everything, replaced by another."""
    raw = {"bands": [{"category": "SAFETY", "afterSeconds": 60, "level": 5, "cumulativeLoss": 1}], "currency": "EUR"}
    said = {"rtoSeconds": 1, "wrtSeconds": 1, "rpoSeconds": 1, "mbco": "half", "minimumStaff": 1, "notes": "none"}
    for _ in range(2):
        draft = await draft_assessment(
            database, "pay", {**raw, **said}, limits=AssessmentLimits(4, 1), caller="tester", now=NOW
        )
        await approve_assessment(database, draft.id, None, caller="tester", now=NOW, keep_changes=100)


async def _add_findings(transaction: Transaction) -> None:
    """One that is accepted and one that is resolved, of a check."""
    seen = Seen("ORPHAN", FindingSeverity.LOW, "db-1", "nothing needs it")
    turn = Turn(NOW, FindingStatus.ACCEPTED, "tester", "it may")
    found = Finding(seen, FindingStatus.ACCEPTED, NOW, NOW, (turn,), accepted_until=NOW)
    gone = Finding(replace(seen, key="zone"), FindingStatus.RESOLVED, NOW, NOW, (turn,))
    await quality.take_check_turn(transaction)
    await quality.write_findings(transaction, [found, gone])
    await quality.end_check_turn(transaction, quality.LastCheck(NOW, 1))


async def _add_notification(transaction: Transaction) -> None:
    told = replace(subscription(), disabled_because="HTTP 410", quiet=QuietHours(ZoneInfo("UTC"), time(22), time(7)))
    await notify.store_subscription(transaction, told)
    await enqueue(transaction, [notice()], now=NOW)
    await notify.lease_subscription(transaction, told.id, "owner", now=NOW, until=NOW)
    paused = Verdict(NotificationStatus.PENDING, NOW, 1, NOW)
    await notify.settle_subscription(transaction, told.id, "owner", paused, until=NOW, because="")


async def _add_recovery(transaction: Transaction) -> None:
    begun = Recovery("id", ("pay",), NOW, "tester", ("db-1",), {"db-1": 60})
    await recoveries.store_recovery(transaction, begun)
    await recoveries.complete_steps(transaction, begun.id, ["db-1"], at=NOW, by="tester")


async def _add_scenario(transaction: Transaction) -> None:
    scenario = Scenario(ScenarioKind.LIST, ("db-1",), 60)
    saved = await scenarios.save_scenario(transaction, "disk", scenario, by="tester", at=NOW)
    found = Outcomes((), 2, (), ())
    await scenarios.add_scenario_run(transaction, Run("id", saved.name, 1, scenario, 1, NOW, "tester", found))


async def _add_health(transaction: Transaction) -> None:
    period = HealthPeriod(
        "id", "pay", "Pay", ItemType.BUSINESS_PROCESS, HealthState.DOWN, True, NOW, NOW, None, (), "", 1
    )
    await health.take_health_turn(transaction)
    await health.begin_health_periods(transaction, [period])
    await health.end_health_periods(transaction, ["pay"], NOW)
    await health.begin_health_periods(transaction, [replace(period, id="other")])
    await health.end_health_turn(transaction, (1, 1))
