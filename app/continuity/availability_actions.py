"""The use case of availability: reads what is known of what an item stands on, and works out how likely it is up."""

import asyncio
from collections.abc import Callable

from app.continuity.availability import Availability, availability
from app.continuity.closures import closure
from app.continuity.cut_sets import CutSets
from app.continuity.weak_points_store import availabilities
from app.database.client import Reader
from app.topology.graph import Graph


async def known_availability(reader: Reader, graph: Graph, number: int, cuts: Callable[[], CutSets]) -> Availability:
    """How likely an item is up by what Neo4j knows, at the cost of what it stands on; `cuts` as in `availability`.

    Raises:
        Unavailable: Neo4j did not answer.
    """
    known = await availabilities(reader, [graph.keys[one] for one in closure(graph, [number]).tolist()])
    return await asyncio.to_thread(availability, graph, number, known, cuts)
