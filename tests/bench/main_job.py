"""The main job's figures on a synthetic estate: import against a bare loader, impact against raw Cypher.

    uv run python -m tests.bench.main_job --items 100000 [--json]

Boots its own managed Neo4j in a temporary folder.
"""

import argparse
import asyncio
import csv
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import httpx2
import orjson
from neo4j import AsyncDriver, AsyncGraphDatabase

from app.application import create_app
from app.auth.actions import Gatekeeper
from app.database.client import Connection, Database
from app.database.migrations import migrate
from app.database.server import ManagedServer
from app.events.standing import LiveStanding
from app.exchange.actions import import_files
from app.exchange.model import Source
from app.impact.warm_up import warm_up
from app.inventory.model import ItemType
from app.runtime import Runtime, utc_now
from app.settings import Settings
from app.topology.current import Topology
from tests.estates import make_estate, write_estate
from tests.http_server import served

BATCH = 10_000
ROUNDS = 5
# The best raw expansions we found (pruned, breadth first): who is reached and how far, and only how many.
_EXPANSION = "MATCH p = (:ConfigurationItem {key: $key})<-[:DEPENDS_ON|HAS_MEMBER|LOCATED_IN*1..]-(found) "
RAW_REACH = _EXPANSION + "RETURN found.key AS key, min(length(p)) AS depth"
RAW_COUNT = _EXPANSION.replace("p = ", "") + "RETURN count(DISTINCT found) AS count"
POPULAR = (
    "MATCH (item:ConfigurationItem) WHERE item.kind IN ['STORAGE', 'NETWORK'] "
    "RETURN item.key AS key ORDER BY COUNT { (item)<-[:DEPENDS_ON]-() } DESC, key LIMIT 10"
)
IMPACT = """query Impact($key: String!) { impact(failures: [{key: $key}]) { priority counts { type state count }
  impacted(first: 100) { totalCount edges { node { item { key name } state depth rule path { key } } } } } }"""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure and its ratio to a baseline of the same run (above 1: better than the baseline)."""

    figure: str
    value: float
    unit: str
    baseline: float | None = None
    ratio: float | None = None


async def clear(driver: AsyncDriver) -> None:
    """Leave nothing but the schema."""
    async with driver.session(database="neo4j") as session:
        for label in ("Identifier", "ConfigurationItem", "Change", "GraphVersion"):
            text = f"MATCH (n:{label}) CALL (n) {{ DETACH DELETE n }} IN TRANSACTIONS OF 10000 ROWS"
            await (await session.run(text)).consume()


def batches(rows: Iterable[dict[str, object]]) -> Iterator[list[dict[str, object]]]:
    """Rows in lists of `BATCH`."""
    batch: list[dict[str, object]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


async def bare_load(driver: AsyncDriver, folder: Path) -> int:
    """The least a loader can do: read the CSV, UNWIND it in batches, check nothing."""
    labels = {kind.name: kind.value for kind in ItemType}
    rows = 0

    def items() -> Iterator[dict[str, object]]:
        with (folder / "items.csv").open(newline="") as file:
            for row in csv.DictReader(file):
                label = labels[row.pop("type")]
                yield {"label": label, "properties": {name: value for name, value in row.items() if value}}

    def edges(name: str, dependent: str, provider: str) -> Iterator[dict[str, object]]:
        with (folder / name).open(newline="") as file:
            for row in csv.DictReader(file):
                relation = row.get("relation", "HAS_MEMBER")
                ends = {"from": row.pop(dependent), "to": row.pop(provider), "relation": relation}
                yield {**ends, "properties": row}

    create = "UNWIND $rows AS row CREATE (item:ConfigurationItem:$(row.label)) SET item = row.properties"
    join = (
        "UNWIND $rows AS row MATCH (a:ConfigurationItem {key: row.from}) MATCH (b:ConfigurationItem {key: row.to}) "
        "CREATE (a)-[edge:$(row.relation)]->(b) SET edge = row.properties"
    )
    async with driver.session(database="neo4j") as session:
        for text, source in (
            (create, items()),
            (join, edges("dependencies.csv", "from", "to")),
            (join, edges("members.csv", "group", "member")),
        ):
            for batch in batches(source):
                await (await session.run(text, rows=batch)).consume()
                rows += len(batch)
    return rows


async def seconds(work: Callable[[], Awaitable[object]]) -> float:
    """How long `work` takes."""
    started = time.perf_counter()
    await work()
    return time.perf_counter() - started


async def median_seconds(work: Callable[[], Awaitable[object]]) -> float:
    """The median of several runs after one that is not counted."""
    await work()
    return statistics.median([await seconds(work) for _ in range(ROUNDS)])


async def import_figure(driver: AsyncDriver, database: Database, folder: Path) -> Figure:
    """Our import of the three files against the bare loader, in turn, best of two each (the JVM warms up)."""
    sources = [Source(name, folder / name) for name in ("items.csv", "dependencies.csv", "members.csv")]
    bare, ours, rows = [], [], 0
    for _ in range(2):
        await clear(driver)
        started = time.perf_counter()
        rows = await bare_load(driver, folder)
        bare.append(time.perf_counter() - started)
        await clear(driver)
        ours.append(
            await seconds(
                lambda: import_files(
                    database, sources, settings=Settings(), caller="bench", source="bench", now=utc_now()
                )
            )
        )
    return Figure("import", rows / min(ours), "rows/s", rows / min(bare), min(bare) / min(ours))


async def impact_figures(driver: AsyncDriver, runtime: Runtime) -> list[Figure]:
    """GraphQL impact over HTTP, first 100 with paths, against the raw expansion through the driver."""
    records = (await driver.execute_query(POPULAR, database_="neo4j")).records
    keys = [str(record["key"]) for record in records]
    figures = []
    gatekeeper = Gatekeeper(runtime.database, local_mode=True, admin_token=None, webhook_secrets={}, clock=utc_now)
    async with (
        served(create_app(runtime, gatekeeper, [], local_mode=True)) as url,
        httpx2.AsyncClient(base_url=url, timeout=60) as client,
    ):
        for key in keys:

            async def ours(key: str = key) -> object:
                answer = await client.post("/graphql", json={"query": IMPACT, "variables": {"key": key}})
                assert "errors" not in answer.json(), answer.text[:500]
                return answer

            async def raw(text: str = RAW_REACH, key: str = key) -> object:
                return await driver.execute_query(text, key=key, database_="neo4j", routing_="r")

            value, baseline = await median_seconds(ours), await median_seconds(raw)
            figures.append(Figure(f"impact of {key}", value * 1000, "ms", baseline * 1000, baseline / value))
            counted = await median_seconds(partial(raw, RAW_COUNT))
            figures.append(
                Figure(f"  against only counting {key}", value * 1000, "ms", counted * 1000, counted / value)
            )
    ratios = [figure.ratio or 0 for figure in figures if figure.figure.startswith("impact of")]
    figures.append(Figure("impact, median ratio", statistics.median(ratios), "times"))
    figures.append(Figure("impact, least ratio", min(ratios), "times"))
    return figures


async def measure(connection: Connection, folder: Path) -> list[Figure]:
    """Every figure, on one server."""
    await migrate(connection)
    database = Database(connection, read_timeout_seconds=120, write_timeout_seconds=1800)
    auth = (connection.username, connection.password)
    async with AsyncGraphDatabase.driver(connection.uri, auth=auth, notifications_min_severity="OFF") as driver:
        figures = [await import_figure(driver, database, folder)]
        topology = Topology(database, time.perf_counter)
        graph = await topology.current()
        figures.append(Figure("topology load", topology.load_seconds, f"s for {graph.size} items"))
        figures += await impact_figures(
            driver, Runtime(Settings(), database, topology, LiveStanding(database, topology))
        )
    await database.close()
    return figures


async def run(items: int) -> list[Figure]:
    """Boot, measure, stop."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "estate"
        write_estate(make_estate(items), folder)
        warm_up()
        server = ManagedServer(Path(temporary) / "data", say=lambda message: print(message, file=sys.stderr))
        try:
            return await measure(await server.start(), folder)
        finally:
            await server.stop()


def shown(figures: Sequence[Figure]) -> str:
    """The figures as a table of text."""
    lines = [f"{'figure':32} {'value':>12} {'baseline':>12} {'ratio':>7}  unit"]
    for one in figures:
        baseline = f"{one.baseline:12.1f}" if one.baseline is not None else " " * 12
        ratio = f"{one.ratio:7.2f}" if one.ratio is not None else " " * 7
        lines.append(f"{one.figure:32} {one.value:12.1f} {baseline} {ratio}  {one.unit}")
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    measured = asyncio.run(run(arguments.items))
    if arguments.json:
        print(orjson.dumps([asdict(one) for one in measured]).decode())
    else:
        print(shown(measured))
