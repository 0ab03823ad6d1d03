"""Keeps what recovery knows of the estate current: reads it once, then again only what the journal says has changed."""

import asyncio
from collections.abc import Sequence
from itertools import islice
from operator import le

from app.continuity import store
from app.continuity.estate import key_ranks
from app.continuity.facts import Facts, facts_of
from app.continuity.picture import ContinuityPicture
from app.database.client import Database, Reader
from app.history.store import graph_version
from app.rounds import carried_through
from app.topology.current import Topology
from app.topology.graph import Graph
from app.topology.lineage import Difference, Place

_PAGE_ITEMS = 20_000
_KEYS_AT_ONCE = 20_000
_READINGS = 3


class LiveContinuity:
    """The newest picture of one database. Safe to share between tasks; not between event loops."""

    def __init__(self, database: Database, topology: Topology) -> None:
        self._database = database
        self._topology = topology
        self._lock = asyncio.Lock()
        self._place = Place(0, 0)
        self._loads = 0
        self._ascending = 0
        self._picture: ContinuityPicture | None = None

    async def current(self) -> ContinuityPicture:
        """The picture as of the last committed write.

        Raises:
            Unavailable: Neo4j did not answer.
        """
        # A caller that gives up must not abandon a load half way: the next one would have to begin again.
        return await carried_through(self._refreshed())

    async def _refreshed(self) -> ContinuityPicture:
        async with self._lock:
            for _ in range(_READINGS):
                before, self._picture = self._picture, await self._caught_up()
                # What is written while we read may be read too early; following it reads it again.
                version = self._picture.graph.version
                if self._picture is before or await graph_version(self._database) == version:
                    break
            assert self._picture is not None
            return self._picture

    async def _caught_up(self) -> ContinuityPicture:
        await self._topology.current()
        # Others ask for the graph too: what is taken here belongs together.
        graph, lineage, loads = self._topology.graph, self._topology.lineage, self._topology.loads
        place, difference, known = lineage.place, lineage.since(self._place), self._picture
        assert graph is not None
        if known and (place, loads) == (self._place, self._loads):
            return known
        # Whoever made the graph be read anew may have changed what it does not hold.
        if known is None or difference is None or loads != self._loads:
            facts = await _loaded(self._database, graph)
            self._ascending = await asyncio.to_thread(_ascending, graph.keys)
        else:
            facts = await _edited(self._database, graph, known.facts, difference)
        self._place, self._loads = place, loads
        return ContinuityPicture(graph, facts, key_ranks(graph.keys, self._ascending))


async def _loaded(reader: Reader, graph: Graph) -> Facts:
    """Everything that is known of the items of a graph."""
    pages, after = [], ""
    while True:
        last, rows = await store.item_facts(reader, after, _PAGE_ITEMS)
        if last is None:
            break
        pages.append(rows)
        after = last
    edges = await store.edge_facts(reader)
    return await asyncio.to_thread(facts_of, graph, pages, edges)


async def _edited(reader: Reader, graph: Graph, known: Facts, difference: Difference) -> Facts:
    """What is known after an edit: only what it touched is read."""
    facts, gone, touched = known, difference.gone, difference.touched
    for begin in range(0, max(1, len(touched)), _KEYS_AT_ONCE):
        some = touched[begin : begin + _KEYS_AT_ONCE]
        keys = [graph.keys[number] for number in some.tolist()]
        rows = await store.item_facts_by_key(reader, keys), await store.edge_facts_by_dependent(reader, keys)
        facts = facts.edited(graph, rows, some, gone)
    return facts


def _ascending(keys: Sequence[str]) -> int:
    """How many of the first keys ascend."""
    return next((place for place, fine in enumerate(map(le, keys, islice(keys, 1, None)), 1) if not fine), len(keys))
