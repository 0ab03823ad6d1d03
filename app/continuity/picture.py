"""A picture of continuity: one version of the estate with everything that recovery knows of it. Pure.

What is worked out of it is worked out when it is first asked for.
"""

from dataclasses import dataclass
from functools import cached_property

from app.continuity.data_loss import DataEstate
from app.continuity.estate import Ranks, RecoveryEstate, recovery_estate
from app.continuity.facts import Facts
from app.continuity.objectives import Objectives, objectives
from app.continuity.tiers import effective_tier
from app.continuity.times import CycleRule, recovery_times
from app.topology.graph import Graph


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

    def objectives(self, key: str, *, cycles: CycleRule) -> Objectives:
        """The objectives of an item that is there; it costs what surrounds it."""
        number = self.graph.number[key]
        times = recovery_times(self.estate.around([number]), cycles=cycles)
        tier = effective_tier(self.graph, self.rank, number)
        return objectives(times, times.estate.graph.number[key], self.data, tier)
