"""The GraphQL types of what Cypher finds: reach, paths, common causes, the neighbourhood of an item."""

import strawberry

from app.api.item_types import ConfigurationItem, item_of, items_of
from app.api.relay import Connection, Edge, RequestInfo
from app.impact import model as impact
from app.impact.model import Direction
from app.inventory.model import DependencyStrength, Relation

strawberry.enum(Direction)


@strawberry.type
class ReachedItem:
    """An item found by following edges; the path runs from it to the start."""

    reached: strawberry.Private[impact.ReachedItem]
    depth: int

    @strawberry.field
    async def item(self, info: RequestInfo) -> ConfigurationItem:
        return await item_of(info.context, self.reached.key)

    @strawberry.field(description="One shortest path, from this item to the start, both included.")
    async def path(self, info: RequestInfo) -> list[ConfigurationItem]:
        return await items_of(info.context, self.reached.path)


@strawberry.type
class ReachConnection(Connection[Edge[ReachedItem]]):
    """Reached items, nearest first, then by key."""


@strawberry.type
class DependencyPath:
    """A path from a dependent to a provider, both included; `length` is its number of edges."""

    keys: strawberry.Private[tuple[str, ...]]
    length: int

    @strawberry.field
    async def items(self, info: RequestInfo) -> list[ConfigurationItem]:
        return await items_of(info.context, self.keys)


@strawberry.type
class CommonCause:
    """An item on which several of the items asked about stand; `depth` is the distance of the farthest in hops."""

    cause: strawberry.Private[impact.CommonCause]
    depth: int

    @strawberry.field
    async def item(self, info: RequestInfo) -> ConfigurationItem:
        return await item_of(info.context, self.cause.key)

    @strawberry.field(description="Those of the items asked about that stand on it, itself included, by key.")
    async def dependents(self, info: RequestInfo) -> list[ConfigurationItem]:
        return await items_of(info.context, self.cause.dependents)


@strawberry.type
class CommonCauseConnection(Connection[Edge[CommonCause]]):
    """Common causes: what most of the items share first, then the nearest, then by key."""


@strawberry.type
class MapNode:
    """An item on a map, and its distance from the middle in hops."""

    key: strawberry.Private[str]
    depth: int

    @strawberry.field
    async def item(self, info: RequestInfo) -> ConfigurationItem:
        return await item_of(info.context, self.key)


@strawberry.type
class MapEdge:
    """An edge on a map, by the keys of its ends."""

    from_: str = strawberry.field(name="from")
    to: str
    relation: Relation
    strength: DependencyStrength | None


@strawberry.type
class Neighbourhood:
    """What lies around an item, for a map."""

    nodes: list[MapNode]
    edges: list[MapEdge]
    truncated: bool = strawberry.field(description="Whether there is more within the depth asked for.")
