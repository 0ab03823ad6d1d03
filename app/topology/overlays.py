"""The estate under an overlay: the newest graph with an edit spliced in that nobody makes."""

import asyncio
from datetime import datetime

from app.database.client import Database
from app.errors import Unavailable
from app.history import store as history
from app.inventory.overlay import Overlay, overlaid
from app.topology.current import Topology
from app.topology.edits import edited
from app.topology.estates import Estate, edit_of

_ATTEMPTS = 5


async def under_overlay(database: Database, topology: Topology, overlay: Overlay, now: datetime) -> Estate:
    """The estate under an overlay.

    Raises:
        NotFound, InvalidInput, Conflict: the overlay cannot be made (`inventory.overlay.overlaid`).
        Unavailable: Neo4j did not answer, or the graph changed whenever the overlay was compared with it.
    """
    for _ in range(_ATTEMPTS):
        graph = await topology.current()
        found = await overlaid(database, overlay, now)
        if await history.graph_version(database) == graph.version:
            edit = edit_of(graph.version, found)
            return Estate((await asyncio.to_thread(edited, graph, edit)).graph, found.items)
    raise Unavailable("the graph changes too fast to lay an overlay over it; try again in a few seconds")
