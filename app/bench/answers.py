"""Answers: what a caller waits for over HTTP, and how soon a committed edit is in them."""

import statistics
import time
from datetime import UTC, datetime
from functools import partial

from app.bench.model import Figure, Pair, WrongAnswer, awaited_seconds, compared, one_wait
from app.bench.seeds import Seeds
from app.bench.serving import Worker
from app.bench.store import reached_by_expansion
from app.database.client import Database
from app.inventory.actions import upsert
from app.inventory.model import ItemDraft, ItemType
from app.topology.current import Topology
from app.topology.graph import Graph

_IMPACT = """query Impact($key: String!) { impact(failures: [{key: $key}]) { priority counts { type state count }
  impacted(first: 100) { totalCount edges { node { item { key name } state depth rule path { key } } } } } }"""
_TOTAL = "query Total($key: String!) { impact(failures: [{key: $key}]) { impacted(first: 1) { totalCount } } }"
_ROUNDS = 3
_SLOW_ROUNDS = 2
_EDITS = 10


async def impact_figures(worker: Worker, graph: Graph, seeds: Seeds) -> list[Figure]:
    """GraphQL impact, the first hundred with their paths, against raw Cypher that only tells who is reached."""
    figures = []
    for width, items in (("wide", seeds.wide), ("narrow", seeds.narrow)):
        pairs = []
        for item in items:
            key = graph.keys[item]
            ours = await awaited_seconds(partial(_impact, worker, _IMPACT, key), _ROUNDS)
            raw = await awaited_seconds(partial(reached_by_expansion, worker.runtime.database, key), _SLOW_ROUNDS)
            pairs.append(Pair(ours, raw))
        figures.append(compared(f"GraphQL impact, {width} seeds, against Cypher reach", pairs))
    return figures


async def _impact(worker: Worker, query: str, key: str) -> int:
    """How many items are impacted."""
    answer = (await worker.client.post("/graphql", json={"query": query, "variables": {"key": key}})).json()
    if "errors" in answer:
        raise WrongAnswer(f"impact of {key} is refused: {answer['errors'][0]['message']}")
    return int(answer["data"]["impact"]["impacted"]["totalCount"])


async def edit_figures(worker: Worker, other: Database) -> list[Figure]:
    """How long after a commit a question about the new item is answered, in this worker and in another."""
    elsewhere = Topology(other, time.monotonic)
    await elsewhere.current()
    here, there = [], []
    for number in range(_EDITS):
        key = f"bench-edit-{number}"
        draft = ItemDraft("bench", key, ItemType.COMPONENT)
        now = datetime.now(UTC)
        await upsert(worker.runtime.database, [draft], [], caller="bench", source="bench", now=now)
        here.append(await one_wait(partial(_impact, worker, _TOTAL, key)))
        there.append(await one_wait(elsewhere.current))
        if elsewhere.graph is None or key not in elsewhere.graph.number:
            raise WrongAnswer(f"another worker does not know {key}, which is committed")
    return [
        Figure("committed edit in an answer, same worker", statistics.median(here) * 1e3, "ms"),
        Figure("committed edit in the graph, another worker", statistics.median(there) * 1e3, "ms"),
    ]
