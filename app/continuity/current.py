"""Holds what is worked out of the whole estate: an answer takes the last result and never waits for the next.

While the estate changes the results follow it, but are given most of the time to rest: others need the processor too.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

import structlog

from app.errors import Unavailable
from app.rounds import A_FIFTH, begun, every_second
from app.topology.graph import Graph


class Picture(Protocol):
    """One version of the estate with something that is known of it."""

    @property
    def graph(self) -> Graph:
        """The version's graph."""


P = TypeVar("P", bound=Picture)
T = TypeVar("T")
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Result(Generic[T]):
    """What was worked out, of which version of the graph, and when."""

    value: T
    graph_version: int
    computed_at: datetime


class Held(Generic[P, T]):
    """The last result of working something out of the newest picture."""

    def __init__(
        self,
        name: str,
        work: Callable[[P], T],
        current: Callable[[], Awaitable[P]],
        clock: Callable[[], datetime],
        *,
        patience_seconds: float = 10,
    ) -> None:
        self._name = name
        self._work = work
        self._current = current
        self._clock = clock
        self._patience_seconds = patience_seconds
        self._lock = asyncio.Lock()
        self._seen: P | None = None
        self._result: Result[T] | None = None

    async def run(self) -> None:
        """Follow the estate, until cancelled."""
        waiting, failed = f"{self._name} wait for Neo4j", f"{self._name} could not be worked out"
        await every_second(self.catch_up, _log, waiting=waiting, failed=failed, rest=A_FIFTH)

    async def catch_up(self) -> Result[T]:
        """The result of the newest picture, worked out now unless it is there.

        Raises:
            Unavailable: Neo4j did not answer.
        """
        async with self._lock:
            picture = await self._current()
            if self._result and picture is self._seen:
                return self._result
            value = await asyncio.to_thread(self._work, picture)
            result = Result(value, picture.graph.version, self._clock())
            self._seen, self._result = picture, result
            return result

    async def newest(self) -> Result[T]:
        """The last result; only the very first is waited for, and not for long.

        Raises:
            Unavailable: there is none yet, or Neo4j did not answer.
        """
        if self._result is not None:
            return self._result
        work = begun(self.catch_up())
        await asyncio.wait({work}, timeout=self._patience_seconds)
        if not work.done():
            raise Unavailable(f"the {self._name} are being worked out for the first time; ask again in a few seconds")
        return await work

    async def renewed(self) -> Result[T]:
        """The last result, while the next is begun: for what nobody follows with `run`.

        Raises:
            Unavailable: there is none yet, or Neo4j did not answer.
        """
        result = await self.newest()
        if not self._lock.locked():
            begun(self.catch_up())
        return result
