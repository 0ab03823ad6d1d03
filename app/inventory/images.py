"""Images: how an item and the edges that left it were before a write, as one JSON document. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from app.inventory.losses import bands_of, stored_bands
from app.inventory.model import Dependency, Identifier, Item, ItemType, Lifecycle, Member, Relation


@dataclass(frozen=True, slots=True)
class Image:
    """An item as it was. `item` is `None` where the write changed its edges only."""

    key: str
    item: Item | None
    edges: tuple[Dependency, ...]


def written(image: Image) -> str:
    """The document of an image. Owner and members are not in it: the edges tell them."""
    item = image.item
    document = {
        "key": image.key,
        "item": item
        and {
            "type": item.type.value,
            "name": item.name,
            "kind": item.kind,
            "lifecycle": item.lifecycle.value,
            "source": item.source,
            "revision": item.revision,
            "createdAt": item.created_at,
            "updatedAt": item.updated_at,
            "identifiers": [(one.kind, one.value) for one in item.identifiers],
            "attributes": item.attributes,
            "properties": item.properties,
            **stored_bands(item.loss_bands),
        },
        "edges": [(edge.provider, edge.relation.value, edge.source, edge.properties) for edge in image.edges],
    }
    return orjson.dumps(document).decode()


def read(text: str) -> Image:
    """The image in a document."""
    document = orjson.loads(text)
    key, item = document["key"], document["item"]
    edges = tuple(
        Dependency(key, provider, Relation(relation), source, properties)
        for provider, relation, source, properties in document["edges"]
    )
    return Image(key, with_edges(_item(key, item), edges) if item else None, edges)


def _item(key: str, values: dict[str, Any]) -> Item:
    return Item(
        key=key,
        type=ItemType(values["type"]),
        name=str(values["name"]),
        kind=values["kind"],
        lifecycle=Lifecycle(values["lifecycle"]),
        owner=None,
        source=values["source"],
        revision=values["revision"],
        created_at=datetime.fromisoformat(str(values["createdAt"])),
        updated_at=datetime.fromisoformat(str(values["updatedAt"])),
        identifiers=tuple(Identifier(kind, value) for kind, value in values["identifiers"]),
        attributes=values["attributes"],
        properties=values["properties"],
        loss_bands=bands_of(values),
    )


def with_edges(item: Item, edges: Iterable[Dependency]) -> Item:
    """The item with the owner and the members that these edges, which leave it, say."""
    leaving = tuple(edges)
    members = [edge for edge in leaving if edge.relation is Relation.HAS_MEMBER]
    return replace(
        item,
        owner=next((edge.provider for edge in leaving if edge.relation is Relation.OWNED_BY), None),
        members=tuple(sorted(Member(edge.provider, int(edge.properties.get("weight", 1))) for edge in members)),
    )
