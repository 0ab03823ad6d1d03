"""Recovery in drawn worlds: hours and objectives beside the text that draws the graph."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from app.continuity.estate import RecoveryEstate, key_ranks
from app.continuity.facts import EdgeRows, Facts, ItemFacts, ItemRows, RecoveryEvidence, facts_of
from app.continuity.objectives import Objectives
from app.continuity.picture import ContinuityPicture
from app.continuity.times import CycleRule, RecoveryTimes, recovery_times
from tests.graphs import World, graph

HOUR = 3600
Hours = Mapping[str, float]
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Recovery:
    """A world with what is known of its recovery."""

    world: World
    facts: Facts

    @property
    def estate(self) -> RecoveryEstate:
        """The estate as it recovers."""
        return self.picture.estate

    def times(self, *, cycles: CycleRule = CycleRule.SUM) -> RecoveryTimes:
        """The times of everything."""
        return recovery_times(self.estate, cycles=cycles)

    @property
    def picture(self) -> ContinuityPicture:
        """The same with the graph as it runs."""
        return ContinuityPicture(self.world.graph, self.facts, key_ranks(self.world.graph.keys, 0))

    def objectives(self, key: str, *, failed: Collection[str] | None = None) -> Objectives:
        """The objectives of one item."""
        return self.picture.objectives(key, failed=failed, cycles=CycleRule.SUM)


def recovering(
    text: str,
    recovery: Hours | None = None,
    *,
    restart: Hours | None = None,
    added: Collection[Pair] = (),
    left_out: Collection[Pair] = (),
    data: Collection[Pair] = (),
    parts: Collection[Pair] = (),
    evidence: Mapping[str, RecoveryEvidence] | None = None,
    **columns: Hours,
) -> Recovery:
    """A drawn world, its hours of recovery, and columns of `ItemFacts` in hours: `rto_seconds={"s1": 4}`."""
    world = _with_hours(graph(text), recovery or {}, restart or {})
    return with_facts(world, added, left_out, data, evidence, columns, parts)


def with_facts(
    world: World,
    added: Collection[Pair] = (),
    left_out: Collection[Pair] = (),
    data: Collection[Pair] = (),
    evidence: Mapping[str, RecoveryEvidence] | None = None,
    columns: Mapping[str, Hours] | None = None,
    parts: Collection[Pair] = (),
) -> Recovery:
    """A world with these facts."""
    said: dict[str, Hours] = {**(columns or {}), "evidence": {k: e / HOUR for k, e in (evidence or {}).items()}}
    rows = [
        [_seconds(said.get(one.name, {}).get(vertex.key)) for one in fields(ItemFacts)] for vertex in world.vertices
    ]
    edges: Sequence[tuple[str, str, int, bool, bool]] = [
        *((*pair, 1, False, False) for pair in added),
        *((*pair, -1, False, False) for pair in left_out),
        *((*pair, 0, True, False) for pair in data),
        *((*pair, 0, False, True) for pair in parts),
    ]
    table = EdgeRows(*([edge[place] for edge in edges] for place in range(5)))  # type: ignore[arg-type]
    return Recovery(world, facts_of(world.graph, [ItemRows([one.key for one in world.vertices], rows)], table))


def _with_hours(world: World, recovery: Hours, restart: Hours) -> World:
    vertices = [
        replace(
            vertex,
            recovery_seconds=_seconds(recovery[vertex.key]) if vertex.key in recovery else None,
            restart_seconds=_seconds(restart[vertex.key]) if vertex.key in restart else None,
        )
        for vertex in world.vertices
    ]
    return World.of(vertices, world.edges)


def _seconds(hours: float | None) -> int:
    return -1 if hours is None else round(hours * HOUR)


def hours(seconds: np.ndarray[tuple[int], np.dtype[np.int64]], keys: Sequence[str]) -> dict[str, float]:
    """Seconds by key, in hours."""
    return {key: value / HOUR for key, value in zip(keys, seconds.tolist(), strict=True)}
