"""Alerts: how many a worker takes in, matches and stores, beside a bare write of as many nodes; and how long one waits
for its impact while others arrive."""

import asyncio
import statistics
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

import numpy as np

from app.bench.model import Figure, WrongAnswer, one_wait
from app.bench.senders import send_all
from app.bench.serving import Worker
from app.bench.store import write_bare_events
from app.database.client import Transaction
from app.topology.graph import Graph

Delivery = Mapping[str, object]
_WHERE = "/webhooks/alertmanager"
_ALERTS = 100
_SENDERS = 16
_MOST_DELIVERIES = 300
_LEAST_DELIVERIES = 4
_ITEMS_FOR_A_DELIVERY = 320
_SECONDS_ALONE = 5
_ALONE_IN_A_SECOND = 8
_PAUSE_SECONDS = 0.075
_LOOK_SECONDS = 0.1
_STORED = """{ events(filter: {source: "alertmanager"}, first: 20) {
  totalCount edges { node { item { key } impact { priority } } } } }"""


async def alert_figures(worker: Worker, graph: Graph) -> list[Figure]:
    """Alertmanager deliveries of a hundred alerts on items drawn at random, by senders that wait for each answer, until
    the last is stored; then, while all are open, one at a time beside a hundred in each second.

    The larger the estate the more deliveries: on a small one a few say the same.
    """
    count = min(_MOST_DELIVERIES, max(_LEAST_DELIVERIES, graph.item_count // _ITEMS_FOR_A_DELIVERY))
    lots = _lots(graph)
    # A JVM that has just started takes ten times as long.
    warm = count // 4
    await _until_stored(worker, _deliveries(lots, warm, "warm"), 0)
    seconds = await _until_stored(worker, _deliveries(lots, count, "load"), warm)
    bare = await _bare(worker, count * _ALERTS)
    alone = [
        wait
        for others in _deliveries(lots, _SECONDS_ALONE, "beside")
        for wait in await _waits_beside(worker, others, next(lots)[:_ALONE_IN_A_SECOND])
    ]
    return [
        Figure(
            "webhook alerts until they are stored",
            count * _ALERTS / seconds,
            "alerts/s",
            count * _ALERTS / bare,
            bare / seconds,
        ),
        Figure("webhook alert alone, with its impact, beside 100/s", statistics.median(alone) * 1e3, "ms"),
    ]


def _lots(graph: Graph) -> Iterator[list[str]]:
    """The items of one delivery after another, without end."""
    chance, can_fail = np.random.default_rng(7), np.flatnonzero(graph.needed == 0)
    while True:
        yield [graph.keys[item] for item in chance.choice(can_fail, _ALERTS).tolist()]


async def _until_stored(worker: Worker, deliveries: Sequence[Delivery], before: int) -> float:
    """The seconds from the first one sent until every alert is stored, so many deliveries having come before."""
    sent = await send_all(str(worker.client.base_url.join(_WHERE)), deliveries, _SENDERS)
    if refused := set(sent.statuses) - {200, 202}:
        raise WrongAnswer(f"a delivery is refused with {refused}")
    wanted = (before + len(deliveries)) * _ALERTS
    stored = 0
    while stored < wanted:
        await asyncio.sleep(_LOOK_SECONDS)
        stored = await _stored(worker)
    if stored > wanted:
        raise WrongAnswer(f"{wanted} alerts were sent, and {stored} events are stored")
    return time.time() - sent.began


async def _stored(worker: Worker) -> int:
    """How many events are stored; all that a page shows of them have an item and an impact."""
    answer = (await worker.client.post("/graphql", json={"query": _STORED})).json()
    found = answer["data"]["events"]
    if any(edge["node"]["item"] is None or edge["node"]["impact"] is None for edge in found["edges"]):
        raise WrongAnswer("an event is stored without its item or its impact")
    return int(found["totalCount"])


async def _waits_beside(worker: Worker, others: Delivery, keys: Iterable[str]) -> list[float]:
    """The seconds until each of these is answered, one after another, while others are taken in."""
    meanwhile = asyncio.create_task(_deliver(worker, others))
    waits = []
    for key in keys:
        waits.append(await one_wait(partial(_deliver, worker, _delivery([key], "alone"))))
        await asyncio.sleep(_PAUSE_SECONDS)
    await meanwhile
    return waits


async def _deliver(worker: Worker, body: Delivery) -> None:
    answer = await worker.client.post(_WHERE, json=body)
    if answer.status_code not in (200, 202):
        raise WrongAnswer(f"a delivery is refused with {answer.status_code}: {answer.text[:300]}")


def _deliveries(lots: Iterator[Sequence[str]], count: int, name: str) -> list[Delivery]:
    return [_delivery(next(lots), f"{name}-{number}") for number in range(count)]


def _delivery(keys: Sequence[str], name: str) -> Delivery:
    began = datetime.now(UTC).isoformat()
    alerts = [
        {
            "status": "firing",
            "labels": {"alertname": "Bench", "underpin_key": key, "severity": "critical"},
            "annotations": {"summary": "it is down"},
            "startsAt": began,
            "fingerprint": f"{name}-{number}-{key}",
        }
        for number, key in enumerate(keys)
    ]
    return {"version": "4", "status": "firing", "alerts": alerts}


async def _bare(worker: Worker, count: int) -> float:
    """The seconds in which so many nodes are written, a hundred in a transaction."""
    rows = [
        {"id": f"bare-{number}", "source": "bench", "fingerprint": str(number), "severity": "critical", "state": "DOWN"}
        for number in range(count)
    ]
    started = time.perf_counter()
    for begin in range(0, count, _ALERTS):

        async def work(
            transaction: Transaction, some: Sequence[Mapping[str, str]] = rows[begin : begin + _ALERTS]
        ) -> None:
            await write_bare_events(transaction, some)

        await worker.runtime.database.write(work)
    return time.perf_counter() - started
