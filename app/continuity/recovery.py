"""Recovery plans: what is brought up when, what must not slip, and what still has time (semantics §6). Pure.

A plan covers what its targets wait for. A step is an item, or items that wait for each other; a redundancy group is no
step, for it is up when enough of its members are.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from app.continuity.estate import RecoveryEstate
from app.continuity.facts import RecoveryEvidence
from app.continuity.proofs import Step, critical_path, path_evidence, step_of
from app.continuity.times import CycleRule, Progress, RecoveryTimes, times_after
from app.continuity.timing import OPEN, Net
from app.topology.graph import EdgeKind


@dataclass(frozen=True, slots=True)
class Assumed:
    """What a plan is asked for: the targets, what of it failed (`None`: everything), other times than the known ones
    by key, when which steps were done and what time it is now, and how items count that wait for each other."""

    targets: Sequence[str]
    failed: Collection[str] | None = None
    seconds: Mapping[str, int] = field(default_factory=dict)
    done_seconds: Mapping[str, int] = field(default_factory=dict)
    now_seconds: int = 0
    cycles: CycleRule = CycleRule.SUM


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One step; `step` has its times, `wave` counts from 1 the steps it waits for, `needs` are those it waits for.

    `slack_seconds` is how much later it may end without delaying the plan; `None` where it only restores redundancy.
    """

    step: Step
    wave: int
    slack_seconds: int | None
    needs: tuple[str, ...]
    is_critical: bool
    done_seconds: int | None

    @property
    def key(self) -> str:
        """The key of its item."""
        return self.step.key

    def place(self) -> tuple[int, int, str]:
        """Where it stands in the plan."""
        return self.step.start_seconds, self.step.finish_seconds, self.step.key


@dataclass(frozen=True, slots=True)
class GroupRestored:
    """When a redundancy group is up with enough of its members, and when with all of them."""

    key: str
    up_seconds: int
    restored_seconds: int


