"""Keeps one graph current: loads it once, then reads again only what the journal says has changed."""

import asyncio
from collections.abc import Callable, Sequence

from app.database.client import Database
from app.history import store as history
from app.history.model import Change
from app.topology import store
from app.topology.edits import Edit, edited
from app.topology.graph import Graph
from app.topology.lineage import Lineage
from app.topology.loading import loaded

# Reading one changed item costs about as much as twenty in a page (measured).
_RELOAD_SHARE = 0.05
_RELOAD_LEAST = 2_000
_ATTEMPTS = 5


class Topology:
    """The newest graph of one database. Safe to share between tasks; not between event loops."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self._lock = asyncio.Lock()
        self._graph: Graph | None = None
        self.lineage = Lineage()
        self.load_seconds = 0.0

    @property
    def graph(self) -> Graph | None:
        """The newest graph read, or `None` before the first."""
        return self._graph

    async def current(self) -> Graph:
        """The graph as of the last committed write.

        Raises:
            Unavailable: Neo4j did not answer.
        """
        # A caller that gives up must not abandon a load half way: the next one would have to begin again.
        return await asyncio.shield(self._refreshed())

    async def _refreshed(self) -> Graph:
        async with self._lock:
            version = await history.graph_version(self._database)
            if self._graph is None:
                await self._load(version)
            elif version != self._graph.version:
                await self._follow()
            assert self._graph is not None
            return self._graph

    async def _load(self, version: int) -> None:
        """Read everything. What is written meanwhile may be read torn; following the journal reads it again."""
        started = self._clock()
        self._graph = await loaded(self._database, version)
        self.lineage.begin(version)
        self.load_seconds = self._clock() - started
        if await history.graph_version(self._database) != version:
            await self._follow()

    async def _follow(self) -> None:
        """Apply the journal since our version; load again where it has a gap or names too much."""
        assert self._graph is not None
        # Statements see each other's time only if nothing is written between them; a stream of writes must not hold
        # us here for ever, and what the last attempt read torn is read again with the next change.
        for _ in range(_ATTEMPTS):
            changes = await history.changes_since(self._database, self._graph.version)
            # A database that was replaced by an older one has a lower version and no journal after ours.
            complete = bool(changes) and [change.version for change in changes] == list(
                range(self._graph.version + 1, self._graph.version + 1 + len(changes))
            )
            touched = {key for change in changes for key in (*change.touched, *change.removed)}
            # Removed items keep their numbers until the next load.
            worn = len(touched) + self._graph.size - self._graph.item_count
            if not complete or worn > max(_RELOAD_LEAST, _RELOAD_SHARE * self._graph.size):
                await self._load(await history.graph_version(self._database))
                return
            edit = await self._edit(changes, touched)
            if await history.graph_version(self._database) == edit.version:
                break
        step = await asyncio.to_thread(edited, self._graph, edit)
        self._graph = step.graph
        self.lineage.add(step)

    async def _edit(self, changes: Sequence[Change], touched: set[str]) -> Edit:
        keys = sorted(touched)
        fresh = await store.vertices_by_key(self._database, keys)
        edges = await store.edges_by_dependent(self._database, keys)
        # Gone is also what was removed after these changes, just before it was read.
        removed = {key for change in changes for key in change.removed} | (touched - {one.key for one in fresh})
        return Edit(changes[-1].version, fresh, edges, removed)
