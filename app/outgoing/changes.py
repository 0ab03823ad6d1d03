"""Follows the changes of events and of maintenance, a second behind at the latest, and has told what is worth it.

Several workers may do this at once: who tells of changes up to a version notes that in the same transaction.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from app.database.client import Database, Transaction
from app.events import windows
from app.events.hosting import hosted_by
from app.events.maintenance import MaintenanceWindow, planned_failures
from app.events.store import event_version
from app.events.telling import Hosted
from app.impact.live import Picture
from app.impact.model import Moment
from app.inventory.model import Item
from app.inventory.store import items_by_key
from app.notify.deliverer import COUNTER
from app.notify.model import Notice
from app.notify.outbox import enqueue
from app.outgoing import acknowledgements, maintenance, store
from app.outgoing.acknowledgements import Taken
from app.outgoing.maintenance import Covered, Due
from app.rounds import A_FIFTH, every_second
from app.situations.account import damage, report_on
from app.situations.model import Situation
from app.situations.store import situation_by_id, situations_of_events
from app.topology.graph import Graph

SERIES_EVERY = timedelta(minutes=1)
_log = structlog.get_logger(__name__)


class ChangeFollower:
    """Tells of the changes of one database; `current` gives the newest picture.

    `kept` is how long it is known what was sent: what was acknowledged before that is not told any more.
    """

    def __init__(
        self,
        database: Database,
        current: Callable[[], Awaitable[Picture]],
        moment: Callable[[], Moment],
        *,
        kept: timedelta,
    ) -> None:
        self._database = database
        self._current = current
        self._moment = moment
        self._kept = kept
        self._seen = 0
        self._ahead: frozenset[str] = frozenset()
        self._series_at: datetime | None = None

    async def run(self) -> None:
        """Catch up every second, until cancelled."""
        waiting, failed = "changes wait to be told of", "changes could not be told of"
        await every_second(self.catch_up, _log, waiting=waiting, failed=failed, rest=A_FIFTH)

    async def catch_up(self) -> None:
        """Tell of what has changed, and of what of a series comes next.

        Raises:
            Unavailable: Neo4j did not answer.
        """
        latest, moment = await event_version(self._database, whole=self._seen), self._moment()
        look_ahead = self._series_at is None or moment.at - self._series_at >= SERIES_EVERY
        if latest == self._seen and not look_ahead:
            return
        if latest < self._seen:
            self._seen = 0  # The database was put back to an older state.
        told = await store.told_version(self._database)
        since, ahead = max(told, self._seen), await self._coming(moment.at) if look_ahead else []
        notices = [*await self._acknowledged(since, moment.at), *await self._maintained(since, ahead, moment)]
        # What was looked at and is worth no word is noted from time to time: alerts come by the hundred.
        worth_it = notices or (look_ahead and latest != told)
        if worth_it and not await self._tell(notices, told, max(told, latest), moment.at):
            return  # Another worker has told of some meanwhile; what it has not is looked at again.
        self._seen = latest
        if look_ahead:
            self._series_at, self._ahead = moment.at, frozenset(one.subject for one in ahead)

    async def _tell(self, notices: Sequence[Notice], before: int, after: int, now: datetime) -> bool:
        async def work(transaction: Transaction) -> bool:
            moved = await store.move_told_version(transaction, before, after)
            if moved:
                await enqueue(transaction, notices, now=now)
            return moved

        return await self._database.write(work, counter=COUNTER)

    async def _acknowledged(self, since: int, now: datetime) -> list[Notice]:
        events = await store.events_taken_since(self._database, since, now - self._kept)
        if not events:
            return []
        gathered = await situations_of_events(self._database, [event.id for event in events])
        situations = await self._situations(gathered.values())
        taken = [Taken(event, gathered.get(event.id)) for event in events]
        items = await items_by_key(
            self._database, sorted({one.event.match.key for one in taken if one.event.match.key})
        )
        return list(acknowledgements.notices(taken, situations, items))

    async def _situations(self, ids: Iterable[str]) -> dict[str, Situation]:
        found = await asyncio.gather(*(situation_by_id(self._database, id) for id in sorted({*ids})))
        return {one.id: one for one in found if one is not None}

    async def _coming(self, now: datetime) -> list[Due]:
        """What is to be known of every series by now."""
        ahead = await windows.windows_ahead(self._database, now)
        return [one for window in ahead for one in maintenance.coming(window, now)]

    async def _maintained(self, since: int, ahead: Sequence[Due], moment: Moment) -> list[Notice]:
        changed = await windows.windows_changed_since(self._database, since)
        dues = [one for window in changed for one in maintenance.due(window, moment.at)]
        dues += [one for one in ahead if one.subject not in self._ahead]
        # A series that was planned just now is among both.
        distinct = {(one.subject, one.type): one for one in dues}
        return await self._maintenance_notices([*distinct.values()], moment) if distinct else []

    async def _maintenance_notices(self, dues: Sequence[Due], moment: Moment) -> list[Notice]:
        graph = (await self._current()).graph
        hosted = await hosted_by(self._database, graph, [one.window for one in dues])
        keys = {key for one in dues for key in (*one.window.keys, *hosted.get(one.window.id, ()))}
        items = await items_by_key(self._database, sorted(keys))

        def notices() -> list[Notice]:
            return [
                maintenance.notice(one, _covered(one.window, graph, items, hosted, moment), moment.at) for one in dues
            ]

        return await asyncio.to_thread(notices)


def _covered(
    window: MaintenanceWindow, graph: Graph, items: Mapping[str, Item], hosted: Hosted, moment: Moment
) -> Covered:
    hurt = damage(report_on(graph, planned_failures([window]), moment))
    return Covered(
        items=tuple(items[key] for key in window.keys if key in items),
        hosted=tuple(items[key] for key in sorted(hosted.get(window.id, ())) if key in items),
        services=hurt.services,
        processes=hurt.processes,
    )
