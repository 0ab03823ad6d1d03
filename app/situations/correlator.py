"""Follows the open events: gathers them into situations and has these announced.

It is a second behind, or a few in a storm of thousands: taking events in goes first.

Several workers may do this at once. A turn is written only from a picture that is no older than what is written, and by
who knows all that was written before: whoever dies half way leaves nothing that the next turn, of any worker, does not
put right. What has to be announced is handed over in the same transaction, once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import structlog

from app.database.client import Database, Transaction
from app.impact.live import Picture
from app.impact.model import Failure, Moment
from app.inventory.store import items_by_key
from app.rounds import A_FIFTH, every_second
from app.settings import Settings
from app.situations import store
from app.situations.account import Damage, account, damage, named_by, report_of
from app.situations.announcing import waits
from app.situations.continuation import Continuation, continued
from app.situations.correlation import correlate
from app.situations.model import Account, Group, Held, Patience, Rule, SituationChange
from app.situations.turn import Turn, turn
from app.topology.graph import Graph

_log = structlog.get_logger(__name__)
_FORGOTTEN_AT_ONCE = 1_000

OnChange = Callable[[Transaction, Sequence[SituationChange]], Awaitable[None]]
"""Hands over what has to be announced, in the transaction that writes it; this may run again, so it must send nothing.
"""


class _Overtaken(Exception):
    """Somebody has written from a newer picture; leaves the transaction without a commit."""


@dataclass(frozen=True, slots=True)
class Policy:
    """When events belong together, how long situations wait, and how long resolved ones are kept."""

    rule: Rule
    patience: Patience
    kept_days: int

    @classmethod
    def of(cls, settings: Settings) -> "Policy":
        """What the settings say, and the defaults of what they do not."""
        rule = Rule(
            common_share=settings.situation_common_share,
            window_seconds=settings.situation_window_seconds,
            skew_seconds=settings.situation_skew_seconds,
        )
        patience = Patience(
            quiet=settings.situation_quiet_seconds,
            reopen=settings.situation_reopen_seconds,
            settle=settings.situation_settle_seconds,
            settle_most=settings.situation_settle_most_seconds,
            storm=settings.situation_storm,
            storm_most=settings.situation_storm_most_seconds,
        )
        return cls(rule, patience, settings.situation_retention_days)


@dataclass(frozen=True, slots=True)
class _Basis:
    """What an account was made of: while that is the same, so is the account."""

    group: Group
    graph: Graph
    failures: Mapping[str, Failure | None]


class Correlator:
    """Keeps the situations of one database; `current` gives the newest picture."""

    def __init__(
        self,
        database: Database,
        current: Callable[[], Awaitable[Picture]],
        moment: Callable[[], Moment],
        *,
        policy: Policy,
        hooks: Sequence[OnChange] = (),
    ) -> None:
        self._database = database
        self._current = current
        self._moment = moment
        self._policy = policy
        self._hooks = hooks
        self._seen: Picture | None = None
        self._turn = -1
        self._held: tuple[Held, ...] = ()
        self._groups: tuple[Group, ...] = ()
        self._bases: dict[str, _Basis] = {}

    async def run(self) -> None:
        """Catch up every second, until cancelled."""
        waiting, failed = "situations wait", "situations could not be written"
        await every_second(self.catch_up, _log, waiting=waiting, failed=failed, rest=A_FIFTH)

    async def catch_up(self) -> None:
        """Gather what has changed, and announce what is due.

        Raises:
            Unavailable: Neo4j did not answer.
        """
        picture = await self._current()
        latest = await store.situation_turn(self._database)
        moment = self._moment()
        waiting = any(waits(one.situation) for one in self._held)
        if picture is self._seen and latest == self._turn and not waiting:
            return
        if latest != self._turn:
            await self._take_over(latest, moment.at)
        if picture is not self._seen:
            self._groups = await asyncio.to_thread(correlate, picture.graph, picture.told, self._policy.rule)
        due, bases = await self._due(picture, moment)
        if due:
            try:
                self._turn = await self._write(picture, due, moment.at)
            except _Overtaken:
                # What is written is no longer what we know; the next time it is read again.
                self._turn = -1
                return
        for change in due.changes:
            _log.info(f"situation {change.news.value}", id=change.situation.id, title=change.situation.account.title)
        self._held, self._seen = due.now_held, picture
        self._bases = dict(zip(due.group_ids, bases, strict=True))

    async def _due(self, picture: Picture, moment: Moment) -> tuple[Turn, list[_Basis]]:
        """What the groups make of the situations that are held."""
        continuation = continued(self._held, self._groups)
        accounts, bases = await self._accounts(picture, continuation, moment)
        due = turn(
            self._held,
            self._groups,
            continuation,
            accounts,
            now=moment.at,
            patience=self._policy.patience,
            new_id=lambda: str(uuid4()),
        )
        return due, bases

    async def _take_over(self, latest: int, now: datetime) -> None:
        """Read what another worker, or we in an earlier life, have written."""
        reopened = timedelta(seconds=self._policy.patience.reopen)
        self._held = await store.held_situations(self._database, now - reopened)
        self._turn, self._bases = latest, {}

    async def _write(self, picture: Picture, due: Turn, at: datetime) -> int:
        versions = picture.graph.version, picture.upto
        expected = self._turn + 1

        async def work(transaction: Transaction) -> int:
            taken, written = await store.take_situation_turn(transaction)
            if taken != expected or any(mine < theirs for mine, theirs in zip(versions, written, strict=True)):
                raise _Overtaken
            await store.write_situations(transaction, due.written)
            await store.drop_situations(transaction, due.dropped)
            await store.release_events(transaction, due.released, at)
            await store.gather_events(transaction, due.gathered)
            await store.forget_situations(transaction, at - timedelta(days=self._policy.kept_days), _FORGOTTEN_AT_ONCE)
            for hook in self._hooks if due.changes else ():
                await hook(transaction, due.changes)
            await store.end_situation_turn(transaction, versions)
            return taken

        return await self._database.write(work, counter="events")

    async def _accounts(
        self, picture: Picture, continuation: Continuation, moment: Moment
    ) -> tuple[list[Account], list[_Basis]]:
        """The accounts of the groups; those of which nothing has changed as they were."""
        bases = [_basis(picture, group) for group in self._groups]
        known: dict[int, Account] = {}
        for place, held in continuation.lives.items():
            if self._bases.get(held.situation.id) == bases[place]:
                known[place] = held.situation.account
        fresh = [place for place in range(len(bases)) if place not in known]
        damages = await asyncio.to_thread(_damages, picture, [self._groups[place] for place in fresh], moment)
        named = {key for place, one in zip(fresh, damages, strict=True) for key in named_by(self._groups[place], one)}
        items = await items_by_key(self._database, sorted(named)) if named else {}
        known |= {place: account(self._groups[place], one, items) for place, one in zip(fresh, damages, strict=True)}
        return [known[place] for place in range(len(bases))], bases


def _basis(picture: Picture, group: Group) -> _Basis:
    number = picture.graph.number
    return _Basis(group, picture.graph, {key: picture.failures.get(number[key]) for key in group.items})


def _damages(picture: Picture, groups: Sequence[Group], moment: Moment) -> list[Damage]:
    return [damage(report_of(picture, group.items, moment)) for group in groups]
