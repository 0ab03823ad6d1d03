"""The estate as it was: the newest graph with every change since then undone."""

import asyncio
from datetime import datetime

from app.database.client import Database
from app.errors import InvalidInput, Unavailable
from app.history import store as history
from app.inventory import images, store
from app.inventory.model import Dependency, Item
from app.inventory.overlay import Overlaid
from app.topology.current import Topology
from app.topology.edits import edited
from app.topology.estates import Estate, edit_of

_ATTEMPTS = 5


async def as_of(database: Database, topology: Topology, at: datetime, *, most_items: int) -> Estate:
    """The estate after the last write by `at`.

    Raises:
        InvalidInput: it is longer ago than the journal tells, or more than `most_items` have changed since.
        Unavailable: Neo4j did not answer, or the graph changed whenever it was compared with its history.
    """
    for _ in range(_ATTEMPTS):
        graph = await topology.current()
        version = await _version_at(database, at)
        if version >= graph.version:
            return Estate(graph, {})
        undone = await _undone(database, version, most_items)
        if await history.graph_version(database) == graph.version:
            edit = edit_of(version, undone)
            return Estate((await asyncio.to_thread(edited, graph, edit)).graph, undone.items)
    raise Unavailable("the graph changes too fast to be compared with its history; try again in a few seconds")


async def _version_at(database: Database, at: datetime) -> int:
    span = await history.version_at(database, at)
    if span.version is not None:
        return span.version
    if span.first is None or span.first_at is None or span.first == 1:
        return 0
    raise InvalidInput(
        f"asOf is {at.isoformat()}, but the history of the graph begins at {span.first_at.isoformat()}; "
        "ask for a later instant, or keep more of it (UNDERPIN_CHANGE_RETENTION)"
    )


async def _undone(database: Database, version: int, most_items: int) -> Overlaid:
    """What was otherwise at `version`: the first image after it of everything that has changed since."""
    items: dict[str, Item] = {}
    edges: dict[str, tuple[Dependency, ...]] = {}
    absent: set[str] = set()
    recorded: dict[int, list[str]] = {}
    for later, documents in await history.images_since(database, version):
        recorded.setdefault(later, []).extend(documents)
    for change in await history.changes_since(database, version):
        found = [images.read(document) for document in recorded.get(change.version, ())]
        for image in found:
            if image.key not in absent:
                edges.setdefault(image.key, image.edges)
                if image.item is not None:
                    items.setdefault(image.key, image.item)
        # What a write touched without replacing anything was created by it.
        absent |= {*change.touched} - edges.keys()
        if len(edges) + len(absent) > most_items:
            raise InvalidInput(
                f"more than {most_items} items have changed since asOf; ask for a later instant, "
                "or raise UNDERPIN_MAX_HISTORY_ITEMS"
            )
    unchanged = await store.items_by_key(database, sorted(edges.keys() - items.keys())) if edges else {}
    return Overlaid(
        {key: images.with_edges(item, edges[key]) for key, item in (items | unchanged).items()},
        [edge for leaving in edges.values() for edge in leaving],
        frozenset(absent),
    )