@dataclass(frozen=True, slots=True)
class RecoveryPlan:
    """The steps in the order in which they begin, and when everything asked for is up, in seconds after the failure.

    Times are lower bounds where a step `is_missing` its own; `finish_most_seconds` is `None` then, unless a group
    holds without it. `redundancy_restored_seconds` is `None` where there is no redundancy.
    """

    targets: tuple[str, ...]
    steps: tuple[PlanStep, ...]
    finish_seconds: int
    finish_most_seconds: int | None
    critical_path: tuple[Step, ...]
    evidence: RecoveryEvidence | None
    groups: tuple[GroupRestored, ...]
    redundancy_restored_seconds: int | None
    missing: tuple[str, ...]
    assumed: tuple[str, ...]

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to do for the targets; redundancy may be. What takes no time is up with what it
        waits for, whoever says so."""
        left = [one.step for one in self.steps if one.slack_seconds is not None]
        return not any(step.own_seconds or step.is_missing for step in left)


def recovery_plan(estate: RecoveryEstate, asked: Assumed) -> RecoveryPlan:
    """The plan for targets that are there; a key of `asked` that they do not wait for changes nothing."""
    inside = estate.below([estate.graph.number[key] for key in asked.targets])
    times = _times(inside, asked)
    number, keys = inside.graph.number, inside.graph.keys
    last = max((number[key] for key in sorted(asked.targets, reverse=True)), key=lambda one: int(times.finish[one]))
    most = max(int(times.finish_most[number[key]]) for key in asked.targets)
    path = critical_path(times, last)
    groups = tuple(_groups(times))
    return RecoveryPlan(
        targets=tuple(asked.targets),
        steps=tuple(sorted(_steps(times, asked, int(times.finish[last])), key=PlanStep.place)),
        finish_seconds=int(times.finish[last]),
        finish_most_seconds=None if most >= OPEN else most,
        critical_path=path,
        evidence=path_evidence(path),
        groups=groups,
        redundancy_restored_seconds=max((one.restored_seconds for one in groups), default=None),
        missing=tuple(sorted(keys[one] for one in np.flatnonzero(times.missing & times.affected).tolist())),
        assumed=tuple(sorted(keys[one] for one in np.flatnonzero(inside.is_assumed & times.affected).tolist())),
    )


def _times(estate: RecoveryEstate, asked: Assumed) -> RecoveryTimes:
    """The times as they are asked for."""
    number = estate.graph.number
    everything = np.ones(estate.graph.size, np.bool_)
    failed = everything if asked.failed is None else estate.marked(asked.failed)
    seconds = estate.recovery_seconds.copy()
    for key, given in asked.seconds.items():
        if key in number:
            seconds[number[key]] = given
    done = {number[key]: at for key, at in asked.done_seconds.items() if key in number}
    progress = Progress(asked.now_seconds, done)
    return times_after(estate, failed, seconds=seconds, progress=progress, cycles=asked.cycles)


def _steps(times: RecoveryTimes, asked: Assumed, finish: int) -> Iterator[PlanStep]:
    """The steps, in no order."""
    graph = times.estate.graph
    deadline = np.full(graph.size, OPEN, np.int64)
    deadline[[graph.number[key] for key in asked.targets]] = finish
    late, wave = times.late_for(deadline), waves(times)
    for number in range(graph.size):
        inside = _work(times, number)
        if not times.affected[number] or inside[:1] != [number]:
            continue
        together = [graph.keys[one] for one in times.together(number)]
        done = max(map(asked.done_seconds.__getitem__, together)) if asked.done_seconds.keys() >= {*together} else None
        # A group that waits for its own members in a circle is needed with them.
        slack = min(int(late[one] - times.finish[one]) for one in times.together(number))
        needed = done is None and slack < OPEN >> 1
        yield PlanStep(
            step=step_of(times, number),
            wave=wave[number],
            slack_seconds=slack if needed else None,
            needs=tuple(sorted(graph.keys[one] for one in _needs(times, inside))),
            is_critical=needed and slack == 0,
            done_seconds=done,
        )


def _work(times: RecoveryTimes, number: int) -> list[int]:
    """The items of the step that an item belongs to, by key; none for a group by itself."""
    return [one for one in times.together(number) if not times.estate.graph.is_group(one)]


def _needs(times: RecoveryTimes, inside: Sequence[int]) -> set[int]:
    """The first items of the steps that a step waits for; a group stands for the members it waits for."""
    found: set[int] = set()
    waiting, seen = list(times.together(inside[0])), set(times.together(inside[0]))
    while waiting:
        for other in times.waited_for(waiting.pop()):
            if other in seen or not times.affected[other]:
                continue
            seen.add(other)
            if work := _work(times, other):
                found.add(work[0])
            else:
                waiting.append(other)
    return found


def waves(times: RecoveryTimes) -> list[int]:
    """Of every item how many steps come one after the other until it is up, itself included; a group is up with the
    k-th smallest wave of its members, and what nothing struck is in wave 0."""
    net, is_group = times.net, times.estate.graph.is_group
    wave = [0] * times.estate.graph.size
    for first, last in pairwise(net.begins.tolist()):
        latest = max(_ready_wave(net, one, wave) for one in range(first, last))
        items = net.order[first:last].tolist()
        step = any(not is_group(one) for one in items)
        wave[first:last] = [latest + step if times.affected[one] else 0 for one in items]
    return [wave[one] for one in net.place.tolist()]


def _ready_wave(net: Net, place: int, wave: Sequence[int]) -> int:
    """The wave in which all is up that a place waits for."""
    positions = range(net.start[place], net.start[place + 1])
    hard: list[int] = [wave[net.provider[one]] for one in positions if not net.member[one]]
    heavy, last = 0, 0
    for at, weight in sorted((wave[net.provider[one]], int(net.weight[one])) for one in positions if net.member[one]):
        if heavy < int(net.needed[place]):
            heavy, last = heavy + weight, at
    return max((last, *hard))


def _groups(times: RecoveryTimes) -> Iterator[GroupRestored]:
    graph = times.estate.graph
    for number in sorted(np.flatnonzero(graph.needed > 0).tolist(), key=graph.keys.__getitem__):
        members = [one for one, kind in graph.providers.of(number) if kind is EdgeKind.MEMBER]
        restored = max((int(times.finish[one]) for one in members), default=0)
        yield GroupRestored(graph.keys[number], int(times.finish[number]), restored)
