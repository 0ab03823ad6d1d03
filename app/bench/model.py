"""Figures, and how they are timed."""

import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure beside a baseline in the same unit; a `ratio` above 1 is in our favour."""

    figure: str
    value: float
    unit: str
    baseline: float | None = None
    ratio: float | None = None


class WrongAnswer(Exception):
    """Two engines disagree: a bug, and no figure of this run can be believed."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The seconds of one question by us and by a baseline."""

    ours: float
    theirs: float


def compared(figure: str, pairs: Sequence[Pair], unit: str = "ms") -> Figure:
    """The medians over several questions, and the median of their ratios; `unit` is ms or µs."""
    scale = {"ms": 1e3, "µs": 1e6}[unit]
    return Figure(
        figure,
        statistics.median(pair.ours for pair in pairs) * scale,
        unit,
        statistics.median(pair.theirs for pair in pairs) * scale,
        statistics.median(pair.theirs / pair.ours for pair in pairs),
    )


def seconds(work: Callable[[], object], rounds: int) -> float:
    """The median time of some calls, after one that is not counted."""
    work()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


async def awaited_seconds(work: Callable[[], Awaitable[object]], rounds: int) -> float:
    """The same of something awaited."""
    await work()
    return statistics.median([await one_wait(work) for _ in range(rounds)])


async def one_wait(work: Callable[[], Awaitable[object]]) -> float:
    """How long it takes once."""
    started = time.perf_counter()
    await work()
    return time.perf_counter() - started
