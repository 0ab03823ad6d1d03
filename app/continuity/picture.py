"""A picture of continuity: one version of the estate with everything that recovery knows of it. Pure.

What is worked out of it is worked out when it is first asked for.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from app.continuity.data_loss import DataEstate
from app.continuity.estate import Ranks, RecoveryEstate, recovery_estate
from app.continuity.facts import Facts
from app.continuity.objectives import Grounds, Objectives, objectives
from app.continuity.parts import Parts
from app.continuity.tiers import effective_tier
from app.continuity.times import CycleRule, recovery_times, times_after
from app.topology.graph import NO_SECONDS, Graph


@dataclass(frozen=True, eq=False)
class ContinuityPicture:
    """The graph as it runs, what is known of it, and the order of its items by key."""

    graph: Graph
    facts: Facts
    rank: Ranks

    @cached_property
    def estate(self) -> RecoveryEstate:
        """The estate as it recovers."""
        return recovery_estate(self.graph, self.facts, self.rank)

    @cached_property
    def data(self) -> DataEstate:
        """Who depends on whom for data."""
        return DataEstate(self.graph, self.facts, self.rank)

    @cached_property
    def _parts(self) -> Parts:
        return Parts.of(self.facts)

    def promised(self, number: int) -> list[int]:
        """What an item that has promised a recovery time has promised it for: everything that is part of it."""
        has_promised = self.facts.items.contract_rto_seconds[number] != NO_SECONDS
        return self._parts.below(number) if has_promised else []

    def objectives(self, key: str, *, failed: Collection[str] | None = None, cycles: CycleRule) -> Objectives:
        """The objectives of an item that is there, after the loss of everything or of what `failed` names; it costs
        what surrounds the item."""
        number = self.graph.number[key]
        parts = self.promised(number)
        around = self.estate.around([number, *parts])
        achieved = asked = recovery_times(around, cycles=cycles)
        if failed is not None:
            achieved = times_after(around, around.marked(failed), seconds=around.recovery_seconds, cycles=cycles)
        tier = effective_tier(self.graph, self.rank, number)
        inside = [around.graph.number[self.graph.keys[one]] for one in parts]
        return objectives(Grounds(achieved, asked, self.data, tier, inside), around.graph.number[key])
