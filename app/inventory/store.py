"""Items and edges in Neo4j: one wrapper for each query of `cypher/inventory.cypher`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from app.database.client import Reader, Row, Transaction
from app.database.queries import load_queries
from app.inventory.losses import bands_of
from app.inventory.model import (
    PROPERTIES,
    Dependency,
    Identifier,
    Item,
    ItemType,
    Lifecycle,
    Member,
    Relation,
    Scalar,
)

_QUERIES = load_queries("inventory")


@dataclass(frozen=True, slots=True)
class EdgeRow:
    """An edge to write; `properties` are all it will have."""

    dependent: str
    provider: str
    relation: Relation
    properties: Mapping[str, Scalar]

    @property
    def parameters(self) -> Row:
        """The row as the queries take it."""
        return {
            "dependent": self.dependent,
            "provider": self.provider,
            "relation": self.relation.value,
            "properties": dict(self.properties),
        }


async def items_by_key(reader: Reader, keys: Sequence[str]) -> dict[str, Item]:
    """The items with these keys; a key that names nothing is left out."""
    rows = await reader.rows(_QUERIES["items_by_key"], keys=list(keys))
    return {row["item"]["key"]: _item(row) for row in rows[0]["items"]}


async def names_by_key(reader: Reader, keys: Sequence[str]) -> dict[str, str]:
    """The names of the items with these keys; a key that names nothing is left out."""
    rows = await reader.rows(_QUERIES["names_by_key"], keys=list(keys))
    return dict(rows[0]["names"])


def _item(row: Row) -> Item:
    stored = row["item"]
    return Item(
        key=stored["key"],
        type=ItemType(row["label"]),
        name=stored.get("name") or stored["key"],
        kind=stored.get("kind"),
        lifecycle=Lifecycle(stored.get("lifecycle", "LIVE")),
        owner=row["owner"],
        source=stored.get("source"),
        revision=stored.get("revision", 0),
        # As text: the driver takes a tenth of a millisecond for each datetime (measured).
        created_at=datetime.fromisoformat(stored["createdAt"]),
        updated_at=datetime.fromisoformat(stored["updatedAt"]),
        identifiers=tuple(sorted(Identifier(kind, value) for kind, value in row["identifiers"])),
        attributes=orjson.loads(stored.get("attributes") or "{}"),
        properties={name: stored[name] for name in PROPERTIES if name in stored},
        members=tuple(sorted(Member(key, weight or 1) for key, weight in row["members"])),
        loss_bands=bands_of(stored),
    )


async def existing_keys(reader: Reader, keys: Sequence[str]) -> dict[str, ItemType]:
    """The type of each of these keys that names an item."""
    rows = await reader.rows(_QUERIES["existing_keys"], keys=list(keys))
    return {key: ItemType(label) for key, label in rows[0]["labels"]}


async def edges_from(reader: Reader, keys: Sequence[str]) -> tuple[Dependency, ...]:
    """The edges that leave these items."""
    rows = await reader.rows(_QUERIES["edges_from"], keys=list(keys))
    return tuple(dependency_of_row(row) for row in rows[0]["edges"])


async def dependents_of_each(reader: Reader, keys: Sequence[str]) -> list[str]:
    """The keys of the items that have an edge to any of these."""
    rows = await reader.rows(_QUERIES["dependents_of_each"], keys=list(keys))
    return list(rows[0]["keys"])


def dependency_of_row(row: Row) -> Dependency:
    """The edge in a row with the columns dependent, provider, relation and properties."""
    properties = dict(row["properties"])
    source = properties.pop("source", None)
    return Dependency(row["dependent"], row["provider"], Relation(row["relation"]), source, properties)


async def create_items(transaction: Transaction, rows: Sequence[Row], at: datetime) -> None:
    """Create items from `{label, properties}`, all at this time."""
    await transaction.rows(_QUERIES["create_items"], rows=list(rows), at=at)


async def replace_items(transaction: Transaction, rows: Sequence[Row], at: datetime) -> None:
    """Set every property of existing items from `{key, properties}`; their time of creation stays."""
    await transaction.rows(_QUERIES["replace_items"], rows=list(rows), at=at)


async def create_edges(transaction: Transaction, rows: Sequence[EdgeRow]) -> None:
    """Create edges that do not exist yet."""
    await transaction.rows(_QUERIES["create_edges"], rows=[row.parameters for row in rows])


async def replace_edges(transaction: Transaction, rows: Sequence[EdgeRow]) -> None:
    """Set every property of existing edges."""
    await transaction.rows(_QUERIES["replace_edges"], rows=[row.parameters for row in rows])


async def delete_edges(transaction: Transaction, rows: Sequence[EdgeRow]) -> None:
    """Remove edges; one that is not there is passed over."""
    await transaction.rows(_QUERIES["delete_edges"], rows=[row.parameters for row in rows])


async def add_identifiers(transaction: Transaction, ties: Sequence[tuple[str, Identifier]], *, at: datetime) -> None:
    """Tie identifiers to the items with these keys from an instant on."""
    await transaction.rows(_QUERIES["add_identifiers"], rows=[_tie(key, one) for key, one in ties], at=at)


async def remove_identifiers(transaction: Transaction, ties: Sequence[tuple[str, Identifier]], *, at: datetime) -> None:
    """Untie identifiers from the items with these keys; that they were tied until then is remembered."""
    await transaction.rows(_QUERIES["remove_identifiers"], rows=[_tie(key, one) for key, one in ties], at=at)


async def forget_identifiers(transaction: Transaction, before: datetime, first: int) -> int:
    """Forget which items carried an identifier until before an instant; how many ties were forgotten."""
    rows = await transaction.rows(_QUERIES["forget_identifiers"], before=before, first=first)
    return int(rows[0]["count"])


def _tie(key: str, identifier: Identifier) -> Row:
    named = identifier.kind in ("fqdn", "hostname")
    short_name = identifier.value.split(".")[0] if named else None
    return {"key": key, "kind": identifier.kind, "value": identifier.value, "shortName": short_name}


async def delete_items(transaction: Transaction, keys: Sequence[str]) -> None:
    """Remove items with their edges and identifiers."""
    await transaction.rows(_QUERIES["delete_items"], keys=list(keys))
