"""The reference: semantics §2 word by word over dicts, and random worlds to hold the arrays against it.

Nothing here is shared with the arrays but the words (`Vertex`, `Edge`, `HealthState`).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil

from hypothesis import strategies as st

from app.impact.model import HealthState, PropagationRule
from app.inventory.model import ItemType, Scalar
from app.topology.graph import Edge, EdgeKind, Vertex
from tests.graphs import DEGRADED, DOWN, OPERATIONAL, UNKNOWN, World

States = dict[str, HealthState]
Own = Mapping[str, HealthState]
RULES = {
    EdgeKind.HARD: PropagationRule.HARD,
    EdgeKind.SOFT: PropagationRule.SOFT,
    EdgeKind.MEMBER: PropagationRule.GROUP,
}


def least_fixpoint(world: World, own: Own, *, only_losses: bool = False) -> States:
    """Kleene iteration from all-OPERATIONAL. `own` holds no UNKNOWN.

    With `only_losses` a group whose members are gone counts as it would if it had never had them.
    """
    states = dict.fromkeys((vertex.key for vertex in world.vertices), OPERATIONAL)
    while True:
        after = {vertex.key: equation(world, vertex, states, own, only_losses) for vertex in world.vertices}
        if after == states:
            return states
        states = after


def equation(world: World, vertex: Vertex, states: States, own: Own, only_losses: bool) -> HealthState:
    """The state of one item by those of the others."""
    terms = [own.get(vertex.key, OPERATIONAL)]
    for edge in _edges_of(world, vertex.key):
        if edge.kind is EdgeKind.HARD:
            terms.append(states[edge.provider])
        elif edge.kind is EdgeKind.SOFT:
            terms.append(min(states[edge.provider], DEGRADED))
    if vertex.type is ItemType.REDUNDANCY_GROUP:
        needed, healthy = _thresholds(world, vertex)
        if only_losses:
            needed, healthy = min(needed, _weight(world, vertex)), min(healthy, _weight(world, vertex))
        terms.append(_order_statistic(world, vertex.key, states, needed))
        terms.append(min(_order_statistic(world, vertex.key, states, healthy), DEGRADED))
    return max(terms)


def _order_statistic(world: World, group: str, states: States, needed: int) -> HealthState:
    """x[j]: the smallest state such that the members at it or better weigh at least j; DOWN if there is none."""
    members = [edge for edge in _edges_of(world, group) if edge.kind is EdgeKind.MEMBER]
    reached = (
        state
        for state in (OPERATIONAL, DEGRADED)
        if sum(edge.weight for edge in members if states[edge.provider] <= state) >= needed
    )
    return next(reached, DOWN)


def _thresholds(world: World, group: Vertex) -> tuple[int, int]:
    """minAvailable and degradedBelow as numbers, at least 1."""
    total = _weight(world, group)
    needed = max(1, _resolved(group.min_available or 1, total))
    return needed, max(needed, _resolved(group.degraded_below or 1, total))


def _weight(world: World, group: Vertex) -> int:
    return sum(edge.weight for edge in _edges_of(world, group.key) if edge.kind is EdgeKind.MEMBER)


def _resolved(threshold: Scalar, total: int) -> int:
    if isinstance(threshold, str):
        return ceil(Fraction(threshold[:-1]) / 100 * total)
    return int(threshold)


def intervals(world: World, own: Own) -> dict[str, tuple[HealthState, HealthState]]:
    """The best and the worst state of every item: UNKNOWN read as OPERATIONAL and as DOWN."""
    best, worst = (least_fixpoint(world, read(own, unknown)) for unknown in (OPERATIONAL, DOWN))
    return {key: (best[key], worst[key]) for key in best}


def read(own: Own, unknown: HealthState) -> States:
    """The own states with another word for UNKNOWN."""
    return {key: unknown if state is UNKNOWN else state for key, state in own.items()}


def causes_of_all(world: World, own: Own) -> States:
    """What fails by itself and is no worse than that: own states, and groups whose members are gone."""
    worst = least_fixpoint(world, read(own, DOWN))
    groups = [vertex for vertex in world.vertices if vertex.type is ItemType.REDUNDANCY_GROUP]
    lost = {
        group.key: DOWN if _thresholds(world, group)[0] > _weight(world, group) else DEGRADED
        for group in groups
        if _thresholds(world, group)[1] > _weight(world, group)
    }
    return {key: state for key, state in {**read(own, DOWN), **lost}.items() if state == worst[key]}


def explains(world: World, key: str, causes: Collection[str], own: Own) -> bool:
    """Whether failing only these causes gives the item the state it has."""
    known = causes_of_all(world, own)
    alone = least_fixpoint(world, {cause: known[cause] for cause in causes}, only_losses=True)
    return alone[key] == least_fixpoint(world, read(own, DOWN))[key]


def carrying(world: World, states: States, dependent: str) -> Iterator[Edge]:
    """The edges over which the item's state came, or could have."""
    for edge in _edges_of(world, dependent):
        other = states[edge.provider]
        carried = min(other, DEGRADED) if edge.kind is EdgeKind.SOFT else other
        if carried >= states[dependent] > OPERATIONAL:
            yield edge


