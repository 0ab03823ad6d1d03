"""Unmatched: tells of names that alerts carry and no item has, once for each name and not for each alert."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

import structlog

from app.database.client import Database, Transaction
from app.events.directory import queue
from app.events.queue import QueuedGroup
from app.notify.deliverer import COUNTER
from app.notify.model import Notice, NoticeType
from app.notify.outbox import enqueue
from app.outgoing import store
from app.rounds import every_second

LOOKS_EVERY = timedelta(minutes=1)
MOST_LISTED = 20
_READ_AT_ONCE = 500
_FORGOTTEN_AT_ONCE = 1_000
_SUBJECT = "alerts about no known item"
_log = structlog.get_logger(__name__)


class UnmatchedWatch:
    """Tells of what waits in the queue of one database for longer than `settle`: an inventory may be on its way.

    What was told is told again after `kept`, if it still waits.
    """

    def __init__(
        self, database: Database, clock: Callable[[], datetime], *, settle: timedelta, kept: timedelta
    ) -> None:
        self._database = database
        self._clock = clock
        self._settle = settle
        self._kept = kept
        self._looked_at: datetime | None = None

    async def run(self) -> None:
        """Look every minute, until cancelled."""
        await every_second(self._look_in_time, _log, waiting=None, failed="unmatched alerts could not be told of")

    async def _look_in_time(self) -> None:
        if self._looked_at is None or self._clock() - self._looked_at >= LOOKS_EVERY:
            await self.look()

    async def look(self) -> None:
        """Tell of what nobody was told of, all in one notice.

        Raises:
            Unavailable: Neo4j did not answer.
        """
        now = self._clock()
        groups = {_id(one): one for one in await self._waiting() if one.first_at <= now - self._settle}

        async def work(transaction: Transaction) -> None:
            await store.forget_told_unmatched(transaction, before=now - self._kept, first=_FORGOTTEN_AT_ONCE)
            fresh = await store.tell_unmatched(transaction, sorted(groups), now)
            if fresh:
                await enqueue(transaction, [notice_of([groups[id] for id in groups if id in fresh], now)], now=now)

        if groups:
            await self._database.write(work, counter=COUNTER)
        self._looked_at = now

    async def _waiting(self) -> list[QueuedGroup]:
        """All that waits, the largest groups first."""
        found: list[QueuedGroup] = []
        while page := await queue(self._database, after=len(found), first=_READ_AT_ONCE):
            found += page
        return found


def notice_of(groups: Sequence[QueuedGroup], now: datetime) -> Notice:
    """The notice of some groups, of which it lists the first."""
    count = len(groups)
    more = f" and {count - MOST_LISTED} more" if count > MOST_LISTED else ""
    return Notice(
        id=f"{NoticeType.ALERT_UNMATCHED.value} {_digest(map(_id, groups))} {now.isoformat()}",
        type=NoticeType.ALERT_UNMATCHED,
        subject=_SUBJECT,
        title=f"Alerts are about no known item, under {'a new name' if count == 1 else f'{count} new names'}",
        sentence=", ".join(_words(group) for group in groups[:MOST_LISTED]) + more,
        at=now,
        data={"groupCount": count, "groups": [_document(group) for group in groups[:MOST_LISTED]]},
    )


def _id(group: QueuedGroup) -> str:
    return _digest((group.tier.value if group.tier else "", group.value or "", *group.candidates))


def _digest(parts: Iterable[str]) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()


def _words(group: QueuedGroup) -> str:
    what = f"{group.tier.value} {group.value}" if group.tier else "nothing that names an item"
    return f"{what} (may be {' or '.join(group.candidates)})" if group.candidates else what


def _document(group: QueuedGroup) -> dict[str, object]:
    return {
        "tier": group.tier.value if group.tier else None,
        "value": group.value,
        "candidates": group.candidates,
        "count": group.count,
        "firstAt": group.first_at.isoformat(),
        "newest": group.event.summary,
    }
