"""The open events of items, asked for together."""

import asyncio
from collections.abc import Sequence

from app.api.context import Context
from app.api.dated import Before, last_first
from app.api.event_types import EventConnection, event
from app.api.pages import Listing
from app.api.relay import RequestInfo
from app.events import store
from app.events.model import Event

_Page = tuple[str, Before, int]


async def open_events(info: RequestInfo, key: str, *, first: int | None, after: str | None) -> EventConnection:
    """A page of the open events about an item, newest first.

    Raises:
        InvalidInput: as `last_first`.
    """
    context = info.context
    where, edges = await last_first(
        info,
        Listing("events of an item", (key,)),
        first=first,
        after=after,
        read=lambda before, size: context.load(_events_of_each, (key, before, size)),
        at=lambda one: one.received_at,
        node=event,
    )
    return EventConnection(page_info=where, edges=edges, counter=lambda: context.load(_counts_of_each, key))


async def _events_of_each(context: Context, pages: Sequence[_Page]) -> list[list[Event]]:
    """The events of each page: one statement for all items that ask for the same page."""
    asked: dict[tuple[Before, int], list[str]] = {}
    for key, before, size in pages:
        asked.setdefault((before, size), []).append(key)
    database = context.runtime.database
    found = await asyncio.gather(
        *(
            store.open_events_of_each(database, keys, before=before, first=size)
            for (before, size), keys in asked.items()
        )
    )
    answers = dict(zip(asked, found, strict=True))
    return [answers[before, size].get(key, []) for key, before, size in pages]


async def _counts_of_each(context: Context, keys: Sequence[str]) -> list[int]:
    found = await store.count_open_events_of_each(context.runtime.database, keys)
    return [found.get(key, 0) for key in keys]
