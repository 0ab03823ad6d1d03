"""The estate into Neo4j: by a bare loader, which checks nothing, and by our import beside it."""

import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

from app.bench.estates import DEPENDENCY_COLUMNS, ITEM_COLUMNS, Estate, write_estate
from app.bench.model import Figure, one_wait
from app.database.client import Database, Row
from app.exchange.actions import import_files
from app.exchange.model import Source
from app.history.store import next_graph_version
from app.inventory.model import ItemType, Relation, Scalar
from app.inventory.store import EdgeRow, create_edges, create_items, delete_items
from app.settings import Settings

# An import is one transaction and wants about a gigabyte of heap for as many.
MOST_IMPORTED_ITEMS = 100_000
_BATCH_ROWS = 10_000
_SOURCE = "bench"
_PROPERTIES = {
    "rto_seconds": "rtoSeconds",
    "rpo_seconds": "rpoSeconds",
    "mtpd_seconds": "mtpdSeconds",
    "recovery_time_seconds": "recoveryTimeSeconds",
    "min_available": "minAvailable",
}
T = TypeVar("T")


async def bare_load(database: Database, estate: Estate, now: datetime) -> float:
    """Rows a second of a loader that only creates, in batches, what our import would store, identifiers aside."""
    started = time.perf_counter()
    for rows in batches(item_rows(estate)):
        await database.write(partial(create_items, rows=rows, at=now))
    for edges in batches(edge_rows(estate)):
        await database.write(partial(create_edges, rows=edges))
    await database.write(next_graph_version)
    return row_count(estate) / (time.perf_counter() - started)


def row_count(estate: Estate) -> int:
    """How many rows the three tables have."""
    return len(estate.items) + len(estate.edges) + len(estate.members)


def item_rows(estate: Estate) -> Iterator[Row]:
    """The items with the properties that our import gives them."""
    for cells in estate.items:
        row = dict(zip(ITEM_COLUMNS, cells, strict=True))
        label = ItemType[str(row.pop("type"))].value
        named = {_PROPERTIES.get(name, name): value for name, value in row.items() if value != ""}
        properties = {name: value for name, value in named.items() if name not in ("fqdn", "ip")}
        stored = {"lifecycle": "LIVE", "source": _SOURCE, "revision": 1}
        yield {"label": label, "properties": properties | stored}


def edge_rows(estate: Estate) -> Iterator[EdgeRow]:
    """The edges, likewise."""
    for cells in estate.edges.values():
        row = {name: str(cell) for name, cell in zip(DEPENDENCY_COLUMNS, cells, strict=True)}
        relation = Relation(row["relation"])
        properties: dict[str, Scalar] = {"source": _SOURCE}
        if relation is Relation.DEPENDS_ON:
            properties |= {"strength": row["strength"], "toleranceSeconds": int(row["tolerance_seconds"])}
        yield EdgeRow(row["from"], row["to"], relation, properties)
    for group, member, weight in estate.members:
        own: dict[str, Scalar] = {"weight": int(str(weight)), "source": _SOURCE}
        yield EdgeRow(str(group), str(member), Relation.HAS_MEMBER, own)


async def import_figures(database: Database, estate: Estate, folder: Path, now: datetime) -> list[Figure]:
    """Our import of the three files against the bare loader, which runs before and after it; the bare load stays."""
    write_estate(estate, folder)
    sources = [Source(name, folder / name) for name in ("items.csv", "dependencies.csv", "members.csv")]
    # Before, it also warms up the server.
    before = await bare_load(database, estate, now)
    await _clear(database, estate)
    settings = Settings(max_import_rows=row_count(estate) + 1)
    took = await one_wait(
        lambda: import_files(database, sources, settings=settings, caller=_SOURCE, source=_SOURCE, now=now)
    )
    await _clear(database, estate)
    bare = max(before, await bare_load(database, estate, now))
    ours = row_count(estate) / took
    return [Figure("import", ours, "rows/s", bare, ours / bare), load_figure(bare)]


def load_figure(rate: float) -> Figure:
    """The bare loader by itself, which is there at every size."""
    return Figure("bare load", rate, "rows/s")


def batches(rows: Iterable[T]) -> Iterator[list[T]]:
    """Rows in lists of as many as one statement writes."""
    waiting = iter(rows)
    while batch := list(islice(waiting, _BATCH_ROWS)):
        yield batch


async def _clear(database: Database, estate: Estate) -> None:
    for keys in batches(str(row[0]) for row in estate.items):
        await database.write(partial(delete_items, keys=keys))
