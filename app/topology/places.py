"""Places: the locations in which items stand, directly or not. Pure."""

import numpy as np

from app.inventory.model import ItemType
from app.topology.graph import TYPE_RANKS, Graph, Int32

_LOCATION = TYPE_RANKS[ItemType.LOCATION]


def locations_of(graph: Graph, numbers: Int32) -> list[int]:
    """The numbers of the locations that these items need, and of those that these lie in; of locations, themselves."""
    found = {*numbers[graph.type_rank[numbers] == _LOCATION].tolist()}
    newest = numbers
    while len(newest):
        above = {*_providers(graph, newest).tolist()} - found
        found |= above
        newest = np.array(sorted(above), np.int32)
    return sorted(found)


def _providers(graph: Graph, numbers: Int32) -> Int32:
    """The locations among the providers of these items."""
    start, index = graph.providers.start, graph.providers.index
    rows = [index[start[number] : start[number + 1]] for number in numbers.tolist()]
    providers = np.unique(np.concatenate(rows))
    locations: Int32 = providers[graph.type_rank[providers] == _LOCATION]
    return locations
