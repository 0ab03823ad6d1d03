"""The reference for recovery: semantics §5 word by word over dicts, and random worlds to hold the arrays against it."""

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf

from hypothesis import settings
from hypothesis import strategies as st

from app.continuity.times import CycleRule
from app.inventory.model import ItemType
from app.topology.graph import Edge, EdgeKind
from tests.continuity.brute_force import fallen
from tests.continuity.drawing import HOUR, Pair, Recovery, with_facts
from tests.graphs import World
from tests.impact.oracle import worlds

EXAMPLES = int(os.environ.get("EXAMPLES", "300"))
"""How many random worlds each law is held to; more by hand: `EXAMPLES=10000 uv run pytest tests/continuity`."""
LAW = settings(max_examples=EXAMPLES, deadline=None, derandomize=EXAMPLES == 300)
BUSINESS = (ItemType.BUSINESS_PROCESS, ItemType.BUSINESS_SERVICE)
Times = dict[str, float]


@dataclass(frozen=True)
class Drawn:
    """A random world: hours of recovery (none: unknown) and of a restart, deadlines of business items, edges that count
    otherwise."""

    world: World
    hours: Mapping[str, int | None]
    restart: Mapping[str, int]
    deadlines: Mapping[str, int]
    added: frozenset[Pair]
    left_out: frozenset[Pair]
    cycles: CycleRule = CycleRule.SUM
    struck: frozenset[str] | None = None

    @property
    def recovery(self) -> Recovery:
        """The same for the arrays."""
        columns = {"rto_seconds": {key: float(value) for key, value in self.deadlines.items()}}
        return with_facts(self.world, self.added, self.left_out, columns=columns)

    @cached_property
    def edges(self) -> list[Edge]:
        """Those that recovery waits for."""
        hard = [edge for edge in self.world.edges if edge.kind is not EdgeKind.SOFT]
        kept = [
            edge
            for edge in hard
            if edge.kind is EdgeKind.MEMBER or (edge.dependent, edge.provider) not in self.left_out
        ]
        return kept + [Edge(one, other, EdgeKind.HARD) for one, other in sorted(self.added)]

    @cached_property
    def reached(self) -> Mapping[str, set[str]]:
        """Of each item what it waits for, directly or not, and itself."""
        found = {vertex.key: {vertex.key} for vertex in self.world.vertices}
        for _ in found:
            for edge in self.edges:
                found[edge.dependent] |= found[edge.provider]
        return found

    def together(self, key: str) -> set[str]:
        """The items that wait for each other with this one, itself included."""
        return {other for other in self.reached[key] if key in self.reached[other]}

    def own(self, key: str, unknown: float) -> float:
        """What an item takes, with those it waits for in a circle."""
        return self.combined(unknown if (hours := self.hours[one]) is None else hours for one in self.together(key))

    def combined(self, hours: Iterable[float]) -> float:
        """What items take together that wait for each other."""
        return max(hours) if self.cycles is CycleRule.MAX else sum(hours)

    def after(self, failed: Collection[str]) -> "Drawn":
        """The same where these failed: what else is struck only restarts, and the rest is up all the time."""
        struck = fallen(World.of(self.world.vertices, self.edges), failed)
        hours = {key: self.hours[key] if key in failed else self.restart[key] for key in struck}
        return replace(self, hours={**dict.fromkeys(self.hours, 0), **hours}, struck=frozenset(struck))

    def order(self) -> list[str]:
        """The items, what they wait for first."""
        return sorted(self.reached, key=lambda key: (len(self.reached[key]), sorted(self.together(key))))


