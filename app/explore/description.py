"""A description of the model as it is in this graph: labels and types with counts, properties and examples."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from app.database.client import Reader, Row
from app.explore import store

_SAMPLE = 100


@dataclass(frozen=True, slots=True)
class PropertyDescription:
    """A property as it was seen; `types` are Neo4j's, the example is text and may be missing."""

    name: str
    types: tuple[str, ...]
    example: str | None


@dataclass(frozen=True, slots=True)
class LabelDescription:
    """A label, how many nodes have it, and the properties of a sample of them."""

    name: str
    count: int
    properties: tuple[PropertyDescription, ...]


@dataclass(frozen=True, slots=True)
class TypeDescription:
    """A type of relationship; `between` holds patterns such as `(:ITService)-[:DEPENDS_ON]->(:Component)`."""

    name: str
    count: int
    properties: tuple[str, ...]
    between: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelDescription:
    """Everything that can be explored; what does not occur has the count 0."""

    labels: tuple[LabelDescription, ...]
    types: tuple[TypeDescription, ...]


async def described(reader: Reader) -> ModelDescription:
    """The model as it is in this graph; properties and patterns are those of a sample, not of every node."""
    labels, types, label_rows, type_rows = await asyncio.gather(
        store.count_labels(reader),
        store.count_types(reader),
        store.sample_labels(reader, _SAMPLE),
        store.sample_types(reader, _SAMPLE),
    )
    return ModelDescription(
        tuple(LabelDescription(name, count, _properties(_of(name, label_rows))) for name, count in labels.items()),
        tuple(_type(name, count, _of(name, type_rows)) for name, count in types.items()),
    )


def _of(name: str, rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row["name"] == name]


def _properties(rows: Sequence[Row]) -> tuple[PropertyDescription, ...]:
    return tuple(
        PropertyDescription(
            row["property"], tuple(sorted({one.removesuffix(" NOT NULL") for one in row["types"]})), row["example"]
        )
        for row in rows
    )


def _type(name: str, count: int, rows: Sequence[Row]) -> TypeDescription:
    properties = sorted({one for row in rows for one in row["properties"]})
    between = [f"(:{row['dependent']})-[:{name}]->(:{row['provider']})" for row in rows]
    return TypeDescription(name, count, tuple(properties), tuple(between))
