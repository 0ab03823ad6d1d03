"""Questions about impact: states over the arrays, reach and paths by Cypher."""

from collections.abc import Mapping, Sequence

from app.database.client import Database, Reader
from app.errors import InvalidInput, NotFound
from app.impact import store
from app.impact.model import Direction, Failure, FoundPath, Moment, Neighbourhood, ReachedItem
from app.impact.propagation import Propagation, propagate
from app.impact.report import ImpactReport
from app.inventory.model import ItemType
from app.topology.graph import Graph
from app.topology.sight import EVERYTHING, Sight

_MOST_PATHS = 1_000
UNKNOWN_KEY = "no configuration item has the key {key!r}; look it up with search(text:) or items(filter:)"


def assess(graph: Graph, failures: Mapping[str, Failure], moment: Moment, sight: Sight = EVERYTHING) -> ImpactReport:
    """What these failures do to the estate, as far as it is seen.

    Raises:
        NotFound: a key names nothing that is seen.
        InvalidInput: a redundancy group is named; it never fails by itself. Or a failure ends before it begins.
    """
    for key in failures:
        if not sight.sees(key):
            raise NotFound(UNKNOWN_KEY.format(key=key))
    for key, failure in failures.items():
        since = failure.since or moment.at
        if failure.until is not None and failure.until <= since:
            raise InvalidInput(
                f"the failure of {key!r} ends at {failure.until.isoformat()}, which is not after it begins, "
                f"{since.isoformat()}; set since before until"
            )
    own = {_failing(graph, key): failure for key, failure in failures.items()}
    return ImpactReport(propagated(graph, own), own, moment).within(sight)


def number_of(graph: Graph, key: str) -> int:
    """The number of an item that must be there.

    Raises:
        NotFound: the key names nothing.
    """
    number = graph.number.get(key)
    if number is None:
        raise NotFound(UNKNOWN_KEY.format(key=key))
    return number


def _failing(graph: Graph, key: str) -> int:
    number = number_of(graph, key)
    if graph.is_group(number):
        raise InvalidInput(f"{key!r} is a redundancy group and never fails by itself; name its members instead")
    return number


def propagated(graph: Graph, own: Mapping[int, Failure]) -> Propagation:
    """What these failures do to every item."""
    return propagate(graph, {number: failure.state for number, failure in own.items()})


async def reach(
    reader: Reader,
    key: str,
    direction: Direction,
    *,
    max_depth: int,
    types: Sequence[ItemType] = (),
    after: tuple[int, str] = (0, ""),
    first: int,
    sight: Sight = EVERYTHING,
) -> list[ReachedItem]:
    """Items that need the item, or that it needs, nearest first, each with one shortest path to it.

    What is not seen is left out of the list and of the paths; how far an item is does not change.
    """
    visible = sight.parameter
    if direction is Direction.DEPENDENTS:
        found = await store.dependents_of(
            reader, key, max_depth=max_depth, types=types, after=after, first=first, visible=visible
        )
        paths = await store.shortest_path_to_each(reader, [one for one, _ in found], key)
    else:
        found = await store.dependencies_of(
            reader, key, max_depth=max_depth, types=types, after=after, first=first, visible=visible
        )
        paths = await store.shortest_path_from_each(reader, key, [one for one, _ in found])
    return [ReachedItem(one, depth, sight.among(paths[one])) for one, depth in found if one in paths]


async def count_reached(
    reader: Reader,
    key: str,
    direction: Direction,
    *,
    max_depth: int,
    types: Sequence[ItemType] = (),
    sight: Sight = EVERYTHING,
) -> int:
    """How many items `reach` lists over all pages."""
    count = store.count_dependents if direction is Direction.DEPENDENTS else store.count_dependencies
    return await count(reader, key, max_depth=max_depth, types=types, visible=sight.parameter)


async def paths(
    database: Database, dependent: str, provider: str, limit: int, sight: Sight = EVERYTHING
) -> list[FoundPath]:
    """The shortest paths from dependent to provider, shortest first, then by key; none if it is the same item.

    Paths that differ only in what is not seen are one, the shortest of them.
    """
    if dependent == provider:
        return []
    every = await store.paths_between(database, dependent, provider, _MOST_PATHS if sight.is_limited else limit)
    if not sight.is_limited:
        return [FoundPath(path, len(path) - 1) for path in every]
    lengths: dict[tuple[str, ...], int] = {}
    for path in every:
        lengths.setdefault(sight.among(path), len(path) - 1)
    # By what is seen: the order of the rest would tell of it.
    found = sorted((length, keys) for keys, length in lengths.items())
    return [FoundPath(keys, length) for length, keys in found[:limit]]


async def neighbourhood(
    database: Database, key: str, direction: Direction | None, *, max_depth: int, limit: int
) -> Neighbourhood:
    """What lies within so many hops of an item, in one direction or in both, at most `limit` items."""
    depths = {key: 0}
    edge = [key]
    more = False
    for depth in range(1, max_depth + 1):
        found = await _next(database, edge, list(depths), direction, limit - len(depths) + 1)
        edge = found[: limit - len(depths)]
        more = len(found) > len(edge)
        depths |= dict.fromkeys(edge, depth)
        if more or not edge:
            break
    return Neighbourhood(depths, await store.edges_between(database, list(depths)), more)


async def _next(
    database: Database, keys: Sequence[str], known: Sequence[str], direction: Direction | None, first: int
) -> list[str]:
    found: set[str] = set()
    if direction is not Direction.DEPENDENCIES:
        found |= {*await store.next_dependents(database, keys, known, first)}
    if direction is not Direction.DEPENDENTS:
        found |= {*await store.next_dependencies(database, keys, known, first)}
    return sorted(found)[:first]
