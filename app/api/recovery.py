"""Recovery plans over GraphQL."""

import asyncio
from collections.abc import Sequence

import strawberry

from app.api.permissions import readable
from app.api.recovery_types import DurationInput, RecoveryPlan, recovery_plan
from app.api.relay import RequestInfo
from app.continuity.planning import planned
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
        for name, rows in (("failed", failed), ("durations", durations)):
            if rows and len(rows) > runtime.settings.max_plan_items:
                raise InvalidInput(
                    f"{name} has {len(rows)} entries; at most {runtime.settings.max_plan_items} are taken"
                )
        asked = Assumed(tuple(keys), failed, _seconds(durations or ()), cycles=runtime.cycles)
        picture = await runtime.continuity.current()
        return recovery_plan(await asyncio.to_thread(planned, picture, asked, limits=runtime.plan_limits, teams=teams))


def _seconds(durations: Sequence[DurationInput]) -> dict[str, int]:
    found = {one.key: one.recovery_time_seconds for one in durations}
    if len(found) < len(durations):
        raise InvalidInput("durations name the same key twice; give each item one time")
    return found
