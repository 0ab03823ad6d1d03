"""How the estate stands by the open events and the maintenance under way: kept current by reading what has changed,
never all of it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from app.database.client import Database
from app.events import store, windows
from app.events.hosting import hosted_by
from app.events.maintenance import MaintenanceWindow
from app.events.model import OpenEvent
from app.events.telling import Hosted, Telling
from app.impact.live import LiveImpact, Picture, Told, live_impact
from app.impact.model import Moment
from app.impact.report import ImpactReport
from app.rounds import Together
from app.topology.current import Topology
from app.topology.graph import Graph
from app.topology.lineage import Difference, Place


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """A picture of the estate, and of each item in maintenance the window that ends last."""

    picture: Picture
    maintained: Mapping[str, MaintenanceWindow]

    @property
    def graph(self) -> Graph:
        """The estate."""
        return self.picture.graph

    def report(self, moment: Moment) -> ImpactReport:
        """What the open events and the maintenance do to the estate."""
        return self.picture.report(moment)


class LiveStanding:
    """The newest standing of one database. Safe to share between tasks; not between event loops."""

    def __init__(self, database: Database, topology: Topology, clock: Callable[[], datetime] = _utc_now) -> None:
        self._database = database
        self._topology = topology
        self._clock = clock
        self._together = Together(self._of_all)
        self._version = 0
        self._place = Place(0, 0)
        self._loads = 0
        self._telling = Telling()
        self._hosting: tuple[tuple[MaintenanceWindow, ...], int] = (), 0
        self._hosted_now: Hosted = {}
        self._live: LiveImpact | None = None
        self._standing: Standing | None = None

    async def current(self) -> Standing:
        """The standing as of the last committed write and delivery, and of now.

        Raises:
            Unavailable: Neo4j did not answer.
        """
        (standing,) = await self._together.ask([None])
        return standing

    async def _of_all(self, callers: Sequence[None]) -> list[Standing]:
        standing = await self._refreshed()
        return [standing for _ in callers]

    async def _refreshed(self) -> Standing:
        await self._topology.current()
        # Others ask for the graph too: what is taken here belongs together.
        graph, lineage = self._topology.graph, self._topology.lineage
        place, difference, loads = lineage.place, lineage.since(self._place), self._topology.loads
        assert graph is not None
        # The version before the events: what is stored meanwhile is read again, which changes nothing.
        version, now = await store.event_version(self._database, whole=self._version), self._clock()
        known = self._standing
        same = (version, place, loads) == (self._version, self._place, self._loads)
        if known is None or not same or not self._telling.lasts(now):
            live, news = await self._news(graph, loads, version, now)
            # The arrays may be written in place only if we do not look at them either.
            known = self._standing = None
            self._live = await asyncio.to_thread(_brought_up, live, graph, difference)
            await asyncio.to_thread(self._live.tell, news, version)
            self._version, self._place, self._loads = version, place, loads
            known = self._standing = Standing(self._live.picture(), self._telling.maintained)
        return known

    async def _news(
        self, graph: Graph, loads: int, version: int, now: datetime
    ) -> tuple[LiveImpact, Mapping[str, Told | None]]:
        """What is kept, and what it has not been told yet."""
        live = self._live
        # A database that was replaced by an older one has a lower version; and what made the graph be read anew, a
        # foreign writer or another database in its place, may have changed events.
        if live is None or version < self._version or loads != self._loads:
            opened, ahead = await asyncio.gather(
                store.open_events(self._database), windows.windows_ahead(self._database, now)
            )
            self._telling, live = Telling(), LiveImpact(graph)
            self._hosting, self._hosted_now = ((), 0), {}
            events: Mapping[str, OpenEvent | None] = {one.id: one for one in opened}
            return live, self._telling.news(events, ahead, now, await self._hosted(graph, ahead, now))
        if version == self._version:
            return live, self._telling.news({}, (), now, await self._hosted(graph, (), now))
        events, planned = await asyncio.gather(
            store.events_changed_since(self._database, self._version),
            windows.windows_changed_since(self._database, self._version),
        )
        return live, self._telling.news(events, planned, now, await self._hosted(graph, planned, now))

    async def _hosted(self, graph: Graph, changed: Sequence[MaintenanceWindow], now: datetime) -> Hosted:
        """What the windows under way cover as hosted, worked out again only if they or the estate are others."""
        active = self._telling.hosting(changed, now)
        if (active, graph.version) != self._hosting:
            self._hosted_now = await hosted_by(self._database, graph, active)
            self._hosting = active, graph.version
        return self._hosted_now


def _brought_up(live: LiveImpact, graph: Graph, difference: Difference | None) -> LiveImpact:
    """The same in an edited graph; without knowing the difference it is told everything anew."""
    if live.graph is graph:
        return live
    if difference is None:
        return live_impact(graph, live.picture().told)
    live.follow(graph, difference.touched, difference.gone)
    return live
