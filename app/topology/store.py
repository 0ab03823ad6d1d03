"""Reads the graph for the arrays: one wrapper for each query of `cypher/topology.cypher`."""

from collections.abc import Sequence
from typing import Any

from app.database.client import Reader
from app.database.queries import load_queries
from app.inventory.losses import LossCurve, paired_bands
from app.inventory.model import ItemType
from app.topology.graph import Edge, EdgeKind, Vertex
from app.topology.pages import EdgePage, VertexPage

_QUERIES = load_queries("topology")


async def vertex_page(reader: Reader, after: str, size: int) -> VertexPage:
    """The next `size` items in key order."""
    rows = await reader.rows(_QUERIES["vertex_page"], after=after, size=size)
    return VertexPage(**rows[0])


async def edge_page(reader: Reader, after: str, upto: str) -> EdgePage:
    """The propagating edges that leave the items with `after` < key <= `upto`."""
    rows = await reader.rows(_QUERIES["edge_page"], after=after, upto=upto)
    return EdgePage(**rows[0])


async def vertices_by_key(reader: Reader, keys: Sequence[str]) -> list[Vertex]:
    """These items; a key that names nothing is left out."""
    rows = await reader.rows(_QUERIES["vertices_by_key"], keys=list(keys))
    return _vertices(rows[0]["vertices"])


async def edges_by_dependent(reader: Reader, keys: Sequence[str]) -> list[Edge]:
    """The propagating edges that leave these items."""
    rows = await reader.rows(_QUERIES["edges_by_dependent"], keys=list(keys))
    return _edges(rows[0]["edges"])


async def loss_curves(reader: Reader) -> dict[str, LossCurve]:
    """What an outage costs, of every item of which anybody said it."""
    rows = await reader.rows(_QUERIES["loss_curves"])
    return _curves(rows[0]["curves"])


async def loss_curves_by_key(reader: Reader, keys: Sequence[str]) -> dict[str, LossCurve]:
    """The same of those of these items that have any."""
    rows = await reader.rows(_QUERIES["loss_curves_by_key"], keys=list(keys))
    return _curves(rows[0]["curves"])


def _curves(columns: list[list[Any]]) -> dict[str, LossCurve]:
    found = ((key, currency, paired_bands(seconds, amounts)) for key, currency, seconds, amounts in columns)
    return {key: LossCurve(bands, currency) for key, currency, bands in found if bands}


def _vertices(columns: list[list[Any]]) -> list[Vertex]:
    types = {kind.value: kind for kind in ItemType}
    return [Vertex(key, types[label], *rest) for key, label, *rest in columns]


def _edges(columns: list[list[Any]]) -> list[Edge]:
    kinds = tuple(EdgeKind)
    return [Edge(dependent, provider, kinds[kind], *rest) for dependent, provider, kind, *rest in columns]
