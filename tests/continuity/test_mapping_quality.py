"""How well it is mapped what a service stands on, in drawn worlds."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.continuity.mapping_quality import EdgeQuality, MappedEdge, MappedItem, Pillar, ServiceMap
from tests.graphs import World, graph

LAW = settings(max_examples=200, deadline=None, derandomize=True)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
YEAR = timedelta(days=365)
PEOPLE, PROCESS, TECHNOLOGY, FACILITY, INFORMATION = Pillar
Pair = tuple[str, str]


def mapped(
    text: str,
    *,
    kinds: Mapping[str, str] | None = None,
    operated: Collection[str] = (),
    data: Collection[Pair] = (),
    confidence: Mapping[Pair, float] | None = None,
    verified: Mapping[Pair, int] | None = None,
    fields: Mapping[str, Collection[str]] | None = None,
    needed_by_process: bool = False,
) -> ServiceMap:
    """The mapping of the first item that the text draws; `verified` is how many days ago."""
    world = graph(text)
    items = {
        one.key: MappedItem(
            one.key,
            one.type,
            (kinds or {}).get(one.key),
            one.key in operated,
            frozenset((fields or {}).get(one.key, ())),
        )
        for one in world.vertices
    }
    return ServiceMap(world.graph, items, edges_of(world, data, confidence or {}, verified or {}), needed_by_process)


def edges_of(
    world: World, data: Collection[Pair], confidence: Mapping[Pair, float], verified: Mapping[Pair, int]
) -> list[MappedEdge]:
    return [
        MappedEdge(
            *pair,
            pair in data,
            confidence.get(pair),
            NOW - timedelta(days=verified[pair]) if pair in verified else None,
        )
        for edge in world.edges
        for pair in [(edge.dependent, edge.provider)]
    ]


def pillar(service: ServiceMap, wanted: Pillar) -> tuple[int, tuple[str, ...]]:
    (found,) = [one for one in service.pillars() if one.pillar is wanted]
    return found.expected_count, found.missing


def test_a_team_operates_whatever_people_keep_running() -> None:
    service = mapped("shop{service} -> api{it-service} -> db -> site{location}", operated=["api"])

    assert pillar(service, PEOPLE) == (3, ("db", "shop"))


def test_a_process_is_mapped_if_it_needs_the_service_or_is_part_of_it() -> None:
    assert pillar(mapped("shop{service} -> db"), PROCESS) == (1, ("shop",))
    assert pillar(mapped("shop{service} -> db", needed_by_process=True), PROCESS) == (1, ())
    assert pillar(mapped("shop{service} -> packing{process}"), PROCESS) == (1, ())


def test_processes_and_services_stand_on_technology() -> None:
    service = mapped("shop{service} -> packing{process}; shop -> search{service} -> api{it-service}")

    assert pillar(service, TECHNOLOGY) == (3, ("packing",))


def test_components_stand_somewhere_unless_somebody_else_runs_them() -> None:
    service = mapped(
        "shop{service} -> vm -> host -> site{location}; shop -> laptop; shop -> crm", kinds={"crm": "SAAS"}
    )

    assert pillar(service, FACILITY) == (3, ("laptop",))


def test_of_stores_it_is_said_who_depends_on_their_data() -> None:
    service = mapped(
        "shop{service} -> orders; shop -> files; shop -> cpu",
        kinds={"orders": "DATABASE", "files": "DATASTORE", "cpu": "COMPUTE"},
        data=[("shop", "orders")],
    )

    assert pillar(service, INFORMATION) == (2, ("files",))


def test_a_pillar_that_expects_nothing_is_not_complete_but_unknown() -> None:
    assert pillar(mapped("shop{service}"), INFORMATION) == (0, ())


def test_a_field_counts_where_it_may_be_held() -> None:
    service = mapped("shop{service} -> a, b", fields={"a": ["recoveryTimeSeconds"], "shop": ["tier", "owner"]})

    found = {one.field: (one.filled_count, one.item_count) for one in service.fields()}
    assert (found["recoveryTimeSeconds"], found["tier"], found["owner"]) == ((1, 3), (1, 1), (1, 3))
    assert "headcount" not in found
    assert "criticalityWeight" not in found


def test_edges_are_fresh_stale_or_were_never_verified() -> None:
    service = mapped("shop -> a -> b; shop -> c", verified={("shop", "a"): 365, ("a", "b"): 366})

    found = service.edge_quality(NOW, YEAR)
    assert (found.edge_count, found.never_verified_count, found.stale_count) == (3, 1, 1)


def test_the_least_sure_item_is_told_with_the_surest_way_to_it() -> None:
    sure = {("shop", "a"): 0.9, ("shop", "b"): 0.5, ("a", "c"): 0.9, ("b", "c"): 1.0}

    found = mapped("shop -> a -> c; shop -> b -> c", confidence=sure).edge_quality(NOW, YEAR)

    assert found == EdgeQuality(4, 4, 0, 0, 0.5, 0.5, "b")


def test_nothing_is_sure_or_unsure_where_nobody_said() -> None:
    found = mapped("shop -> a").edge_quality(NOW, YEAR)

    assert (found.unknown_confidence_count, found.least_confidence, found.surest_path_confidence) == (1, None, None)


def test_circles_and_groups_that_can_never_be_up_are_named() -> None:
    service = mapped("shop -> b -> a -> b; shop -> db{2 of db-1}")

    assert service.cycles() == (("a", "b"),)
    assert service.unsatisfiable() == ("db",)


@st.composite
def sure_worlds(draw: st.DrawFn) -> tuple[str, dict[Pair, float]]:
    """A chain from `i0` on with shortcuts and circles, and how sure each edge is."""
    size = draw(st.integers(2, 6))
    names = [f"i{number}" for number in range(size)]
    pairs = {*pairwise(names)} | draw(st.sets(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=8))
    edges = sorted(pair for pair in pairs if pair[0] != pair[1])
    sure = {pair: draw(st.sampled_from([0.1, 0.5, 0.9, 1.0])) for pair in edges}
    return "; ".join(f"{one} -> {other}" for one, other in edges), sure


def surest(sure: Mapping[Pair, float], start: str) -> dict[str, float]:
    """The greatest product along any path, by trying ever longer ones (Bellman, 1958)."""
    best = {start: 1.0}
    for _ in sure:
        for (one, other), confidence in sure.items():
            if one in best:
                best[other] = max(best.get(other, 0.0), best[one] * confidence)
    return best


@LAW
@given(sure_worlds())
def test_the_surest_path_is_what_trying_every_path_finds(drawn: tuple[str, dict[Pair, float]]) -> None:
    text, sure = drawn
    service = mapped(text, confidence=sure)

    found = service.edge_quality(NOW, YEAR)

    assert found.surest_path_confidence == pytest.approx(min(surest(sure, service.key).values()))
