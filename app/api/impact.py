"""Impact over GraphQL: what-if, the current state, and both as of an instant."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import strawberry

from app.api.impact_types import ImpactReport, impact_report
from app.api.inputs import FailureInput, OverlayInput
from app.api.permissions import readable
from app.api.relay import RequestInfo
from app.errors import InvalidInput
from app.events.actions import past_impact
from app.impact import actions
from app.impact.model import Failure
from app.topology.estates import Estate
from app.topology.overlays import under_overlay


@strawberry.type
class ImpactQuery:
    """Who is hurt."""

    @readable(
        "What these failures would do in the estate as it is, as it was at `asOf`, or under an overlay; "
        "nothing is written."
    )
    async def impact(
        self,
        info: RequestInfo,
        failures: list[FailureInput],
        overlay: OverlayInput | None = None,
        as_of: datetime | None = None,
    ) -> ImpactReport:
        runtime = info.context.runtime
        named = _named(failures, runtime.settings.max_failures)
        if overlay and as_of:
            raise InvalidInput("an overlay lies on the estate as it is; leave out overlay or asOf")
        moment, sight = runtime.moment(as_of), await info.context.sight()
        if overlay or as_of:
            info.context.caller.require_everything("an estate that is not the present one")
        if as_of:
            estate = await runtime.estate_at(as_of)
        elif overlay:
            edit = overlay.overlay(runtime.settings.max_overlay_rows)
            estate = await under_overlay(runtime.database, runtime.topology, edit, moment.at)
        else:
            estate = Estate(await info.context.graph(), {})
        return impact_report(actions.assess(estate.graph, named, moment, sight), estate.items)

    @readable("What the open events do to the estate, or what those that were open at `asOf` did to it then.")
    async def current_impact(self, info: RequestInfo, as_of: datetime | None = None) -> ImpactReport:
        if as_of is None:
            return impact_report(await info.context.current_impact())
        runtime = info.context.runtime
        info.context.caller.require_everything("an estate that is not the present one")
        estate = await runtime.estate_at(as_of)
        report = await past_impact(runtime.database, estate.graph, runtime.moment(as_of))
        return impact_report(report, estate.items)


def _named(failures: Sequence[FailureInput], most: int) -> Mapping[str, Failure]:
    if not 1 <= len(failures) <= most:
        raise InvalidInput(f"failures must name 1 to {most} items, not {len(failures)}")
    named = {one.key: one.failure() for one in failures}
    if len(named) < len(failures):
        raise InvalidInput("failures name the same key twice; give each item one state")
    return named
