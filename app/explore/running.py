"""A query that runs: read by a task of its own, so that it can be stopped at any time, by whoever waits for it."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import orjson

from app.database.adhoc import Records, opened
from app.database.client import Database
from app.errors import Unavailable
from app.explore.guard import Admitted
from app.explore.model import Asked, Summary

Row = Sequence[object]
Gone = Callable[[], Awaitable[bool]]
"""Whether the caller no longer waits."""
_LOOK_SECONDS = 0.25
_WAITING_ROWS = 500
_FETCH_ROWS = 500


@dataclass(frozen=True, slots=True)
class Room:
    """What one answer may take."""

    seconds: int
    rows: int
    bytes: int


class Running:
    """An answer under way: its columns, its rows in order, and when they are all there, its summary."""

    def __init__(self, database: Database, admitted: Admitted, asked: Asked, room: Room, gone: Gone) -> None:
        self.columns: tuple[str, ...] = ()
        self.summary: Summary | None = None
        self._database = database
        self._admitted = admitted
        self._asked = asked
        self._room = room
        self._gone = gone
        self._begun = time.monotonic()
        self._found: asyncio.Queue[Row | Exception | None] = asyncio.Queue(_WAITING_ROWS)
        self._first: Row | Exception | None = None
        self._task = asyncio.create_task(self._run())

    async def begun(self) -> None:
        """Wait for the first row, or for the end: what fails before it is raised here."""
        self._first = await self._found.get()
        if isinstance(self._first, Exception):
            raise self._first

    async def rows(self) -> AsyncIterator[Row]:
        """Every row; call it once, after `begun`.

        Raises:
            UnderpinError: the query failed on the way.
        """
        found = self._first
        while found is not None:
            if isinstance(found, Exception):
                raise found
            yield found
            found = await self._found.get()

    async def stop(self) -> None:
        """End the query, wherever it is; nothing if it has ended."""
        self._task.cancel()
        await asyncio.wait([self._task])

    def when_over(self, do: Callable[[], object]) -> None:
        """Call `do` when the server no longer works at the query."""
        self._task.add_done_callback(lambda _: do())

    async def _run(self) -> None:
        reading = asyncio.create_task(self._read())
        try:
            while not reading.done():
                await asyncio.wait([reading], timeout=_LOOK_SECONDS)
                if not reading.done() and await self._gone():
                    reading.cancel()
            await reading
            await self._found.put(None)
        except Exception as error:
            await self._found.put(error)
        except asyncio.CancelledError:
            reading.cancel()
            await asyncio.wait([reading])
            # Whoever still waits, though the caller has gone, must not wait for ever.
            with suppress(asyncio.QueueFull):
                self._found.put_nowait(Unavailable("the query was stopped, for nobody waits for it; ask again"))
            raise

    async def _read(self) -> None:
        room, asked = self._room, self._asked
        text, parameters = self._admitted.text, asked.parameters
        fetched = min(_FETCH_ROWS, asked.limit + 1)
        async with opened(
            self._database, text, parameters, timeout_seconds=room.seconds, fetch_rows=fetched
        ) as records:
            self.columns = records.columns
            count, cut = await self._take(records)
        elapsed = round((time.monotonic() - self._begun) * 1000)
        self.summary = Summary(count, cut, elapsed, self._admitted.cost, self._admitted.notes)

    async def _take(self, records: Records) -> tuple[int, str | None]:
        """How many rows were taken, and why no more."""
        count = size = 0
        async for row in records:
            size += len(orjson.dumps(row))
            if count == self._asked.limit:
                return count, f"there are more than {count} rows; raise the limit, or aggregate"
            if size > self._room.bytes:
                return count, f"the rows have more than {self._room.bytes} bytes; return fewer properties"
            await self._found.put(row)
            count += 1
        return count, None
