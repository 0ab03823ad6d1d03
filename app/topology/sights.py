"""What each scope shows, kept current: read once, then only what the journal says has changed is judged again."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from app.auth.scope import Scope
from app.database.client import Database
from app.topology import store
from app.topology.current import Topology
from app.topology.lineage import Place
from app.topology.sight import EVERYTHING, Sight
from app.topology.store import ScopeFacts

_MOST_KEPT = 100


@dataclass(frozen=True, slots=True)
class _Known:
    """What a scope showed in one graph, and how often everything had been read by then."""

    keys: frozenset[str]
    sight: Sight
    place: Place
    loads: int


class Sights:
    """The sights of one database. Safe to share between tasks; not between event loops."""

    def __init__(self, database: Database, topology: Topology) -> None:
        self._database = database
        self._topology = topology
        self._lock = asyncio.Lock()
        self._kept: OrderedDict[Scope, _Known] = OrderedDict()

    async def of(self, scope: Scope | None) -> Sight:
        """What the scope shows, everything without one, as of the topology's newest graph or a later write.

        Raises:
            Unavailable: Neo4j did not answer.
        """
        if scope is None:
            return EVERYTHING
        async with self._lock:
            # Before reading: what is written meanwhile is read again by the next question.
            place, loads = self._topology.lineage.place, self._topology.loads
            # What fails half way is read anew.
            known = self._kept.pop(scope, None)
            keys = await self._keys(scope, known)
            sight = known.sight if known and keys is known.keys else Sight(keys)
            self._kept[scope] = _Known(keys, sight, place, loads)
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
            return sight

    async def _keys(self, scope: Scope, known: _Known | None) -> frozenset[str]:
        changed = self._changed_since(known) if known else None
        # A team that went away took along what it owned.
        if known is None or changed is None or changed & scope.teams:
            return _shown(scope, await store.items_in_scope(self._database, scope))
        if not changed:
            return known.keys
        return known.keys - changed | _shown(scope, await store.scope_facts(self._database, changed))

    def _changed_since(self, known: _Known) -> frozenset[str] | None:
        """The keys of the items that may have changed; `None` if that cannot be told."""
        graph, difference = self._topology.graph, self._topology.lineage.since(known.place)
        if graph is None or difference is None or known.loads != self._topology.loads:
            return None
        numbers = (*difference.touched.tolist(), *difference.gone.tolist())
        return frozenset(graph.keys[number] for number in numbers)


def _shown(scope: Scope, facts: list[ScopeFacts]) -> frozenset[str]:
    return frozenset(one.key for one in facts if scope.shows(one.key, one.owner, one.attributes))
