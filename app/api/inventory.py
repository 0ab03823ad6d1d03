"""Inventory over GraphQL: items, lists, search, and the mutations that write them."""

from collections.abc import Sequence
from datetime import datetime

import strawberry

from app.api.audited import acting
from app.api.context import Context, items_by_key
from app.api.inputs import (
    DependencyInput,
    DependencyRef,
    ItemFilter,
    ItemInput,
    ItemOrder,
    OrderDirection,
    dependency_drafts,
    item_drafts,
)
from app.api.item_types import ConfigurationItem, ItemConnection, SearchHit, configuration_item
from app.api.pages import Listing, Place, page_size
from app.api.permissions import edits, readable
from app.api.relay import Edge, Node, RequestInfo, key_of_global_id, page_info
from app.errors import InvalidInput
from app.inventory import actions, browsing
from app.inventory.browsing import Filter, ItemOrderField, Rank
from app.inventory.model import DependencyDraft, ItemDraft

MAX_SEARCH_TEXT = 500
_PLACES: dict[ItemOrderField, tuple[type, ...]] = {
    ItemOrderField.KEY: (str,),
    ItemOrderField.NAME: (str, str),
    ItemOrderField.TIER: (int, str),
    ItemOrderField.UPDATED_AT: (datetime, str),
}


@strawberry.type
class Tally:
    """How many rows were new, different, or already so."""

    created: int
    changed: int
    unchanged: int


@strawberry.type
class UpsertResult:
    """What an upsert did, and the graph version it made."""

    items: Tally
    dependencies: Tally
    graph_version: str


@strawberry.type
class RemoveResult:
    """What a removal did; `missing` names what was not there."""

    removed: int
    missing: list[str]
    graph_version: str


