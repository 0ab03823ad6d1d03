"""What Cypher finds over GraphQL: reach, paths, common causes, the neighbourhood of an item."""

import asyncio
from typing import Annotated

import strawberry

from app.api.context import items_by_key
from app.api.explore_types import (
    CommonCause,
    CommonCauseConnection,
    DependencyPath,
    MapEdge,
    MapNode,
    Neighbourhood,
    ReachConnection,
    ReachedItem,
)
from app.api.pages import Listing, page_size
from app.api.permissions import readable
from app.api.relay import Edge, RequestInfo, paged
from app.errors import InvalidInput, NotFound
from app.impact import actions, store
from app.impact.model import Direction
from app.inventory.model import ItemType


@strawberry.type
class ExploreQuery:
    """What needs what."""

    @readable("Every item that needs an item, or that it needs, directly or not, nearest first.")
    async def reach(
        self,
        info: RequestInfo,
        key: str,
        direction: Direction,
        max_depth: int | None = None,
        types: list[ItemType] | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> ReachConnection:
        settings, database = info.context.runtime.settings, info.context.runtime.database
        size = page_size(first, settings.max_page_size)
        depth = settings.max_depth_hops if max_depth is None else max_depth
        if not 1 <= depth <= settings.max_depth_hops:
            raise InvalidInput(f"maxDepth must be from 1 to {settings.max_depth_hops}, not {depth}")
        await _must_exist(info, key)
        sight = await info.context.sight()
        kinds = tuple(sorted(types or (), key=lambda one: one.value))
        listing = Listing("reach", (key, direction, depth, kinds))
        place = listing.place(after, (int, str)) or (0, "")
        found = await actions.reach(
            database,
            key,
            direction,
            max_depth=depth,
            types=kinds,
            after=(int(str(place[0])), str(place[1])),
            first=size + 1,
            sight=sight,
        )
        where, edges = paged(
            found,
            size,
            after,
            lambda one: Edge(cursor=listing.cursor(one.depth, one.key), node=ReachedItem(reached=one, depth=one.depth)),
        )
        return ReachConnection(
            page_info=where,
            edges=edges,
            counter=lambda: actions.count_reached(database, key, direction, max_depth=depth, types=kinds, sight=sight),
        )

    @readable("The shortest paths from a dependent to a provider, shortest first, then by key.")
    async def paths(
        self,
        info: RequestInfo,
        from_: Annotated[str, strawberry.argument(name="from")],
        to: str,
        limit: int | None = None,
    ) -> list[DependencyPath]:
        most = info.context.runtime.settings.max_paths
        count = min(10, most) if limit is None else limit
        if not 1 <= count <= most:
            raise InvalidInput(f"limit must be from 1 to {most}, not {count}")
        await _must_exist(info, from_)
        await _must_exist(info, to)
        sight = await info.context.sight()
        found = await actions.paths(info.context.runtime.database, from_, to, count, sight)
        return [DependencyPath(keys=path.keys, length=path.length) for path in found]

    @readable("What several items stand on together: what most of them share first, then the nearest.")
    async def common_causes(
        self,
        info: RequestInfo,
        keys: list[str],
        at_least: int | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> CommonCauseConnection:
        settings, database = info.context.runtime.settings, info.context.runtime.database
        size, wanted = page_size(first, settings.max_page_size), sorted(set(keys))
        if not 2 <= len(wanted) <= settings.max_common_items:
            raise InvalidInput(f"keys must name 2 to {settings.max_common_items} items, not {len(wanted)}")
        least = len(wanted) if at_least is None else at_least
        if not 2 <= least <= len(wanted):
            raise InvalidInput(f"atLeast must be from 2 to {len(wanted)}, the number of keys, not {least}")
        await asyncio.gather(*(_must_exist(info, key) for key in wanted))
        listing = Listing("commonCauses", (wanted, least))
        place = listing.place(after, (int, int, str)) or (len(wanted) + 1, 0, "")
        start = int(str(place[0])), int(str(place[1])), str(place[2])
        found = await store.common_dependencies(database, wanted, at_least=least, after=start, first=size + 1)
        where, edges = paged(
            found,
            size,
            after,
            lambda one: Edge(
                cursor=listing.cursor(len(one.dependents), one.depth, one.key),
                node=CommonCause(cause=one, depth=one.depth),
            ),
        )
        return CommonCauseConnection(
            page_info=where,
            edges=edges,
            counter=lambda: store.count_common_dependencies(database, wanted, at_least=least),
        )

    @readable("What lies around an item, nearest first, and the edges between: what a map draws.")
    async def neighbourhood(
        self,
        info: RequestInfo,
        key: str,
        direction: Direction | None = None,
        max_depth: int = 1,
        limit: int | None = None,
    ) -> Neighbourhood:
        settings = info.context.runtime.settings
        if not 1 <= max_depth <= settings.max_depth_hops:
            raise InvalidInput(f"maxDepth must be from 1 to {settings.max_depth_hops}, not {max_depth}")
        count = min(100, settings.max_page_size) if limit is None else limit
        if not 1 <= count <= settings.max_page_size:
            raise InvalidInput(f"limit must be from 1 to {settings.max_page_size}, not {count}")
        await _must_exist(info, key)
        found = await actions.neighbourhood(
            info.context.runtime.database, key, direction, max_depth=max_depth, limit=count
        )
        return Neighbourhood(
            nodes=[MapNode(key=one, depth=depth) for one, depth in found.depths.items()],
            edges=[
                MapEdge(from_=one.dependent, to=one.provider, relation=one.relation, strength=one.strength)
                for one in found.edges
            ],
            truncated=found.truncated,
        )


async def _must_exist(info: RequestInfo, key: str) -> None:
    if await info.context.load(items_by_key, key) is None:
        raise NotFound(actions.UNKNOWN_KEY.format(key=key))
