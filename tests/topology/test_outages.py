"""When items are out: the recovery chain of the specification, tolerances, groups, standbys, and brute force."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import permutations
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from app.inventory.model import ItemType
from app.topology.graph import EdgeKind, Vertex
from app.topology.outages import OPEN, OwnOutage, OwnOutages, outage_windows
from tests.graphs import DOWN, World, graph
from tests.impact.oracle import least_fixpoint, worlds

EXAMPLES = int(os.environ.get("EXAMPLES", "400"))
LAW = settings(max_examples=EXAMPLES, deadline=None, derandomize=EXAMPLES == 400)
HOUR = 3600
Own = dict[str, OwnOutage]
Windows = dict[str, tuple[int, int]]


def windows(world: World, own: Own, now: int = -1) -> Windows:
    by_number = {world.graph.number[key]: outage for key, outage in own.items()}
    found = outage_windows(world.graph, OwnOutages.of(by_number), now)
    spans = zip(found.items.tolist(), found.start.tolist(), found.end.tolist(), strict=True)
    return {world.graph.keys[number]: (start, end) for number, start, end in spans}


def with_seconds(
    world: World, recovery: dict[str, float] | None = None, restart: dict[str, float] | None = None
) -> World:
    """The world with these hours of recovery and restart."""
    vertices = [
        replace(
            vertex,
            recovery_seconds=int(recovery[vertex.key] * HOUR) if recovery and vertex.key in recovery else None,
            restart_seconds=int(restart[vertex.key] * HOUR) if restart and vertex.key in restart else None,
        )
        for vertex in world.vertices
    ]
    return World.of(vertices, world.edges)


def test_a_chain_of_failed_items_adds_up_as_in_w2() -> None:
    hours = {"s1": 0.5, "a": 1, "db": 1.5, "san": 2, "net": 0.5, "s2": 1, "b": 2}
    world = with_seconds(graph("s1 -> a -> db, net; db -> san; s2 -> b -> db"), recovery=hours)

    found = windows(world, {key: OwnOutage(0) for key in hours})

    assert {key: end / HOUR for key, (_, end) in found.items()} == {
        "s1": 5.0, "a": 4.5, "db": 3.5, "san": 2.0, "net": 0.5, "b": 5.5, "s2": 6.5,
    }  # fmt: skip


def test_an_outage_without_a_known_recovery_has_no_end() -> None:
    assert windows(graph("app -> db"), {"db": OwnOutage(100)}) == {"db": (100, OPEN), "app": (100, OPEN)}


def test_what_should_be_up_by_now_has_no_known_end() -> None:
    world = with_seconds(graph("app -> db -> san"), recovery={"db": 1})

    assert windows(world, {"db": OwnOutage(0)}, now=HOUR - 1)["app"] == (0, HOUR)
    assert windows(world, {"db": OwnOutage(0)}, now=HOUR)["app"] == (0, OPEN)
    assert windows(world, {"db": OwnOutage(0), "san": OwnOutage(0, HOUR)}, now=HOUR)["app"] == (0, 2 * HOUR)


def test_what_should_be_up_by_now_takes_its_cycle_with_it() -> None:
    world = with_seconds(graph("p -> q -> p; app -> p"), recovery={"q": 1})

    assert windows(world, {"q": OwnOutage(0)}, now=2 * HOUR) == dict.fromkeys(("p", "q", "app"), (0, OPEN))


def test_a_restart_comes_after_the_last_provider() -> None:
    world = with_seconds(graph("app -> x, y"), restart={"app": 1})

    found = windows(world, {"x": OwnOutage(0, 2 * HOUR), "y": OwnOutage(HOUR, 3 * HOUR)})

    assert found["app"] == (0, 4 * HOUR)


def test_what_is_shorter_than_the_tolerance_does_not_hurt() -> None:
    world = graph("app -> db")
    world = World.of(world.vertices, [replace(world.edges[0], tolerance_seconds=300)])

    assert windows(world, {"db": OwnOutage(0, 300)}) == {"db": (0, 300)}
    assert windows(world, {"db": OwnOutage(0, 301)})["app"] == (300, 301)


def test_a_group_is_out_while_it_can_spare_no_more() -> None:
    own = {"x": OwnOutage(0, 100), "y": OwnOutage(40, 90), "z": OwnOutage(60, 200)}

    assert windows(graph("g{2 of x, y, z}"), own)["g"] == (40, 100)
    assert windows(graph("g{1 of x, y, z}"), own)["g"] == (60, 90)
    assert "g" not in windows(graph("g{1 of x, y}"), {"x": OwnOutage(0, 50), "y": OwnOutage(50, 90)})


def test_a_standby_takes_its_time_to_take_over() -> None:
    world = graph("app -> g{1 of x, y}")
    vertices = [replace(vertex, failover_seconds=60 if vertex.key == "g" else None) for vertex in world.vertices]

    found = windows(World.of(vertices, world.edges), {"x": OwnOutage(0, 1000)})

    assert found["app"] == found["g"] == (0, 60)


def test_what_a_standby_got_over_is_no_part_of_a_later_outage() -> None:
    world = graph("app -> g{1 of x, y}")
    vertices = [replace(vertex, failover_seconds=60 if vertex.key == "g" else None) for vertex in world.vertices]
    standby = World.of(vertices, world.edges)

    assert windows(standby, {"x": OwnOutage(0), "y": OwnOutage(1000)})["app"] == (1000, OPEN)
    assert windows(standby, {"x": OwnOutage(0), "y": OwnOutage(60)})["app"] == (0, OPEN)
    assert windows(standby, {"x": OwnOutage(0, 500), "y": OwnOutage(1000, 1010)})["app"] == (1000, 1060)


def test_a_standby_in_a_cycle_takes_over_at_the_same_time_whatever_is_looked_at_first() -> None:
    world = graph("p -> g, late, r; g{1 of p, q}; r -> p, early")
    vertices = [replace(vertex, failover_seconds=20 if vertex.key == "g" else None) for vertex in world.vertices]
    own = {"early": OwnOutage(0, 10), "late": OwnOutage(100, 110)}

    assert {
        tuple(windows(World.of(order, world.edges), own)[key] for key in ("g", "p", "r"))
        for order in permutations(vertices)
    } == {((0, 120),) * 3}


def test_a_group_in_a_cycle_is_out_for_as_long_as_its_members_recover() -> None:
    world = graph("d -> b; b{1 of a, k}; a{1 of d}")
    known = with_seconds(world, recovery={"d": 2, "k": 1})

    assert windows(world, {"d": OwnOutage(0), "k": OwnOutage(0)}) == dict.fromkeys("abdk", (0, OPEN))
    assert windows(known, {"d": OwnOutage(0), "k": OwnOutage(0)}) == {
        **dict.fromkeys("abd", (0, 2 * HOUR)),
        "k": (0, HOUR),
    }


def test_in_a_cycle_every_restart_counts_once() -> None:
    world = with_seconds(graph("p -> q -> p; q -> db; app -> p"), restart={"p": 1, "q": 2, "app": 4})

    found = windows(world, {"db": OwnOutage(0, HOUR)})

    assert found == {
        "db": (0, HOUR), "q": (0, 4 * HOUR), "p": (0, 4 * HOUR), "app": (0, 8 * HOUR),
    }  # fmt: skip


_SECONDS = st.sampled_from([0, 0, 5, 20, 60])


@st.composite
def outages(draw: st.DrawFn, *, cycles: bool) -> tuple[World, Own]:
    """A world with seconds everywhere, without cycles unless they are wanted, and own outages."""
    drawn = draw(worlds())
    place = {vertex.key: number for number, vertex in enumerate(drawn.vertices)}
    vertices = [
        replace(
            vertex,
            restart_seconds=draw(_SECONDS) if vertex.type is not ItemType.REDUNDANCY_GROUP else None,
            recovery_seconds=draw(_SECONDS | st.none()),
            failover_seconds=draw(_SECONDS) if vertex.type is ItemType.REDUNDANCY_GROUP else None,
        )
        for vertex in drawn.vertices
    ]
    edges = [
        replace(edge, tolerance_seconds=draw(_SECONDS) if edge.kind is not EdgeKind.MEMBER else 0)
        for edge in drawn.edges
        if cycles or place[edge.dependent] < place[edge.provider]
    ]
    keys = [vertex.key for vertex in vertices if vertex.type is not ItemType.REDUNDANCY_GROUP]
    starts = draw(st.dictionaries(st.sampled_from(keys), st.integers(0, 50), max_size=5)) if keys else {}
    own = {key: OwnOutage(start, draw(st.none() | st.integers(start + 1, 120))) for key, start in starts.items()}
    return World.of(vertices, edges), own


def group_span(members: list[tuple[tuple[int, int], int]], spare: int) -> list[tuple[int, int]]:
    """When the members lost weigh more than the group can spare; nothing if that is never."""
    starts, ends = sorted({one[0] for one, _ in members}), sorted({one[1] for one, _ in members}, reverse=True)
    start = next((t for t in starts if sum(w for one, w in members if one[0] <= t) > spare), None)
    end = next((t for t in ends if sum(w for one, w in members if one[1] >= t) > spare), None)
    return [(start, end)] if start is not None and end is not None and end > start else []


def with_takeovers(lost: list[tuple[int, int]], takeovers: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The time a group is lost with the takeovers around it that leave no gap; without one, the last of these."""
    found = lost or [max(takeovers)]
    while touching := [one for one in takeovers if one not in found and any(is_touching(one, two) for two in found)]:
        found = [*found, *touching]
    return found


