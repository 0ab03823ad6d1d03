"""The journal and the graph version in Neo4j: one wrapper for each query of `cypher/history.cypher`."""

from collections.abc import Sequence
from datetime import datetime

from app.database.client import Reader, Transaction
from app.database.queries import load_queries
from app.history.model import Change

_QUERIES = load_queries("history")


async def graph_version(reader: Reader) -> int:
    """The version of the graph, 0 before the first write."""
    rows = await reader.rows(_QUERIES["graph_version"])
    return int(rows[0]["version"])


async def next_graph_version(transaction: Transaction) -> int:
    """Take the next version; the first statement of every write, since it makes writers wait for each other."""
    rows = await transaction.rows(_QUERIES["next_graph_version"])
    return int(rows[0]["version"])


async def record_change(
    transaction: Transaction,
    version: int,
    *,
    at: datetime,
    caller: str,
    source: str | None,
    touched: Sequence[str],
    removed: Sequence[str],
) -> None:
    """Write the journal entry of this transaction."""
    await transaction.rows(
        _QUERIES["record_change"],
        version=version,
        at=at,
        caller=caller,
        source=source,
        touched=list(touched),
        removed=list(removed),
    )


async def changes_since(reader: Reader, version: int) -> tuple[Change, ...]:
    """The journal after `version`, oldest first."""
    rows = await reader.rows(_QUERIES["changes_since"], version=version)
    return tuple(Change(row["version"], tuple(row["touched"]), tuple(row["removed"])) for row in rows)


async def forget_changes(transaction: Transaction, version: int) -> None:
    """Drop the journal up to and including `version`."""
    await transaction.rows(_QUERIES["forget_changes"], version=version)
