"""What a GraphQL request knows: the running service, the caller, and one batch loader for each access path.

Threat: a caller with a scope asks for what they may not see. An item outside of it is here as if it were not there,
and not even read, so that neither the answer nor its cost tells the two apart (tests/api/test_scopes.py).
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from strawberry.dataloader import DataLoader
from strawberry.fastapi import BaseContext

from app.audit.model import Act
from app.auth.model import Caller
from app.auth.scope import Scope
from app.database.client import Reader
from app.errors import NotAuthenticated, NotFound
from app.events.actions import impacts, question_of
from app.events.model import Event
from app.events.standing import Standing
from app.impact.actions import UNKNOWN_KEY
from app.impact.judgement import Question
from app.impact.report import ImpactReport
from app.inventory import browsing, store
from app.inventory.browsing import Neighbours, Visible
from app.inventory.model import Dependency, Item
from app.runtime import Runtime
from app.topology.graph import Graph
from app.topology.sight import EVERYTHING, Sight

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Batch = Callable[["Context", Sequence[K]], Awaitable[list[V]]]
"""Answers many keys at once, in their order."""


class Context(BaseContext):
    """One request, or one websocket, whose caller may be known only when it has been opened; `admit` tells who asks by
    now, for what goes on for long."""

    def __init__(
        self, runtime: Runtime, caller: Caller | None, origin: str, admit: Callable[[], Awaitable[Caller]]
    ) -> None:
        super().__init__()
        self.runtime = runtime
        self.admitted = caller
        self.admit = admit
        self.origin = origin
        self.nodes: dict[str, Any] = {}
        """Items by key as their GraphQL type."""
        self._known: dict[str, Item | None] = {}
        self._loaders: dict[object, DataLoader[Any, Any]] = {}

    @property
    def caller(self) -> Caller:
        """Who asks.

        Raises:
            NotAuthenticated: a websocket was opened without a token.
        """
        if self.admitted is None:
            raise NotAuthenticated("this needs a token; send it in connection_init as authorization: Bearer <token>")
        return self.admitted

    def act(self, action: str) -> Act:
        """What the caller is about to do, by the name of the field."""
        return Act(self.caller, self.origin, action)

    def forget(self) -> None:
        """Begin anew, as for another request: the next answer of a subscription sees what has changed."""
        self.nodes.clear()
        self._known = {}
        self._loaders = {}

    def _loader(self, batch: Batch[K, V]) -> DataLoader[K, V]:
        loader = self._loaders.get(batch)
        if loader is None:
            loader = self._loaders[batch] = DataLoader(load_fn=lambda keys: batch(self, keys))
        return loader

    async def load(self, batch: Batch[K, V], key: K) -> V:
        """The value for `key`; the keys asked for in one tick share one call of `batch`."""
        return await self._loader(batch).load(key)

    async def item(self, key: str) -> Item:
        """An item that must be there.

        Raises:
            NotFound: it was removed while the answer was being put together, or never was.
        """
        return (await self.items([key]))[0]

    async def items(self, keys: Sequence[str]) -> list[Item]:
        """Items that must be there; they are asked for in this tick, together with what others ask for.

        Raises:
            NotFound: as `item`.
        """
        found = await self.load(_item_lists, tuple(keys))
        for key, item in zip(keys, found, strict=True):
            if item is None:
                raise NotFound(UNKNOWN_KEY.format(key=key))
        return [item for item in found if item is not None]

    async def known(self, keys: Iterable[str]) -> Mapping[str, Item | None]:
        """At least the items with these keys, each read once in a request; none for one that the caller may not see."""
        if wanted := {*keys} - self._known.keys():
            seen = sorted((await self.sight()).among(wanted))
            found = await store.items_by_key(self.runtime.database, seen) if seen else {}
            self._known |= {key: found.get(key) for key in wanted}
        return self._known

    async def sight(self) -> Sight:
        """What the caller sees of the estate, once for the whole request."""
        scope = self.caller.scope
        return EVERYTHING if scope is None else await self.load(_sights, scope)

    async def graph(self) -> Graph:
        """The graph this request sees; one version for the whole request."""
        return (await self.standing()).graph

    async def standing(self) -> Standing:
        """How the estate stands, once for the whole request."""
        return await self.load(_standings, "current")

    async def current_impact(self) -> ImpactReport:
        """The impact of the open events, once for the whole request."""
        return await self.load(_current_impacts, "current")

    async def judgement(self, event: Event) -> ImpactReport | None:
        """What an event hurts; those asked for in one tick are judged together."""
        return await self.load(_judgements, question_of(await self.standing(), event))

    async def edges(self, key: str, shown: Neighbours, *, outgoing: bool) -> tuple[Dependency, ...]:
        """A page of the edges that leave an item, or that arrive at it."""
        read = browsing.dependencies_of_each if outgoing else browsing.dependents_of_each
        return await self.load(edges_of_each, (read, key, shown)) or ()

    async def edge_count(self, key: str, shown: Neighbours, *, outgoing: bool) -> int:
        """How many edges leave an item, or arrive at it."""
        read = browsing.count_dependencies_of_each if outgoing else browsing.count_dependents_of_each
        return await self.load(edges_of_each, (read, key, shown)) or 0


async def items_by_key(context: Context, keys: Sequence[str]) -> list[Item | None]:
    """The items with these keys."""
    found = await context.known(keys)
    return [found[key] for key in keys]


async def _item_lists(context: Context, lists: Sequence[tuple[str, ...]]) -> list[list[Item | None]]:
    """The items of each of these lists: a future for each list, for one for each key costs more than the rest."""
    found = await context.known(key for keys in lists for key in keys)
    return [[found[key] for key in keys] for keys in lists]


async def _standings(context: Context, keys: Sequence[str]) -> list[Standing]:
    standing = await context.runtime.standing.current()
    return [standing for _ in keys]


async def _sights(context: Context, scopes: Sequence[Scope]) -> list[Sight]:
    await context.standing()  # brings the graph up to date
    return [await context.runtime.sights.of(scope) for scope in scopes]


async def _current_impacts(context: Context, keys: Sequence[str]) -> list[ImpactReport]:
    standing = await context.standing()
    report = standing.report(context.runtime.moment()).within(await context.sight())
    return [report for _ in keys]


async def _judgements(context: Context, questions: Sequence[Question]) -> list[ImpactReport | None]:
    sight = await context.sight()
    found = await impacts(await context.standing(), questions, context.runtime.moment())
    return [report and report.within(sight) for report in found]


List = Callable[[Reader, Sequence[str], Neighbours, Visible], Awaitable[Mapping[str, Any]]]
"""A query of `browsing` about the edges of several items."""


async def edges_of_each(context: Context, keys: Sequence[tuple[List, str, Neighbours]]) -> list[Any]:
    """What each of these queries says of an item, or `None`.

    One statement for all items that ask for the same page. The answers come back together, so that what both ends of
    the edges name is loaded in one go.
    """
    asked: dict[tuple[List, Neighbours], list[str]] = {}
    for read, key, shown in keys:
        asked.setdefault((read, shown), []).append(key)
    visible = (await context.sight()).parameter
    found = await asyncio.gather(
        *(read(context.runtime.database, items, shown, visible) for (read, shown), items in asked.items())
    )
    answers = dict(zip(asked, found, strict=True))
    return [answers[read, shown].get(key) for read, key, shown in keys]
