"""What the baselines ask of Neo4j: one wrapper for each query of `cypher/bench.cypher`."""

from collections.abc import Mapping, Sequence

from app.database.client import Reader, Transaction
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


async def write_bare_events(transaction: Transaction, rows: Sequence[Mapping[str, str]]) -> None:
    """Write events that nobody reads."""
    await transaction.rows(_QUERIES["write_bare_events"], rows=rows)
