"""Reads how well it is mapped what an item stands on; it costs that, and nothing else of the estate."""

import asyncio
from dataclasses import dataclass

import numpy as np

from app.continuity import quality_store as store
from app.continuity.mapping_quality import MappedEdge, MappedItem, ServiceMap
from app.database.client import Reader
from app.inventory.model import ItemType
from app.topology.cones import part
from app.topology.graph import TYPE_RANKS, Graph, Int32
from app.topology.reaching import reach

_BATCH = 10_000
_PROCESS = TYPE_RANKS[ItemType.BUSINESS_PROCESS]


@dataclass(frozen=True, slots=True)
class FoundMap:
    """The mapping of an item; with `truncated` the nearest of what it stands on alone were looked at."""

    service: ServiceMap
    truncated: bool


async def service_map(reader: Reader, graph: Graph, key: str, *, most_items: int) -> FoundMap:
    """How what an item that is there stands on is mapped, itself included.

    Raises:
        Unavailable: Neo4j did not answer.
    """
    number = graph.number[key]
    found = (await asyncio.to_thread(reach, graph.providers, np.array([number], np.int32))).items
    looked_at = found[:most_items]
    inner = (await asyncio.to_thread(part, graph, looked_at)).graph
    items: dict[str, MappedItem] = {}
    edges: list[MappedEdge] = []
    for start in range(0, len(inner.keys), _BATCH):
        batch = inner.keys[start : start + _BATCH]
        items |= await store.mapped_items(reader, batch)
        edges += [edge for edge in await store.mapped_edges(reader, batch) if edge.provider in inner.number]
    return FoundMap(ServiceMap(inner, items, edges, _needed_by_process(graph, number)), len(found) > len(looked_at))


def _needed_by_process(graph: Graph, number: int) -> bool:
    span = slice(graph.dependents.start[number], graph.dependents.start[number + 1])
    dependents: Int32 = graph.dependents.index[span]
    return bool((graph.type_rank[dependents] == _PROCESS).any())
