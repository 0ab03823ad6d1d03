"""The processor: takes deliveries in, answers when they are on the disk, and processes them in order."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import structlog

from app.errors import Unavailable
from app.events.delivery import Delivery, Reading
from app.intake.journal import Journal, Waiting
from app.intake.model import Processed
from app.intake.processing import Read

PAUSE_SECONDS = 1.0
"""Between two attempts while Neo4j is away."""
_FULL = (
    "events are held back while Neo4j is away and there is no room for more; "
    "send this again later, or raise UNDERPIN_JOURNAL_MAX_BYTES"
)
_FAILED = "this service failed to process it, which its log explains; replay it after an update"
_log = structlog.get_logger(__name__)
T = TypeVar("T")

Process = Callable[[Sequence[Read]], Awaitable[tuple[Processed, ...]]]
ReadAgain = Callable[[Delivery], Awaitable[tuple[Reading, str | None]]]
"""What a delivery says and the sender's name for it; for those that were taken before a restart."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery that is safe. `processed` is done when it has become events, however long that takes."""

    number: int
    processed: asyncio.Future[Processed]


@dataclass(frozen=True, slots=True)
class _Arrival:
    delivery: Delivery
    reading: Reading
    delivery_id: str | None
    taken: asyncio.Future[Taken]


class Intake:
    """The way in for events. One for each journal, on one event loop."""

    def __init__(self, journal: Journal, process: Process, read_again: ReadAgain, *, batch_bytes: int) -> None:
        self.journal = journal
        self._process = process
        self.read_again = read_again
        self._batch_bytes = batch_bytes
        # SQLite wants one thread at a time, and the event loop must not wait for a disk.
        self._disk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")
        self._arrivals: list[_Arrival] = []
        self._writing: asyncio.Task[None] | None = None
        self._known: dict[int, tuple[_Arrival, asyncio.Future[Processed]]] = {}
        self._upto = 0
        self._news = asyncio.Event()

    async def take(self, delivery: Delivery, reading: Reading, delivery_id: str | None = None) -> Taken:
        """Write a delivery down; when this returns, it survives a crash.

        Raises:
            Unavailable: there is no room for it, or the disk is broken; it was not taken.
        """
        arrival = _Arrival(delivery, reading, delivery_id, asyncio.get_running_loop().create_future())
        self._arrivals.append(arrival)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_arrivals())
        # Whoever gives up must not take back what others wait for.
        return await asyncio.shield(arrival.taken)

    async def _write_arrivals(self) -> None:
        """Write all that has arrived in one commit, as long as more arrives."""
        while self._arrivals:
            arrivals, self._arrivals = self._arrivals, []
            try:
                numbers = await self._on_disk(self.journal.append, [one.delivery for one in arrivals])
            except Exception as error:
                for one in arrivals:
                    one.taken.set_exception(error)
                    one.taken.exception()  # nobody may be left to look at it
                continue
            for one, number in zip(arrivals, numbers, strict=True):
                self._tell(one, number)
            self._news.set()
        self._writing = None

    def _tell(self, arrival: _Arrival, number: int | None) -> None:
        if number is None:
            arrival.taken.set_exception(Unavailable(_FULL))
            arrival.taken.exception()
            return
        processed: asyncio.Future[Processed] = asyncio.get_running_loop().create_future()
        self._known[number] = arrival, processed
        arrival.taken.set_result(Taken(number, processed))

    async def run(self) -> None:
        """Process what waits and what arrives, until cancelled."""
        failing = False
        while True:
            self._news.clear()
            try:
                while await self.catch_up():
                    failing = False
                await self._news.wait()
            except Unavailable as error:
                if not failing:
                    _log.warning("events wait in the journal", reason=str(error), waiting=self.journal.count)
                failing = True
                await asyncio.sleep(PAUSE_SECONDS)
            except Exception:
                _log.exception("events could not be processed")
                await asyncio.sleep(PAUSE_SECONDS)

    async def catch_up(self) -> bool:
        """Process the deliveries that have waited longest; whether there were any.

        Raises:
            Unavailable: Neo4j did not answer; they wait on.
        """
        waiting = await self._on_disk(_waiting, self.journal, self._upto, self._batch_bytes)
        if not waiting:
            return False
        await self._process_all([await self._read(one) for one in waiting])
        return True

    async def _process_all(self, deliveries: Sequence[Read]) -> None:
        try:
            processed = await self._process(deliveries)
        except Unavailable:
            raise
        except Exception:
            if len(deliveries) > 1:
                # One of them is at fault, or they are too many at once.
                for one in deliveries:
                    await self._process_all([one])
                return
            _log.exception("a delivery could not be processed", source=deliveries[0].delivery.source)
            processed = await self._process([_unread(deliveries[0])])
        upto = deliveries[-1].number
        await self._on_disk(self.journal.forget, upto)
        self._upto = upto
        for one, result in zip(deliveries, processed, strict=True):
            _, future = self._known.pop(one.number, (None, None))
            if future is not None and not future.done():
                future.set_result(result)

    async def _read(self, waiting: Waiting) -> Read:
        if waiting.number in self._known:
            arrival, _ = self._known[waiting.number]
            return Read(waiting.number, arrival.delivery, arrival.reading, arrival.delivery_id)
        reading, delivery_id = await self.read_again(waiting.delivery)
        return Read(waiting.number, waiting.delivery, reading, delivery_id)

    async def _on_disk(self, work: Callable[..., T], *arguments: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._disk, work, *arguments)

    async def close(self) -> None:
        """Let go of the journal; what waits is processed by whoever opens it next."""
        if self._writing is not None:
            await asyncio.wait([self._writing])
        await self._on_disk(self.journal.close)
        self._disk.shutdown()


def _waiting(journal: Journal, after: int, max_bytes: int) -> tuple[Waiting, ...]:
    return journal.waiting(after=after, max_bytes=max_bytes)


def _unread(one: Read) -> Read:
    """The same, for the quarantine."""
    return Read(one.number, one.delivery, Reading(problems=(_FAILED,)))
