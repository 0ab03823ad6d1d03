"""What the windows under way cover beside their items: what is hosted on them, in the estate they are asked about."""

from collections.abc import Iterable

from app.database.client import Reader
from app.events import windows
from app.events.maintenance import MaintenanceWindow
from app.topology.graph import Graph
from app.topology.hosting import HOST_KINDS, hosted_on, possible_hosts


async def hosted_by(reader: Reader, graph: Graph, active: Iterable[MaintenanceWindow]) -> dict[str, frozenset[str]]:
    """The keys of what is hosted on the items of each window that includes it, by the window's id.

    The kinds of the hosts are those of now; the rest is the graph's.

    Raises:
        Unavailable: Neo4j did not answer.
    """
    including = [window for window in active if window.include_hosted]
    if not including:
        return {}
    asked = possible_hosts(graph, (key for window in including for key in window.keys))
    hosts = await windows.kinds_among(reader, asked, HOST_KINDS) if asked else frozenset()
    return {window.id: hosted_on(graph, window.keys, hosts) for window in including}
