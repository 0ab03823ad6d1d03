"""Findings: what a check says is wrong with an item, for how long, and what people have made of it. Pure.

A finding is known by its check and its item: one that goes away resolves itself, and one that comes back is the same,
opened again. Looking again without anything having changed changes nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

KEPT_TURNS = 100
"""How many turns of a finding are remembered, the last ones."""


class FindingSeverity(Enum):
    """How much hangs on it."""

    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"

    @property
    def rank(self) -> int:
        """0 for the highest."""
        return [*FindingSeverity].index(self)


class FindingStatus(Enum):
    """OPEN until it is gone, or until somebody accepts it for a while."""

    OPEN = "OPEN"
    ACCEPTED = "ACCEPTED"
    RESOLVED = "RESOLVED"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a check sees of an item."""

    code: str
    severity: FindingSeverity
    key: str
    sentence: str

    @property
    def id(self) -> str:
        """The id of the finding."""
        return f"{self.code}:{self.key}"


@dataclass(frozen=True, slots=True)
class Turn:
    """When a finding came into a status, by whom (`None`: by a check), and why if anybody said."""

    at: datetime
    status: FindingStatus
    by: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What is or was seen; `last_seen_at` is when a check saw it last, `turns` are in order."""

    seen: Seen
    status: FindingStatus
    first_seen_at: datetime
    last_seen_at: datetime
    turns: tuple[Turn, ...]
    accepted_until: datetime | None = None

    @property
    def id(self) -> str:
        """The id of what is seen."""
        return self.seen.id

    def turned(self, turn: Turn, *, until: datetime | None = None) -> "Finding":
        """The finding in another status; `until` is how long an acceptance holds."""
        turns = (*self.turns, turn)[-KEPT_TURNS:]
        return replace(self, status=turn.status, turns=turns, accepted_until=until)


def reconciled(stored: Mapping[str, Finding], seen: Iterable[Seen], at: datetime) -> Iterator[Finding]:
    """The findings that are otherwise than `stored` after everything was checked; of what is seen twice the first
    counts."""
    gone = {id: one for id, one in stored.items() if one.status is not FindingStatus.RESOLVED}
    known = set[str]()
    for one in seen:
        if one.id not in known:
            known.add(one.id)
            gone.pop(one.id, None)
            before = stored.get(one.id)
            after = _seen_again(before, one, at) if before else _new(one, at)
            if after != before:
                yield after
    for finding in gone.values():
        yield finding.turned(Turn(at, FindingStatus.RESOLVED))


def _new(seen: Seen, at: datetime) -> Finding:
    return Finding(seen, FindingStatus.OPEN, at, at, (Turn(at, FindingStatus.OPEN),))


def _seen_again(before: Finding, seen: Seen, at: datetime) -> Finding:
    """A finding that is still seen, or again; that alone is no news."""
    after = replace(before, seen=seen)
    if before.status is FindingStatus.RESOLVED:
        return replace(after.turned(Turn(at, FindingStatus.OPEN)), last_seen_at=at)
    if before.accepted_until is not None and before.accepted_until <= at:
        return after.turned(Turn(at, FindingStatus.OPEN, reason="the acceptance ran out"))
    return after
