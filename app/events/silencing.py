"""Asks Alertmanagers for their silences from time to time, and keeps windows in step with them."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

import httpx2
import structlog

from app.database.client import Database, Transaction
from app.errors import UnderpinError
from app.events.looking_up import MatchedWindow, windows_matched
from app.events.reported import plan_reported
from app.events.silences import read_silences
from app.events.store import next_event_version

SOURCE = "alertmanager"
EVERY_SECONDS = 30
_TIMEOUT_SECONDS = 10
_MOST_TOLD = 5
_log = structlog.get_logger(__name__)


class SilencePoller:
    """Follows the silences of some Alertmanagers; their ids are unique over all of them."""

    def __init__(self, database: Database, urls: Sequence[str], clock: Callable[[], datetime]) -> None:
        self._database = database
        self._urls = urls
        self._clock = clock
        self._taken: dict[str, tuple[MatchedWindow, ...]] = {}
        self._told: dict[str, object] = {}

    async def run(self) -> None:
        """Follow them until cancelled; one that does not answer is asked again the next time."""
        async with httpx2.AsyncClient(timeout=_TIMEOUT_SECONDS, follow_redirects=False) as http:
            while self._urls:
                for url in self._urls:
                    await self._follow(http, url)
                await asyncio.sleep(EVERY_SECONDS)

    async def _follow(self, http: httpx2.AsyncClient, url: str) -> None:
        try:
            self._tell(url, await self.poll(http, url))
        except (httpx2.HTTPError, UnderpinError) as error:
            self._tell(url, (str(error),))

    def _tell(self, url: str, problems: tuple[str, ...]) -> None:
        """Log what is wrong once, not every time."""
        if problems and self._told.get(url) != problems:
            _log.warning("not all silences could be taken", alertmanager=url, problems=problems[:_MOST_TOLD])
        self._told[url] = problems

    async def poll(self, http: httpx2.AsyncClient, url: str) -> tuple[str, ...]:
        """Bring the windows to what one Alertmanager says now; what of it cannot be taken.

        Raises:
            httpx2.HTTPError: it does not answer, or with an error.
            InvalidInput: it answers with something else.
            Unavailable: Neo4j did not answer.
        """
        response = await http.get(f"{url.rstrip('/')}/api/v2/silences")
        response.raise_for_status()
        reading = read_silences(response.content, SOURCE)
        matched = await windows_matched(self._database, reading.windows)
        if matched != self._taken.get(url):
            await self._take(matched)
            self._taken[url] = matched
        return reading.problems

    async def _take(self, matched: Sequence[MatchedWindow]) -> None:
        async def work(transaction: Transaction) -> None:
            version = await next_event_version(transaction)
            await plan_reported(transaction, matched, version=version, now=self._clock())

        await self._database.write(work, counter="events")
