"""Propagation: the state of every item, given what failed by itself (semantics §2). Pure.

    state(n) = max(own(n), max over HARD providers state(d), max over SOFT providers min(state(d), DEGRADED))
    state(g) = max(x[minAvailable], min(x[degradedBelow], DEGRADED)) over the members, best first

Source: least fixpoint of a monotone system (Knaster-Tarski); k-out-of-n:G, IEC 61078.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.impact.model import HealthState
from app.impact.paths import Paths
from app.topology.graph import Graph, Int8, Int32
from app.topology.kernels import Walk, distances, spread_states

OwnStates = Mapping[int, HealthState]
"""Own states by item number; UNKNOWN is allowed, OPERATIONAL may be left out. A group has none."""


@dataclass(frozen=True, slots=True)
class States:
    """Every item's state, and which ones have `fallen`, so are not OPERATIONAL, in no order."""

    state: Int8
    fallen: Int32

    @property
    def down(self) -> Int32:
        """The items that are DOWN."""
        down: Int32 = self.fallen[self.state[self.fallen] == HealthState.DOWN]
        return down

    def of(self, number: int) -> HealthState:
        """The state of one item."""
        return HealthState(int(self.state[number]))


@dataclass(frozen=True, slots=True)
class Fixpoint:
    """The states that follow from known own states, the walks that found them, and the `causes`, whose own state is
    their state."""

    states: States
    to_down: Walk
    to_degraded: Walk
    causes: Int32


@dataclass(frozen=True)
class Propagation:
    """The interval of every state: `best` with UNKNOWN as OPERATIONAL, `worst` with UNKNOWN as DOWN."""

    graph: Graph
    own: OwnStates
    best: States
    worst: States

    @property
    def affected(self) -> Int32:
        """The items that are, or may be, worse than OPERATIONAL."""
        return self.worst.fallen

    def states(self, numbers: Int32) -> Int8:
        """The states of these items, UNKNOWN where the ends of the interval differ."""
        worst, best = self.worst.state[numbers], self.best.state[numbers]
        return np.where(worst == best, worst, np.int8(HealthState.UNKNOWN)).astype(np.int8)

    def state(self, number: int) -> HealthState:
        """The state of one item."""
        worst, best = self.worst.of(number), self.best.of(number)
        return worst if worst == best else HealthState.UNKNOWN

    @cached_property
    def rounds(self) -> Int32:
        """Of an affected item its distance in edges to the nearest cause over edges that carry its state, plus one; 0
        of the others."""
        causes = _causes(own_at_worst(self.graph, self.own), self.worst.state)
        return distances(self.graph, causes, self.worst.state)

    @cached_property
    def paths(self) -> Paths:
        """The shortest ways from what is affected to its causes."""
        return Paths(self.graph, self.worst.state, self.rounds)


def propagate(graph: Graph, own: OwnStates) -> Propagation:
    """Every item's state when these have failed by themselves.

    Groups whose members are gone count as failed whatever `own` says.
    """
    worst = _spread(graph, own_at_worst(graph, own))[0]
    unknown = HealthState.UNKNOWN in own.values()
    best = _spread(graph, _read(graph, own, HealthState.OPERATIONAL))[0] if unknown else worst
    return Propagation(graph, own, best, worst)


def fixpoint(graph: Graph, own: OwnStates) -> Fixpoint:
    """The least fixpoint from known own states; groups whose members are gone are only lost if `own` says so."""
    states, to_down, to_degraded = _spread(graph, own)
    return Fixpoint(states, to_down, to_degraded, _causes(own, states.state))


def _spread(graph: Graph, own: OwnStates) -> tuple[States, Walk, Walk]:
    down, degraded = _where(own, HealthState.DOWN), _where(own, HealthState.DEGRADED)
    state, to_down, to_degraded = spread_states(graph, down, degraded)
    return States(state, to_degraded.order), to_down, to_degraded


def own_at_worst(graph: Graph, own: OwnStates) -> OwnStates:
    """The own states with UNKNOWN read as DOWN, and the groups whose members are gone."""
    return _read(graph, own, HealthState.DOWN)


def _read(graph: Graph, own: OwnStates, unknown: HealthState) -> OwnStates:
    known = {number: unknown if state is HealthState.UNKNOWN else state for number, state in own.items()}
    down = dict.fromkeys(graph.unsatisfiable.tolist(), HealthState.DOWN)
    return known | down | dict.fromkeys(graph.weakened.tolist(), HealthState.DEGRADED)


def _causes(own: OwnStates, state: Int8) -> Int32:
    # An item that is degraded by itself and DOWN through another is no cause of its state.
    failed, by_itself = np.fromiter(own, np.int32, len(own)), np.fromiter(own.values(), np.int8, len(own))
    causes: Int32 = failed[(by_itself != 0) & (state[failed] == by_itself)]
    return causes


def _where(own: OwnStates, state: HealthState) -> Int32:
    return np.array(sorted([number for number, one in own.items() if one is state]), np.int32)
