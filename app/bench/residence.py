"""Residence: how much memory a worker keeps that holds the graph and nothing else.

Run as a process of its own, `python -m app.bench.residence`, with the connection as JSON on its standard input.
"""

import asyncio
import sys
import time
from dataclasses import asdict

import orjson
import psutil

from app.bench.model import Figure, one_wait
from app.bench.store import count_edges
from app.database.client import Connection, Database
from app.topology.current import Topology

_BUCKET_ITEMS = 20_000
_TIMEOUT_SECONDS = 600


async def worker_memory(connection: Connection) -> Figure:
    """The resident memory of a fresh process, once it has loaded the graph."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app.bench.residence", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        printed, _ = await process.communicate(orjson.dumps(asdict(connection)))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Figure("memory of a worker with the graph", int(printed) / 2**20, "MiB")


async def topology_figure(database: Database, topology: Topology) -> Figure:
    """The load of a topology against counting the same edges bucket by bucket."""
    counted = await _count(database)
    ours = await one_wait(topology.current)
    return Figure("topology load, against counting its edges", ours, "s", counted, counted / ours)


async def _count(database: Database) -> float:
    # Once before, so that the load is not the one to find the pages cold or warm.
    for _ in range(2):
        started = time.perf_counter()
        last: str | None = ""
        while last is not None:
            last, _edges = await count_edges(database, last, _BUCKET_ITEMS)
    return time.perf_counter() - started


async def _hold() -> int:
    connection = Connection(**orjson.loads(sys.stdin.read()))
    database = Database(connection, read_timeout_seconds=_TIMEOUT_SECONDS, write_timeout_seconds=_TIMEOUT_SECONDS)
    topology = Topology(database, time.monotonic)
    try:
        await topology.current()
        return int(psutil.Process().memory_info().rss)
    finally:
        await database.close()


if __name__ == "__main__":
    print(asyncio.run(_hold()))
