"""Questions about impact: states over the arrays, reach and paths by Cypher."""

from collections.abc import Mapping, Sequence

import numpy as np

from app.database.client import Database, Reader
from app.errors import InvalidInput, NotFound
from app.impact import store
from app.impact.model import Direction, HealthState, ReachedItem
from app.impact.propagation import propagate
from app.impact.report import ImpactReport
from app.inventory.model import ItemType
from app.topology.graph import Graph

UNKNOWN_KEY = "no configuration item has the key {key!r}; look it up with search(text:) or items(filter:)"


def assess(graph: Graph, failures: Mapping[str, HealthState]) -> ImpactReport:
    """What these failures do to the estate.

    Raises:
        NotFound: a key names nothing.
        InvalidInput: a redundancy group is named; it never fails by itself.
    """
    return ImpactReport(propagate(graph, {_number(graph, key): state for key, state in failures.items()}))


def _number(graph: Graph, key: str) -> int:
    number = graph.number.get(key)
    if number is None:
        raise NotFound(UNKNOWN_KEY.format(key=key))
    if graph.is_group(number):
        raise InvalidInput(f"{key!r} is a redundancy group and never fails by itself; name its members instead")
    return number


def assess_open(graph: Graph, own: Mapping[str, HealthState]) -> ImpactReport:
    """What the open events do to the estate; an item that is gone meanwhile is passed over."""
    return ImpactReport(propagate(graph, _known(graph, own)))


def assess_one(graph: Graph, key: str, state: HealthState, others: Mapping[str, HealthState]) -> ImpactReport:
    """What one item's state hurts while the `others` are as they are.

    The items it hurts alone, and those that are worse with it than without it: the last of two databases to go
    down hurts what the first one did not.
    """
    own = _known(graph, others)
    without = propagate(graph, own)
    number = graph.number[key]
    nominal, alone = propagate(graph, {}), propagate(graph, {number: state})
    together = propagate(graph, {**own, number: max(state, own.get(number, state), key=_severity)})
    affected = together.affected
    by_itself = alone.worst.state[affected] > nominal.worst.state[affected]
    with_the_others = together.worst.state[affected] > without.worst.state[affected]
    return ImpactReport(together, affected[np.flatnonzero(by_itself | with_the_others)])


def _severity(state: HealthState) -> int:
    return (0, 1, 3, 2)[state]


def _known(graph: Graph, own: Mapping[str, HealthState]) -> dict[int, HealthState]:
    numbers = ((graph.number.get(key), state) for key, state in own.items())
    return {number: state for number, state in numbers if number is not None and not graph.is_group(number)}


async def reach(
    reader: Reader,
    key: str,
    direction: Direction,
    *,
    max_depth: int,
    types: Sequence[ItemType] = (),
    after: tuple[int, str] = (0, ""),
    first: int,
) -> list[ReachedItem]:
    """Items that need the item, or that it needs, nearest first, each with one shortest path to it."""
    if direction is Direction.DEPENDENTS:
        found = await store.dependents_of(reader, key, max_depth=max_depth, types=types, after=after, first=first)
        paths = await store.shortest_path_to_each(reader, [one for one, _ in found], key)
    else:
        found = await store.dependencies_of(reader, key, max_depth=max_depth, types=types, after=after, first=first)
        paths = await store.shortest_path_from_each(reader, key, [one for one, _ in found])
    return [ReachedItem(one, depth, paths[one]) for one, depth in found if one in paths]


async def count_reached(
    reader: Reader, key: str, direction: Direction, *, max_depth: int, types: Sequence[ItemType] = ()
) -> int:
    """How many items `reach` lists over all pages."""
    count = store.count_dependents if direction is Direction.DEPENDENTS else store.count_dependencies
    return await count(reader, key, max_depth=max_depth, types=types)


async def paths(database: Database, dependent: str, provider: str, limit: int) -> list[tuple[str, ...]]:
    """The shortest paths from dependent to provider, shortest first, then by key; none if it is the same item."""
    return [] if dependent == provider else await store.paths_between(database, dependent, provider, limit)
