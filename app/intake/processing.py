"""Processing: a few deliveries become events, in one transaction, exactly once."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from app.database.client import Database, Transaction
from app.events import store as event_store
from app.events.delivery import Delivery, Reading
from app.events.lifecycle import Policy, heard
from app.events.looking_up import MatchedWindow, matches_of, windows_matched
from app.events.model import Alert, Clue, Event, EventStatus, Match, MatchTier
from app.events.reported import Outcome, plan_reported
from app.impact.model import HealthState
from app.intake import store
from app.intake.model import Processed, QuarantinedDelivery

MAX_PROBLEMS = 20
_NEWEST = 2**62  # newer than whatever a journal has processed
_ANY_CLUES = tuple(Clue(tier, "") for tier in MatchTier)
_Identity = tuple[str, str]


class _NothingStored(Exception):
    """Leaves the transaction of deliveries that say nothing new, without a commit and without a version."""

    def __init__(self, processed: Sequence[Processed]) -> None:
        self.processed = processed


@dataclass(frozen=True, slots=True)
class Read:
    """A delivery of a journal, and what it says. `delivery_id`: the sender's name for it."""

    number: int
    delivery: Delivery
    reading: Reading
    delivery_id: str | None = None


@dataclass(slots=True)
class _Effect:
    """What deliveries do to the events that are known."""

    known: dict[_Identity, Event]
    changed: dict[str, Event] = field(default_factory=dict)

    def hear(self, alert: Alert, match: Match, *, now: datetime, policy: Policy) -> None:
        identity = alert.source, alert.fingerprint
        before = self.known.get(identity)
        after = heard(before, alert, match, now=now, policy=policy)
        self.known[identity] = after
        if after is not before:
            self.changed[after.id] = after


class Processing:
    """Turns deliveries of one journal into events of one database."""

    def __init__(self, database: Database, journal_id: str, *, policy: Policy, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._journal_id = journal_id
        self._policy = policy
        self._clock = clock

    async def process(self, deliveries: Sequence[Read]) -> tuple[Processed, ...]:
        """What became of each delivery; they have numbers that rise.

        Raises:
            Unavailable: Neo4j did not answer; whether they are processed will be known when it does.
        """
        if not any(one.reading.alerts or one.reading.windows or one.reading.problems for one in deliveries):
            return tuple(Processed() for _ in deliveries)
        alerts = [alert for one in deliveries for alert in one.reading.alerts]
        matches = await matches_of(self._database, alerts)
        windows = {one.number: await windows_matched(self._database, one.reading.windows) for one in deliveries}

        async def work(transaction: Transaction) -> tuple[Processed, ...]:
            return await self._store(transaction, deliveries, matches, windows)

        try:
            return await self._database.write(work, counter="events")
        except _NothingStored as nothing:
            return tuple(nothing.processed)

    async def warm_up(self) -> None:
        """Let Neo4j plan every query of `process`, and change nothing: the first alert need not wait for that.

        Raises:
            Unavailable: Neo4j did not answer.
        """
        alert = Alert("", "", EventStatus.FIRING, None, HealthState.DOWN, "", None, None, _ANY_CLUES)
        delivery = Delivery("", b"", self._clock())
        reading = Reading((alert,), problems=("",))

        async def work(transaction: Transaction) -> None:
            processed = await self._store(transaction, [Read(_NEWEST, delivery, reading, "")], matches, {})
            raise _NothingStored(processed)

        matches = await matches_of(self._database, [alert])
        with suppress(_NothingStored):
            await self._database.write(work, counter="events")

    async def _store(
        self,
        transaction: Transaction,
        deliveries: Sequence[Read],
        matches: Sequence[Match],
        windows: Mapping[int, Sequence[MatchedWindow]],
    ) -> tuple[Processed, ...]:
        # First of all, since it makes the writers of all workers wait in turn: what is read now is the newest.
        version = await event_store.next_event_version(transaction)
        done = await store.take_intake(transaction, self._journal_id, deliveries[-1].number)
        named = {_named(one) for one in deliveries if one.delivery_id is not None and one.number > done}
        seen = await store.take_deliveries(transaction, named, self._clock()) if named else frozenset()
        wanted = {(alert.source, alert.fingerprint) for one in deliveries for alert in one.reading.alerts}
        effect = _Effect(await event_store.newest_events(transaction, wanted) if wanted else {})
        processed = await asyncio.to_thread(self._apply, effect, deliveries, matches, done, seen)
        kept = [
            self._quarantined(one)
            for one, of in zip(deliveries, processed, strict=True)
            if one.number > done and of.problems
        ]
        told = [window for number, listed in sorted(windows.items()) if number > done for window in listed]
        outcomes = await plan_reported(transaction, told, version=version, now=self._clock()) if told else ()
        if not (effect.changed or kept or named or set(outcomes) - {Outcome.UNCHANGED}):
            raise _NothingStored(processed)
        if effect.changed:
            await event_store.store_events(transaction, list(effect.changed.values()), version)
        if kept:
            await store.quarantine(transaction, kept)
        return processed

    def _apply(
        self, effect: _Effect, deliveries: Sequence[Read], matches: Sequence[Match], done: int, seen: frozenset[str]
    ) -> tuple[Processed, ...]:
        now, rest = self._clock(), iter(matches)
        processed: list[Processed] = []
        had = set(seen)
        for one in deliveries:
            of_these = [(alert, next(rest)) for alert in one.reading.alerts]
            if one.number > done and one.delivery_id is not None:
                if _named(one) in had:
                    processed.append(Processed(duplicate=True))
                    continue
                had.add(_named(one))
            if one.number > done:
                for alert, match in of_these:
                    effect.hear(alert, match, now=now, policy=self._policy)
            heard_of = (effect.known.get((alert.source, alert.fingerprint)) for alert, _ in of_these)
            processed.append(Processed(tuple(event for event in heard_of if event is not None), one.reading.problems))
        return tuple(processed)

    def _quarantined(self, one: Read) -> QuarantinedDelivery:
        return QuarantinedDelivery(
            id=f"{self._journal_id}-{one.number}",
            source=one.delivery.source,
            received_at=one.delivery.received_at,
            headers=one.delivery.headers,
            parameters=one.delivery.parameters,
            body=one.delivery.body,
            problems=one.reading.problems[:MAX_PROBLEMS],
        )


def _named(one: Read) -> str:
    return f"{one.delivery.source}\n{one.delivery_id}"
