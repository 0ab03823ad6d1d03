"""Reads everything for export: one wrapper for each query of `cypher/exchange.cypher`."""

from app.database.client import Reader, Row
from app.database.queries import load_queries
from app.exchange.model import StoredEdge, StoredItem
from app.inventory.model import Identifier, ItemType, Relation

_QUERIES = load_queries("exchange")


async def export_page(reader: Reader, after: str, first: int) -> tuple[StoredItem, ...]:
    """The next `first` items whose key comes after `after`, in key order; start with the empty text."""
    rows = await reader.rows(_QUERIES["export_page"], after=after, first=first)
    return tuple(_stored_item(row) for row in rows)


def _stored_item(row: Row) -> StoredItem:
    edges = (StoredEdge(Relation(relation), provider, carried) for relation, provider, carried in row["edges"])
    return StoredItem(
        key=row["item"]["key"],
        type=ItemType(row["label"]),
        properties=row["item"],
        identifiers=tuple(sorted(Identifier(kind, value) for kind, value in row["identifiers"])),
        edges=tuple(sorted(edges, key=lambda edge: (edge.relation.value, edge.provider))),
    )
