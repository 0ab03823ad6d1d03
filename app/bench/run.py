"""A run: an estate in a Neo4j of its own, every figure, and nothing left behind."""

import asyncio
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from app.bench.alerts import alert_figures
from app.bench.answers import edit_figures, impact_figures
from app.bench.continuity import continuity_figures
from app.bench.engines import check_installed
from app.bench.estates import Estate, make_estate
from app.bench.live import live_figures
from app.bench.loading import MOST_IMPORTED_ITEMS, bare_load, import_figures, load_figure
from app.bench.model import Figure
from app.bench.residence import topology_figure, worker_memory
from app.bench.seeds import chosen_seeds
from app.bench.serving import working
from app.bench.walks import walk_figures
from app.continuity.warm_up import warm_up as warm_up_continuity
from app.database.client import Connection, Database
from app.database.jar_download import Progress
from app.database.migrations import migrate
from app.database.server import ManagedServer
from app.database.server_config import ServerMemory
from app.impact.warm_up import warm_up
from app.runtime import utc_now
from app.settings import Settings
from app.topology.current import Topology
from app.web.logs import configure_logs

Say = Callable[[str], None]
_TIMEOUT_SECONDS = 600


async def bench(items: int, seeds: int, *, say: Say, progress: Progress | None = None) -> list[Figure]:
    """Every figure on an estate of about so many items, medians over so many seeds of each kind.

    Raises:
        InvalidInput: a library that we compare ourselves with is not installed.
        Unavailable: Neo4j cannot be fetched or booted.
        WrongAnswer: two engines disagree.
    """
    check_installed()
    # A line for each request would be written among the answers, and measured with them.
    configure_logs(Settings(log_level="WARNING"))
    say(f"making an estate of {items:,} items")
    estate = make_estate(items)
    with tempfile.TemporaryDirectory(prefix="underpin-bench-") as temporary:
        folder = Path(temporary)
        say("starting a Neo4j of its own in a temporary folder")
        server = ManagedServer(folder / "data", say=say, progress=progress, memory=memory_for(items))
        async with server:
            imports = items <= MOST_IMPORTED_ITEMS
            return await measured(server.connection, estate, folder / "estate", imports=imports, seeds=seeds, say=say)


def memory_for(items: int) -> ServerMemory:
    """Heap for an import in one transaction, or for reach over everything; a page cache for the store."""
    # 100,000 items with their identifiers do not fit into what a heap of 2 GiB leaves to one transaction (measured).
    heap = 2048 if items <= MOST_IMPORTED_ITEMS // 5 else 4096
    return ServerMemory(heap, max(256, items * 3 // 2_000))


async def measured(
    connection: Connection, estate: Estate, folder: Path, *, imports: bool, seeds: int, say: Say
) -> list[Figure]:
    """Every figure of this estate, on an empty server; with `imports` it is loaded by our import as well."""
    await migrate(connection)
    database, other = (
        Database(connection, read_timeout_seconds=_TIMEOUT_SECONDS, write_timeout_seconds=_TIMEOUT_SECONDS)
        for _ in range(2)
    )
    try:
        return [
            *await (_imported(database, estate, folder, say) if imports else _loaded(database, estate, say)),
            await worker_memory(connection),
            *await _ask(database, other, seeds, say),
        ]
    finally:
        await database.close()
        await other.close()


async def _imported(database: Database, estate: Estate, folder: Path, say: Say) -> list[Figure]:
    say("importing it, and loading it with a bare loader")
    return await import_figures(database, estate, folder, utc_now())


async def _loaded(database: Database, estate: Estate, say: Say) -> list[Figure]:
    say(f"loading it with a bare loader; an import of more than {MOST_IMPORTED_ITEMS:,} items needs a larger heap")
    return [load_figure(await bare_load(database, estate, utc_now()))]


async def _ask(database: Database, other: Database, count: int, say: Say) -> list[Figure]:
    await asyncio.to_thread(warm_up)
    await asyncio.to_thread(warm_up_continuity)
    say("loading the graph")
    topology = Topology(database, time.monotonic)
    figures = [await topology_figure(database, topology)]
    graph = await topology.current()
    seeds = chosen_seeds(graph, count)
    figures += live_figures(graph, seeds)
    say(f"reach by five engines from {len(seeds.wide)} wide and {len(seeds.narrow)} narrow seeds")
    figures += await walk_figures(database, graph, seeds)
    say("questions, edits and events over HTTP")
    async with working(database, topology) as worker:
        figures += await impact_figures(worker, graph, seeds)
        figures += await edit_figures(worker, other)
        figures += await continuity_figures(worker, count)
        figures += await alert_figures(worker, graph)
    return figures
