"""Keeps one graph current: loads it once, then reads again only what the journal says has changed."""

import asyncio
import math
from collections.abc import Callable, Sequence

import structlog

from app.database.client import Database
from app.history import store as history
from app.history.model import Change, Position
from app.history.watch import position_since, settled_position
from app.rounds import carried_through
from app.topology import store
from app.topology.comparison import is_same
from app.topology.edits import Edit, edited
from app.topology.graph import Graph
from app.topology.lineage import Lineage
from app.topology.loading import items_loaded, loaded

# Reading one changed item costs about as much as twenty in a page (measured).
_RELOAD_SHARE = 0.05
_RELOAD_LEAST = 2_000
_ATTEMPTS = 5
_READINGS = 2
_PAUSE_SECONDS = 0.01
# Of the time, what may go into reading everything for the sake of programs that write beside us: a tenth.
_REST = 9
_log = structlog.get_logger(__name__)


class Topology:
    """The newest graph of one database. Safe to share between tasks; not between event loops."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self._lock = asyncio.Lock()
        self._graph: Graph | None = None
        self.lineage = Lineage()
        self._name: tuple[int, str | None] = (0, None)
        self._seen: Position | None = None
        self._rest_until = -math.inf
        self.loads = 0
        """How often everything was read; who keeps something beside the graph reads it anew with it."""
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
        return await carried_through(self._refreshed())

    async def _refreshed(self) -> Graph:
        async with self._lock:
            if self._seen is None:
                await self._load()
            else:
                await self._catch_up(self._seen)
            assert self._graph is not None
            return self._graph

    async def _catch_up(self, seen: Position) -> None:
        position = await position_since(self._database, seen)
        loads = self.loads
        if position.name != self._name:
            await self._follow()
        if self.loads > loads:
            return
        if position.is_foreign_since(seen):
            await self._compare()
        elif position.others == seen.others:
            self._seen = position

    async def _compare(self) -> None:
        """Read everything, since others have written, and say so if they changed what we hold.

        After they did not we rest: programs that keep their own things beside ours must not keep us reading.
        """
        assert self._graph is not None
        if self._clock() < self._rest_until:
            return
        if await self._load(known=self._graph):
            self._rest_until = self._clock() + _REST * self.load_seconds
            return
        _log.warning(
            "another program changed the graph in Neo4j, so everything was read again; "
            "write through the API, which checks and records every change",
            seconds=round(self.load_seconds, 3),
            items=self._graph.item_count,
        )

    async def _load(self, known: Graph | None = None) -> bool:
        """Read everything, and keep what is known if it is the same; whether it is.

        What we write meanwhile may be read torn; following the journal reads it again.
        """
        started = self._clock()
        for _ in range(_READINGS):
            seen = await settled_position(self._database)
            graph = await loaded(self._database, seen.version)
            after = await position_since(self._database, seen)
            if not after.is_foreign_since(seen):
                break
        same = known is not None and known.version == graph.version and await asyncio.to_thread(is_same, known, graph)
        if not same:
            self._graph = graph
            self.lineage.begin(graph.version)
        self._seen, self._name = seen, seen.name
        self.loads += 1
        self.load_seconds = self._clock() - started
        if after.name != seen.name:
            await self._follow()
        return same

    async def _follow(self) -> None:
        """Apply the journal since our version; load again where it has a gap, is another's or names too much."""
        assert self._graph is not None
        # Statements see each other's time only if nothing is written between them; a stream of writes must not hold
        # us here for ever, and what the last attempt read torn is read again with the next change.
        edit = None
        for attempt in range(_ATTEMPTS):
            changes = self._continuing(await history.changes_since(self._database, self._graph.version))
            if not changes:
                # A write that is being committed shows in parts: its version first, its place in the journal after.
                await asyncio.sleep(_PAUSE_SECONDS * 2**attempt)
                continue
            touched = {key for change in changes for key in (*change.touched, *change.removed)}
            # Removed items keep their numbers until the next load.
            worn = len(touched) + self._graph.size - self._graph.item_count
            if worn > max(_RELOAD_LEAST, _RELOAD_SHARE * self._graph.size):
                break
            edit, name = await self._edit(changes, touched), (changes[-1].version, changes[-1].mark)
            if await history.graph_version(self._database) == edit.version:
                break
        if edit is None:
            await self._load()
            return
        step = await asyncio.to_thread(edited, self._graph, edit)
        self._graph = step.graph
        self.lineage.add(step)
        self._name = name

    def _continuing(self, changes: Sequence[Change]) -> Sequence[Change]:
        """Those that are the next writes after ours, in the database that we know, and none is missing.

        While others are written a read may tell of a write and not of the one before; and a database that was replaced
        by an older one has no journal after ours, or one that follows another write.
        """
        version, mark = self._name
        found: list[Change] = []
        for change in changes:
            if (change.version, change.follows) != (version + 1, mark):
                break
            found.append(change)
            version, mark = change.version, change.mark
        return found

    async def _edit(self, changes: Sequence[Change], touched: set[str]) -> Edit:
        keys = sorted(touched)
        fresh = await items_loaded(self._database, keys)
        edges = await store.edges_by_dependent(self._database, keys)
        # Gone is also what was removed after these changes, just before it was read.
        removed = {key for change in changes for key in change.removed} | (touched - {one.key for one in fresh})
        return Edit(changes[-1].version, fresh, edges, removed)
