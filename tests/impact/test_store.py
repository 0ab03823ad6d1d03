"""Reach and paths: what Neo4j finds, what the arrays find and what a plain search finds are the same."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.bench.estates import make_estate
from app.database.client import Connection, Database
from app.impact import actions, store
from app.impact.model import Direction, ReachedItem
from app.inventory.model import ItemType
from app.topology.current import Topology
from app.topology.graph import Graph
from app.topology.reaching import reach
from app.topology.sight import Sight
from tests.service import emptied
from tests.stored import Raw, item, needs, upserted

LAW = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
TYPES = {
    "s1": ItemType.BUSINESS_SERVICE,
    "s2": ItemType.BUSINESS_SERVICE,
    "c1": ItemType.COMPONENT,
    "c2": ItemType.COMPONENT,
    "c3": ItemType.COMPONENT,
    "c4": ItemType.COMPONENT,
    "g1": ItemType.REDUNDANCY_GROUP,
    "g2": ItemType.REDUNDANCY_GROUP,
    "z1": ItemType.LOCATION,
    "p1": ItemType.THIRD_PARTY,
    "t1": ItemType.TEAM,
}
# What each kind of edge of a drawing is in the inventory; the second half leads nowhere.
FOLLOWED = {"HARD", "SOFT", "MEMBER", "PLACE"}
KINDS = ("HARD", "HARD", "SOFT", "MEMBER", "PLACE", "INFO", "SUPPLY", "TEAM", "PART")
DEPENDENTS, DEPENDENCIES = Direction


@dataclass(frozen=True, slots=True)
class Arrow:
    """An edge of a drawn estate."""

    dependent: str
    provider: str
    kind: str

    @property
    def row(self) -> Raw:
        ends = self.dependent, self.provider
        match self.kind:
            case "MEMBER":
                return needs(*ends, "HAS_MEMBER")
            case "PLACE":
                return needs(*ends, "LOCATED_IN")
            case "SUPPLY":
                return needs(*ends, "PROVIDED_BY")
            case "TEAM":
                return needs(*ends, "OPERATED_BY")
            case "PART":
                return needs(*ends, "PART_OF")
        return needs(*ends, strength=self.kind)


def _possible(arrow: Arrow) -> bool:
    provider = {"PLACE": ItemType.LOCATION, "SUPPLY": ItemType.THIRD_PARTY, "TEAM": ItemType.TEAM}
    group = TYPES[arrow.dependent] is ItemType.REDUNDANCY_GROUP
    return (
        arrow.dependent != arrow.provider
        and provider.get(arrow.kind, TYPES[arrow.provider]) is TYPES[arrow.provider]
        and (group or arrow.kind != "MEMBER")
    )


_KEYS = st.sampled_from(sorted(TYPES))
_ARROWS = st.builds(Arrow, _KEYS, _KEYS, st.sampled_from(KINDS)).filter(_possible)


def _one_of_a_kind(arrows: Iterable[Arrow]) -> list[Arrow]:
    """Of several DEPENDS_ON between the same two only the first; both groups have a member."""
    rows = {
        (arrow.dependent, arrow.provider, str(arrow.row["relation"])): arrow
        for arrow in (*arrows, Arrow("g1", "c1", "MEMBER"), Arrow("g2", "g1", "MEMBER"))
    }
    return list(rows.values())


ESTATES = st.lists(_ARROWS, min_size=6, max_size=16).map(_one_of_a_kind)


async def stored(connection: Connection, database: Database, arrows: Sequence[Arrow]) -> Graph:
    """These items and edges in an otherwise empty database, and the arrays read from it."""
    emptied(connection)
    items = [
        item(key, kind.name, **({"minAvailable": "1%"} if kind is ItemType.REDUNDANCY_GROUP else {}))
        for key, kind in TYPES.items()
    ]
    await upserted(database, items, [arrow.row for arrow in arrows])
    return await Topology(database, lambda: 0.0).current()


def steps(arrows: Iterable[Arrow], direction: Direction) -> dict[str, set[str]]:
    """Where one hop leads from each item."""
    found: dict[str, set[str]] = {key: set() for key in TYPES}
    for arrow in arrows:
        if arrow.kind in FOLLOWED:
            start, end = arrow.dependent, arrow.provider
            if direction is DEPENDENTS:
                start, end = end, start
            found[start].add(end)
    return found


def searched(hops: dict[str, set[str]], start: str) -> list[tuple[str, int]]:
    """Everything reached and its distance, nearest first, then by key: a plain breadth-first search."""
    depth = {start: 0}
    queue = [start]
    for key in queue:
        fresh = sorted(hops[key] - depth.keys())
        depth |= dict.fromkeys(fresh, depth[key] + 1)
        queue += fresh
    return sorted(((key, hop) for key, hop in depth.items() if hop), key=lambda one: (one[1], one[0]))


def simple_paths(hops: dict[str, set[str]], path: tuple[str, ...], end: str) -> Iterator[tuple[str, ...]]:
    """Every way to the end that visits nothing twice."""
    if path[-1] == end:
        yield path
        return
    for key in hops[path[-1]] - set(path):
        yield from simple_paths(hops, (*path, key), end)


async def reached(
    database: Database,
    start: str,
    direction: Direction,
    *,
    max_depth: int = 100,
    types: Sequence[ItemType] = (),
    after: tuple[int, str] = (0, ""),
    first: int = 100,
) -> list[ReachedItem]:
    return await actions.reach(database, start, direction, max_depth=max_depth, types=types, after=after, first=first)


def hops_in(graph: Graph, start: str) -> list[tuple[str, int]]:
    """Who needs the item by the arrays, in which third parties count as well."""
    found = reach(graph.dependents, np.array([graph.number[start]], np.int32))
    return sorted(
        (
            (graph.keys[number], hop)
            for number, hop in zip(found.items.tolist(), found.hops.tolist(), strict=True)
            if hop
        ),
        key=lambda one: (one[1], one[0]),
    )


@LAW
@given(arrows=ESTATES, start=_KEYS)
async def test_reach_is_what_a_plain_search_finds(
    connection: Connection, database: Database, arrows: list[Arrow], start: str
) -> None:
    await stored(connection, database, arrows)

    up = await reached(database, start, DEPENDENTS)
    down = await reached(database, start, DEPENDENCIES)

    assert [(one.key, one.depth) for one in up] == searched(steps(arrows, DEPENDENTS), start)
    assert [(one.key, one.depth) for one in down] == searched(steps(arrows, DEPENDENCIES), start)


@LAW
@given(arrows=ESTATES.map(lambda arrows: [arrow for arrow in arrows if arrow.kind != "SUPPLY"]), start=_KEYS)
async def test_the_arrays_reach_the_same_dependents(
    connection: Connection, database: Database, arrows: list[Arrow], start: str
) -> None:
    graph = await stored(connection, database, arrows)

    found = await store.dependents_of(database, start, max_depth=100, types=(), after=(0, ""), first=100)

    assert found == hops_in(graph, start)


@LAW
@given(arrows=ESTATES, start=_KEYS, direction=st.sampled_from(Direction))
async def test_every_reached_item_has_a_path_of_its_depth_made_of_edges(
    connection: Connection, database: Database, arrows: list[Arrow], start: str, direction: Direction
) -> None:
    await stored(connection, database, arrows)
    hops = steps(arrows, direction)

    found = await reached(database, start, direction)

    assert [(one.path[0], one.path[-1], len(one.path) - 1) for one in found] == [
        (one.key, start, one.depth) for one in found
    ]
    assert [
        (one, other)
        for item in found
        for one, other in zip(item.path[1:], item.path, strict=False)
        if other not in hops[one]
    ] == []


@LAW
@given(
    arrows=ESTATES,
    start=_KEYS,
    direction=st.sampled_from(Direction),
    max_depth=st.integers(1, 4),
    types=st.sets(st.sampled_from(sorted(set(TYPES.values()), key=lambda kind: kind.name)), max_size=3),
    size=st.integers(1, 3),
)
async def test_pages_together_are_the_whole_answer(
    connection: Connection,
    database: Database,
    arrows: list[Arrow],
    start: str,
    direction: Direction,
    max_depth: int,
    types: set[ItemType],
    size: int,
) -> None:
    await stored(connection, database, arrows)
    wanted = [
        (key, depth)
        for key, depth in searched(steps(arrows, direction), start)
        if depth <= max_depth and (not types or TYPES[key] in types)
    ]

    pages = [(await reached(database, start, direction, max_depth=max_depth, types=list(types), first=size))]
    while pages[-1]:
        last = pages[-1][-1]
        after = (last.depth, last.key)
        pages.append(
            await reached(database, start, direction, max_depth=max_depth, types=list(types), after=after, first=size)
        )
    total = await actions.count_reached(database, start, direction, max_depth=max_depth, types=list(types))

    assert [(one.key, one.depth) for page in pages for one in page] == wanted
    assert [len(page) for page in pages[:-2]] == [size] * len(pages[:-2])
    assert total == len(wanted)


async def ways(database: Database, dependent: str, provider: str, limit: int) -> list[tuple[str, ...]]:
    """The paths with all of their items."""
    found = await actions.paths(database, dependent, provider, limit)
    assert [one.length for one in found] == [len(one.keys) - 1 for one in found]
    return [one.keys for one in found]


@LAW
@given(
    arrows=ESTATES,
    ends=st.lists(_KEYS, min_size=2, max_size=2, unique=True),
    seen=st.frozensets(_KEYS),
    limit=st.integers(1, 12),
)
async def test_of_paths_that_look_the_same_without_what_is_hidden_the_shortest_is_told(
    connection: Connection, database: Database, arrows: list[Arrow], ends: list[str], seen: frozenset[str], limit: int
) -> None:
    await stored(connection, database, arrows)
    dependent, provider = ends
    sight = Sight(seen | {*ends})

    lengths: dict[tuple[str, ...], int] = {}
    for path in sorted(simple_paths(steps(arrows, DEPENDENCIES), (dependent,), provider), key=len):
        lengths.setdefault(sight.among(path), len(path) - 1)
    told = sorted((length, keys) for keys, length in lengths.items())
    found = await actions.paths(database, dependent, provider, limit, sight)
    assert [(one.length, one.keys) for one in found] == told[:limit]


@LAW
@given(arrows=ESTATES, start=_KEYS, seen=st.frozensets(_KEYS), direction=st.sampled_from(Direction))
async def test_reach_leads_through_what_is_hidden_and_tells_of_the_rest_only(
    connection: Connection,
    database: Database,
    arrows: list[Arrow],
    start: str,
    seen: frozenset[str],
    direction: Direction,
) -> None:
    await stored(connection, database, arrows)
    sight = Sight(seen)

    found = await actions.reach(database, start, direction, max_depth=100, first=500, sight=sight)

    whole = await actions.reach(database, start, direction, max_depth=100, first=500)
    assert found == [ReachedItem(one.key, one.depth, sight.among(one.path)) for one in whole if one.key in seen]
    assert await actions.count_reached(database, start, direction, max_depth=100, sight=sight) == len(found)


@LAW
@given(arrows=ESTATES, ends=st.lists(_KEYS, min_size=2, max_size=2, unique=True), limit=st.integers(1, 12))
async def test_paths_are_the_shortest_ones_by_length_and_key(
    connection: Connection, database: Database, arrows: list[Arrow], ends: list[str], limit: int
) -> None:
    await stored(connection, database, arrows)
    dependent, provider = ends
    every = sorted(
        simple_paths(steps(arrows, DEPENDENCIES), (dependent,), provider), key=lambda path: (len(path), path)
    )

    assert await ways(database, dependent, provider, limit) == every[:limit]


@LAW
@given(
    arrows=ESTATES,
    keys=st.sets(_KEYS, min_size=2, max_size=4).map(sorted),
    least=st.integers(2, 4),
    size=st.integers(1, 4),
)
async def test_common_causes_are_what_the_items_reach_together(
    connection: Connection, database: Database, arrows: list[Arrow], keys: list[str], least: int, size: int
) -> None:
    await stored(connection, database, arrows)
    at_least = min(least, len(keys))
    hops = steps(arrows, DEPENDENCIES)
    reach = {key: {key: 0, **dict(searched(hops, key))} for key in keys}
    every = [
        (cause, tuple(key for key in keys if cause in reach[key]), max(one.get(cause, 0) for one in reach.values()))
        for cause in TYPES
    ]
    wanted = sorted((one for one in every if len(one[1]) >= at_least), key=lambda one: (-len(one[1]), one[2], one[0]))

    found: list[tuple[str, tuple[str, ...], int]] = []
    after = (len(keys) + 1, 0, "")
    while page := await store.common_dependencies(database, keys, at_least=at_least, after=after, first=size):
        found += [(one.key, one.dependents, one.depth) for one in page]
        after = len(page[-1].dependents), page[-1].depth, page[-1].key

    assert found == wanted
    assert await store.count_common_dependencies(database, keys, at_least=at_least) == len(wanted)


@LAW
@given(
    arrows=ESTATES,
    start=_KEYS,
    direction=st.sampled_from([None, DEPENDENTS, DEPENDENCIES]),
    max_depth=st.integers(1, 4),
    limit=st.integers(1, 12),
)
async def test_a_neighbourhood_is_the_nearest_items_and_the_edges_between_them(
    connection: Connection,
    database: Database,
    arrows: list[Arrow],
    start: str,
    direction: Direction | None,
    max_depth: int,
    limit: int,
) -> None:
    await stored(connection, database, arrows)
    hops: dict[str, set[str]] = {key: set() for key in TYPES}
    for arrow in arrows:
        if direction is not DEPENDENTS:
            hops[arrow.dependent].add(arrow.provider)
        if direction is not DEPENDENCIES:
            hops[arrow.provider].add(arrow.dependent)
    within = [(key, depth) for key, depth in searched(hops, start) if depth <= max_depth]

    found = await actions.neighbourhood(database, start, direction, max_depth=max_depth, limit=limit)

    assert list(found.depths.items()) == [(start, 0), *within[: limit - 1]]
    assert found.truncated == (len(within) > limit - 1)
    assert [(edge.dependent, edge.provider, edge.relation.value) for edge in found.edges] == sorted(
        (arrow.dependent, arrow.provider, str(arrow.row["relation"]))
        for arrow in arrows
        if {arrow.dependent, arrow.provider} <= found.depths.keys()
    )


async def test_an_estate_of_a_thousand_items_is_reached_alike_by_cypher_and_the_arrays(database: Database) -> None:
    estate = make_estate(1_000)
    rows = [
        item(str(key), str(kind), minAvailable=least if least != "" else None)
        if kind == "REDUNDANCY_GROUP"
        else item(str(key), str(kind))
        for key, kind, *_, least, _fqdn, _ip in estate.items
    ]
    members = [needs(str(group), str(member), "HAS_MEMBER", weight=weight) for group, member, weight in estate.members]
    edges = [
        needs(
            str(dependent), str(provider), str(relation), **({"strength": strength} if relation == "DEPENDS_ON" else {})
        )
        for dependent, provider, relation, strength, _ in estate.edges.values()
    ]
    await upserted(database, rows, [*members, *edges])
    graph = await Topology(database, lambda: 0.0).current()
    starts = [keys[0] for keys in estate.layers.values()]

    found = {
        start: await store.dependents_of(database, start, max_depth=100, types=(), after=(0, ""), first=10_000)
        for start in starts
    }

    assert found == {start: hops_in(graph, start) for start in starts}
    assert max(len(items) for items in found.values()) > 300


async def test_reach_follows_dependencies_memberships_and_locations_only(database: Database) -> None:
    await upserted(
        database,
        [
            item("app", owner="ops"),
            item("hard"), item("soft"), item("info"), item("whole"),
            item("group", "REDUNDANCY_GROUP", minAvailable=1, members=["member"]),
            item("member"),
            item("zone", "LOCATION"),
            item("ops", "TEAM"),
            item("vendor", "THIRD_PARTY"), item("sub", "THIRD_PARTY"), item("parent", "THIRD_PARTY"),
        ],
        [
            needs("app", "hard"), needs("app", "soft", strength="SOFT"), needs("app", "info", strength="INFO"),
            needs("app", "group"),
            needs("app", "zone", "LOCATED_IN"),
            needs("app", "vendor", "PROVIDED_BY"),
            needs("app", "ops", "OPERATED_BY"),
            needs("app", "whole", "PART_OF"),
            needs("vendor", "sub", "SUBCONTRACTS_TO"), needs("vendor", "parent", "CHILD_OF"),
        ],
    )  # fmt: skip

    found = await reached(database, "app", DEPENDENCIES)

    assert [(one.key, one.depth, one.path) for one in found] == [
        ("group", 1, ("group", "app")),
        ("hard", 1, ("hard", "app")),
        ("soft", 1, ("soft", "app")),
        ("zone", 1, ("zone", "app")),
        ("member", 2, ("member", "group", "app")),
    ]
    assert await reached(database, "vendor", DEPENDENTS) == []


async def test_a_longer_way_is_taken_where_the_shorter_one_is_only_informative(database: Database) -> None:
    await upserted(
        database,
        [item("a"), item("b"), item("c")],
        [needs("a", "c", strength="INFO"), needs("a", "b"), needs("b", "c")],
    )

    assert [one.path for one in await reached(database, "c", DEPENDENTS)] == [("b", "c"), ("a", "b", "c")]
    assert await ways(database, "a", "c", 10) == [("a", "b", "c")]


async def test_an_item_on_a_cycle_does_not_reach_itself(database: Database) -> None:
    await upserted(database, [item("a"), item("b")], [needs("a", "b"), needs("b", "a")])

    assert [one.key for one in await reached(database, "a", DEPENDENTS)] == ["b"]
    assert await actions.paths(database, "a", "a", 10) == []


async def test_a_key_that_names_nothing_reaches_nothing(database: Database) -> None:
    await upserted(database, [item("a")])

    assert await reached(database, "nobody", DEPENDENTS) == []
    assert await actions.count_reached(database, "nobody", DEPENDENCIES, max_depth=5) == 0
    assert await actions.paths(database, "a", "nobody", 10) == []


async def test_no_more_paths_are_given_than_were_asked_for_and_those_are_the_first(database: Database) -> None:
    middle = [f"m-{number}" for number in range(9)]
    await upserted(
        database,
        [item("a"), item("z"), *(item(key) for key in middle)],
        [needs("a", "z"), *(needs("a", key) for key in middle), *(needs(key, "z") for key in middle)],
    )

    assert await ways(database, "a", "z", 4) == [
        ("a", "z"), ("a", "m-0", "z"), ("a", "m-1", "z"), ("a", "m-2", "z"),
    ]  # fmt: skip
