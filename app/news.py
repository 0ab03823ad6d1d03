"""News: tells whoever listens that events, the estate or situations may have changed; asks only while somebody does."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable

import structlog

from app.errors import UnderpinError

PAUSE_SECONDS = 0.25
_log = structlog.get_logger(__name__)

Look = Callable[[], Awaitable[Hashable]]
"""How things stand; something else than before when they have changed."""


class News:
    """One question for all listeners of a service, so that a hundred of them cost what one does."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._listeners = 0
        self._asking: asyncio.Task[None] | None = None
        self._edition = 0
        self._looked = asyncio.Event()
        self._news = asyncio.Condition()

    async def editions(self) -> AsyncGenerator[int, None]:
        """The present edition at once, then each later one; of those that came out meanwhile only the newest."""
        self._listeners += 1
        if self._asking is None:
            self._looked.clear()
            self._asking = asyncio.create_task(self._ask())
        try:
            # Whoever reads from now on sees at least what was seen then, and what comes later is news.
            await self._looked.wait()
            read = self._edition
            yield read
            while True:
                async with self._news:
                    while self._edition == read:
                        await self._news.wait()
                    read = self._edition
                yield read
        finally:
            self._listeners -= 1
            if not self._listeners and self._asking is not None:
                self._asking.cancel()
                self._asking = None

    async def _ask(self) -> None:
        seen: Hashable = None
        while True:
            try:
                now = await self._look()
                if self._looked.is_set() and now != seen:
                    await self._publish()
                seen = now
                self._looked.set()
            except UnderpinError:
                pass  # Neo4j is away; there is no news without it
            except Exception:
                _log.exception("nobody could be told of news")
            await asyncio.sleep(PAUSE_SECONDS)

    async def _publish(self) -> None:
        async with self._news:
            self._edition += 1
            self._news.notify_all()
