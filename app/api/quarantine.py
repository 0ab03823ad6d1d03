"""Deliveries that could not be read, over GraphQL: listed, tried again, thrown away."""

from datetime import datetime

import strawberry

from app.api.audited import acting
from app.api.dated import last_first
from app.api.pages import Listing
from app.api.permissions import operates, readable_to_operators
from app.api.relay import Connection, Edge, RequestInfo
from app.errors import InvalidInput
from app.intake import store
from app.intake.model import QuarantinedDelivery as Kept
from app.intake.replaying import discard, replay

MAX_REPLAYED = 100
MAX_SHOWN = 10_000


@strawberry.type
class QuarantinedDelivery:
    """A delivery of a known sender that could not be read, or not wholly. What could be read was taken."""

    id: strawberry.ID
    source: str
    received_at: datetime
    problems: list[str]
    size_bytes: int
    body: str = strawberry.field(description="The first 10,000 characters of it; bytes that are no UTF-8 are replaced.")


@strawberry.type
class QuarantinedDeliveryConnection(Connection[Edge[QuarantinedDelivery]]):
    """Kept deliveries, newest first."""


def _delivery(kept: Kept) -> QuarantinedDelivery:
    return QuarantinedDelivery(
        id=strawberry.ID(kept.id),
        source=kept.source,
        received_at=kept.received_at,
        problems=list(kept.problems),
        size_bytes=len(kept.body),
        body=kept.body[: 4 * MAX_SHOWN].decode(errors="replace")[:MAX_SHOWN],
    )


@strawberry.type
class QuarantineQuery:
    """What could not be read."""

    @readable_to_operators("Deliveries that could not be read, newest first.", noted=True)
    async def quarantine(
        self, info: RequestInfo, first: int | None = None, after: str | None = None
    ) -> QuarantinedDeliveryConnection:
        database = info.context.runtime.database
        where, edges = await last_first(
            info,
            Listing("quarantine", ()),
            first=first,
            after=after,
            read=lambda before, size: store.quarantined(database, before=before, first=size),
            at=lambda one: one.received_at,
            node=_delivery,
        )
        return QuarantinedDeliveryConnection(
            page_info=where, edges=edges, counter=lambda: store.count_quarantined(database)
        )


@strawberry.type
class QuarantineMutation:
    """What becomes of what could not be read."""

    @operates(
        "Process kept deliveries again, in the order of their arrival, as after an update; one that still cannot be "
        "read is kept again. Returns how many were taken."
    )
    async def replay_quarantined(self, info: RequestInfo, ids: list[strawberry.ID]) -> int:
        runtime = info.context.runtime
        return await replay(acting(info), runtime.intake, _checked(ids))

    @operates("Throw kept deliveries away; how many there were.")
    async def discard_quarantined(self, info: RequestInfo, ids: list[strawberry.ID]) -> int:
        return await discard(acting(info), _checked(ids))


def _checked(ids: list[strawberry.ID]) -> list[strawberry.ID]:
    if 1 <= len(ids) <= MAX_REPLAYED:
        return ids
    raise InvalidInput(f"ids must name 1 to {MAX_REPLAYED} deliveries, not {len(ids)}; do it in parts")
