"""Watches the business, and has it told when an item of it is hurt, otherwise hurt, or well again.

Several workers may do this at once. A turn is written only from a picture that is no older than what was told, and by
who knows all that was told before; what has to be told is handed over in the same transaction, once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from app.database.client import Database, Transaction
from app.impact.live import Picture
from app.impact.model import Moment
from app.impact.report import ImpactReport
from app.impact.sentence import Reason
from app.inventory.model import Item
from app.inventory.store import items_by_key
from app.notify.deliverer import COUNTER
from app.notify.model import Notice, NoticeType
from app.notify.outbox import enqueue
from app.outgoing import store
from app.outgoing.impacts import Condition, ImpactChange, Ledger, Patience, ToldImpact, conditions, notice
from app.rounds import A_FIFTH, every_second
from app.situations.model import Situation, SituationStatus
from app.situations.model import Wanted as WantedSituations
from app.situations.store import situations

_log = structlog.get_logger(__name__)
_JUDGED_EVERY = timedelta(seconds=30)  # how urgent it is may change with time alone
_MOST_SITUATIONS = 500  # what more there are tell of their impacts too
_EXPLAINED_AT_ONCE = 500


class _Overtaken(Exception):
    """Somebody has told of a newer picture; leaves the transaction without a commit."""


class ImpactWatch:
    """Watches the business of one database; `current` gives the newest picture."""

    def __init__(
        self,
        database: Database,
        current: Callable[[], Awaitable[Picture]],
        moment: Callable[[], Moment],
        *,
        patience: Patience,
    ) -> None:
        self._database = database
        self._current = current
        self._moment = moment
        self._patience = patience
        self._turn = -1
        self._ledger = Ledger()
        self._seen: Picture | None = None
        self._judged_at: datetime | None = None
        self._now: Mapping[str, Condition] = {}

    async def run(self) -> None:
        """Look every second, until cancelled."""
        waits, failed = "impacts wait to be told of", "impacts could not be told of"
        await every_second(self.catch_up, _log, waiting=waits, failed=failed, rest=A_FIFTH)

    async def catch_up(self) -> None:
        """Tell of what has been otherwise than told for long enough.

        Raises:
            Unavailable: Neo4j did not answer.
        """
        picture, moment = await self._current(), self._moment()
        latest = await store.impact_turn(self._database)
        if latest != self._turn:
            self._ledger.replace(await store.told_impacts(self._database))
            self._turn = latest
        if picture is not self._seen or self._is_stale(moment.at):
            self._now = await asyncio.to_thread(lambda: conditions(picture.report(moment)))
            self._seen, self._judged_at = picture, moment.at
        if changes := self._ledger.due(self._now, moment.at, self._patience):
            await self._tell(picture, picture.report(moment), changes)

    def _is_stale(self, at: datetime) -> bool:
        return bool(self._now) and (self._judged_at is None or at - self._judged_at >= _JUDGED_EVERY)

    async def _tell(self, picture: Picture, report: ImpactReport, changes: Sequence[ImpactChange]) -> None:
        changes = await self._beside_situations(changes)
        if not changes:
            return
        notices = await self._notices(report, changes)
        try:
            self._turn = await self._write(picture, changes, notices)
        except _Overtaken:
            # What was told is no longer what we know; the next time it is read again.
            self._turn = -1
            return
        self._ledger.take(changes)

    async def _write(self, picture: Picture, changes: Sequence[ImpactChange], notices: Sequence[Notice]) -> int:
        versions, expected = (picture.graph.version, picture.upto), self._turn + 1
        over = {one.told.key for one in changes if one.type is NoticeType.IMPACT_RESOLVED}

        async def work(transaction: Transaction) -> int:
            taken, written = await store.take_impact_turn(transaction)
            if taken != expected or any(mine < theirs for mine, theirs in zip(versions, written, strict=True)):
                raise _Overtaken
            await enqueue(transaction, notices, now=changes[0].at)
            await store.write_told_impacts(transaction, [one.told for one in changes if one.told.key not in over])
            await store.drop_told_impacts(transaction, over)
            await store.end_impact_turn(transaction, versions)
            return taken

        return await self._database.write(work, counter=COUNTER)

    async def _beside_situations(self, changes: Sequence[ImpactChange]) -> Sequence[ImpactChange]:
        """The changes with the situations that were announced and hurt the same items, now or when that was told.

        What a situation hurts that waits to be announced waits with it.
        """
        wanted = WantedSituations(status=SituationStatus.OPEN)
        opened = await situations(self._database, wanted, before=None, first=_MOST_SITUATIONS)
        announced = [one for one in opened if one.announced]
        unheard = [one for one in opened if one.announced is None and one.quiet_since is None]
        return [
            replace(change, told=replace(change.told, told_with=_told_with(change.told, announced)))
            for change in changes
            if change.type is NoticeType.IMPACT_RESOLVED or not any(_hurts(one, change.told.key) for one in unheard)
        ]

    async def _notices(self, report: ImpactReport, changes: Sequence[ImpactChange]) -> list[Notice]:
        hurt = [one.told.key for one in changes if one.told.key in self._now]
        reasons: dict[str, Reason] = {}
        for start in range(0, len(hurt), _EXPLAINED_AT_ONCE):
            reasons |= await asyncio.to_thread(_reasons, report, hurt[start : start + _EXPLAINED_AT_ONCE])
        named = {key for reason in reasons.values() for key in reason.keys}
        items = await items_by_key(self._database, sorted(named.union(one.told.key for one in changes)))
        return [_notice(change, items, reasons.get(change.told.key)) for change in changes]


def _told_with(told: ToldImpact, announced: Sequence[Situation]) -> tuple[str, ...]:
    return tuple(sorted({*told.told_with, *(one.id for one in announced if _hurts(one, told.key))}))


def _hurts(situation: Situation, key: str) -> bool:
    """Whether a situation hurts a business item; one that hurts more than it lists may."""
    account = situation.account
    listed = (*account.services, *account.processes)
    return key in listed or account.business_count > len(listed)


def _reasons(report: ImpactReport, keys: Sequence[str]) -> dict[str, Reason]:
    grounds = report.grounds_of(keys)
    return {key: grounds.reason(key) for key in keys}


def _notice(change: ImpactChange, items: Mapping[str, Item], reason: Reason | None) -> Notice:
    item = items.get(change.told.key)
    # What was removed a moment ago has no name any more.
    names = {key: items[key].name if key in items else key for key in reason.keys} if reason else {}
    return notice(change, item, item.type if item else None, reason.sentence(names) if reason else "")
