"""Reads the whole graph, page by page, or a few items of it.

What is written meanwhile may be read torn; who asked reads that again.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from app.database.client import Reader
from app.inventory.model import LOSS_TYPES
from app.topology import store
from app.topology.graph import EdgeTable, Graph, Vertex, VertexTable, assembled
from app.topology.pages import joined_edges, joined_vertices

_PAGE_ITEMS = 20_000
# Neo4j works on one page while another is decoded here.
_LANES = 2


async def loaded(reader: Reader, version: int, *, page_items: int = _PAGE_ITEMS) -> Graph:
    """The stored graph; items are numbered in the order of their keys.

    Raises:
        Unavailable: Neo4j did not answer.
    """
    vertices = await _vertices(reader, page_items)
    keys = vertices.keys
    number = {key: place for place, key in enumerate(keys)}
    # Each page of edges leaves the same items as a page of vertices did.
    bounds = ["", *keys[page_items - 1 : -1 : page_items], *keys[-1:]]
    edges = await _edges(reader, bounds, number)
    curves = {number[key]: curve for key, curve in (await store.loss_curves(reader)).items() if key in number}
    return await asyncio.to_thread(assembled, version, number, vertices, edges, curves)


async def items_loaded(reader: Reader, keys: Sequence[str]) -> list[Vertex]:
    """These items; a key that names nothing is left out.

    Raises:
        Unavailable: Neo4j did not answer.
    """
    found = await store.vertices_by_key(reader, keys)
    may_have_losses = [vertex.key for vertex in found if vertex.type in LOSS_TYPES]
    curves = await store.loss_curves_by_key(reader, may_have_losses) if may_have_losses else {}
    return [replace(one, loss_curve=curves[one.key]) if one.key in curves else one for one in found]


async def _vertices(reader: Reader, page_items: int) -> VertexTable:
    tables = []
    after = ""
    while (page := await store.vertex_page(reader, after, page_items)).keys:
        tables.append(page.table())
        after = page.keys[-1]
    return joined_vertices([*tables, page.table()])


async def _edges(reader: Reader, bounds: Sequence[str], number: Mapping[str, int]) -> EdgeTable:
    tables = [EdgeTable.of((), {})] * len(bounds)
    spans = enumerate(pairwise(bounds))

    async def lane() -> None:
        for place, (after, upto) in spans:
            tables[place] = (await store.edge_page(reader, after, upto)).table(number)

    lanes = [asyncio.create_task(lane()) for _ in range(_LANES)]
    try:
        await asyncio.gather(*lanes)
    finally:
        for one in lanes:
            one.cancel()
    return joined_edges(tables)
