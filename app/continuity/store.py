"""Reads what recovery needs beyond the arrays: one wrapper for each query of `cypher/continuity.cypher`."""

from collections.abc import Sequence

from app.continuity.facts import EdgeRows, ItemRows
from app.database.client import Reader
from app.database.queries import load_queries

_QUERIES = load_queries("continuity")


async def item_facts(reader: Reader, after: str, size: int) -> tuple[str | None, ItemRows]:
    """What is known of the next `size` items in key order, and the last key of these; `None` behind the last item."""
    rows = await reader.rows(_QUERIES["item_facts"], after=after, size=size)
    return rows[0]["last"], ItemRows(rows[0]["keys"], rows[0]["facts"])


async def item_facts_by_key(reader: Reader, keys: Sequence[str]) -> ItemRows:
    """What is known of these items; a key that names nothing is left out."""
    rows = await reader.rows(_QUERIES["item_facts_by_key"], keys=list(keys))
    return ItemRows(**rows[0])


async def edge_facts(reader: Reader) -> EdgeRows:
    """The edges that count otherwise in recovery than in running, that carry data, or that make a part of a whole."""
    rows = await reader.rows(_QUERIES["edge_facts"])
    return EdgeRows(**rows[0])


async def edge_facts_by_dependent(reader: Reader, keys: Sequence[str]) -> EdgeRows:
    """The same of the edges that leave these items."""
    rows = await reader.rows(_QUERIES["edge_facts_by_dependent"], keys=list(keys))
    return EdgeRows(**rows[0])
