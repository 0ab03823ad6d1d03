"""What there is to explore, counted and sampled, and the queries that were saved."""

from datetime import datetime

import orjson

from app.database.client import Reader, Row, Transaction
from app.database.queries import load_queries
from app.explore.model import SavedQuery

_QUERIES = load_queries("explore")


async def count_labels(reader: Reader) -> dict[str, int]:
    """How many nodes there are of each label of the model."""
    return _counts(await reader.rows(_QUERIES["count_labels"]))


async def count_types(reader: Reader) -> dict[str, int]:
    """How many relationships there are of each type of the model."""
    return _counts(await reader.rows(_QUERIES["count_types"]))


async def sample_labels(reader: Reader, first: int) -> list[Row]:
    """`name, property, types, example` of up to `first` nodes of each label, by name."""
    return await reader.rows(_QUERIES["sample_labels"], first=first)


async def sample_types(reader: Reader, first: int) -> list[Row]:
    """`name, dependent, provider, properties` of up to `first` relationships of each type, by name."""
    return await reader.rows(_QUERIES["sample_types"], first=first)


async def saved_queries(reader: Reader) -> list[SavedQuery]:
    """Every saved query, by name."""
    return [_saved(row) for row in await reader.rows(_QUERIES["saved_queries"])]


async def saved_query(reader: Reader, name: str) -> SavedQuery | None:
    """One saved query."""
    rows = await reader.rows(_QUERIES["saved_query"], name=name)
    return _saved(rows[0]) if rows else None


async def save_query(transaction: Transaction, saved: SavedQuery, *, at: datetime) -> None:
    """Save a query by its name, in place of one that was saved before."""
    properties = {
        "description": saved.description,
        "query": saved.query,
        "parameters": orjson.dumps(saved.parameters).decode(),
        "owner": saved.owner,
        "savedAt": at,
    }
    await transaction.rows(_QUERIES["save_query"], name=saved.name, properties=properties)


async def remove_saved_query(transaction: Transaction, name: str) -> None:
    """Forget a saved query."""
    await transaction.rows(_QUERIES["remove_saved_query"], name=name)


def _saved(row: Row) -> SavedQuery:
    saved = row["saved"]
    parameters = orjson.loads(saved["parameters"])
    return SavedQuery(saved["name"], saved["description"], saved["query"], parameters, saved["owner"])


def _counts(rows: list[Row]) -> dict[str, int]:
    return {row["name"]: row["count"] for row in rows}
