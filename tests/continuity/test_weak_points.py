"""Single points ranked by what they would hurt."""

from app.continuity.weak_points import SinglePoint, business_hurt, item_points, ranked_points
from tests.graphs import graph

ESTATE = """
pay{process tier 0} -> shop{service}; shop -> G{1 of a, b}, db; a, b -> net; b -> x
book{service critical} -> db; old{process tier 3} -> M{2 of y}
"""


def test_points_of_an_item_are_ranked_by_what_they_hurt() -> None:
    world = graph(ESTATE)

    found = item_points(world.graph, world.graph.number["shop"], 10)

    assert found.points == (SinglePoint("db", 3, 2), SinglePoint("net", 2, 1), SinglePoint("shop", 1, 1))
    assert (found.count, found.is_down) == (3, False)


def test_of_too_many_points_the_nearest_are_ranked() -> None:
    world = graph("s{service} -> a; a -> b; b -> c")

    found = item_points(world.graph, world.graph.number["s"], 2)

    assert ([one.key for one in found.points], found.count) == (["a", "s"], 4)


def test_what_is_down_whatever_happens_says_so() -> None:
    world = graph(ESTATE)

    found = item_points(world.graph, world.graph.number["old"], 10)

    assert (found.points, found.is_down) == ((), True)


def test_points_of_the_estate_are_paged_the_worst_first() -> None:
    ranked = ranked_points(graph(ESTATE).graph)

    first = ranked.page(2)
    assert [one for _, one in first] == [SinglePoint("db", 3, 2), SinglePoint("net", 2, 1)]
    assert [one for _, one in ranked.page(9, first[-1][0])] == [SinglePoint("shop", 1, 1)]


def test_what_is_hurt_is_told_important_ones_first() -> None:
    world = graph(ESTATE)

    hurt = business_hurt(world.graph, world.graph.number["db"])

    assert [world.graph.keys[one] for one in hurt] == ["book", "pay", "shop"]
