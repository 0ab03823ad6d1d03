"""Keeps one graph current: loads it once, then reads again only what the journal says has changed."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from app.database.client import Database
from app.history import store as history
from app.history.model import Change
from app.topology import store
from app.topology.graph import Edge, EdgeTable, Graph, Int32, Vertex, build_graph

_PAGE_ITEMS = 20_000
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
        self._vertices: dict[str, Vertex] = {}
        self._edges = EdgeTable.of((), {})
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
        vertices: dict[str, Vertex] = {}
        edges: list[Edge] = []
        after = ""
        while page := await store.vertex_page(self._database, after, _PAGE_ITEMS):
            vertices |= {vertex.key: vertex for vertex in page}
            edges += await store.edge_page(self._database, after, page[-1].key)
            after = page[-1].key
        await asyncio.to_thread(self._rebuild, version, vertices, edges)
        self.load_seconds = self._clock() - started
        if await history.graph_version(self._database) != version:
            await self._follow()

    def _rebuild(self, version: int, vertices: dict[str, Vertex], edges: Sequence[Edge]) -> None:
        numbers = {key: number for number, key in enumerate(vertices)}
        table = EdgeTable.of(edges, numbers)
        graph = build_graph(version, list(vertices.values()), table)
        self._vertices, self._edges, self._graph = vertices, table, graph

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
            if not complete or len(touched) > max(_RELOAD_LEAST, _RELOAD_SHARE * self._graph.size):
                await self._load(await history.graph_version(self._database))
                return
            keys = sorted(touched)
            fresh = await store.vertices_by_key(self._database, keys)
            edges = await store.edges_by_dependent(self._database, keys)
            if await history.graph_version(self._database) == changes[-1].version:
                break
        self._apply(changes, touched, fresh, edges)

    def _apply(
        self, changes: Sequence[Change], touched: set[str], fresh: Sequence[Vertex], edges: Sequence[Edge]
    ) -> None:
        assert self._graph is not None
        before = self._graph.number
        # Gone is also what was removed after these changes, just before it was read.
        removed = {key for change in changes for key in change.removed} | (touched - {one.key for one in fresh})
        kept = _without(self._edges, _numbers(touched, before), _numbers(removed, before))
        for key in touched:
            self._vertices.pop(key, None)
        self._vertices |= {vertex.key: vertex for vertex in fresh}
        after = {key: number for number, key in enumerate(self._vertices)}
        moved = np.array([after.get(key, -1) for key in self._graph.keys], np.int32)
        added = EdgeTable.of(edges, after)
        self._edges = EdgeTable(
            np.concatenate((moved[kept.dependent], added.dependent)),
            np.concatenate((moved[kept.provider], added.provider)),
            np.concatenate((kept.kind, added.kind)),
            np.concatenate((kept.weight, added.weight)),
            np.concatenate((kept.tolerance_seconds, added.tolerance_seconds)),
        )
        self._graph = build_graph(changes[-1].version, list(self._vertices.values()), self._edges)


def _numbers(keys: Iterable[str], number: Mapping[str, int]) -> Int32:
    return np.array(sorted(number[key] for key in keys if key in number), np.int32)


def _without(
    edges: EdgeTable,
    dependents: Int32,
    providers: Int32,
) -> EdgeTable:
    """The edges that leave none of `dependents` and reach none of `providers`."""
    stay = ~(np.isin(edges.dependent, dependents) | np.isin(edges.provider, providers))
    return EdgeTable(
        edges.dependent[stay],
        edges.provider[stay],
        edges.kind[stay],
        edges.weight[stay],
        edges.tolerance_seconds[stay],
    )
