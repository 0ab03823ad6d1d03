"""The queue of events about no known item: what they wait under, and which items may be meant. Pure.

What is alike is suggested to a person and never taken for a match: `web01` and `web02` are alike to any measure.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from app.events.model import Event, MatchTier

LIKE_ENOUGH = 92.0
AHEAD_BY = 5.0
"""By how much one item must be more alike than the next to be suggested alone; else the near ones are, in turn."""
MAX_SUGGESTED = 5


@dataclass(frozen=True, slots=True)
class QueuedGroup:
    """Open events that say the same of where they come from; ambiguous ones with their candidates. `event` is the
    newest of them."""

    tier: MatchTier | None
    value: str | None
    candidates: tuple[str, ...]
    count: int
    first_at: datetime
    last_at: datetime
    event: Event


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An item that may be meant, what it is known as, and how alike that is, up to 100."""

    key: str
    name: str
    likeness: float


def suggestions(value: str, names: Mapping[str, Iterable[str]]) -> tuple[Suggestion, ...]:
    """Items whose names are much like a value, the most alike first; `names` are those of each key.

    The digits must be equal. If one is ahead of the rest, only that one is suggested.
    """
    found: list[Suggestion] = []
    for key, known in names.items():
        scored = ((_likeness(value, name), name) for name in {key, *known} if _digits(name) == _digits(value))
        likeness, name = max(scored, default=(0.0, ""))
        if likeness >= LIKE_ENOUGH:
            found.append(Suggestion(key, name, round(likeness, 1)))
    found.sort(key=lambda one: (-one.likeness, one.key))
    if len(found) > 1 and found[0].likeness - found[1].likeness >= AHEAD_BY:
        return tuple(found[:1])
    return tuple(found[:MAX_SUGGESTED])


def _likeness(one: str, other: str) -> float:
    one, other = one.casefold(), other.casefold()
    short, known = one.split(".")[0], other.split(".")[0]
    return max(
        float(fuzz.token_set_ratio(_words(one), _words(other))),
        100 * JaroWinkler.similarity(one, other),
        100 * JaroWinkler.similarity(short, known),
    )


def _words(text: str) -> str:
    return re.sub(r"[^0-9a-z]+", " ", text)


def _digits(text: str) -> list[str]:
    return re.findall(r"\d+", text)
