"""Findings in Neo4j: brought up to what the estate is, accepted, opened again, and left alone where nothing changed."""

from datetime import datetime, timedelta

import pytest

from app.continuity import quality_store as store
from app.continuity.checking import (
    CheckReport,
    CheckRules,
    FindingChecker,
    accept_finding,
    check_estate,
    reopen_finding,
)
from app.continuity.finding import Finding, FindingSeverity, FindingStatus
from app.continuity.live import LiveContinuity
from app.continuity.quality_store import FindingFilter, LastCheck
from app.continuity.times import CycleRule
from app.database.client import Database
from app.errors import Conflict, InvalidInput, NotFound
from app.inventory.actions import remove_items
from app.topology.current import Topology
from tests.stored import NOW, contents, item, needs, upserted

HOUR = timedelta(hours=1)
OPEN, ACCEPTED, RESOLVED = FindingStatus
EVERYTHING = FindingFilter()
RULES = CheckRules(valid_days=365, stale_days=365, kept_days=10, cycles=CycleRule.SUM)
ORPHAN, UNOWNED, NEVER = "ORPHAN:lonely", "OWNER_MISSING:pay", "ASSESSMENT_MISSING:pay"


@pytest.fixture
async def continuity(database: Database) -> LiveContinuity:
    """The picture of an estate with a component that is connected to nothing, and a process that nobody owns."""
    await upserted(
        database,
        [
            *(item("pay", "BUSINESS_PROCESS"), item("db", owner="ops"), item("ops", "TEAM")),
            *(item("site", "LOCATION"), item("lonely")),
        ],
        [
            *(needs("pay", "db"), needs("db", "site", "LOCATED_IN")),
            *(needs(key, "ops", "OPERATED_BY") for key in ("pay", "db")),
        ],
    )
    return LiveContinuity(database, Topology(database, lambda: 0.0))


async def check(database: Database, continuity: LiveContinuity, at: datetime = NOW) -> CheckReport:
    return await check_estate(database, await continuity.current(), RULES, at)


async def listed(database: Database, chosen: FindingFilter = EVERYTHING) -> dict[str, Finding]:
    last = await store.last_check(database)
    found = await store.findings(database, chosen, None, 100, checked_at=last.at if last else None)
    return {one.id: one for one in found}


async def accept(database: Database, id: str = ORPHAN, at: datetime = NOW, hours: int = 2) -> Finding:
    longest = timedelta(days=30)
    return await accept_finding(database, id, " it is new ", at + hours * HOUR, caller="ann", now=at, longest=longest)


async def test_a_check_opens_what_it_finds_the_severest_first(database: Database, continuity: LiveContinuity) -> None:
    report = await check(database, continuity)

    found = await listed(database)
    assert [(one.id, one.status) for one in found.values()] == [(UNOWNED, OPEN), (NEVER, OPEN), (ORPHAN, OPEN)]
    assert found[ORPHAN].first_seen_at == found[ORPHAN].last_seen_at == NOW
    assert (report.opened, report.resolved, report.standing) == (3, 0, 3)


async def test_a_check_that_finds_the_same_writes_no_finding(database: Database, continuity: LiveContinuity) -> None:
    await check(database, continuity)
    before = [one for one in await contents(database) if "'Finding'" in one]

    report = await check(database, continuity, NOW + HOUR)

    assert [one for one in await contents(database) if "'Finding'" in one] == before
    assert (report.opened, report.resolved, report.standing) == (0, 0, 3)
    assert {one.last_seen_at for one in (await listed(database)).values()} == {NOW + HOUR}


async def test_what_was_put_right_resolves_itself_and_opens_when_it_comes_back(
    database: Database, continuity: LiveContinuity
) -> None:
    await check(database, continuity)
    await upserted(database, [], [needs("pay", "lonely", strength="INFO")])
    gone = await check(database, continuity, NOW + HOUR)
    resolved = (await listed(database))[ORPHAN]
    await remove_items(database, ["pay"], caller="tester", now=NOW)

    back = await check(database, continuity, NOW + 2 * HOUR)

    assert (gone.opened, gone.resolved, back.opened, back.resolved) == (0, 1, 1, 2)
    assert (resolved.status, resolved.last_seen_at) == (RESOLVED, NOW)
    again = (await listed(database, FindingFilter(statuses=[OPEN])))[ORPHAN]
    assert [turn.status for turn in again.turns] == [OPEN, RESOLVED, OPEN]
    assert (again.first_seen_at, again.last_seen_at) == (NOW, NOW + 2 * HOUR)


