"""Reach and paths in Neo4j: one wrapper for each query of `cypher/impact.cypher`.

Where `visible` is given, only the items with these keys are found and counted, on ways through any others.
"""

from collections.abc import Sequence

from app.database.client import Reader
from app.database.queries import Query, load_queries
from app.impact.model import CommonCause, MapEdge
from app.inventory.browsing import Visible
from app.inventory.model import DependencyStrength, ItemType, Relation

_QUERIES = load_queries("impact")

Found = tuple[str, int]
"""An item's key and its distance in hops."""


async def dependents_of(
    reader: Reader,
    key: str,
    *,
    max_depth: int,
    types: Sequence[ItemType],
    after: tuple[int, str],
    first: int,
    visible: Visible = None,
) -> list[Found]:
    """Who needs the item, nearest first, after a depth and key."""
    return await _reached(reader, _QUERIES["dependents_of"], key, max_depth, types, after, first, visible)


async def dependencies_of(
    reader: Reader,
    key: str,
    *,
    max_depth: int,
    types: Sequence[ItemType],
    after: tuple[int, str],
    first: int,
    visible: Visible = None,
) -> list[Found]:
    """What the item needs, nearest first, after a depth and key."""
    return await _reached(reader, _QUERIES["dependencies_of"], key, max_depth, types, after, first, visible)


async def _reached(
    reader: Reader,
    query: Query,
    key: str,
    max_depth: int,
    types: Sequence[ItemType],
    after: tuple[int, str],
    first: int,
    visible: Visible,
) -> list[Found]:
    rows = await reader.rows(
        query,
        key=key,
        max_depth=max_depth,
        labels=[kind.value for kind in types],
        visible=visible,
        after_depth=after[0],
        after_key=after[1],
        first=first,
    )
    return [(row["key"], row["depth"]) for row in rows]


async def count_dependents(
    reader: Reader, key: str, *, max_depth: int, types: Sequence[ItemType], visible: Visible = None
) -> int:
    """How many items need the item."""
    query, labels = _QUERIES["count_dependents"], [kind.value for kind in types]
    rows = await reader.rows(query, key=key, max_depth=max_depth, labels=labels, visible=visible)
    return int(rows[0]["count"]) if rows else 0


async def count_dependencies(
    reader: Reader, key: str, *, max_depth: int, types: Sequence[ItemType], visible: Visible = None
) -> int:
    """How many items the item needs."""
    query, labels = _QUERIES["count_dependencies"], [kind.value for kind in types]
    rows = await reader.rows(query, key=key, max_depth=max_depth, labels=labels, visible=visible)
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


async def common_dependencies(
    reader: Reader, keys: Sequence[str], *, at_least: int, after: tuple[int, int, str], first: int
) -> list[CommonCause]:
    """What the items stand on together, after a (shared, depth, key)."""
    rows = await reader.rows(
        _QUERIES["common_dependencies"],
        keys=list(keys),
        at_least=at_least,
        before_shared=after[0],
        after_depth=after[1],
        after_key=after[2],
        first=first,
    )
    return [CommonCause(row["key"], tuple(row["dependents"]), row["depth"]) for row in rows]


async def count_common_dependencies(reader: Reader, keys: Sequence[str], *, at_least: int) -> int:
    """How many items the items stand on together."""
    rows = await reader.rows(_QUERIES["count_common_dependencies"], keys=list(keys), at_least=at_least)
    return int(rows[0]["count"])


async def next_dependents(reader: Reader, keys: Sequence[str], known: Sequence[str], first: int) -> list[str]:
    """Who directly needs any of the items and is not known yet, by key."""
    rows = await reader.rows(_QUERIES["next_dependents"], keys=list(keys), known=list(known), first=first)
    return [row["key"] for row in rows]


async def next_dependencies(reader: Reader, keys: Sequence[str], known: Sequence[str], first: int) -> list[str]:
    """What any of the items directly needs and is not known yet, by key."""
    rows = await reader.rows(_QUERIES["next_dependencies"], keys=list(keys), known=list(known), first=first)
    return [row["key"] for row in rows]


async def edges_between(reader: Reader, keys: Sequence[str]) -> list[MapEdge]:
    """The edges between any two of the items, by dependent and provider."""
    rows = await reader.rows(_QUERIES["edges_between"], keys=list(keys))
    return [
        MapEdge(
            row["dependent"],
            row["provider"],
            Relation(row["relation"]),
            DependencyStrength(row["strength"]) if row["strength"] else None,
        )
        for row in rows
    ]
