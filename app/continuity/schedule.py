"""A schedule of a plan for a limited number of teams: serial list scheduling by latest start (semantics §6). Pure.

A team does one step at a time; a step that takes no time needs none. The members that groups wait for are those of
the plan. Of a recovery under way what is done stays where it was, and what the teams had begun by now goes on: at least
until now, for it is not done.
"""

import heapq
from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from app.continuity.recovery import PlanStep, RecoveryPlan

_NO_HURRY = 1 << 60
_NOTHING: Mapping[str, int] = MappingProxyType({})
_Span = tuple[int, int]


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
    or all the work that is left, shared evenly.
    """

    teams: int
    assignments: tuple[Assignment, ...]
    finish_seconds: int
    lower_bound_seconds: int

    @property
    def by_key(self) -> Mapping[str, Assignment]:
        """The assignments by the keys of their steps."""
        return {one.key: one for one in self.assignments}


def schedule(
    plan: RecoveryPlan, teams: int, *, now_seconds: int = 0, worked_seconds: Mapping[str, int] = _NOTHING
) -> Schedule:
    """The schedule for at least one team; `worked_seconds` is how long the steps that are done had been planned to
    take, by key: so long before it was done a step kept a team."""
    needed = [one for one in plan.steps if one.slack_seconds is not None]
    found = _assigned(plan.steps, teams, now_seconds, worked_seconds)
    left = [found[one.key] for one in needed if found[one.key].team is not None]
    work = sum(one.finish_seconds - max(one.start_seconds, now_seconds) for one in left)
    return Schedule(
        teams=teams,
        assignments=tuple(sorted(found.values(), key=lambda one: (one.start_seconds, one.finish_seconds, one.key))),
        finish_seconds=max([plan.finish_seconds, *(found[one.key].finish_seconds for one in needed)]),
        lower_bound_seconds=max(plan.finish_seconds, now_seconds + -(-work // teams) if work else 0),
    )


def _assigned(steps: Sequence[PlanStep], teams: int, now: int, worked: Mapping[str, int]) -> Mapping[str, Assignment]:
    """Every step in the order of its latest start, once all are placed that it waits for; what is done before."""
    # More teams than steps would all be idle.
    busy: list[list[_Span]] = [[] for _ in range(min(teams, len(steps)))]
    placed = _done(steps, worked, busy)
    by_key = {one.key: one for one in steps if one.key not in placed}
    open_needs = {key: {need for need in one.needs if need in by_key} for key, one in by_key.items()}
    dependents: dict[str, list[str]] = {key: [] for key in by_key}
    for key, needs in open_needs.items():
        for need in needs:
            dependents[need].append(key)
    eligible = [(_latest_start(by_key[key]), key) for key, needs in open_needs.items() if not needs]
    heapq.heapify(eligible)
    while eligible:
        _, key = heapq.heappop(eligible)
        ready = max((placed[need].finish_seconds for need in by_key[key].needs if need in placed), default=0)
        placed[key] = _placed(by_key[key], ready, now, busy)
        for other in dependents[key]:
            open_needs[other].discard(key)
            if not open_needs[other]:
                heapq.heappush(eligible, (_latest_start(by_key[other]), other))
    return placed


def _done(steps: Sequence[PlanStep], worked: Mapping[str, int], busy: Sequence[list[_Span]]) -> dict[str, Assignment]:
    """The steps that are done, each with the team that was free last before it; if none was, with the first to be."""
    done = [(one.key, one.done_seconds) for one in steps if one.done_seconds is not None]
    placed = {}
    for begin, end, key in sorted((max(0, at - worked.get(key, 0)), at, key) for key, at in done):
        free = [spans[-1][1] if spans else 0 for spans in busy]
        team = max(range(len(busy)), key=lambda one: (free[one] <= begin, -abs(begin - free[one]), -one))
        start = min(end, max(begin, free[team]))
        if start < end:
            busy[team].append((start, end))
        placed[key] = Assignment(key, team + 1 if start < end else None, start, end)
    return placed


def _latest_start(one: PlanStep) -> int:
    """By when a step must begin; its own time before it must end, however long it has been due."""
    if one.slack_seconds is None:
        return _NO_HURRY
    return one.step.finish_seconds + one.slack_seconds - one.step.own_seconds


def _placed(one: PlanStep, ready: int, now: int, busy: Sequence[list[_Span]]) -> Assignment:
    """The step at the first time from `ready` on at which a team has long enough; of several the one that waited
    least. What is not done takes until now at least."""
    seconds = one.step.own_seconds
    if not seconds:
        return Assignment(one.key, None, ready, max(ready, now) if one.step.is_missing else ready)
    (start, _), team = min((_first_gap(spans, ready, seconds, now), number) for number, spans in enumerate(busy))
    finish = max(start + seconds, now)
    insort(busy[team], (start, finish))
    return Assignment(one.key, team + 1, start, finish)


def _first_gap(spans: Sequence[_Span], ready: int, seconds: int, now: int) -> _Span:
    """The first time from `ready` on at which these spans leave so much room, and until now; and how long after the
    span before it."""
    start, free = ready, 0
    for place in range(max(0, bisect_left(spans, (ready, 0)) - 1), len(spans)):
        begin, end = spans[place]
        if max(start + seconds, now) <= begin:
            break
        start, free = max(start, end), end
    return start, start - free