def is_touching(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def contributions(
    world: World, vertex: Vertex, window: Callable[[str], tuple[int, int] | None]
) -> Iterator[tuple[int, int]]:
    """What the providers of an item contribute to its outage."""
    members: list[tuple[tuple[int, int], int]] = []
    for edge in (one for one in world.edges if one.dependent == vertex.key and one.kind is not EdgeKind.SOFT):
        span = window(edge.provider)
        if span and edge.kind is EdgeKind.MEMBER:
            members.append((span, edge.weight))
        elif span and span[1] > span[0] + edge.tolerance_seconds:
            yield span[0] + edge.tolerance_seconds, span[1]
    number = world.graph.number[vertex.key]
    if members:
        lost = group_span(members, int(world.graph.total[number] - world.graph.needed[number]))
        takes = vertex.failover_seconds
        yield from with_takeovers(lost, [(one[0], one[0] + takes) for one, _ in members]) if takes else lost


def by_definition(world: World, own: Own, now: int) -> Windows:
    """Semantics §4 by recursion over a world without cycles; an item that is never out is left out."""
    vertices = {vertex.key: vertex for vertex in world.vertices}
    known: dict[str, tuple[int, int] | None] = {}

    def window(key: str) -> tuple[int, int] | None:
        if key not in known:
            known[key] = equation(key)
        return known[key]

    def equation(key: str) -> tuple[int, int] | None:
        vertex, number, outage = vertices[key], world.graph.number[key], own.get(key)
        spans = [*contributions(world, vertex, window)]
        if vertex.type is ItemType.REDUNDANCY_GROUP and number in world.graph.unsatisfiable:
            spans.append((now, OPEN))
        lasting = vertex.restart_seconds or 0
        if outage and outage.end is None:
            lasting = OPEN if vertex.recovery_seconds is None else vertex.recovery_seconds
            spans.append((outage.start, outage.start))
        latest = min(OPEN, max((end for _, end in spans), default=0) + lasting)
        overdue = outage and outage.end is None and latest <= now
        spans = [(start, OPEN if overdue else latest) for start, _ in spans]
        if outage and outage.end is not None:
            spans.append((outage.start, outage.end))
        return (min(start for start, _ in spans), max(end for _, end in spans)) if spans else None

    spans = {vertex.key: window(vertex.key) for vertex in world.vertices}
    return {key: span for key, span in spans.items() if span}


@LAW
@given(outages(cycles=False), st.integers(0, 120))
def test_without_cycles_the_windows_are_those_of_the_equations(drawn: tuple[World, Own], now: int) -> None:
    assert windows(*drawn, now) == by_definition(*drawn, now)


@LAW
@given(outages(cycles=True), st.randoms(use_true_random=False))
def test_windows_do_not_depend_on_the_order_of_items_and_edges(drawn: tuple[World, Own], random: Random) -> None:
    world, own = drawn
    shuffled = World.of(
        random.sample(world.vertices, len(world.vertices)),
        random.sample(world.edges, len(world.edges)),
    )

    assert windows(shuffled, own) == windows(world, own)


@LAW
@given(outages(cycles=True))
def test_what_is_down_for_good_is_out_for_good_and_nothing_else_is(drawn: tuple[World, Own]) -> None:
    vertices = [replace(vertex, recovery_seconds=None, failover_seconds=None) for vertex in drawn[0].vertices]
    world = World.of(vertices, [replace(edge, tolerance_seconds=0) for edge in drawn[0].edges])
    states = least_fixpoint(world, dict.fromkeys(drawn[1], DOWN))

    found = windows(world, dict.fromkeys(drawn[1], OwnOutage(0)), now=0)

    assert found == {key: (0, OPEN) for key, state in states.items() if state is DOWN}


def without_surprises(world: World) -> World:
    """The world without standbys, which take over the later the later they are needed, and where nothing that fails by
    itself is up sooner than it would restart."""
    vertices = [
        replace(
            vertex,
            failover_seconds=None,
            recovery_seconds=None
            if vertex.recovery_seconds is None
            else max(vertex.recovery_seconds, vertex.restart_seconds or 0),
        )
        for vertex in world.vertices
    ]
    return World.of(vertices, world.edges)


@LAW
@given(outages(cycles=True))
def test_one_outage_less_never_makes_another_longer(drawn: tuple[World, Own]) -> None:
    world, own = without_surprises(drawn[0]), drawn[1]
    whole = windows(world, own)
    for gone in own:
        for key, (start, end) in windows(world, {one: outage for one, outage in own.items() if one != gone}).items():
            assert whole[key][0] <= start
            assert end <= whole[key][1]