async def test_what_is_accepted_is_left_alone_until_then(database: Database, continuity: LiveContinuity) -> None:
    await check(database, continuity)

    accepted = await accept(database)
    await check(database, continuity, NOW + HOUR)
    meanwhile = (await listed(database))[ORPHAN]
    await check(database, continuity, NOW + 2 * HOUR)

    assert (accepted.status, accepted.accepted_until) == (ACCEPTED, NOW + 2 * HOUR)
    assert (accepted.turns[-1].by, accepted.turns[-1].reason) == ("ann", "it is new")
    assert (meanwhile.status, meanwhile.turns) == (ACCEPTED, accepted.turns)
    assert (await listed(database))[ORPHAN].status is OPEN


async def test_an_acceptance_can_be_taken_back(database: Database, continuity: LiveContinuity) -> None:
    await check(database, continuity)
    with pytest.raises(Conflict) as refused:
        await reopen_finding(database, ORPHAN, caller="bob", now=NOW)
    await accept(database)

    opened = await reopen_finding(database, ORPHAN, caller="bob", now=NOW + HOUR)

    assert refused.value.message == "finding 'ORPHAN:lonely' is OPEN and cannot become OPEN"
    assert (opened.status, opened.accepted_until, opened.turns[-1].by) == (OPEN, None, "bob")
    assert (await listed(database))[ORPHAN] == opened


async def test_what_cannot_be_accepted_is_refused_and_stays(database: Database, continuity: LiveContinuity) -> None:
    await check(database, continuity)

    for hours in (0, 30 * 24 + 1):
        with pytest.raises(InvalidInput):
            await accept(database, hours=hours)
    with pytest.raises(NotFound):
        await accept(database, "ORPHAN:nothing")
    with pytest.raises(InvalidInput):
        await accept_finding(database, ORPHAN, " ", NOW + HOUR, caller="ann", now=NOW, longest=HOUR)

    assert (await listed(database))[ORPHAN].status is OPEN


async def test_findings_are_chosen_by_item_team_check_severity_and_status(
    database: Database, continuity: LiveContinuity
) -> None:
    owned = item("owned", "BUSINESS_PROCESS", owner="ops")
    await upserted(database, [owned], [needs("owned", "db"), needs("owned", "ops", "OPERATED_BY")])
    await check(database, continuity)
    await accept(database)

    assert (await listed(database, FindingFilter(key="pay"))).keys() == {UNOWNED, NEVER}
    assert (await listed(database, FindingFilter(owner="ops"))).keys() == {"ASSESSMENT_MISSING:owned"}
    assert (await listed(database, FindingFilter(codes=["ORPHAN"]))).keys() == {ORPHAN}
    assert (await listed(database, FindingFilter(severities=[FindingSeverity.MEDIUM]))).keys() == {UNOWNED}
    assert (await listed(database, FindingFilter(statuses=[ACCEPTED]))).keys() == {ORPHAN}
    assert await store.count_findings(database, FindingFilter(owner="ops")) == 1


async def test_pages_continue_each_other(database: Database, continuity: LiveContinuity) -> None:
    await check(database, continuity)
    everything = [*(await listed(database)).values()]

    first = await store.findings(database, FindingFilter(), None, 2, checked_at=NOW)
    at = first[-1].seen.severity.rank, first[-1].id
    rest = await store.findings(database, FindingFilter(), at, 2, checked_at=NOW)

    assert [*first, *rest] == everything


async def test_the_check_of_an_older_graph_changes_nothing(database: Database, continuity: LiveContinuity) -> None:
    old = await continuity.current()
    await upserted(database, [], [needs("pay", "lonely")])
    await check(database, continuity)
    before = await listed(database)

    late = await check_estate(database, old, RULES, NOW + HOUR)

    assert late.check.at == NOW
    assert await listed(database) == before


async def test_what_was_resolved_long_ago_is_forgotten(database: Database, continuity: LiveContinuity) -> None:
    await check(database, continuity)
    await remove_items(database, ["lonely"], caller="tester", now=NOW)
    await check(database, continuity, NOW + HOUR)
    assert (await listed(database))[ORPHAN].status is RESOLVED

    await check(database, continuity, NOW + timedelta(days=11))

    assert (await listed(database)).keys() == {UNOWNED, NEVER}


async def test_the_estate_is_checked_when_it_is_due(database: Database, continuity: LiveContinuity) -> None:
    now = NOW

    def clock() -> datetime:
        return now

    checker = FindingChecker(database, continuity.current, clock, RULES, every=HOUR)
    checked = []
    for hours in (0.0, 0.9, 1.0):
        now = NOW + hours * HOUR
        await checker.catch_up()
        checked.append(await store.last_check(database))

    version = (await continuity.current()).graph.version
    assert checked == [LastCheck(NOW, version), LastCheck(NOW, version), LastCheck(NOW + HOUR, version)]
