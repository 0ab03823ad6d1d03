"""The journal and the graph version in Neo4j: one wrapper for each query of `cypher/history.cypher`."""

from collections.abc import Sequence
from datetime import datetime

from app.database.client import Database, Reader, Transaction
from app.database.instants import utc_or_none
from app.database.queries import load_queries
from app.history.model import Change, Position, Span

_QUERIES = load_queries("history")
_IMAGES_IN_A_NODE = 1_000


async def graph_version(database: Database) -> int:
    """The version of the graph, 0 before the first write."""
    newest = await database.newest(_QUERIES["graph_version"])
    return int(newest.rows[0]["version"])


async def graph_position(database: Database) -> Position:
    """Where the writes stand, ours and everyone's."""
    newest = await database.newest(_QUERIES["graph_position"])
    (row,) = newest.rows
    told = newest.commit
    return Position(row["version"], row["mark"], row["writes"], *((told.database, told.number) if told else ()))


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


async def record_images(transaction: Transaction, version: int, images: Sequence[str]) -> None:
    """Keep what this version replaced."""
    for start in range(0, len(images), _IMAGES_IN_A_NODE):
        batch = list(images[start : start + _IMAGES_IN_A_NODE])
        await transaction.rows(_QUERIES["record_images"], version=version, images=batch)


async def images_since(reader: Reader, version: int) -> list[tuple[int, list[str]]]:
    """What the versions after `version` replaced, with the version, oldest first."""
    rows = await reader.rows(_QUERIES["images_since"], version=version)
    return [(row["version"], row["images"]) for row in rows]


async def version_at(reader: Reader, at: datetime) -> Span:
    """How far back the journal goes, and the last version written by `at`."""
    (row,) = await reader.rows(_QUERIES["version_at"], at=at)
    first_at = utc_or_none(row["first_at"])
    return Span(row["version"], row["first"], first_at)


async def changes_since(database: Database, version: int) -> tuple[Change, ...]:
    """The journal after `version`, oldest first."""
    newest = await database.newest(_QUERIES["changes_since"], version=version)
    return tuple(
        Change(row["version"], tuple(row["touched"]), tuple(row["removed"]), row["mark"], row["follows"])
        for row in newest.rows
    )


async def forget_changes(transaction: Transaction, version: int) -> None:
    """Drop the journal, and what it replaced, up to and including `version`."""
    await transaction.rows(_QUERIES["forget_changes"], version=version)
