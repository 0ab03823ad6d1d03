"""Relay's shapes: global ids, pages and the connections they belong to."""

import base64
from collections.abc import Awaitable, Callable, Sequence, Sized
from typing import Generic, Protocol, TypeVar

import strawberry
from strawberry.types import Info

from app.api.context import Context
from app.inventory import model as inventory


class Placed(Protocol):
    """An edge of any kind."""

    cursor: str


RequestInfo = Info[Context, None]
N = TypeVar("N")
E = TypeVar("E")
R = TypeVar("R")
P = TypeVar("P", bound=Placed)


@strawberry.interface
class Node:
    """Something with a global id."""

    id: strawberry.ID


def global_id(item: inventory.Item) -> strawberry.ID:
    """The Relay id of an item: type and key, opaque to callers."""
    return strawberry.ID(base64.urlsafe_b64encode(f"{item.type.value}:{item.key}".encode()).decode())


def key_of_global_id(id: str) -> tuple[str, str] | None:
    """Label and key of a Relay id, or `None` when it is not one of ours."""
    try:
        label, key = base64.urlsafe_b64decode(id.encode()).decode().split(":", 1)
    except ValueError:
        return None
    return label, key


@strawberry.type
class PageInfo:
    """Where a page stands in its list."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type
class Edge(Generic[N]):
    """One entry of a list and its place."""

    cursor: str
    node: N


@strawberry.type
class Connection(Generic[E]):
    """One page of a list."""

    page_info: PageInfo
    edges: list[E]
    counter: strawberry.Private[Callable[[], Awaitable[int]]]

    @strawberry.field(description="How many entries all pages have together.")
    async def total_count(self) -> int:
        return await self.counter()


def page_info(cursors: list[str], *, more_after: bool, more_before: bool) -> PageInfo:
    """The place of a page with these cursors."""
    first, last = (cursors[0], cursors[-1]) if cursors else (None, None)
    return PageInfo(has_next_page=more_after, has_previous_page=more_before, start_cursor=first, end_cursor=last)


def paged(found: Sequence[R], size: int, after: str | None, edge: Callable[[R], P]) -> tuple[PageInfo, list[P]]:
    """A page of at most `size` edges; that one entry more was `found` says that there is a next page."""
    edges = [edge(one) for one in found[:size]]
    cursors = [one.cursor for one in edges]
    return page_info(cursors, more_after=len(found) > size, more_before=after is not None), edges


def counter_of(found: Sized) -> Callable[[], Awaitable[int]]:
    """Counts a list that is there as a whole."""

    async def count() -> int:
        return len(found)

    return count
