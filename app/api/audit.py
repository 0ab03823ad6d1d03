"""The audit over GraphQL: who changed what, or read what is sensitive."""

from datetime import datetime

import orjson
import strawberry
from strawberry.scalars import JSON

from app.api.pages import Listing, page_size
from app.api.permissions import readable_to_administrators
from app.api.relay import Connection, Edge, RequestInfo, paged
from app.audit import model, store
from app.errors import InvalidInput

_BEHIND_ALL = 2**62


@strawberry.type
class AuditEntry:
    """What a caller did. Each entry holds the hash of the one before it; `underpin audit --verify` checks them.

    `details` has `changes`, each with what differs `before` and `after`, and how many were `omitted` for their size; or
    what was `asked`.
    """

    number: int
    at: datetime
    caller: str
    role: str
    origin: str = strawberry.field(description="The address it came from, or `cli`.")
    action: str = strawberry.field(description="The GraphQL field, or the word for what a route or a command does.")
    keys: list[str] = strawberry.field(description="The first hundred of what was changed.")
    key_count: int
    keys_digest: str = strawberry.field(description="SHA-256 of all keys, each on a line.")
    details: JSON
    previous: str
    hash: str


@strawberry.input
class AuditFilter:
    """Which entries are listed; parts combine with AND. `since` counts, `until` does not."""

    caller: str | None = None
    action: str | None = None
    key: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def chosen(self) -> model.AuditFilter:
        """The filter of the store.

        Raises:
            InvalidInput: an instant has no time zone.
        """
        for name, at in (("since", self.since), ("until", self.until)):
            if at is not None and at.tzinfo is None:
                raise InvalidInput(f"{name} has no time zone; write it as {at.isoformat()}Z")
        return model.AuditFilter(self.caller, self.action, self.key, self.since, self.until)


@strawberry.type
class AuditConnection(Connection[Edge[AuditEntry]]):
    """Entries of the audit, the last one first."""


@strawberry.type
class AuditQuery:
    """Who did what."""

    @readable_to_administrators("Who changed what, or read what is sensitive; the last entry first.", noted=True)
    async def audit(
        self, info: RequestInfo, filter: AuditFilter | None = None, first: int | None = None, after: str | None = None
    ) -> AuditConnection:
        runtime = info.context.runtime
        chosen = (filter or AuditFilter()).chosen()
        size = page_size(first, runtime.settings.max_page_size)
        listing = Listing("audit", (chosen,))
        place = listing.place(after, (int,))
        before = place[0] if place and isinstance(place[0], int) else _BEHIND_ALL
        found = await store.audit_entries(runtime.database, chosen, before=before, first=size + 1)
        where, edges = paged(found, size, after, lambda one: Edge(cursor=listing.cursor(one.number), node=_entry(one)))
        return AuditConnection(
            page_info=where, edges=edges, counter=lambda: store.count_audit_entries(runtime.database, chosen)
        )


def _entry(entry: model.Entry) -> AuditEntry:
    return AuditEntry(
        number=entry.number,
        at=entry.at,
        caller=entry.caller,
        role=entry.role,
        origin=entry.origin,
        action=entry.action,
        keys=list(entry.keys),
        key_count=entry.key_count,
        keys_digest=entry.keys_digest,
        details=JSON(orjson.loads(entry.details)),
        previous=entry.previous,
        hash=entry.hash,
    )
