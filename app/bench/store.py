"""What the baselines ask Neo4j: one wrapper for each query of `cypher/bench.cypher`."""

from app.database.client import Reader
from app.database.queries import load_queries

_QUERIES = load_queries("bench")


async def reached_by_expansion(reader: Reader, key: str) -> list[str]:
    """Who needs the item, itself left out unless it is on a cycle."""
    rows = await reader.rows(_QUERIES["reached_by_expansion"], key=key)
    return list(rows[0]["keys"])


async def count_edges(reader: Reader, after: str, size: int) -> tuple[str | None, int]:
    """The last key of the next bucket, `None` after the last one, and how many edges leave its items."""
    rows = await reader.rows(_QUERIES["count_edges"], after=after, size=size)
    return rows[0]["last"], int(rows[0]["edges"])
