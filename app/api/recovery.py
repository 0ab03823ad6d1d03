"""Recovery plans and real recoveries over GraphQL."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import strawberry

from app.api.audited import acting
from app.api.dated import last_first
from app.api.pages import Listing
from app.api.permissions import operates, readable
from app.api.recovery_types import (
    DurationInput,
    Recovery,
    RecoveryConnection,
    RecoveryPlan,
    recovery_of,
    recovery_plan,
)
from app.api.relay import RequestInfo
from app.continuity import recoveries
from app.continuity.planning import planned
from app.continuity.recovering import complete_step, start_recovery
from app.continuity.recovery import Assumed
from app.errors import InvalidInput


@strawberry.type
class RecoveryQuery:
    """How to come back."""

    @readable(
        "How to bring items up after the loss of everything they stand on, or of what `failed` names of it; what that "
        "strikes besides only has to restart. `durations` are other recovery times than the known ones; with `teams` "
        "the steps are given to so many of them."
    )
    async def recovery_plan(
        self,
        info: RequestInfo,
        keys: list[str],
        failed: list[str] | None = None,
        durations: list[DurationInput] | None = None,
        teams: int | None = None,
    ) -> RecoveryPlan:
        runtime = info.context.runtime
        asked = _asked(info, keys, failed, durations)
        picture = await runtime.continuity.current()
        return recovery_plan(await asyncio.to_thread(planned, picture, asked, limits=runtime.plan_limits, teams=teams))

    @readable("A real recovery and how it stands; null if none has this id.")
    async def recovery(self, info: RequestInfo, id: strawberry.ID) -> Recovery | None:
        found = await recoveries.recovery_by_id(info.context.runtime.database, id)
        return recovery_of(found) if found else None

    @readable("Real recoveries, those that began last first.")
    async def recoveries(
        self, info: RequestInfo, first: int | None = None, after: str | None = None
    ) -> RecoveryConnection:
        database = info.context.runtime.database
        where, edges = await last_first(
            info,
            Listing("recoveries", ()),
            first=first,
            after=after,
            read=lambda before, size: recoveries.recoveries(database, before=before, first=size),
            at=lambda one: one.started_at,
            node=recovery_of,
        )
        return RecoveryConnection(page_info=where, edges=edges, counter=lambda: recoveries.count_recoveries(database))


@strawberry.type
class RecoveryMutation:
    """Coming back for real."""

    @operates(
        "Begin a recovery of items, which counts from `startedAt`, now by default; `failed`, `durations` and `teams` "
        "as in recoveryPlan."
    )
    async def start_recovery(
        self,
        info: RequestInfo,
        keys: list[str],
        failed: list[str] | None = None,
        durations: list[DurationInput] | None = None,
        teams: int | None = None,
        started_at: datetime | None = None,
    ) -> Recovery:
        runtime = info.context.runtime
        begun = await start_recovery(
            acting(info),
            await runtime.continuity.current(),
            _asked(info, keys, failed, durations),
            limits=runtime.plan_limits,
            teams=teams,
            caller=info.context.caller.name,
            started_at=started_at,
            now=runtime.clock(),
        )
        return recovery_of(begun)

    @operates(
        "Say that a step of a recovery is done, since `doneAt`, now by default. Saying it again changes nothing; with "
        "another instant it corrects what was said."
    )
    async def complete_recovery_step(
        self, info: RequestInfo, id: strawberry.ID, key: str, done_at: datetime | None = None
    ) -> Recovery:
        runtime = info.context.runtime
        found = await complete_step(
            acting(info),
            await runtime.continuity.current(),
            id,
            key,
            cycles=runtime.cycles,
            caller=info.context.caller.name,
            done_at=done_at,
            now=runtime.clock(),
        )
        return recovery_of(found)


def _asked(
    info: RequestInfo, keys: list[str], failed: list[str] | None, durations: list[DurationInput] | None
) -> Assumed:
    runtime = info.context.runtime
    most = runtime.settings.max_plan_items
    for name, rows in (("failed", failed), ("durations", durations)):
        if rows and len(rows) > most:
            raise InvalidInput(f"{name} has {len(rows)} entries; at most {most} are taken")
    return Assumed(tuple(keys), failed, _seconds(durations or ()), cycles=runtime.cycles)


def _seconds(durations: Sequence[DurationInput]) -> dict[str, int]:
    found = {one.key: one.recovery_time_seconds for one in durations}
    if len(found) < len(durations):
        raise InvalidInput("durations name the same key twice; give each item one time")
    return found
