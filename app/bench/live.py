"""Live: what it costs to keep the states current while failures begin and end."""

import statistics
import time
from collections.abc import Iterable, Sequence

import numpy as np

from app.bench.model import Figure, WrongAnswer
from app.bench.seeds import Seeds
from app.impact.model import HealthState
from app.impact.propagation import propagate
from app.inventory.model import ItemType
from app.topology.graph import TYPE_ORDER, Graph
from app.topology.incremental import LiveStates

_DOWN, _DEGRADED = int(HealthState.DOWN), int(HealthState.DEGRADED)
_ALARMS = 20_000
_TOGETHER = 1_000

Alarm = tuple[int, int, int]
"""An item, its state, and whether that begins (1) or ends (-1)."""


def live_figures(graph: Graph, seeds: Seeds) -> list[Figure]:
    """One failure, a stream of them, and one location.

    Raises:
        WrongAnswer: the states kept current are not those of a propagation.
    """
    live = LiveStates(graph, unknown_counts=True)
    nominal = live.state.copy()
    figures = [
        *_single(live, "wide", seeds.wide),
        *_single(live, "narrow", seeds.narrow),
        *_stream(graph, live),
        *_location(graph, live),
    ]
    if not np.array_equal(live.state, nominal):
        raise WrongAnswer("after every failure has ended the states kept current are not the nominal ones")
    return figures


def _single(live: LiveStates, width: str, items: Sequence[int]) -> list[Figure]:
    """One failure begins and ends, and what that is for each state that changes on the way."""
    times, each = [], []
    for item in items:
        took, changed = min((_begin_and_end(live, item) for _ in range(5)), key=lambda one: one[0])
        times.append(took)
        each.append(took / max(1, changed))
    return [
        Figure(f"one event raised and cleared, {width} seeds", statistics.median(times) * 1e6, "µs"),
        Figure(f"one event, {width} seeds, for each state changed", statistics.median(each) * 1e6, "µs"),
    ]


def _begin_and_end(live: LiveStates, item: int) -> tuple[float, int]:
    started = time.perf_counter()
    begun = live.apply([(item, _DOWN, 1)])
    ended = live.apply([(item, _DOWN, -1)])
    return time.perf_counter() - started, len(begun) + len(ended)


def _stream(graph: Graph, live: LiveStates) -> list[Figure]:
    alarms = _mixed(graph)
    slowly, quickly = alarms[: _ALARMS // 2], alarms[_ALARMS // 2 :]
    single = _rate(live, [[one] for one in slowly])
    _check(graph, live, slowly)
    live.apply(_undone(slowly))
    together = _rate(live, [quickly[at : at + _TOGETHER] for at in range(0, len(quickly), _TOGETHER)])
    _check(graph, live, quickly)
    live.apply(_undone(quickly))
    return [
        Figure("mixed alarms, one at a time", single, "alarms/s"),
        Figure("mixed alarms, by the thousand", together, "alarms/s"),
    ]


def _mixed(graph: Graph) -> list[Alarm]:
    """Items go DOWN or degrade, and recover, as often as not; either half begins with nothing open."""
    random = np.random.default_rng(7)
    can_fail = np.flatnonzero(graph.needed == 0)
    alarms: list[Alarm] = []
    opened: list[tuple[int, int]] = []
    for number, item in enumerate(random.choice(can_fail, _ALARMS).tolist()):
        if number == _ALARMS // 2:
            opened.clear()
        if opened and random.random() < 0.5:
            alarms.append((*opened.pop(int(random.integers(len(opened)))), -1))
        else:
            opened.append((item, _DOWN if random.random() < 0.5 else _DEGRADED))
            alarms.append((*opened[-1], 1))
    return alarms


def _undone(alarms: Iterable[Alarm]) -> list[Alarm]:
    return [(item, state, -sign) for item, state, sign in reversed(list(alarms))]


def _rate(live: LiveStates, deliveries: Sequence[Sequence[Alarm]]) -> float:
    started = time.perf_counter()
    for delivery in deliveries:
        live.apply(delivery)
    return sum(map(len, deliveries)) / (time.perf_counter() - started)


def _location(graph: Graph, live: LiveStates) -> list[Figure]:
    """The location that takes most with it: it goes DOWN and comes back."""
    places = np.flatnonzero(graph.type_rank == TYPE_ORDER.index(ItemType.LOCATION)).tolist()
    largest = max(places, key=lambda place: len(propagate(graph, {place: HealthState.DOWN}).affected))
    runs = [_down_and_up(live, largest) for _ in range(5)]
    down, up = statistics.median(run[0] for run in runs), statistics.median(run[1] for run in runs)
    changed = runs[0][2]
    return [
        Figure("one location down", down * 1e3, "ms"),
        Figure("one location up again", up * 1e3, "ms"),
        Figure("one location, states changed", changed, "states"),
        Figure("one location down, for each state changed", down * 1e6 / changed, "µs"),
    ]


def _down_and_up(live: LiveStates, place: int) -> tuple[float, float, int]:
    started = time.perf_counter()
    changed = live.apply([(place, _DOWN, 1)])
    halfway = time.perf_counter()
    live.apply([(place, _DOWN, -1)])
    return halfway - started, time.perf_counter() - halfway, len(changed)


def _check(graph: Graph, live: LiveStates, alarms: Iterable[Alarm]) -> None:
    open_alarms: dict[tuple[int, int], int] = {}
    for item, state, sign in alarms:
        open_alarms[item, state] = open_alarms.get((item, state), 0) + sign
    own: dict[int, HealthState] = {}
    for (item, state), count in open_alarms.items():
        if count > 0:
            own[item] = max(own.get(item, HealthState.OPERATIONAL), HealthState(state))
    if not np.array_equal(live.state, propagate(graph, own).worst.state):
        raise WrongAnswer("the states kept current are not those that follow from the open failures")
