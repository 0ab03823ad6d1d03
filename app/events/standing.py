"""How the estate stands by the open events: kept current by reading what has changed, never all of it."""

import asyncio
from collections.abc import Iterable, Mapping
from functools import cached_property

from app.database.client import Database
from app.events import store
from app.events.model import OpenEvent
from app.impact.actions import known_failures, propagated
from app.impact.model import Failure, Moment, worst_failure
from app.impact.propagation import Propagation
from app.impact.report import ImpactReport
from app.topology.current import Topology
from app.topology.graph import Graph


class Standing:
    """One graph and the events open on it, by id. What follows from them is worked out once, when it is asked for."""

    def __init__(self, graph: Graph, opened: Mapping[str, OpenEvent]) -> None:
        self.graph = graph
        self.opened = opened

    @cached_property
    def failures(self) -> Mapping[str, Failure]:
        """The worst that an open event says of each item."""
        return failures_of(self.opened.values())

    @cached_property
    def _own(self) -> Mapping[int, Failure]:
        return known_failures(self.graph, self.failures)

    @cached_property
    def _propagation(self) -> Propagation:
        return propagated(self.graph, self._own)

    def report(self, moment: Moment) -> ImpactReport:
        """What the open events do to the estate."""
        return ImpactReport(self._propagation, self._own, moment)


class LiveStanding:
    """The newest standing of one database. Safe to share between tasks; not between event loops."""

    def __init__(self, database: Database, topology: Topology) -> None:
        self._database = database
        self._topology = topology
        self._lock = asyncio.Lock()
        self._version = 0
        self._standing: Standing | None = None

    async def current(self) -> Standing:
        """The standing as of the last committed write and delivery.

        Raises:
            Unavailable: Neo4j did not answer.
        """
        # A caller that gives up must not abandon half a step: the next one would have to begin again.
        return await asyncio.shield(self._refreshed())

    async def _refreshed(self) -> Standing:
        async with self._lock:
            graph = await self._topology.current()
            # The version before the events: what is stored meanwhile is read again, which changes nothing.
            version = await store.event_version(self._database)
            opened = await self._opened(version)
            before = self._standing
            if before is None or before.graph is not graph or before.opened is not opened:
                self._standing = before = Standing(graph, opened)
            self._version = version
            return before

    async def _opened(self, version: int) -> Mapping[str, OpenEvent]:
        # A database that was replaced by an older one has a lower version.
        if self._standing is None or version < self._version:
            return {one.id: one for one in await store.open_events(self._database)}
        if version == self._version:
            return self._standing.opened
        changed = await store.events_changed_since(self._database, self._version)
        opened = {id: one for id, one in self._standing.opened.items() if id not in changed}
        return opened | {id: one for id, one in changed.items() if one is not None}


def failures_of(opened: Iterable[OpenEvent]) -> Mapping[str, Failure]:
    """The worst that any of these events says of each item."""
    worst: dict[str, Failure] = {}
    for one in opened:
        worst[one.key] = worst_failure((one.failure, worst.get(one.key, one.failure)))
    return worst
