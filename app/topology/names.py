"""Names of items, which the arrays do not hold: each is read once for a version of the graph."""

from collections.abc import Collection, Mapping

from app.database.client import Database
from app.inventory.store import names_by_key
from app.topology.current import Topology


class Names:
    """The names of one database's items. Safe to share between tasks; not between event loops."""

    def __init__(self, database: Database, topology: Topology) -> None:
        self._database = database
        self._topology = topology
        self._known: dict[str, str] = {}
        self._of: object = None

    async def of(self, keys: Collection[str]) -> Mapping[str, str]:
        """At least the names of these items, as of the topology's newest graph; an item that is gone has none.

        Raises:
            Unavailable: Neo4j did not answer.
        """
        newest = self._topology.lineage.place, self._topology.loads
        if newest != self._of:
            self._of, self._known = newest, {}
        # Meanwhile the graph may change; then what is read now belongs to the names that are left behind.
        known = self._known
        if missing := keys - known.keys():
            known |= await names_by_key(self._database, sorted(missing))
        return known
