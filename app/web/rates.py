"""Rates: how many requests in a row a caller, a source or an address may send. Pure, but for the clock it is given.

A token bucket for each: it holds `burst` requests at most and gains `per_second` all the time. Source of the answer's
headers: draft-ietf-httpapi-ratelimit-headers.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast, which is more than 0, and how many at once after a pause."""

    per_second: float
    burst: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left of a bucket, and in how many seconds there is one more."""

    left: int
    wait_seconds: int

    @property
    def is_empty(self) -> bool:
        """Whether a request must wait."""
        return self.wait_seconds > 0


class Buckets:
    """A bucket for each name, at most so many: of those that were not used for longest the oldest is forgotten, and is
    full when it comes again."""

    def __init__(self, rate: Rate, clock: Callable[[], float], *, most: int = MOST_REMEMBERED) -> None:
        self.rate = rate
        self._clock = clock
        self._most = most
        self._filled: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def look(self, name: str) -> Standing:
        """How a bucket stands; nothing is taken."""
        return self._standing(self._level(name))

    def take(self, name: str) -> Standing:
        """Take one from a bucket, if there is one; `is_empty` says that there was none, and nothing was taken."""
        level = self._level(name)
        standing = self._standing(level)
        if not standing.is_empty:
            self._filled[name] = (level - 1, self._clock())
            self._filled.move_to_end(name)
            if len(self._filled) > self._most:
                self._filled.popitem(last=False)
            standing = Standing(int(level - 1), 0)
        return standing

    def _level(self, name: str) -> float:
        level, at = self._filled.get(name, (float(self.rate.burst), self._clock()))
        return min(self.rate.burst, level + (self._clock() - at) * self.rate.per_second)

    def _standing(self, level: float) -> Standing:
        # A hair's breadth below one is one: sums of fractions are not exact.
        missing = 1 - level
        wait = ceil(missing / self.rate.per_second) if missing > 1e-9 else 0
        return Standing(int(max(0.0, level) + 1e-9), wait)
