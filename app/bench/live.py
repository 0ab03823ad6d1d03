"""Live: what it costs to keep the current impact while failures begin and end."""

import statistics
import time
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from app.bench.model import Figure, WrongAnswer
from app.bench.seeds import Seeds, largest_place
from app.impact.live import LiveImpact, Told
from app.impact.model import Failure, HealthState
from app.impact.propagation import propagate
from app.topology.graph import Graph

_DOWN, _DEGRADED = Failure(HealthState.DOWN), Failure(HealthState.DEGRADED)
_ALARMS = 20_000
_TOGETHER = 1_000

Alarm = tuple[str, Told | None]
"""A failure by its id, and what it says; `None` when it is over."""


def live_figures(graph: Graph, seeds: Seeds) -> list[Figure]:
    """One failure, a stream of them, and one location.

    Raises:
        WrongAnswer: the states kept current are not those of a propagation.
    """
    live = LiveImpact(graph)
    figures = [
        *_single(live, "wide", seeds.wide),
        *_single(live, "narrow", seeds.narrow),
        *_stream(live),
        *_location(live),
    ]
    _check(live, {})
    return figures


def _single(live: LiveImpact, width: str, items: Sequence[int]) -> list[Figure]:
    """One failure begins and ends, and what that is for each state that changes on the way."""
    times, each = [], []
    for item in items:
        took, changed = min((_begin_and_end(live, live.graph.keys[item]) for _ in range(5)), key=lambda one: one[0])
        times.append(took)
        each.append(took / max(1, changed))
    return [
        Figure(f"one event raised and cleared, {width} seeds", statistics.median(times) * 1e6, "µs"),
        Figure(f"one event, {width} seeds, for each state changed", statistics.median(each) * 1e6, "µs"),
    ]


def _begin_and_end(live: LiveImpact, key: str) -> tuple[float, int]:
    started = time.perf_counter()
    begun = live.tell({"event": (key, _DOWN)})
    ended = live.tell({"event": None})
    return time.perf_counter() - started, len(begun) + len(ended)


def _stream(live: LiveImpact) -> list[Figure]:
    """Alarms one at a time and by the thousand, and what a thousand costs for each state that changes in it."""
    alarms = _mixed(live.graph)
    slowly, quickly = alarms[: _ALARMS // 2], alarms[_ALARMS // 2 :]
    single, _ = _rate(live, [[one] for one in slowly])
    together, each = _rate(live, [quickly[at : at + _TOGETHER] for at in range(0, len(quickly), _TOGETHER)])
    return [
        Figure("mixed alarms, one at a time", single, "alarms/s"),
        Figure("mixed alarms, by the thousand", together, "alarms/s"),
        Figure("states changed by a thousand mixed alarms", each, "states"),
    ]


def _mixed(graph: Graph) -> list[Alarm]:
    """Items go DOWN or degrade, and recover, as often as not; either half begins with nothing open."""
    random = np.random.default_rng(7)
    can_fail = np.flatnonzero(graph.needed == 0)
    alarms: list[Alarm] = []
    opened: list[str] = []
    for number, item in enumerate(random.choice(can_fail, _ALARMS).tolist()):
        if number == _ALARMS // 2:
            opened.clear()
        if opened and random.random() < 0.5:
            alarms.append((opened.pop(int(random.integers(len(opened)))), None))
        else:
            opened.append(f"alarm {number}")
            alarms.append((opened[-1], (graph.keys[item], _DOWN if random.random() < 0.5 else _DEGRADED)))
    return alarms


def _rate(live: LiveImpact, deliveries: Sequence[Sequence[Alarm]]) -> tuple[float, float]:
    """Alarms a second, and states changed a delivery; nothing is open before, and nothing after."""
    news = [dict(delivery) for delivery in deliveries]
    started = time.perf_counter()
    changed = sum([len(live.tell(one)) for one in news])
    rate = sum(map(len, deliveries)) / (time.perf_counter() - started)
    told: dict[str, Told | None] = {}
    for one in news:
        told |= one
    _check(live, told)
    live.tell(dict.fromkeys(told))
    return rate, changed / len(deliveries)


def _location(live: LiveImpact) -> list[Figure]:
    """The location that takes most with it: it goes DOWN and comes back."""
    graph = live.graph
    runs = [_down_and_up(live, graph.keys[largest_place(graph)]) for _ in range(5)]
    down, up = statistics.median(run[0] for run in runs), statistics.median(run[1] for run in runs)
    changed = runs[0][2]
    return [
        Figure("one location down", down * 1e3, "ms"),
        Figure("one location up again", up * 1e3, "ms"),
        Figure("one location, states changed", changed, "states"),
        Figure("one location down, for each state changed", down * 1e6 / changed, "µs"),
    ]


def _down_and_up(live: LiveImpact, key: str) -> tuple[float, float, int]:
    started = time.perf_counter()
    changed = live.tell({"event": (key, _DOWN)})
    halfway = time.perf_counter()
    live.tell({"event": None})
    return halfway - started, time.perf_counter() - halfway, len(changed)


def _check(live: LiveImpact, told: Mapping[str, Told | None]) -> None:
    own: dict[int, HealthState] = {}
    for key, failure in _still_told(told.values()):
        number = live.graph.number[key]
        own[number] = max(own.get(number, HealthState.OPERATIONAL), failure.state)
    if not np.array_equal(live.picture().propagation.worst.state, propagate(live.graph, own).worst.state):
        raise WrongAnswer("the states kept current are not those that follow from the open failures")


def _still_told(told: Iterable[Told | None]) -> list[Told]:
    return [one for one in told if one is not None]
