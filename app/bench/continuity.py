"""Continuity: single points against failing everything in turn, recovery times against one propagation, and how long a
page of what is worked out of the whole estate takes while it is worked out anew."""

import asyncio
import statistics
from datetime import UTC, datetime
from functools import partial

import numpy as np

from app.bench.model import Figure, Pair, WrongAnswer, awaited_seconds, compared, one_wait, seconds
from app.bench.seeds import largest_place
from app.bench.serving import Worker
from app.continuity.business import business_down, business_items
from app.continuity.picture import ContinuityPicture
from app.continuity.single_points import single_points
from app.continuity.times import recovery_times
from app.impact.model import HealthState
from app.impact.propagation import propagate
from app.inventory.actions import upsert
from app.inventory.model import ItemDraft, ItemType
from app.rounds import begun
from app.topology.graph import Graph, Int32
from app.topology.reaching import reach

_ROUNDS = 5
_SLOW_ROUNDS = 2
_PAGES = 10
_QUERIES = {
    "recoveryGaps": "{ recoveryGaps(first: 50) { totalCount edges { node { item { key } rto { overrunSeconds } } } } }",
    "singlePoints": "{ singlePoints(first: 50) { totalCount edges { node { item { key } importantCount } } } }",
}


async def continuity_figures(worker: Worker, count: int) -> list[Figure]:
    """The figures of this estate; single points of so many business items."""
    picture = await worker.runtime.continuity.current()
    graph = picture.graph
    sample = np.random.default_rng(7).permutation(business_items(graph))[:count]
    return [
        await asyncio.to_thread(_single_points_figure, graph, np.sort(sample)),
        await asyncio.to_thread(_times_figure, picture),
        *[await _page_figure(worker, name) for name in _QUERIES],
    ]


def _single_points_figure(graph: Graph, sample: Int32) -> Figure:
    """All single points of these business items, by us and by failing all they stand on one by one."""
    if _ours(graph, sample) != _brute_force(graph, sample):
        raise WrongAnswer("failing everything in turn finds other single points; no figure of this run is right")
    pair = Pair(
        seconds(partial(_ours, graph, sample), _ROUNDS), seconds(partial(_brute_force, graph, sample), _SLOW_ROUNDS)
    )
    return compared(f"single points of {len(sample)} business items, against failing all in turn", [pair])


def _ours(graph: Graph, sample: Int32) -> list[set[int]]:
    return [set(alone.tolist()) for alone in single_points(graph, sample).of_each(sample)]


def _brute_force(graph: Graph, sample: Int32) -> list[set[int]]:
    found: dict[int, set[int]] = {one: set() for one in sample.tolist()}
    for tried in reach(graph.providers, sample).items.tolist():
        if not graph.is_group(tried):
            for fallen in found.keys() & set(business_down(graph, [tried]).tolist()):
                found[fallen].add(tried)
    return list(found.values())


def _times_figure(picture: ContinuityPicture) -> Figure:
    """What recovery achieves and what is required of every item in one pass, against the failure that hits most."""
    estate, place = picture.estate, largest_place(picture.graph)
    pair = Pair(
        seconds(partial(recovery_times, estate), _ROUNDS),
        seconds(partial(propagate, picture.graph, {place: HealthState.DOWN}), _ROUNDS),
    )
    return compared("RTA and required RTO of all items, against one location down", [pair])


async def _page_figure(worker: Worker, name: str) -> Figure:
    """A page while a committed edit has the whole estate worked out anew, against the same page in peace."""
    runtime = worker.runtime
    work = runtime.recovery_gaps.catch_up if name == "recoveryGaps" else runtime.single_points.catch_up
    await work()
    peace = await awaited_seconds(partial(_page, worker, name), _PAGES)
    busy = []
    for number in range(_PAGES):
        draft = ItemDraft("bench", f"bench-{name}-{number}", ItemType.COMPONENT)
        await upsert(runtime.database, [draft], [], caller="bench", source="bench", now=datetime.now(UTC))
        working = begun(work())
        busy.append(await one_wait(partial(_page, worker, name)))
        await working
    return compared(
        f"GraphQL {name} while it is worked out anew, against the same in peace", [Pair(statistics.median(busy), peace)]
    )


async def _page(worker: Worker, name: str) -> None:
    answer = (await worker.client.post("/graphql", json={"query": _QUERIES[name]})).json()
    if "errors" in answer:
        raise WrongAnswer(f"{name} is refused: {answer['errors'][0]['message']}")