@strawberry.type
class InventoryQuery:
    """Reading the inventory."""

    @readable("Something by its global id, or null.")
    async def node(self, info: RequestInfo, id: strawberry.ID) -> Node | None:
        return (await _nodes(info.context, [id]))[0]

    @readable("Several by their global ids, in their order.")
    async def nodes(self, info: RequestInfo, ids: list[strawberry.ID]) -> list[Node | None]:
        _check_count(len(ids), info.context.runtime.settings.max_page_size, "ids")
        return list(await _nodes(info.context, ids))

    @readable("An item by its key, or null.")
    async def item(self, info: RequestInfo, key: str) -> ConfigurationItem | None:
        found = await info.context.load(items_by_key, key)
        return configuration_item(found) if found else None

    @readable("Items, filtered and sorted.")
    async def items(
        self,
        info: RequestInfo,
        filter: ItemFilter | None = None,
        order_by: ItemOrder | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> ItemConnection:
        page = _Page(info.context, filter, order_by)
        if last is not None or before is not None:
            if first is not None or after is not None:
                raise InvalidInput("give first and after, or last and before, not both")
            return await page.backwards(last, before)
        return await page.forwards(first, after)

    @readable("Items whose key, name or identifier fits, best first; each word may be the beginning of one.")
    async def search(self, info: RequestInfo, text: str, first: int | None = None) -> list[SearchHit]:
        if len(text) > MAX_SEARCH_TEXT:
            raise InvalidInput(f"text may have at most {MAX_SEARCH_TEXT} characters, not {len(text)}")
        size = page_size(first, info.context.runtime.settings.max_page_size)
        database, visible = info.context.runtime.database, (await info.context.sight()).parameter
        if visible is None:
            hits = await browsing.search_items(database, text, size)
        else:
            hits = await browsing.search_visible_items(database, text, size, visible)
        found = await _present(info.context, [key for key, _ in hits])
        return [SearchHit(item=found[key], score=score) for key, score in hits if key in found]


async def _nodes(context: Context, ids: Sequence[str]) -> list[Node | None]:
    names = [key_of_global_id(id) for id in ids]
    found = await _present(context, [name[1] for name in names if name])
    nodes: list[Node | None] = []
    for name in names:
        item = found.get(name[1]) if name else None
        nodes.append(item if item and name and item.record.type.value == name[0] else None)
    return nodes


async def _present(context: Context, keys: Sequence[str]) -> dict[str, ConfigurationItem]:
    """Those of these items that are there, by key; one query."""
    stored = await items_by_key(context, list(dict.fromkeys(keys))) if keys else []
    return {item.key: configuration_item(item) for item in stored if item is not None}


class _Page:
    """One page of items, forwards or backwards, in either direction of the order."""

    def __init__(self, context: Context, filter: ItemFilter | None, order_by: ItemOrder | None) -> None:
        order = order_by or ItemOrder()
        self.context = context
        self.database = context.runtime.database
        self.chosen = filter.chosen() if filter else Filter()
        self.field = order.field
        self.falling = order.direction is OrderDirection.DESC
        self.listing = Listing("items", (self.chosen, self.field, self.falling))

    async def forwards(self, first: int | None, after: str | None) -> ItemConnection:
        """The `first` items after a cursor."""
        size = page_size(first, self.context.runtime.settings.max_page_size)
        found = await self._read(self.listing.place(after, _PLACES[self.field]), size + 1, rising=not self.falling)
        return await self._connection(found[:size], more_after=len(found) > size, more_before=after is not None)

    async def backwards(self, last: int | None, before: str | None) -> ItemConnection:
        """The `last` items before a cursor, in the list's order."""
        size = page_size(last, self.context.runtime.settings.max_page_size, "last")
        found = await self._read(
            self.listing.place(before, _PLACES[self.field], "before"), size + 1, rising=self.falling
        )
        page = found[:size][::-1]
        return await self._connection(page, more_after=before is not None, more_before=len(found) > size)

    async def _read(self, place: Place | None, count: int, *, rising: bool) -> list[Place]:
        """The places that follow `place`, each ending with the key."""
        visible = (await self.context.sight()).parameter
        if self.field is ItemOrderField.KEY:
            key = str(place[-1]) if place else None
            if rising:
                keys = await browsing.items_by_key_after(self.database, self.chosen, key or "", count, visible)
            else:
                keys = await browsing.items_by_key_before(self.database, self.chosen, key, count, visible)
            return [(one,) for one in keys]
        pair: tuple[Rank, str] | None = (place[0], str(place[1])) if place else None
        read = browsing.items_ranked_after if rising else browsing.items_ranked_before
        return [(rank, key) for key, rank in await read(self.database, self.field, self.chosen, pair, count, visible)]

    async def _connection(self, places: Sequence[Place], *, more_after: bool, more_before: bool) -> ItemConnection:
        found = await _present(self.context, [str(place[-1]) for place in places])
        edges: list[Edge[ConfigurationItem]] = [
            Edge(cursor=self.listing.cursor(*place), node=found[str(place[-1])])
            for place in places
            if str(place[-1]) in found
        ]
        where = page_info([edge.cursor for edge in edges], more_after=more_after, more_before=more_before)
        return ItemConnection(page_info=where, edges=edges, counter=self._count)

    async def _count(self) -> int:
        return await browsing.count_items(self.database, self.chosen, (await self.context.sight()).parameter)


@strawberry.type
class InventoryMutation:
    """Writing the inventory: each call is one transaction, or nothing."""

    @edits("Create items, or change what differs.")
    async def upsert_items(self, info: RequestInfo, items: list[ItemInput], source: str | None = None) -> UpsertResult:
        _check_count(len(items), info.context.runtime.settings.max_upsert_rows, "items")
        return await _upsert(info, item_drafts(items), (), source)

    @edits("Create dependencies, or change what differs.")
    async def upsert_dependencies(
        self, info: RequestInfo, dependencies: list[DependencyInput], source: str | None = None
    ) -> UpsertResult:
        _check_count(len(dependencies), info.context.runtime.settings.max_upsert_rows, "dependencies")
        return await _upsert(info, (), dependency_drafts(dependencies), source)

    @edits("Remove items with their dependencies.")
    async def remove_items(self, info: RequestInfo, keys: list[str]) -> RemoveResult:
        context = info.context
        _check_count(len(keys), context.runtime.settings.max_upsert_rows, "keys")
        report = await actions.remove_items(
            acting(info),
            keys,
            caller=context.caller.name,
            now=context.runtime.clock(),
            keep_changes=context.runtime.settings.change_retention,
        )
        return await _removed(context, report)

    @edits("Remove dependencies by their ends.")
    async def remove_dependencies(self, info: RequestInfo, dependencies: list[DependencyRef]) -> RemoveResult:
        context = info.context
        _check_count(len(dependencies), context.runtime.settings.max_upsert_rows, "dependencies")
        report = await actions.remove_dependencies(
            acting(info),
            [(one.from_, one.to, one.relation) for one in dependencies],
            caller=context.caller.name,
            now=context.runtime.clock(),
            keep_changes=context.runtime.settings.change_retention,
        )
        return await _removed(context, report)


def _check_count(count: int, most: int, argument: str) -> None:
    if count > most:
        raise InvalidInput(f"{argument} has {count} entries, at most {most} are taken; send them in parts")


async def _upsert(
    info: RequestInfo, items: Sequence[ItemDraft], dependencies: Sequence[DependencyDraft], source: str | None
) -> UpsertResult:
    context = info.context
    report = await actions.upsert(
        acting(info),
        items,
        dependencies,
        caller=context.caller.name,
        source=source,
        now=context.runtime.clock(),
        batch_rows=context.runtime.settings.batch_rows,
        keep_changes=context.runtime.settings.change_retention,
    )
    await context.runtime.after_write()
    return UpsertResult(
        items=Tally(created=report.items.created, changed=report.items.changed, unchanged=report.items.unchanged),
        dependencies=Tally(
            created=report.dependencies.created,
            changed=report.dependencies.changed,
            unchanged=report.dependencies.unchanged,
        ),
        graph_version=str(report.graph_version),
    )


async def _removed(context: Context, report: actions.RemoveReport) -> RemoveResult:
    await context.runtime.after_write()
    return RemoveResult(removed=report.removed, missing=list(report.missing), graph_version=str(report.graph_version))
