"""Proofs: the chain of work that makes an item late, the chain of need that makes it urgent, and what is missing. Pure.

Every tie is broken by key, so the proof of the same data is the same everywhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from app.continuity.facts import NO_EVIDENCE, RecoveryEvidence
from app.continuity.times import RecoveryTimes
from app.continuity.timing import OPEN
from app.topology.graph import Adjacency, Bools, Int32
from app.topology.reaching import reach


@dataclass(frozen=True, slots=True)
class Step:
    """One item's part of a recovery, in seconds after the failure; `own_seconds` is a lower bound where `is_missing`.

    Items that wait for each other are one step: `cycle` then names them all and `own_seconds` is what they take.
    """

    key: str
    start_seconds: int
    own_seconds: int
    finish_seconds: int
    evidence: RecoveryEvidence | None
    is_missing: bool
    cycle: tuple[str, ...] = ()


def step_of(times: RecoveryTimes, number: int) -> Step:
    """The step of an item."""
    keys, inside = times.estate.graph.keys, times.together(number)
    return Step(
        key=keys[number],
        start_seconds=int(times.start[number]),
        own_seconds=times.own_of(number),
        finish_seconds=int(times.finish[number]),
        evidence=weakest([one for one in (_evidence(times, each) for each in inside) if one is not None]),
        is_missing=bool(times.missing[inside].any()),
        cycle=tuple(keys[one] for one in inside) if len(inside) > 1 else (),
    )


def _evidence(times: RecoveryTimes, number: int) -> RecoveryEvidence | None:
    """What stands behind the time of an item; `None` where it has none or takes none."""
    estate = times.estate
    if estate.recovery_seconds[number] <= 0:
        return None
    said = int(estate.evidence[number])
    # A time that nobody stands behind is no better than a default.
    return RecoveryEvidence.DEFAULT if said == NO_EVIDENCE else RecoveryEvidence(said)


def weakest(evidence: Sequence[RecoveryEvidence]) -> RecoveryEvidence | None:
    """The weakest of these; `None` if there is none."""
    return max(evidence, default=None)


def path_evidence(path: Sequence[Step]) -> RecoveryEvidence | None:
    """The weakest evidence on a path; `None` where a time on it is missing or nothing on it takes any."""
    if any(step.is_missing for step in path):
        return None
    return weakest([step.evidence for step in path if step.evidence is not None])


def critical_path(times: RecoveryTimes, number: int) -> tuple[Step, ...]:
    """The steps that make an item as late as it is, in the order of the work; the item itself is the last.

    Each begins when the one before is up, and the first at once.
    """
    steps, at = [step_of(times, number)], number
    while times.start[at] > 0:
        at = _last_provider(times, at)
        steps.append(step_of(times, at))
    return tuple(reversed(steps))


def _last_provider(times: RecoveryTimes, number: int) -> int:
    """What an item waits for longest outside of its own component."""
    keys, component, ready = times.estate.graph.keys, times.net.component, times.start[number]
    waiting, seen, found = [number], {number}, []
    while waiting:
        for other in times.waited_for(waiting.pop()):
            if component[other] != component[number]:
                found += [other] if times.finish[other] == ready else []
            elif other not in seen and times.start[other] == ready:
                seen.add(other)
                waiting.append(other)
    return min(found, key=keys.__getitem__)


def demand_path(times: RecoveryTimes, number: int) -> tuple[str, ...]:
    """From an item to the business item whose deadline it has to meet, each needing the one before; none where nobody
    asks for it. The shortest of several."""
    graph, late, deadline = times.estate.graph, times.late, times.estate.deadline_seconds
    if late[number] == OPEN:
        return ()
    came_from: dict[int, int | None] = {number: None}
    level = [number]
    while not (ends := [one for one in level if deadline[one] == late[one]]):
        above = {asking: one for one in reversed(level) for asking in _asking(times, one) if asking not in came_from}
        level = sorted(above, key=graph.keys.__getitem__)
        came_from |= above
    path: list[int] = []
    at: int | None = ends[0]
    while at is not None:
        path.append(at)
        at = came_from[at]
    return tuple(graph.keys[one] for one in reversed(path))


def _asking(times: RecoveryTimes, number: int) -> Iterator[int]:
    """Those that wait for an item and set its time."""
    component = times.net.component
    for one in set(_neighbours(times.estate.graph.dependents, number)):
        own = 0 if component[one] == component[number] else times.own_of(one)
        if times.late[one] < OPEN and times.late[one] - own == times.late[number] and number in times.waited_for(one):
            yield one


def _neighbours(adjacency: Adjacency, number: int) -> list[int]:
    return [one for one, _ in adjacency.of(number)]


def missing_below(times: RecoveryTimes, number: int) -> list[int]:
    """The items whose recovery time has to be known for that of an item, by key."""
    return _marked(times, number, times.estate.graph.providers, times.missing)


def missing_above(times: RecoveryTimes, number: int) -> list[int]:
    """The items whose recovery time has to be known for what is asked of an item, by key."""
    asked = times.missing & (times.late < OPEN)
    return [one for one in _marked(times, number, times.estate.graph.dependents, asked) if one != number]


def in_cycles_below(times: RecoveryTimes, number: int) -> list[list[int]]:
    """The items that wait for each other among those that an item waits for, itself included; by their first key."""
    below = _reached(times.estate.graph.providers, number)
    component = times.net.component[below]
    sizes = np.diff(times.net.begins)[component]
    firsts: dict[int, int] = {}
    for one, which in zip(below[sizes > 1].tolist(), component[sizes > 1].tolist(), strict=True):
        firsts.setdefault(which, one)
    found = [times.together(one) for one in firsts.values()]
    return sorted(found, key=lambda inside: times.estate.graph.keys[inside[0]])


def assumed_below(times: RecoveryTimes, number: int) -> list[int]:
    """The items among those an item waits for that were taken to need no time of their own, by key."""
    return _marked(times, number, times.estate.graph.providers, times.estate.is_assumed)


def _marked(times: RecoveryTimes, number: int, along: Adjacency, marks: Bools) -> list[int]:
    found = _reached(along, number)
    return sorted(found[marks[found]].tolist(), key=times.estate.graph.keys.__getitem__)


def _reached(along: Adjacency, number: int) -> Int32:
    return reach(along, np.array([number], np.int32)).items
