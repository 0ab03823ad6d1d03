"""A schedule of a plan for a limited number of teams: serial list scheduling by latest start (semantics §6). Pure.

A team does one step at a time; a step that takes no time needs none. The members that groups wait for are those of
the plan.
"""

import heapq
from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.continuity.recovery import PlanStep, RecoveryPlan

_NO_HURRY = 1 << 60


@dataclass(frozen=True, slots=True)
class Assignment:
    """When a step is done, and by which team, from 1; `None` where it takes no time. Seconds after the failure."""

    key: str
    team: int | None
    start_seconds: int
    finish_seconds: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """The assignments in the order in which they begin, and when everything asked for is up.

    No schedule of these steps for so many teams ends before `lower_bound_seconds`: the critical path takes as long,
    or all the work shared evenly.
    """

    teams: int
    assignments: tuple[Assignment, ...]
    finish_seconds: int
    lower_bound_seconds: int

    @property
    def by_key(self) -> Mapping[str, Assignment]:
        """The assignments by the keys of their steps."""
        return {one.key: one for one in self.assignments}


def schedule(plan: RecoveryPlan, teams: int) -> Schedule:
    """The schedule for at least one team."""
    needed = [one for one in plan.steps if one.slack_seconds is not None]
    work = sum(one.step.own_seconds for one in needed)
    found = _assigned(plan.steps, teams)
    return Schedule(
        teams=teams,
        assignments=tuple(sorted(found.values(), key=lambda one: (one.start_seconds, one.finish_seconds, one.key))),
        finish_seconds=max((found[one.key].finish_seconds for one in needed), default=0),
        lower_bound_seconds=max(plan.finish_seconds, -(-work // teams)),
    )


def _assigned(steps: Sequence[PlanStep], teams: int) -> Mapping[str, Assignment]:
    """Every step in the order of its latest start, once all are placed that it waits for."""
    by_key = {one.key: one for one in steps}
    open_needs = {one.key: {need for need in one.needs if need in by_key} for one in steps}
    dependents: dict[str, list[str]] = {key: [] for key in by_key}
    for key, needs in open_needs.items():
        for need in needs:
            dependents[need].append(key)
    # More teams than steps would all be idle.
    busy: list[list[tuple[int, int]]] = [[] for _ in range(min(teams, len(steps)))]
    placed: dict[str, Assignment] = {}
    eligible = [(_latest_start(by_key[key]), key) for key, needs in open_needs.items() if not needs]
    heapq.heapify(eligible)
    while eligible:
        _, key = heapq.heappop(eligible)
        ready = max((placed[need].finish_seconds for need in by_key[key].needs if need in placed), default=0)
        placed[key] = _placed(by_key[key], ready, busy)
        for other in dependents[key]:
            open_needs[other].discard(key)
            if not open_needs[other]:
                heapq.heappush(eligible, (_latest_start(by_key[other]), other))
    return placed


def _latest_start(one: PlanStep) -> int:
    return _NO_HURRY if one.slack_seconds is None else one.step.start_seconds + one.slack_seconds


def _placed(one: PlanStep, ready: int, busy: Sequence[list[tuple[int, int]]]) -> Assignment:
    """The step at the first time from `ready` on at which a team has long enough."""
    seconds = one.step.own_seconds
    if not seconds:
        return Assignment(one.key, None, ready, ready)
    start, team = min((_first_gap(spans, ready, seconds), number) for number, spans in enumerate(busy))
    insort(busy[team], (start, start + seconds))
    return Assignment(one.key, team + 1, start, start + seconds)


def _first_gap(spans: Sequence[tuple[int, int]], ready: int, seconds: int) -> int:
    """The first time from `ready` on at which these spans leave so much room."""
    start = ready
    for place in range(max(0, bisect_left(spans, (ready, 0)) - 1), len(spans)):
        begin, end = spans[place]
        if start + seconds <= begin:
            break
        start = max(start, end)
    return start
