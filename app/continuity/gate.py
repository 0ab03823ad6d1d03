"""The change gate: what a change would make of the weak points of the business, and whether it may pass. Pure.

It fails if an important business item gets worse: it gains more single points than it loses, fewer losses take it
DOWN, or as few but more pairs of them, it recovers later beyond what it may, or it is DOWN whatever happens. All else
that changes is told. Sets of losses are looked for only where the change touches what an item stands on.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from app.continuity.business import business_among, business_items, is_important
from app.continuity.concentration import Concentrated, Concentration
from app.continuity.cut_sets import CutSets, minimal_cut_sets
from app.continuity.single_points import single_points
from app.topology.graph import Graph
from app.topology.reaching import reach

_MANY = 1 << 30
Pairs = frozenset[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Side:
    """The estate before or after the change: by how many seconds items overrun their recovery targets, by key, and
    how the business rests on everything of each kind."""

    graph: Graph
    overruns: Mapping[str, int]
    concentrations: Mapping[str, Concentration]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a business item stands: what alone takes it DOWN besides itself, how few losses do (`None`: more than were
    looked for), by how long it recovers too late, whether it is DOWN whatever happens, and which pairs take it DOWN,
    each by key (`None`: too many to look for)."""

    single_points: frozenset[str]
    lowest_order: int | None
    overrun_seconds: int
    is_down: bool
    pairs: Pairs | None


@dataclass(frozen=True, slots=True)
class BusinessChange:
    """What a change does to one business item; `worse` are the sentences that say in what way it gets worse."""

    key: str
    is_important: bool
    before: Standing
    after: Standing
    worse: tuple[str, ...]

    @property
    def gained(self) -> tuple[str, ...]:
        """What alone takes it DOWN and did not before, by key."""
        return tuple(sorted(self.after.single_points - self.before.single_points))

    @property
    def lost(self) -> tuple[str, ...]:
        """What alone takes it DOWN no longer, by key."""
        return tuple(sorted(self.before.single_points - self.after.single_points))

    @property
    def pairs_gained(self) -> tuple[tuple[str, ...], ...]:
        """What takes it DOWN two by two and did not before, by key."""
        return _missing(self.after.pairs, self.before.pairs)

    @property
    def pairs_lost(self) -> tuple[tuple[str, ...], ...]:
        """What takes it DOWN two by two no longer, by key."""
        return _missing(self.before.pairs, self.after.pairs)


def _missing(pairs: Pairs | None, others: Pairs | None) -> tuple[tuple[str, ...], ...]:
    return () if pairs is None or others is None else tuple(sorted(pairs - others))


@dataclass(frozen=True, slots=True)
class ConcentrationChange:
    """What a change does to how much of the business one supplier or place takes DOWN; shares are fractions 0-1."""

    kind: str
    key: str
    knockout_share_before: float
    knockout_share_after: float
    dependency_share_before: float
    dependency_share_after: float


