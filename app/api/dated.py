"""Lists whose entries have an instant and an id, the last ones first: one page of them, whatever they are."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from app.api.pages import Listing, page_size
from app.api.relay import Edge, PageInfo, RequestInfo, paged

N = TypeVar("N")
Before = tuple[datetime, str] | None
"""The instant and id before which a page begins; `None` for the first page."""


class Identified(Protocol):
    """An entry that is known by its id."""

    @property
    def id(self) -> str:
        """Its id."""
        ...


R = TypeVar("R", bound=Identified)


async def last_first(
    info: RequestInfo,
    listing: Listing,
    *,
    first: int | None,
    after: str | None,
    read: Callable[[Before, int], Awaitable[Sequence[R]]],
    at: Callable[[R], datetime],
    node: Callable[[R], N],
) -> tuple[PageInfo, list[Edge[N]]]:
    """A page: `read` gives so many entries before a place, `at` the instant of one, `node` its GraphQL type.

    Raises:
        InvalidInput: `first` is out of bounds, or `after` is no cursor of this list.
    """
    size = page_size(first, info.context.runtime.settings.max_page_size)
    place = listing.place(after, (datetime, str))
    before = (place[0], str(place[1])) if place and isinstance(place[0], datetime) else None
    found = await read(before, size + 1)
    return paged(found, size, after, lambda one: Edge(cursor=listing.cursor(at(one), one.id), node=node(one)))
