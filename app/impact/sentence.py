"""Why an item is hurt, in a sentence: "Checkout is DOWN: db needs 1 of 2; db-1 and db-2 are DOWN". Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.impact.explanation import Explainer, keys_of
from app.impact.model import Forecast, HealthState, PropagationRule
from app.impact.propagation import Propagation

MAX_NAMED = 5


@dataclass(frozen=True, slots=True)
class Group:
    """The first group on an item's path: what it needs to be better than the item, and which members fell."""

    key: str
    needed: int
    total: int
    fallen: tuple[str, ...]
    fallen_states: tuple[HealthState, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """What the sentence is made of. `path` runs from the item to a cause; `certain` is false for UNKNOWN items.

    `hidden`: not all that it would tell of may be told to whoever asks.
    """

    state: HealthState
    certain: bool
    rule: PropagationRule
    path: tuple[str, ...]
    causes: tuple[str, ...]
    cause_state: HealthState
    group: Group | None
    planned: bool = False
    hidden: bool = False

    @property
    def told_of(self) -> tuple[str, ...]:
        """The keys of all that the sentence names or counts."""
        group = (self.group.key, *self.group.fallen) if self.group else ()
        return (*self.path[:2], self.path[-1], *group, *self.causes)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys the sentence names, or might."""
        if self.hidden:
            return self.path[:1]
        members = self.group.fallen[:MAX_NAMED] if self.group else ()
        group = (self.group.key,) if self.group else ()
        return (*self.path[:2], self.path[-1], *group, *members, *self.causes[:MAX_NAMED])

    def sentence(self, names: Mapping[str, str]) -> str:
        """The sentence, with these names for the keys."""
        purpose = " for planned maintenance" if self.planned else ""
        head = f"{names[self.path[0]]} {'is' if self.certain else 'may be'} {self.state.name}{purpose}"
        if self.hidden:
            return f"{head} because of something outside of what you may see"
        if self.group:
            return f"{head}: {self._of_group(self.group, names)}"
        if self.rule is PropagationRule.OWN:
            return head if self.planned else f"{head} by itself"
        verb = "uses" if self.rule is PropagationRule.SOFT else "needs"
        way = f"{names[self.path[1]]}, which stands on " if len(self.path) > 2 else ""
        end = f"{names[self.path[-1]]}, which {self._is(self.path[-1:])} {self.cause_state.name}"
        return f"{head}: it {verb} {way}{end}"

    def _of_group(self, group: Group, names: Mapping[str, str]) -> str:
        if not group.fallen:
            return f"{names[group.key]} needs {group.needed}, but its members weigh {group.total}"
        needs = f"{names[group.key]} needs {group.needed} of {group.total}"
        states = " or ".join(state.name for state in group.fallen_states)
        fallen = f"{_listed(group.fallen, names)} {self._is(group.fallen)} {states}"
        if set(self.causes) <= set(group.fallen):
            return f"{needs}; {fallen}"
        return f"{needs}; {fallen} because {self._causes(names)}"

    def _causes(self, names: Mapping[str, str]) -> str:
        return f"{_listed(self.causes, names)} {self._is(self.causes)} {self.cause_state.name}"

    def _is(self, several: Sequence[str]) -> str:
        if not self.certain:
            return "may be"
        return "is" if len(several) == 1 else "are"


def breach_words(forecast: Forecast, now: datetime) -> str:
    """How the sentence goes on for an item with a tolerance; empty if it has none, or is back in time."""
    at = forecast.breach_at
    if at is None or (forecast.slack_seconds is not None and forecast.slack_seconds >= 0):
        return ""
    when = f"{at:%H:%M} UTC" if at.date() == now.date() else f"{at:%Y-%m-%d %H:%M} UTC"
    if at <= now:
        return f"; it has been out for longer than it may since {when}"
    if forecast.slack_seconds is None:
        return f"; it may be out until {when}, and no end is known"
    return f"; it breaches its tolerance at {when}"


def reason_for(propagation: Propagation, explainer: Explainer, number: int, *, planned: bool = False) -> Reason:
    """What the sentence about an affected item is made of."""
    graph, worst = propagation.graph, propagation.worst
    state = worst.of(number)
    path = explainer.paths.path(number)
    causes = explainer.causes(number)
    return Reason(
        state=state,
        certain=propagation.state(number) is not HealthState.UNKNOWN,
        rule=explainer.paths.rule(number),
        path=keys_of(graph, path),
        causes=keys_of(graph, causes),
        cause_state=max(worst.of(cause) for cause in causes),
        group=next((_group(propagation, explainer, one, state) for one in path if graph.is_group(one)), None),
        planned=planned,
    )


def _group(propagation: Propagation, explainer: Explainer, number: int, state: HealthState) -> Group:
    graph = propagation.graph
    needed = graph.needed if propagation.worst.of(number) is HealthState.DOWN else graph.healthy
    fallen = explainer.fallen_members(number, min(state, propagation.worst.of(number)))
    states = {propagation.worst.of(member) for member in fallen}
    return Group(
        key=graph.keys[number],
        needed=int(needed[number]),
        total=int(graph.total[number]),
        fallen=keys_of(graph, fallen),
        fallen_states=tuple(sorted(states, reverse=True)),
    )


def _listed(keys: Sequence[str], names: Mapping[str, str]) -> str:
    named = [names[key] for key in keys[:MAX_NAMED]]
    if len(keys) > MAX_NAMED:
        named.append(f"{len(keys) - MAX_NAMED} more")
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
