"""Maintenance over GraphQL: windows listed, planned and cancelled."""

from datetime import datetime, timedelta

import strawberry

from app.api.inputs import MaintenanceInput
from app.api.maintenance_types import MaintenanceWindow, MaintenanceWindowConnection, maintenance_window
from app.api.pages import Listing, page_size
from app.api.permissions import operates, readable
from app.api.relay import Edge, RequestInfo, page_info
from app.errors import InvalidInput
from app.events import planning, windows


@strawberry.type
class MaintenanceQuery:
    """What is meant to be out."""

    @readable("Maintenance windows, those that start last first; cancelled ones and those that are over too.")
    async def maintenance_windows(
        self,
        info: RequestInfo,
        key: str | None = None,
        active_at: datetime | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> MaintenanceWindowConnection:
        if active_at is not None and active_at.tzinfo is None:
            raise InvalidInput(f"activeAt has no time zone; write it as {active_at.isoformat()}Z")
        database = info.context.runtime.database
        size = page_size(first, info.context.runtime.settings.max_page_size)
        listing = Listing("maintenanceWindows", (key, active_at))
        place = listing.place(after, (datetime, str))
        before = (place[0], str(place[1])) if place and isinstance(place[0], datetime) else None
        found = await windows.windows(database, key=key, active_at=active_at, before=before, first=size + 1)
        edges: list[Edge[MaintenanceWindow]] = [
            Edge(cursor=listing.cursor(one.starts_at, one.id), node=maintenance_window(one)) for one in found[:size]
        ]
        where = page_info([e.cursor for e in edges], more_after=len(found) > size, more_before=after is not None)
        return MaintenanceWindowConnection(
            page_info=where,
            edges=edges,
            counter=lambda: windows.count_windows(database, key=key, active_at=active_at),
        )


@strawberry.type
class MaintenanceMutation:
    """Planning what is meant to be out."""

    @operates(
        "Plan maintenance: from its start to its end the items have its state, planned, and their open events say "
        "nothing. Planning again plans another window."
    )
    async def plan_maintenance(self, info: RequestInfo, input: MaintenanceInput) -> MaintenanceWindow:
        runtime = info.context.runtime
        window = await planning.plan_maintenance(
            runtime.database,
            input.draft(),
            caller=info.context.caller.name,
            now=runtime.clock(),
            most_items=runtime.settings.max_maintenance_items,
            longest=timedelta(seconds=runtime.settings.max_maintenance_seconds),
        )
        await runtime.after_write()
        return maintenance_window(window)

    @operates("Cancel maintenance, or end it early; a window that is over, or was cancelled before, stays as it is.")
    async def cancel_maintenance(self, info: RequestInfo, id: strawberry.ID) -> MaintenanceWindow:
        runtime = info.context.runtime
        window = await planning.cancel_maintenance(runtime.database, id, now=runtime.clock())
        await runtime.after_write()
        return maintenance_window(window)