@dataclass(frozen=True, slots=True)
class GateReport:
    """What a change would do; the important business items that get worse first, then others that do, then by key."""

    graph_version: int
    changes: tuple[BusinessChange, ...]
    concentration: tuple[ConcentrationChange, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether no important business item gets worse."""
        return not any(one.is_important and one.worse for one in self.changes)


def gate(before: Side, after: Side, touched: Collection[str], *, order: int, most_steps: int) -> GateReport:
    """What changes from one side to the other; `touched` are the keys of all items that differ, and sets of up to
    `order` losses are looked for."""
    searched = _above(before.graph, touched) | _above(after.graph, touched)
    late = before.overruns.keys() | after.overruns.keys()
    searched |= {key for key in late if before.overruns.get(key) != after.overruns.get(key)}
    then, now = (_standings(side, searched, order, most_steps) for side in (before, after))
    changes = [
        BusinessChange(
            key,
            _is_important(before.graph, key) or _is_important(after.graph, key),
            then[key],
            now[key],
            _worse(then[key], now[key]),
        )
        for key in then.keys() & now.keys()
        if then[key] != now[key]
    ]
    changes.sort(key=lambda one: (not one.worse, not one.is_important, one.key))
    return GateReport(
        before.graph.version,
        tuple(changes),
        tuple(_concentration_changes(before.concentrations, after.concentrations)),
        tuple(sorted(now.keys() - then.keys())),
        tuple(sorted(then.keys() - now.keys())),
    )


def _above(graph: Graph, touched: Collection[str]) -> set[str]:
    """The business items that stand on any of these, themselves included."""
    numbers = sorted(graph.number[key] for key in touched if key in graph.number)
    reached = reach(graph.dependents, np.array(numbers, np.int32)).items
    return {graph.keys[one] for one in business_among(graph, reached).tolist()}


def _standings(side: Side, searched: Collection[str], order: int, most_steps: int) -> dict[str, Standing]:
    graph = side.graph
    business = business_items(graph)
    points = single_points(graph, business)
    found = {}
    for number, alone in zip(business.tolist(), points.of_each(business), strict=True):
        key = graph.keys[number]
        others = frozenset(graph.keys[one] for one in alone.tolist()) - {key}
        lowest, pairs = 1 if others else None, None
        if key in searched:
            cuts = minimal_cut_sets(graph, number, 2, most_steps=most_steps)
            pairs = None if cuts.truncated else frozenset(_larger(cuts))
            lowest = lowest or _lowest_order(graph, number, cuts, order, most_steps)
        found[key] = Standing(others, lowest, side.overruns.get(key, 0), bool(points.down[number]), pairs)
    return found


def _lowest_order(graph: Graph, number: int, cuts: CutSets, order: int, most_steps: int) -> int | None:
    """How many losses besides its own take an item DOWN at least, where none does alone; `cuts` are the smallest."""
    tried = 2
    while tried < order and not _larger(cuts):
        tried += 1
        cuts = minimal_cut_sets(graph, number, tried, most_steps=most_steps)
    larger = _larger(cuts)
    return len(larger[0]) if larger else None


def _larger(cuts: CutSets) -> list[tuple[str, ...]]:
    return [one for one in cuts.sets if len(one) > 1]


def _is_important(graph: Graph, key: str) -> bool:
    return bool(is_important(graph, np.array([graph.number[key]], np.int32))[0])


def _worse(before: Standing, after: Standing) -> tuple[str, ...]:
    found = []
    if after.is_down and not before.is_down:
        found.append("it is DOWN whatever happens, for a group it needs has too few members")
    gained, lost = len(after.single_points - before.single_points), len(before.single_points - after.single_points)
    more_pairs, fewer_pairs = len(_missing(after.pairs, before.pairs)), len(_missing(before.pairs, after.pairs))
    if gained > lost:
        found.append(f"it gains {_counted(gained, 'single point')} of failure and loses {lost}")
    # Where it takes one loss only, the single points have said so.
    if after.lowest_order and 1 < after.lowest_order < (before.lowest_order or _MANY):
        found.append(f"{after.lowest_order} losses take it DOWN, before it took {before.lowest_order or 'more'}")
    elif gained == lost and more_pairs > fewer_pairs:
        found.append(f"it gains {_counted(more_pairs, 'pair')} of losses that take it DOWN and loses {fewer_pairs}")
    if after.overrun_seconds > before.overrun_seconds:
        found.append(f"it recovers {after.overrun_seconds - before.overrun_seconds} s later beyond its target")
    return tuple(found)


def _counted(count: int, words: str) -> str:
    return f"{count} {words}{'' if count == 1 else 's'}"


def _concentration_changes(
    before: Mapping[str, Concentration], after: Mapping[str, Concentration]
) -> list[ConcentrationChange]:
    found = []
    for kind in before:
        then, now = ({one.name: one for one in side[kind].holdings} for side in (before, after))
        for key in then.keys() | now.keys():
            shares = [_share(side.get(key)) for side in (then, now)]
            if shares[0] != shares[1]:
                (knockout, dependency), (knockout_after, dependency_after) = shares
                found.append(ConcentrationChange(kind, key, knockout, knockout_after, dependency, dependency_after))
    return sorted(found, key=lambda one: (one.knockout_share_before - one.knockout_share_after, one.kind, one.key))


def _share(one: Concentrated | None) -> tuple[float, float]:
    return (one.knockout_share, one.dependency_share) if one else (0.0, 0.0)
