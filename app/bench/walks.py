"""Walks: reach by every engine, and propagation against reach from the same seed."""

from collections.abc import Sequence
from functools import partial

from app.bench.engines import Engine, check_agreement, cypher_search, engines_of
from app.bench.model import Figure, Pair, awaited_seconds, compared, seconds
from app.bench.seeds import Seeds, reached_items
from app.bench.store import reached_by_expansion
from app.database.client import Database
from app.impact.model import HealthState
from app.impact.propagation import propagate
from app.topology.graph import Graph

_ROUNDS = 5
_SLOW_ROUNDS = 2


async def walk_figures(database: Database, graph: Graph, seeds: Seeds) -> list[Figure]:
    """Reach against each baseline and propagation against reach, for wide seeds and for narrow ones."""
    engines = engines_of(graph)
    figures = []
    for width, items in (("wide", seeds.wide), ("narrow", seeds.narrow)):
        sizes = sorted(reached_items(graph, item) for item in items)
        figures.append(Figure(f"items reached, {width} seeds", sizes[len(sizes) // 2], "items"))
        figures += await _reach_figures(database, graph, engines, width, items)
        figures.append(_propagation_figure(graph, engines[0], width, items))
    return figures


async def _reach_figures(
    database: Database, graph: Graph, engines: Sequence[Engine], width: str, items: Sequence[int]
) -> list[Figure]:
    ours, others = engines[0], engines[1:]
    pairs: dict[str, list[Pair]] = {name: [] for name in ("Cypher", *(one.name for one in others))}
    for item in items:
        answers = [(one.name, one.search(item)) for one in engines]
        check_agreement(graph, item, [*answers, ("Cypher", await cypher_search(database, graph, item))])
        for one in others:
            # In turn, so that both have the same noise.
            mine = seconds(partial(ours.search, item), _ROUNDS)
            rounds = _ROUNDS if one.name == "scipy" else _SLOW_ROUNDS
            pairs[one.name].append(Pair(mine, seconds(partial(one.search, item), rounds)))
        raw = await awaited_seconds(partial(reached_by_expansion, database, graph.keys[item]), _SLOW_ROUNDS)
        pairs["Cypher"].append(Pair(seconds(partial(ours.search, item), _ROUNDS), raw))
    return [compared(f"reach, {width} seeds, against {name}", found, "µs") for name, found in pairs.items()]


def _propagation_figure(graph: Graph, ours: Engine, width: str, items: Sequence[int]) -> Figure:
    pairs = [
        Pair(
            seconds(partial(propagate, graph, {item: HealthState.DOWN}), _ROUNDS),
            seconds(partial(ours.search, item), _ROUNDS),
        )
        for item in items
    ]
    return compared(f"propagation, {width} seeds, against reach", pairs, "µs")
