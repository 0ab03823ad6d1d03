"""What a GraphQL request knows: the running service, the caller, and one batch loader for each access path."""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Any, TypeVar

from strawberry.dataloader import DataLoader
from strawberry.fastapi import BaseContext

from app.auth.model import Caller
from app.errors import NotFound
from app.events import actions as events
from app.impact.actions import UNKNOWN_KEY
from app.impact.report import ImpactReport
from app.inventory import browsing, store
from app.inventory.browsing import Neighbours
from app.inventory.model import Dependency, Item
from app.runtime import Runtime
from app.topology.graph import Graph

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Batch = Callable[["Context", Sequence[K]], Awaitable[list[V]]]
"""Answers many keys at once, in their order."""


class Context(BaseContext):
    """One request."""

    def __init__(self, runtime: Runtime, caller: Caller) -> None:
        super().__init__()
        self.runtime = runtime
        self.caller = caller
        self._loaders: dict[object, DataLoader[Any, Any]] = {}

    async def load(self, batch: Batch[K, V], key: K) -> V:
        """The value for `key`; the keys asked for in one tick share one call of `batch`."""
        loader = self._loaders.get(batch)
        if loader is None:
            loader = self._loaders[batch] = DataLoader(load_fn=lambda keys: batch(self, keys))
        value: V = await loader.load(key)
        return value

    async def item(self, key: str) -> Item:
        """An item that must be there.

        Raises:
            NotFound: it was removed while the answer was being put together, or never was.
        """
        found = await self.load(items_by_key, key)
        if found is None:
            raise NotFound(UNKNOWN_KEY.format(key=key))
        return found

    async def graph(self) -> Graph:
        """The graph this request sees; one version for the whole request."""
        return await self.load(_graphs, "current")

    async def current_impact(self) -> ImpactReport:
        """The impact of the open events, once for the whole request."""
        return await self.load(_current_impacts, "current")


async def items_by_key(context: Context, keys: Sequence[str]) -> list[Item | None]:
    """The items with these keys."""
    found = await store.items_by_key(context.runtime.database, keys)
    return [found.get(key) for key in keys]


async def _graphs(context: Context, keys: Sequence[str]) -> list[Graph]:
    graph = await context.runtime.topology.current()
    return [graph for _ in keys]


async def _current_impacts(context: Context, keys: Sequence[str]) -> list[ImpactReport]:
    report = await events.current_impact(context.runtime.database, await context.graph())
    return [report for _ in keys]


NeighbourKey = tuple[str, Neighbours]


async def dependencies_of_each(context: Context, keys: Sequence[NeighbourKey]) -> list[tuple[Dependency, ...]]:
    """A page of the edges that leave each item."""
    return await _each(context, keys, browsing.dependencies_of_each, ())


async def dependents_of_each(context: Context, keys: Sequence[NeighbourKey]) -> list[tuple[Dependency, ...]]:
    """A page of the edges that arrive at each item."""
    return await _each(context, keys, browsing.dependents_of_each, ())


async def count_dependencies(context: Context, keys: Sequence[NeighbourKey]) -> list[int]:
    """How many edges leave each item."""
    return await _each(context, keys, browsing.count_dependencies_of_each, 0)


async def count_dependents(context: Context, keys: Sequence[NeighbourKey]) -> list[int]:
    """How many edges arrive at each item."""
    return await _each(context, keys, browsing.count_dependents_of_each, 0)


async def _each(
    context: Context,
    keys: Sequence[NeighbourKey],
    read: Callable[[Any, Sequence[str], Neighbours], Awaitable[dict[str, V]]],
    nothing: V,
) -> list[V]:
    """Answer all items that ask for the same page with one query."""
    asked: dict[Neighbours, list[str]] = {}
    for key, shown in keys:
        asked.setdefault(shown, []).append(key)
    answers = {shown: await read(context.runtime.database, items, shown) for shown, items in asked.items()}
    return [answers[shown].get(key, nothing) for key, shown in keys]
