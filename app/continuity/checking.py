"""Use cases of findings: check the whole estate, accept what is found for a while, and open it again."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import structlog

from app.account import SHOWN, Told
from app.continuity import quality_store as store
from app.continuity.checks import CheckedEstate, everything_seen
from app.continuity.finding import Finding, FindingStatus, Seen, Turn, reconciled
from app.continuity.picture import ContinuityPicture
from app.continuity.quality_store import LastCheck
from app.continuity.times import CycleRule
from app.database.batches import batches
from app.database.client import Database, Reader, Transaction
from app.errors import Conflict, InvalidInput, NotFound
from app.rounds import every_second
from app.settings import Settings

MAX_REASON = 500
_COUNTER = "findings"
# Looking whether a check is due takes one small read.
_PAUSE_SECONDS = 10
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CheckRules:
    """How long reviews of assessments and of dependencies hold and resolved findings are kept, what cycles take, and
    how many per cent must be mapped of what an important business item stands on."""

    valid_days: int
    stale_days: int
    kept_days: int
    cycles: CycleRule
    mapped_percent: int = 80

    @classmethod
    def of(cls, settings: Settings) -> "CheckRules":
        """The rules of these settings."""
        return cls(
            settings.assessment_valid_days,
            settings.dependency_valid_days,
            settings.finding_retention_days,
            CycleRule(settings.cycle_recovery),
            settings.mapped_percent,
        )


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check has changed, and how many findings are open and accepted after it."""

    check: LastCheck
    opened: int
    resolved: int
    standing: int


async def check_estate(database: Database, picture: ContinuityPicture, rules: CheckRules, now: datetime) -> CheckReport:
    """Check everything and bring the findings up to it. Another worker's check of a later version is left to stand.

    Raises:
        Unavailable: Neo4j did not answer; the findings are as they were.
    """
    estate = CheckedEstate(
        picture,
        await store.business_items(database),
        await _unconnected(database, picture),
        now,
        rules.valid_days,
        rules.cycles,
        await store.mapping_facts(database, (now - timedelta(days=rules.stale_days)).date()),
        rules.mapped_percent,
    )
    seen = await asyncio.to_thread(everything_seen, estate)

    async def work(transaction: Transaction) -> CheckReport:
        last = await store.take_check_turn(transaction)
        before = await _compared(transaction, seen, last)
        check = LastCheck(now, picture.graph.version)
        if last and last.graph_version > check.graph_version:
            return _report(last, before, ())
        changed = list(reconciled(before, seen, now))
        for batch in batches(changed):
            await store.write_findings(transaction, batch)
        shown = [Told(one.id, before.get(one.id), one) for one in changed[:SHOWN]]
        transaction.account.tell_many([one.id for one in changed], shown)
        await store.forget_findings(transaction, now - timedelta(days=rules.kept_days))
        await store.end_check_turn(transaction, check)
        return _report(check, before, changed)

    return await database.write(work, counter=_COUNTER)


def _report(check: LastCheck, before: dict[str, Finding], changed: Sequence[Finding]) -> CheckReport:
    after = before | {one.id: one for one in changed}
    turned = [one for one in changed if one.id not in before or one.status is not before[one.id].status]
    return CheckReport(
        check,
        opened=sum(one.status is FindingStatus.OPEN for one in turned),
        resolved=sum(one.status is FindingStatus.RESOLVED for one in turned),
        standing=sum(one.status is not FindingStatus.RESOLVED for one in after.values()),
    )


async def _compared(reader: Reader, seen: list[Seen], last: LastCheck | None) -> dict[str, Finding]:
    """The stored findings that a check has to be compared with."""
    at = last.at if last else None
    found = await store.standing_findings(reader, at)
    for batch in batches([one.id for one in seen if one.id not in found]):
        found |= await store.findings_by_id(reader, batch, at)
    return found


async def _unconnected(reader: Reader, picture: ContinuityPicture) -> list[str]:
    """The items without any relation; only those are asked about that have none which failure follows."""
    graph = picture.graph
    alone = (np.diff(graph.providers.start) == 0) & (np.diff(graph.dependents.start) == 0)
    # What an edit removed keeps its number.
    keys = [key for number in np.flatnonzero(alone).tolist() if (key := graph.keys[number]) in graph.number]
    return [key for batch in batches(keys) for key in await store.unconnected_items(reader, batch)]


async def accept_finding(
    database: Database, id: str, reason: str, until: datetime, *, caller: str, now: datetime, longest: timedelta
) -> Finding:
    """Accept what was found until an instant; accepting again replaces reason and instant.

    Raises:
        Conflict: it is resolved.
        InvalidInput: the reason is empty or too long, or the instant is over or too far away.
        NotFound: the id names nothing.
    """
    words = reason.strip()
    if not 1 <= len(words) <= MAX_REASON:
        raise InvalidInput(f"reason must have 1 to {MAX_REASON} characters; say why it may stay, for the next auditor")
    if until.tzinfo is None:
        raise InvalidInput(f"until has no time zone; write it as {until.isoformat()}Z")
    if not now < until <= now + longest:
        raise InvalidInput(
            f"until must be still to come and within {longest.days} days; accept it again when it is over"
        )
    turn = Turn(now, FindingStatus.ACCEPTED, caller, words)
    return await _turned(database, id, {FindingStatus.OPEN, FindingStatus.ACCEPTED}, turn, until=until)


async def reopen_finding(database: Database, id: str, *, caller: str, now: datetime) -> Finding:
    """Accept no longer what was found.

    Raises:
        Conflict: it is not accepted.
        NotFound: the id names nothing.
    """
    return await _turned(database, id, {FindingStatus.ACCEPTED}, Turn(now, FindingStatus.OPEN, caller))


async def _turned(
    database: Database, id: str, allowed: set[FindingStatus], turn: Turn, *, until: datetime | None = None
) -> Finding:
    async def work(transaction: Transaction) -> Finding:
        last = await store.take_check_turn(transaction)
        found = (await store.findings_by_id(transaction, [id], last.at if last else None)).get(id)
        if found is None:
            raise NotFound(f"no finding has the id {id!r}; list them with findings(filter:)")
        if found.status not in allowed:
            raise Conflict(f"finding {id!r} is {found.status.value} and cannot become {turn.status.value}")
        turned = found.turned(turn, until=until)
        await store.write_findings(transaction, [turned])
        transaction.account.tell(id, before=found, after=turned)
        return turned

    return await database.write(work, counter=_COUNTER)


class FindingChecker:
    """Checks the estate again and again; of several workers whoever is due first."""

    def __init__(
        self,
        database: Database,
        current: Callable[[], Awaitable[ContinuityPicture]],
        clock: Callable[[], datetime],
        rules: CheckRules,
        *,
        every: timedelta,
    ) -> None:
        self._database = database
        self._current = current
        self._clock = clock
        self._rules = rules
        self._every = every

    async def run(self) -> None:
        """Check whenever it is due, until cancelled."""
        waiting, failed = "the checks wait for Neo4j", "the estate could not be checked"
        await every_second(self.catch_up, _log, waiting=waiting, failed=failed, pause=_PAUSE_SECONDS)

    async def catch_up(self) -> None:
        """Check if it is due.

        Raises:
            Unavailable: Neo4j did not answer.
        """
        last = await store.last_check(self._database)
        if last is None or self._clock() - last.at >= self._every:
            await check_estate(self._database, await self._current(), self._rules, self._clock())
