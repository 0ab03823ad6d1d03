"""Writes down when business items come into a state and leave it, a second after at the latest.

Several workers may do this at once. A turn is written only from a picture that is no older than what is written, and
what is missing is found by comparing with what lasts: whoever dies half way leaves nothing that the next turn, of any
worker, does not put right.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import structlog

from app.database.client import Database, Transaction
from app.health import store
from app.health.model import Condition, HealthPeriod
from app.health.periods import Hurt, Turn, hurt_business, turn
from app.impact.live import Picture
from app.impact.model import Moment
from app.impact.report import ImpactReport
from app.impact.sentence import Reason
from app.inventory.store import items_by_key
from app.rounds import A_FIFTH, every_second

_log = structlog.get_logger(__name__)
_EXPLAINED_AT_ONCE = 500
_FORGOTTEN_AT_ONCE = 10_000


class _Overtaken(Exception):
    """Somebody has written from a newer picture; leaves the transaction without a commit."""


@dataclass(frozen=True, slots=True)
class _Grounds:
    """Why an item came into its state, and when, before its words have names."""

    key: str
    since: datetime | None
    causes: tuple[str, ...]
    reason: Reason


class HealthRecorder:
    """Keeps the history of one database; `current` gives the newest picture."""

    def __init__(
        self,
        database: Database,
        current: Callable[[], Awaitable[Picture]],
        moment: Callable[[], Moment],
        *,
        kept_days: int,
    ) -> None:
        self._database = database
        self._current = current
        self._moment = moment
        self._kept = timedelta(days=kept_days)
        self._seen: Picture | None = None
        self._turn = -1
        self._written: Hurt = {}

    async def run(self) -> None:
        """Catch up every second, until cancelled."""
        waiting, failed = "the history of health waits", "the history of health could not be written"
        await every_second(self.catch_up, _log, waiting=waiting, failed=failed, rest=A_FIFTH)

    async def catch_up(self) -> None:
        """Write down what has changed.

        Raises:
            Unavailable: Neo4j did not answer.
        """
        picture = await self._current()
        latest = await store.health_turn(self._database)
        if picture is self._seen and latest == self._turn:
            return
        if latest != self._turn:
            self._written = await store.open_health_periods(self._database)
            self._turn = latest
        report = picture.report(self._moment())
        now = await asyncio.to_thread(hurt_business, report)
        if due := turn(self._written, now):
            periods = await self._periods(report, now, due.begun)
            try:
                self._turn = await self._write(picture, due, periods, report.moment.at)
            except _Overtaken:
                # What is written is no longer what we know; the next time it is read again.
                self._turn = -1
                return
            self._written = now
        self._seen = picture

    async def _write(self, picture: Picture, due: Turn, periods: Sequence[HealthPeriod], at: datetime) -> int:
        versions = picture.graph.version, picture.upto
        expected = self._turn + 1

        async def work(transaction: Transaction) -> int:
            taken, written = await store.take_health_turn(transaction)
            if taken != expected or any(mine < theirs for mine, theirs in zip(versions, written, strict=True)):
                raise _Overtaken
            await store.end_health_periods(transaction, due.ended, at)
            await store.begin_health_periods(transaction, periods)
            await store.forget_health_periods(transaction, at - self._kept, _FORGOTTEN_AT_ONCE)
            await store.end_health_turn(transaction, versions)
            return taken

        return await self._database.write(work)

    async def _periods(self, report: ImpactReport, now: Hurt, keys: Sequence[str]) -> Sequence[HealthPeriod]:
        found: list[_Grounds] = []
        for start in range(0, len(keys), _EXPLAINED_AT_ONCE):
            found += await asyncio.to_thread(_grounds, report, keys[start : start + _EXPLAINED_AT_ONCE])
        named = {key for one in found for key in one.reason.keys}
        items = await items_by_key(self._database, sorted(named)) if named else {}
        # What was removed a moment ago has no name any more.
        names = {key: items[key].name if key in items else key for key in named}
        return [_period(one, report, now[one.key], names) for one in found]


def _grounds(report: ImpactReport, keys: Sequence[str]) -> list[_Grounds]:
    grounds = report.grounds_of(keys)
    return [_Grounds(key, grounds.since(key), grounds.causes(key), grounds.reason(key)) for key in keys]


def _period(found: _Grounds, report: ImpactReport, condition: Condition, names: Mapping[str, str]) -> HealthPeriod:
    return HealthPeriod(
        id=str(uuid4()),
        key=found.key,
        name=names[found.key],
        type=report.graph.type_of(report.graph.number[found.key]),
        state=condition.state,
        planned=condition.planned,
        since=found.since or report.moment.at,
        observed_at=report.moment.at,
        ended_at=None,
        causes=found.causes,
        sentence=found.reason.sentence(names),
        graph_version=report.graph.version,
    )
