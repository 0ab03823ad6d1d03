"""Effective tiers against the definition, over random worlds."""

from hypothesis import given

from app.continuity.estate import key_ranks
from app.continuity.tiers import effective_tier, effective_tiers
from app.topology.graph import NO_TIER, EdgeKind
from tests.continuity.oracle import LAW
from tests.graphs import World
from tests.impact.oracle import worlds


def best_of_dependents(world: World, key: str) -> tuple[int, str] | None:
    """The best tier among an item and what needs it hard or as a member, and the first key that has it."""
    found, before = {key}, set[str]()
    while found != before:
        before = set(found)
        found |= {one.dependent for one in world.edges if one.provider in found and one.kind is not EdgeKind.SOFT}
    tiers = [(one.tier, one.key) for one in world.vertices if one.key in found and one.tier is not None]
    return min(tiers, default=None)


@LAW
@given(worlds())
def test_an_item_has_the_best_tier_of_what_stands_on_it(world: World) -> None:
    graph = world.graph
    rank = key_ranks(graph.keys, 0)
    whole = effective_tiers(graph, rank)
    for key, number in graph.number.items():
        wanted = best_of_dependents(world, key)
        assert effective_tier(graph, rank, number) == wanted
        assert int(whole.tier[number]) == (NO_TIER if wanted is None else wanted[0])
