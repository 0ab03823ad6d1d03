"""Reads the graph for the arrays: one wrapper for each query of `cypher/topology.cypher`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from app.auth.scope import Scope
from app.database.client import Reader
from app.database.queries import load_queries
from app.inventory.losses import LossCurve, paired_bands
from app.inventory.model import ItemType
from app.topology.graph import Edge, EdgeKind, Vertex
from app.topology.pages import EdgePage, VertexPage

_QUERIES = load_queries("topology")


@dataclass(frozen=True, slots=True)
class ScopeFacts:
    """What decides which scopes show an item; `owner` is the key of its team."""

    key: str
    owner: str | None
    attributes: Mapping[str, object]


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


async def items_in_scope(reader: Reader, scope: Scope) -> list[ScopeFacts]:
    """Every item that the scope may show; `Scope.shows` has the last word."""
    teams, labels = sorted(scope.teams), scope.labels_in_json
    rows = await reader.rows(_QUERIES["items_in_scope"], teams=teams, labels=labels)
    return _facts(rows[0]["facts"])


async def scope_facts(reader: Reader, keys: Collection[str]) -> list[ScopeFacts]:
    """The same of these items; a key that names nothing is left out."""
    rows = await reader.rows(_QUERIES["scope_facts"], keys=sorted(keys))
    return _facts(rows[0]["facts"])


def _facts(columns: list[list[Any]]) -> list[ScopeFacts]:
    return [ScopeFacts(key, owner, orjson.loads(attributes or "{}")) for key, owner, attributes in columns]


def _curves(columns: list[list[Any]]) -> dict[str, LossCurve]:
    found = ((key, currency, paired_bands(seconds, amounts)) for key, currency, seconds, amounts in columns)
    return {key: LossCurve(bands, currency) for key, currency, bands in found if bands}


def _vertices(columns: list[list[Any]]) -> list[Vertex]:
    types = {kind.value: kind for kind in ItemType}
    return [Vertex(key, types[label], *rest) for key, label, *rest in columns]


def _edges(columns: list[list[Any]]) -> list[Edge]:
    kinds = tuple(EdgeKind)
    return [Edge(dependent, provider, kinds[kind], *rest) for dependent, provider, kind, *rest in columns]
