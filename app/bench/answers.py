"""Answers: what a caller waits for over HTTP, and how soon a committed edit is in them."""

import statistics
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import numpy as np

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
_DELIVERIES = 5
_ALERTS = 100


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


async def webhook_figures(worker: Worker, graph: Graph) -> list[Figure]:
    """Alertmanager deliveries of a hundred alerts on items drawn at random, raised and then resolved."""
    can_fail = np.flatnonzero(graph.needed == 0)
    drawn = np.random.default_rng(7).choice(can_fail, (_DELIVERIES, _ALERTS)).tolist()
    began = datetime.now(UTC)
    deliveries = [
        _delivery([graph.keys[item] for item in items], began, status)
        for status in ("firing", "resolved")
        for items in drawn
    ]
    times = [await one_wait(partial(_deliver, worker, one)) for one in deliveries]
    alone = [
        await one_wait(partial(_deliver, worker, _delivery([graph.keys[items[0]]], began, "firing"))) for items in drawn
    ]
    return [
        Figure("webhook events, a hundred in a delivery", len(deliveries) * _ALERTS / sum(times), "events/s"),
        Figure("webhook event alone, with its impact", statistics.median(alone) * 1e3, "ms"),
    ]


def _delivery(keys: Sequence[str], began: datetime, status: str) -> Mapping[str, object]:
    ended = {"endsAt": (began + timedelta(minutes=1)).isoformat()} if status == "resolved" else {}
    return {
        "version": "4",
        "status": status,
        "alerts": [
            {
                "status": status,
                "labels": {"alertname": "Bench", "underpin_key": key, "severity": "critical"},
                "annotations": {},
                "startsAt": began.isoformat(),
                "fingerprint": f"bench-{key}-{len(keys)}",
                **ended,
            }
            for key in keys
        ],
    }


async def _deliver(worker: Worker, body: Mapping[str, object]) -> None:
    answer = await worker.client.post("/webhooks/alertmanager", json=body)
    if answer.status_code not in (200, 202):
        raise WrongAnswer(f"a delivery is refused with {answer.status_code}: {answer.text[:300]}")
