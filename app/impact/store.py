"""Reach and paths in Neo4j: one wrapper for each query of `cypher/impact.cypher`."""

from collections.abc import Sequence

from app.database.client import Reader
from app.database.queries import Query, load_queries
from app.inventory.model import ItemType

_QUERIES = load_queries("impact")

Found = tuple[str, int]
"""An item's key and its distance in hops."""


async def dependents_of(
    reader: Reader, key: str, *, max_depth: int, types: Sequence[ItemType], after: tuple[int, str], first: int
) -> list[Found]:
    """Who needs the item, nearest first, after a depth and key."""
    return await _reached(reader, _QUERIES["dependents_of"], key, max_depth, types, after, first)


async def dependencies_of(
    reader: Reader, key: str, *, max_depth: int, types: Sequence[ItemType], after: tuple[int, str], first: int
) -> list[Found]:
    """What the item needs, nearest first, after a depth and key."""
    return await _reached(reader, _QUERIES["dependencies_of"], key, max_depth, types, after, first)


async def _reached(
    reader: Reader,
    query: Query,
    key: str,
    max_depth: int,
    types: Sequence[ItemType],
    after: tuple[int, str],
    first: int,
) -> list[Found]:
    rows = await reader.rows(
        query,
        key=key,
        max_depth=max_depth,
        labels=[kind.value for kind in types],
        after_depth=after[0],
        after_key=after[1],
        first=first,
    )
    return [(row["key"], row["depth"]) for row in rows]


async def count_dependents(reader: Reader, key: str, *, max_depth: int, types: Sequence[ItemType]) -> int:
    """How many items need the item."""
    labels = [kind.value for kind in types]
    rows = await reader.rows(_QUERIES["count_dependents"], key=key, max_depth=max_depth, labels=labels)
    return int(rows[0]["count"]) if rows else 0


async def count_dependencies(reader: Reader, key: str, *, max_depth: int, types: Sequence[ItemType]) -> int:
    """How many items the item needs."""
    labels = [kind.value for kind in types]
    rows = await reader.rows(_QUERIES["count_dependencies"], key=key, max_depth=max_depth, labels=labels)
    return int(rows[0]["count"]) if rows else 0


async def shortest_path_to_each(reader: Reader, dependents: Sequence[str], provider: str) -> dict[str, tuple[str, ...]]:
    """One shortest path from each dependent to the provider."""
    rows = await reader.rows(_QUERIES["shortest_path_to_each"], dependents=list(dependents), provider=provider)
    return {row["dependent"]: tuple(row["path"]) for row in rows}


async def shortest_path_from_each(
    reader: Reader, dependent: str, providers: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """One shortest path from the dependent to each provider, from the provider back to it."""
    rows = await reader.rows(_QUERIES["shortest_path_from_each"], dependent=dependent, providers=list(providers))
    return {row["provider"]: tuple(reversed(row["path"])) for row in rows}


async def paths_between(reader: Reader, dependent: str, provider: str, first: int) -> list[tuple[str, ...]]:
    """The shortest paths from dependent to provider, shortest first, then by key."""
    rows = await reader.rows(_QUERIES["paths_between"], dependent=dependent, provider=provider, first=first)
    return [tuple(row["path"]) for row in rows]
