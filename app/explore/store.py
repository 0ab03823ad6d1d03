"""What there is to explore, counted and sampled."""

from app.database.client import Reader, Row
from app.database.queries import load_queries

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


def _counts(rows: list[Row]) -> dict[str, int]:
    return {row["name"]: row["count"] for row in rows}
