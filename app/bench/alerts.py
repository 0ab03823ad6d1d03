"""Alerts: how many a worker takes in, judges and answers, beside a bare write of as many nodes."""

import asyncio
import statistics
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import numpy as np

from app.bench.model import Figure, WrongAnswer, one_wait
from app.bench.serving import Worker
from app.bench.store import write_bare_events
from app.database.client import Transaction
from app.topology.graph import Graph

Delivery = Mapping[str, object]
_ALERTS = 100
_SENDERS = 2
_ALONE = 20
_MOST_DELIVERIES = 60
_LEAST_DELIVERIES = 4
_ITEMS_FOR_A_DELIVERY = 1_000


async def alert_figures(worker: Worker, graph: Graph) -> list[Figure]:
    """Alertmanager deliveries of a hundred alerts on items drawn at random by two senders, raised and then resolved;
    an alert alone while all are open; and both beside a bare `UNWIND` of as many nodes.

    The larger the estate the more deliveries: on a small one a few say the same.
    """
    count = min(_MOST_DELIVERIES, max(_LEAST_DELIVERIES, graph.item_count // _ITEMS_FOR_A_DELIVERY))
    can_fail = np.flatnonzero(graph.needed == 0)
    drawn = np.random.default_rng(7).choice(can_fail, (count, _ALERTS))
    lots = [[graph.keys[item] for item in items] for items in drawn.tolist()]
    began = datetime.now(UTC)
    # A JVM that has just started takes ten times as long.
    await _sent(worker, _deliveries(lots[: count // 4], began, "firing", "warm"))
    raised = await _sent(worker, _deliveries(lots, began, "firing", "bench"))
    alone = [
        await one_wait(partial(_deliver, worker, *_deliveries([[key]], began, "firing", "alone")))
        for key in [keys[0] for keys in lots][:_ALONE]
    ]
    resolved = await _sent(worker, _deliveries(lots, began, "resolved", "bench"))
    events = count * _ALERTS * 2
    bare = await _bare(worker, events)
    ours = raised + resolved
    return [
        Figure("webhook events, a hundred in a delivery", events / ours, "events/s", events / bare, bare / ours),
        Figure("webhook event alone, with its impact", statistics.median(alone) * 1e3, "ms"),
    ]


async def _sent(worker: Worker, deliveries: Sequence[Delivery]) -> float:
    """The seconds until all are answered."""

    async def send(some: Sequence[Delivery]) -> None:
        for one in some:
            await _deliver(worker, one)

    started = time.perf_counter()
    await asyncio.gather(*(send(deliveries[number::_SENDERS]) for number in range(_SENDERS)))
    return time.perf_counter() - started


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


def _deliveries(lots: Sequence[Sequence[str]], began: datetime, status: str, name: str) -> list[Delivery]:
    ended = {"endsAt": (began + timedelta(minutes=1)).isoformat()} if status == "resolved" else {}
    return [
        {
            "version": "4",
            "status": status,
            "alerts": [
                {
                    "status": status,
                    "labels": {"alertname": "Bench", "underpin_key": key, "severity": "critical"},
                    "annotations": {},
                    "startsAt": began.isoformat(),
                    "fingerprint": f"{name}-{lot}-{key}",
                    **ended,
                }
                for key in keys
            ],
        }
        for lot, keys in enumerate(lots)
    ]


async def _deliver(worker: Worker, body: Delivery) -> None:
    answer = await worker.client.post("/webhooks/alertmanager", json=body)
    if answer.status_code not in (200, 202):
        raise WrongAnswer(f"a delivery is refused with {answer.status_code}: {answer.text[:300]}")
