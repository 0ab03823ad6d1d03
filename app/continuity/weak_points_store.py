"""Reads what weak points need beyond the arrays: one wrapper for each query of `cypher/weak_points.cypher`."""

from collections.abc import Sequence

import orjson

from app.database.client import Reader
from app.database.queries import load_queries

_QUERIES = load_queries("weak_points")


async def availabilities(reader: Reader, keys: Sequence[str]) -> dict[str, float]:
    """How available these items are by themselves, a fraction 0-1; what nobody said is left out."""
    rows = await reader.rows(_QUERIES["availabilities"], keys=list(keys))
    return {row["key"]: row["availability"] for row in rows}


async def criticality_weights(reader: Reader) -> dict[str, float]:
    """What business items weigh; what nobody said is left out."""
    return {row["key"]: row["weight"] for row in await reader.rows(_QUERIES["criticality_weights"])}


async def attributed_items(reader: Reader, fragment: str) -> dict[str, dict[str, object]]:
    """The attributes of the items among whose attributes, as JSON, a text occurs."""
    rows = await reader.rows(_QUERIES["attributed_items"], fragment=fragment)
    return {row["key"]: orjson.loads(row["attributes"]) for row in rows}


async def corporate_parents(reader: Reader) -> dict[str, list[str]]:
    """The parents of every third party that has any."""
    found: dict[str, list[str]] = {}
    for row in await reader.rows(_QUERIES["corporate_parents"]):
        found.setdefault(row["key"], []).append(row["parent"])
    return found
