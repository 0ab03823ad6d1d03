"""The use case of the change gate: what a change would make of the estate as it is. It never writes."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.continuity.cut_sets import USUAL_ORDER
from app.continuity.gaps import late_items
from app.continuity.gate import GateReport, Side, gate
from app.continuity.overlaid import parents_under, picture_under, weights_under
from app.continuity.picture import ContinuityPicture
from app.continuity.reliance import Reliance, concentrations
from app.continuity.times import CycleRule, recovery_times
from app.database.client import Database
from app.errors import Unavailable
from app.history.store import graph_version
from app.inventory.overlay import Overlaid, Overlay, overlaid

_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class GateRules:
    """How a change is judged: what waits for each other, and how many steps go into looking for cut sets."""

    cycles: CycleRule
    most_steps: int


async def change_gate(
    database: Database,
    current: tuple[Callable[[], Awaitable[ContinuityPicture]], Callable[[], Awaitable[Reliance]]],
    overlay: Overlay,
    rules: GateRules,
    now: datetime,
) -> GateReport:
    """What an overlay would make of the weak points of the business; `current` give the estate as it is.

    Raises:
        NotFound, InvalidInput, Conflict: the overlay cannot be made (`inventory.overlay.overlaid`).
        Unavailable: Neo4j did not answer, or the graph changed whenever the overlay was compared with it.
    """
    for _ in range(_ATTEMPTS):
        picture, reliance = await current[0](), await current[1]()
        found = await overlaid(database, overlay, now)
        version = await graph_version(database)
        if version == picture.graph.version == reliance.graph.version:
            return await asyncio.to_thread(_judged, picture, reliance, found, rules)
    raise Unavailable("the graph changes too fast to compare a change with it; try again in a few seconds")


def _judged(picture: ContinuityPicture, reliance: Reliance, found: Overlaid, rules: GateRules) -> GateReport:
    after = picture_under(picture, found)
    parents, weights = parents_under(reliance.parents, found), weights_under(reliance.weights, found)
    return gate(
        _side(picture, reliance, rules),
        _side(after, Reliance(after.graph, weights, parents), rules),
        {*found.items, *found.removed, *(edge.dependent for edge in found.edges)},
        order=USUAL_ORDER,
        most_steps=rules.most_steps,
    )


def _side(picture: ContinuityPicture, reliance: Reliance, rules: GateRules) -> Side:
    late = late_items(recovery_times(picture.estate, cycles=rules.cycles))
    overruns: Mapping[str, int] = {key: -over for over, _, key in late}
    return Side(picture.graph, overruns, {basis.value: one for basis, one in concentrations(reliance).items()})