def ready(drawn: Drawn, key: str, up: Times, never: float) -> tuple[float, set[int]]:
    """When all is up that an item waits for, and which of its edges are waited for."""
    edges = [(place, edge) for place, edge in enumerate(drawn.edges) if edge.dependent == key]
    hard = [(place, edge) for place, edge in edges if edge.kind is not EdgeKind.MEMBER]
    members = [(place, edge) for place, edge in edges if edge.kind is EdgeKind.MEMBER]
    number = drawn.world.graph.number[key]
    needed = int(drawn.world.graph.needed[number])
    heavy, last, chosen = 0, 0.0, {place for place, _ in hard}
    for place, edge in sorted(members, key=lambda one: (up[one[1].provider], one[1].provider)):
        if heavy < needed:
            chosen.add(place)
            heavy, last = heavy + edge.weight, up[edge.provider]
    if heavy < needed:
        last = max(last, never)
    return max([last, *(up[edge.provider] for _, edge in hard)]), chosen


def finishes(drawn: Drawn, unknown: float, never: float) -> tuple[Times, set[int]]:
    """When each item is up, and the edges that are waited for."""
    up: Times = dict.fromkeys(drawn.reached, 0)
    chosen: set[int] = set()
    for key in drawn.order():
        inside = sorted(drawn.together(key))
        if key != inside[0]:
            continue
        waiting = [one for one in inside if drawn.struck is None or one in drawn.struck]
        while True:
            found = {one: ready(drawn, one, up, never) for one in inside}
            if all(up[one] == found[one][0] for one in waiting):
                break
            up |= {one: found[one][0] for one in waiting}
        chosen |= {place for one in inside for place in found[one][1]}
        up |= {one: up[one] + drawn.own(one, unknown) for one in waiting}
    return up, chosen


def demands(drawn: Drawn, chosen: set[int], unknown: float) -> Times:
    """Until when each item must be up: the greatest fixpoint."""
    late: Times = {key: drawn.deadlines.get(key, inf) for key in drawn.reached}
    while True:
        before = dict(late)
        for place, edge in enumerate(drawn.edges):
            if place not in chosen:
                continue
            own = 0 if edge.provider in drawn.together(edge.dependent) else drawn.own(edge.dependent, unknown)
            left = late[edge.dependent] - own if late[edge.dependent] < inf else inf
            late[edge.provider] = min(late[edge.provider], left)
        if late == before:
            return late


@st.composite
def recoveries(draw: st.DrawFn, *, restarts: bool = True) -> Drawn:
    """A random world with cycles, groups, weights, soft edges, missing times and, if wanted, restarts that take any."""
    world = draw(worlds())
    keys = [vertex.key for vertex in world.vertices]
    hours = {key: draw(st.sampled_from([0, 1, 1, 2, 5, None])) for key in keys}
    restart = {key: draw(st.sampled_from([0, 0, 1, 3])) if restarts else 0 for key in keys}
    restart = {vertex.key: _effective(vertex.type, restart[vertex.key]) or 0 for vertex in world.vertices}
    hours = {vertex.key: _effective(vertex.type, hours[vertex.key]) for vertex in world.vertices}
    deadlines = {
        vertex.key: draw(st.integers(0, 12))
        for vertex in world.vertices
        if vertex.type in BUSINESS and draw(st.booleans())
    }
    hard = [(edge.dependent, edge.provider) for edge in world.edges if edge.kind is EdgeKind.HARD]
    left_out = draw(st.sets(st.sampled_from(hard), max_size=2)) if hard else set()
    soft = [(edge.dependent, edge.provider) for edge in world.edges if edge.kind is EdgeKind.SOFT]
    added = draw(st.sets(st.sampled_from(soft), max_size=2)) if soft else set()
    vertices = [
        replace(
            vertex,
            recovery_seconds=None if (given := hours[vertex.key]) is None else given * HOUR,
            restart_seconds=restart[vertex.key] * HOUR,
        )
        for vertex in world.vertices
    ]
    cycles = draw(st.sampled_from(CycleRule))
    return Drawn(
        World.of(vertices, world.edges), hours, restart, deadlines, frozenset(added), frozenset(left_out), cycles
    )


def _effective(kind: ItemType, hours: int | None) -> int | None:
    """Groups take no time, and only what components take can be unknown."""
    if kind is ItemType.REDUNDANCY_GROUP:
        return 0
    return hours if hours is not None or kind is ItemType.COMPONENT else 0