def shortest_path(world: World, own: Own, key: str) -> tuple[str, ...]:
    """The shortest path over carrying edges to a cause, of several the first by key."""
    states, causes = least_fixpoint(world, read(own, DOWN)), causes_of_all(world, own)
    paths: dict[str, tuple[str, ...]] = {key: (key,)}
    while paths:
        arrived = [path for end, path in paths.items() if end in causes]
        if arrived:
            return min(arrived)
        longer = [(*path, edge.provider) for end, path in paths.items() for edge in carrying(world, states, end)]
        paths = {path[-1]: path for path in sorted(longer, reverse=True)}
    raise AssertionError(f"{key} fell, but no cause takes it there")


def rule(world: World, own: Own, path: Sequence[str]) -> PropagationRule:
    """What set the state of the first item of its path; of several edges HARD before SOFT before membership."""
    if len(path) == 1:
        group = any(vertex.key == path[0] and vertex.type is ItemType.REDUNDANCY_GROUP for vertex in world.vertices)
        return PropagationRule.GROUP if group else PropagationRule.OWN
    states = least_fixpoint(world, read(own, DOWN))
    return RULES[min(edge.kind for edge in carrying(world, states, path[0]) if edge.provider == path[1])]


def _edges_of(world: World, dependent: str) -> list[Edge]:
    return [edge for edge in world.edges if edge.dependent == dependent]


_NEEDED = st.sampled_from([1, 1, 2, 3, "1%", "33.4%", "50%"])
_HEALTHY = st.sampled_from([None, None, 2, 3, 5, "60%", "100%"])
_ITEMS = st.builds(
    Vertex,
    st.just(""),
    st.sampled_from([kind for kind in ItemType if kind is not ItemType.REDUNDANCY_GROUP]),
    tier=st.sampled_from([None, 0, 1, 2, 4]),
    critical=st.booleans(),
)
_GROUPS = st.builds(
    Vertex,
    st.just(""),
    st.just(ItemType.REDUNDANCY_GROUP),
    min_available=_NEEDED,
    degraded_below=_HEALTHY,
)
# The kind an edge has if it leaves an item, and if it leaves a group.
_KINDS = st.sampled_from(
    [
        (EdgeKind.HARD, EdgeKind.MEMBER),
        (EdgeKind.SOFT, EdgeKind.MEMBER),
        (EdgeKind.HARD, EdgeKind.MEMBER),
        (EdgeKind.HARD, EdgeKind.HARD),
        (EdgeKind.SOFT, EdgeKind.SOFT),
    ]
)
_NUMBERS = st.integers(0, 11)
_EDGE = st.tuples(_NUMBERS, _NUMBERS, _KINDS, st.sampled_from([1, 1, 2, 3]))
_OWN = st.lists(st.tuples(_NUMBERS, st.sampled_from([DOWN, DOWN, DEGRADED, UNKNOWN])), min_size=2, max_size=6)
_NAMINGS = st.sampled_from(["abcdefghijkl", "lkjihgfedcba", "gcajlbfkdehi"])


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Up to 12 items, some of them groups, with any edges between them, cycles and vanished members included."""
    size = draw(st.sampled_from([1, 3, 8, 12]))
    drawn = draw(st.lists(_ITEMS | _GROUPS, min_size=size, max_size=size))
    vertices = [replace(vertex, key=key) for vertex, key in zip(drawn, draw(_NAMINGS), strict=False)]
    edges: dict[tuple[str, str, EdgeKind], Edge] = {}
    for one, other, kinds, weight in draw(st.lists(_EDGE, min_size=size, max_size=2 * size)):
        dependent, provider = vertices[one % len(vertices)], vertices[other % len(vertices)]
        kind = kinds[dependent.type is ItemType.REDUNDANCY_GROUP]
        if dependent is not provider:
            edges[dependent.key, provider.key, kind] = Edge(dependent.key, provider.key, kind, weight)
    return World.of(vertices, list(edges.values()))


@st.composite
def failures(draw: st.DrawFn) -> tuple[World, States]:
    """A world, and own states of any items but groups, which never fail by themselves."""
    world = draw(worlds())
    return world, draw(own_states(world))


def own_states(world: World) -> st.SearchStrategy[States]:
    """Own states of a few items."""
    keys = [vertex.key for vertex in world.vertices if vertex.type is not ItemType.REDUNDANCY_GROUP]
    return _OWN.map(lambda drawn: {keys[number % len(keys)]: state for number, state in drawn} if keys else {})
