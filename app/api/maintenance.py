"""Maintenance over GraphQL: windows listed, planned and cancelled."""

from datetime import datetime, timedelta

import strawberry

from app.api.audited import acting
from app.api.dated import last_first
from app.api.inputs import MaintenanceInput
from app.api.maintenance_types import (
    MaintenanceImport,
    MaintenanceWindow,
    MaintenanceWindowConnection,
    maintenance_import,
    maintenance_window,
)
from app.api.pages import Listing
from app.api.permissions import operates, readable
from app.api.relay import RequestInfo
from app.errors import InvalidInput
from app.events import importing, planning, windows
from app.impact.model import HealthState


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
        where, edges = await last_first(
            info,
            Listing("maintenanceWindows", (key, active_at)),
            first=first,
            after=after,
            read=lambda before, size: windows.windows(
                database, key=key, active_at=active_at, before=before, first=size
            ),
            at=lambda one: one.starts_at,
            node=maintenance_window,
        )
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
            acting(info),
            input.draft(),
            caller=info.context.caller.name,
            now=runtime.clock(),
            most_items=runtime.settings.max_maintenance_items,
            longest=timedelta(seconds=runtime.settings.max_maintenance_seconds),
        )
        await runtime.after_write()
        return maintenance_window(window)

    @operates(
        "Cancel maintenance, or end it early; a window that is over, or was cancelled before, stays as it is. With the "
        "start of an occurrence only that one is called off."
    )
    async def cancel_maintenance(
        self, info: RequestInfo, id: strawberry.ID, occurrence: datetime | None = None
    ) -> MaintenanceWindow:
        runtime = info.context.runtime
        if occurrence is None:
            window = await planning.cancel_maintenance(acting(info), id, now=runtime.clock())
        else:
            window = await planning.cancel_occurrence(acting(info), id, occurrence, now=runtime.clock())
        await runtime.after_write()
        return maintenance_window(window)

    @operates(
        "Plan what an iCalendar says, known by UID: importing it again changes nothing, a changed event is planned "
        "anew, STATUS:CANCELLED cancels. An event names its items in X-UNDERPIN-KEYS, else in brackets in its "
        "SUMMARY, else in CATEGORIES or LOCATION; those that name none are about `keys`."
    )
    async def import_maintenance_calendar(
        self,
        info: RequestInfo,
        ics: str,
        keys: list[str] | None = None,
        state: HealthState | None = HealthState.DOWN,
        include_hosted: bool = False,
        time_zone: str = "UTC",
    ) -> MaintenanceImport:
        runtime = info.context.runtime
        found = await importing.import_calendar(
            acting(info),
            ics,
            importing.CalendarOptions(tuple(keys or ()), state, include_hosted, time_zone),
            caller=info.context.caller.name,
            now=runtime.clock(),
            most_items=runtime.settings.max_maintenance_items,
            longest=timedelta(seconds=runtime.settings.max_maintenance_seconds),
        )
        await runtime.after_write()
        return maintenance_import(found)
