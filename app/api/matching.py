"""Matching over GraphQL: the rules, and the queue of events about no known item."""

from datetime import datetime

import strawberry

from app.api.audited import acting
from app.api.event_types import Event, event
from app.api.pages import Listing, page_size
from app.api.permissions import edits, operates, readable
from app.api.relay import Connection, Edge, RequestInfo, paged
from app.api.suggestions import Suggestion, suggestions_for
from app.events import directory, sorting
from app.events.match_rules import MatchRule as Rule
from app.events.match_rules import RuleKind
from app.events.model import MatchTier
from app.events.queue import QueuedGroup

strawberry.enum(RuleKind)
strawberry.enum(MatchTier)


@strawberry.type
class MatchRule:
    """Alerts that the pattern fits are about this item: hosts under a domain (`*.pay.example.com`), addresses in a
    network (`10.1.0.0/16`), or a label (`app=shop-*`). Of several that fit the most specific counts."""

    id: strawberry.ID
    kind: RuleKind
    pattern: str
    key: str
    created_by: str
    created_at: datetime | None


@strawberry.type
class QueuedEvents:
    """Open events about no known item that say the same of where they come from."""

    group: strawberry.Private[QueuedGroup]
    tier: MatchTier | None
    value: str | None
    candidates: list[str] = strawberry.field(description="The keys among which it is ambiguous; none: nothing fits.")
    count: int
    first_at: datetime
    last_at: datetime
    newest: Event

    @strawberry.field(description="Items whose names are much like the value; never taken without being accepted.")
    async def suggestions(self, info: RequestInfo) -> list[Suggestion]:
        return await suggestions_for(info.context, self.group.tier, self.group.value)


@strawberry.type
class QueuedEventsConnection(Connection[Edge[QueuedEvents]]):
    """Groups of events, the largest first."""


@strawberry.type
class MatchingQuery:
    """How alerts find their items."""

    @readable("Every match rule, oldest first.")
    async def match_rules(self, info: RequestInfo) -> list[MatchRule]:
        return [_rule(one) for one in await directory.match_rules(info.context.runtime.database)]

    @readable("Open events about no known item, grouped by what they say of where they come from, most first.")
    async def queued_events(
        self, info: RequestInfo, first: int | None = None, after: str | None = None
    ) -> QueuedEventsConnection:
        database = info.context.runtime.database
        size = page_size(first, info.context.runtime.settings.max_page_size)
        listing = Listing("queuedEvents", ())
        place = listing.place(after, (int,))
        start = place[0] if place and isinstance(place[0], int) else 0
        found = await directory.queue(database, after=start, first=size + 1)
        where, edges = paged(
            [*enumerate(found, start + 1)],
            size,
            after,
            lambda one: Edge(cursor=listing.cursor(one[0]), node=_queued(one[1])),
        )
        return QueuedEventsConnection(page_info=where, edges=edges, counter=lambda: directory.count_queue(database))


@strawberry.type
class MatchingMutation:
    """Teaching how alerts find their items."""

    @operates(
        "Store a match rule; open events that it fits and that are about no known item are matched by it at once."
    )
    async def put_match_rule(self, info: RequestInfo, kind: RuleKind, pattern: str, key: str) -> MatchRule:
        runtime, by = info.context.runtime, info.context.caller.name
        return _rule(await sorting.put_rule(acting(info), kind, pattern, key, by=by, now=runtime.clock()))

    @operates("Drop a match rule; events that were matched by it keep their items.")
    async def remove_match_rule(self, info: RequestInfo, id: strawberry.ID) -> bool:
        await sorting.remove_rule(acting(info), id)
        return True

    @edits("Make what queued events say another name of an item; how many open events found their item by it.")
    async def accept_suggestion(self, info: RequestInfo, tier: MatchTier, value: str, key: str) -> int:
        runtime, by = info.context.runtime, info.context.caller.name
        found = await sorting.accept(
            acting(info),
            tier,
            value,
            key,
            by=by,
            now=runtime.clock(),
            keep_changes=runtime.settings.change_retention,
        )
        await runtime.after_write()
        return found


def _rule(rule: Rule) -> MatchRule:
    return MatchRule(
        id=strawberry.ID(rule.id),
        kind=rule.kind,
        pattern=rule.pattern,
        key=rule.key,
        created_by=rule.created_by,
        created_at=rule.created_at,
    )


def _queued(group: QueuedGroup) -> QueuedEvents:
    return QueuedEvents(
        group=group,
        tier=group.tier,
        value=group.value,
        candidates=list(group.candidates),
        count=group.count,
        first_at=group.first_at,
        last_at=group.last_at,
        newest=event(group.event),
    )
