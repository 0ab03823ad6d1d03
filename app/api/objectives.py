"""Recovery objectives over GraphQL."""

import asyncio
from collections.abc import Sequence

import strawberry

from app.api.objective_types import (
    Objectives,
    RecoveryGap,
    RecoveryGapConnection,
    objectives,
    rto_objective,
)
from app.api.pages import Listing, page_size
from app.api.permissions import readable
from app.api.relay import Edge, RequestInfo, page_info
from app.continuity.gaps import GapPlace, RecoveryGaps
from app.continuity.planning import must_exist
from app.continuity.proofs import critical_path, path_evidence
from app.continuity.verdicts import RtoVerdict


@strawberry.type
class ObjectivesQuery:
    """How long recovery takes, and how fast it has to be."""

    @readable(
        "What recovery achieves of an item, what is asked of it, and what proves both: after the loss of everything it "
        "stands on, or of what `failed` names of it, when what that strikes besides only has to restart."
    )
    async def objectives(self, info: RequestInfo, key: str, failed: list[str] | None = None) -> Objectives:
        runtime = info.context.runtime
        picture = await runtime.continuity.current()
        must_exist(picture, (key,), "key")
        must_exist(picture, failed or (), "failed")
        # A popular item is surrounded by much of the estate.
        answer = await asyncio.to_thread(picture.objectives, key, failed=failed, cycles=runtime.cycles)
        return objectives(answer, picture.graph.version)

    @readable(
        "The items of the whole estate that recover too late, the worst first. It follows the estate a moment behind; "
        "its graphVersion says which one it is of."
    )
    async def recovery_gaps(
        self, info: RequestInfo, first: int | None = None, after: str | None = None
    ) -> RecoveryGapConnection:
        runtime = info.context.runtime
        size = page_size(first, runtime.settings.max_page_size)
        listing = Listing("recoveryGaps", ())
        place = listing.place(after, (int, int, str))
        held = await runtime.recovery_gaps.newest()
        gaps = held.value
        found = gaps.page(size + 1, place)  # type: ignore[arg-type]  # the kinds of its parts were checked
        nodes = await asyncio.to_thread(_nodes, gaps, found[:size])
        edges = [Edge(cursor=listing.cursor(*at), node=node) for (at, _), node in zip(found, nodes, strict=False)]

        async def count() -> int:
            return len(gaps.places)

        return RecoveryGapConnection(
            page_info=page_info(
                [edge.cursor for edge in edges], more_after=len(found) > size, more_before=after is not None
            ),
            edges=edges,
            counter=count,
            graph_version=str(held.graph_version),
            computed_at=held.computed_at,
        )


def _nodes(gaps: RecoveryGaps, found: Sequence[tuple[GapPlace, RtoVerdict]]) -> list[RecoveryGap]:
    nodes = []
    for (_, _, key), verdict in found:
        path = critical_path(gaps.times, gaps.times.estate.graph.number[key])
        nodes.append(RecoveryGap(key=key, path=path, rto=rto_objective(verdict), evidence=path_evidence(path)))
    return nodes
