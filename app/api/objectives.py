"""Recovery objectives over GraphQL."""

import asyncio

import strawberry

from app.api.objective_types import (
    Objectives,
    RecoveryGap,
    RecoveryGapConnection,
    objectives,
    rpo_objective,
    rto_objective,
)
from app.api.pages import Listing, page_size
from app.api.permissions import readable
from app.api.relay import Edge, RequestInfo, counter_of, paged
from app.continuity.gaps import GapKind, GapPlace, RecoveryGaps
from app.continuity.planning import must_exist
from app.continuity.proofs import critical_path, path_evidence
from app.continuity.verdicts import rpo_verdict, rto_verdict


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
        "The items of the whole estate that recover too late, or lose too much of their data, the worst first. It "
        "follows the estate a moment behind; its graphVersion says which one it is of."
    )
    async def recovery_gaps(
        self, info: RequestInfo, kind: GapKind = GapKind.RTO, first: int | None = None, after: str | None = None
    ) -> RecoveryGapConnection:
        runtime = info.context.runtime
        size = page_size(first, runtime.settings.max_page_size)
        listing = Listing("recoveryGaps", (kind.value,))
        place = listing.place(after, (int, int, str))
        held = await runtime.recovery_gaps.newest()
        gaps = held.value
        found = gaps.page(kind, size + 1, place)  # type: ignore[arg-type]  # the kinds of its parts were checked

        def edge(place: GapPlace) -> Edge[RecoveryGap]:
            return Edge(cursor=listing.cursor(*place), node=_gap(gaps, place[2], kind))

        where, edges = await asyncio.to_thread(paged, found, size, after, edge)
        return RecoveryGapConnection(
            page_info=where,
            edges=edges,
            counter=counter_of(gaps.places[kind]),
            graph_version=str(held.graph_version),
            computed_at=held.computed_at,
        )


def _gap(gaps: RecoveryGaps, key: str, kind: GapKind) -> RecoveryGap:
    number = gaps.times.estate.graph.number[key]
    path, loss = critical_path(gaps.times, number), kind.loss_kind
    return RecoveryGap(
        key=key,
        path=path,
        rto=rto_objective(rto_verdict(gaps.times, number)),
        rpo=rpo_objective(rpo_verdict(gaps.data, gaps.data.graph.number[key], loss)) if loss else None,
        evidence=path_evidence(path),
    )
