"""Which situation lives on in which group of events: they merge, split, fall quiet and open again. Pure.

A group continues the situations with which it shares an alerting item, for an alert that ends and begins again is the
same trouble under another id. Of a situation that splits the largest part goes on; of several that become one the
oldest goes on, an open one before a resolved one, and the others are merged into it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.situations.model import Group, Held, SituationStatus


@dataclass(frozen=True, slots=True)
class Continuation:
    """By the place of a group the situation that goes on in it; by id the groups into which others were merged."""

    lives: Mapping[int, Held]
    merged: Mapping[str, int]


def continued(held: Sequence[Held], groups: Sequence[Group]) -> Continuation:
    """How the situations go on in these groups, which share no item; `held` are those open or lately resolved."""
    lives: dict[int, Held] = {}
    merged: dict[str, int] = {}
    for one, place in _heirs(sorted(held, key=_seniority), groups):
        if place not in lives:
            lives[place] = one
        elif one.situation.status is SituationStatus.OPEN:
            merged[one.situation.id] = place
    return Continuation(lives, merged)


def _heirs(held: Sequence[Held], groups: Sequence[Group]) -> Iterator[tuple[Held, int]]:
    """Of each situation that shares anything the group that has most of its items; the first of equals."""
    place_of = {item: place for place, group in enumerate(groups) for item in group.items}
    for one in held:
        shares = Counter(place_of[item] for item in one.items if item in place_of)
        if shares:
            yield one, min(shares, key=lambda place: (-shares[place], place))


def _seniority(one: Held) -> tuple[bool, float, str]:
    situation = one.situation
    return situation.status is SituationStatus.RESOLVED, situation.opened_at.timestamp(), situation.id
