"""How the estate stands by the open events: kept current by reading what has changed, never all of it."""

import asyncio
from collections.abc import Iterable, Mapping

from app.database.client import Database
from app.events import store
from app.events.model import OpenEvent
from app.impact.live import LiveImpact, Picture, Told
from app.topology.current import Topology
from app.topology.graph import Graph
from app.topology.lineage import Place


class LiveStanding:
    """The newest picture of one database. Safe to share between tasks; not between event loops."""

    def __init__(self, database: Database, topology: Topology) -> None:
        self._database = database
        self._topology = topology
        self._lock = asyncio.Lock()
        self._version = 0
        self._place = Place(0, 0)
        self._live: LiveImpact | None = None
        self._picture: Picture | None = None

    async def current(self) -> Picture:
        """The picture as of the last committed write and delivery.

        Raises:
            Unavailable: Neo4j did not answer.
        """
        # A caller that gives up must not abandon half a step: the next one would have to begin again.
        return await asyncio.shield(self._refreshed())

    async def _refreshed(self) -> Picture:
        async with self._lock:
            await self._topology.current()
            # Others ask for the graph too: what is taken here belongs together.
            graph, place = self._topology.graph, self._topology.lineage.place
            assert graph is not None
            # The version before the events: what is stored meanwhile is read again, which changes nothing.
            version = await store.event_version(self._database)
            news = await self._news(version)
            if self._picture is None or news or place != self._place:
                # The arrays may be written in place only if we do not look at them either.
                self._picture = None
                self._live = await asyncio.to_thread(self._brought_up, graph, place, news, version)
                self._picture = self._live.picture()
            self._version, self._place = version, place
            return self._picture

    async def _news(self, version: int) -> Mapping[str, Told | None]:
        """What has been told since the last time, and `None` for what is over."""
        if self._live is not None and version == self._version:
            return {}
        if self._live is not None and version > self._version:
            changed = await store.events_changed_since(self._database, self._version)
            return {id: one.told if one else None for id, one in changed.items()}
        # The first time, or a database that was replaced by an older one.
        told = told_by(await store.open_events(self._database))
        return dict.fromkeys(self._live.picture().told if self._live else ()) | told

    def _brought_up(self, graph: Graph, place: Place, news: Mapping[str, Told | None], version: int) -> LiveImpact:
        live = self._live
        difference = self._topology.lineage.since(self._place)
        if live is None or difference is None:
            told = dict(live.picture().told) if live else {}
            live = LiveImpact(graph)
            live.tell(told)
        elif place != self._place:
            live.follow(graph, difference.touched, difference.gone)
        live.tell(news, version)
        return live


def told_by(opened: Iterable[OpenEvent]) -> dict[str, Told]:
    """What these events tell, by their ids."""
    return {one.id: one.told for one in opened}
