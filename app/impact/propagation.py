"""Propagation: the state of every item, given what failed by itself (semantics §2). Pure.

    state(n) = max(own(n), max over HARD providers state(d), max over SOFT providers min(state(d), DEGRADED))
    state(g) = max(x[minAvailable], min(x[degradedBelow], DEGRADED)) over the members, best first

Source: least fixpoint of a monotone system (Knaster-Tarski); k-out-of-n:G, IEC 61078.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.impact.model import HealthState
from app.topology.graph import Graph, Int8, Int32
from app.topology.kernels import Walk, distances, spread_states

OwnStates = Mapping[int, HealthState]
"""Own states by item number; UNKNOWN is allowed, OPERATIONAL may be left out. A group has none."""


@dataclass(frozen=True, slots=True)
class States:
    """One fixpoint: every item's state, the walks that found it, and the `causes`, whose own state is their state."""

    state: Int8
    to_down: Walk
    to_degraded: Walk
    causes: Int32

    def of(self, number: int) -> HealthState:
        """The state of one item."""
        return HealthState(int(self.state[number]))


@dataclass(frozen=True, slots=True)
class Propagation:
    """The interval of every state: `best` with UNKNOWN as OPERATIONAL, `worst` with UNKNOWN as DOWN.

    `rounds` is, of an affected item, its distance in edges to the nearest cause over edges that carry its state, plus
    one; 0 of the others.
    """

    graph: Graph
    own: OwnStates
    best: States
    worst: States
    rounds: Int32

    @property
    def affected(self) -> Int32:
        """The items that are, or may be, worse than OPERATIONAL."""
        return self.worst.to_degraded.order

    def states(self, numbers: Int32) -> Int8:
        """The states of these items, UNKNOWN where the ends of the interval differ."""
        worst, best = self.worst.state[numbers], self.best.state[numbers]
        return np.where(worst == best, worst, np.int8(HealthState.UNKNOWN)).astype(np.int8)

    def depth(self, number: int) -> int:
        """The length of an affected item's path to a cause, in edges."""
        return int(self.rounds[number]) - 1

    def state(self, number: int) -> HealthState:
        """The state of one item."""
        worst, best = self.worst.of(number), self.best.of(number)
        return worst if worst == best else HealthState.UNKNOWN


def propagate(graph: Graph, own: OwnStates) -> Propagation:
    """Every item's state when these have failed by themselves.

    Groups whose members are gone count as failed whatever `own` says.
    """
    lost = _lost_groups(graph)
    worst = fixpoint(graph, _read(own, HealthState.DOWN) | lost)
    unknown = any(state is HealthState.UNKNOWN for state in own.values())
    best = fixpoint(graph, _read(own, HealthState.OPERATIONAL) | lost) if unknown else worst
    return Propagation(graph, own, best, worst, distances(graph, worst.causes, worst.state))


def fixpoint(graph: Graph, own: OwnStates) -> States:
    """The least fixpoint from known own states; groups whose members are gone are only lost if `own` says so."""
    down, degraded = _where(own, HealthState.DOWN), _where(own, HealthState.DEGRADED)
    state, to_down, to_degraded = spread_states(graph, down, degraded)
    # An item that is degraded by itself and DOWN through another is no cause of its state.
    causes = np.concatenate((down, degraded[state[degraded] == HealthState.DEGRADED]))
    return States(state, to_down, to_degraded, causes)


def _lost_groups(graph: Graph) -> dict[int, HealthState]:
    down = dict.fromkeys(graph.unsatisfiable.tolist(), HealthState.DOWN)
    return down | dict.fromkeys(graph.weakened.tolist(), HealthState.DEGRADED)


def _read(own: OwnStates, unknown: HealthState) -> dict[int, HealthState]:
    return {number: unknown if state is HealthState.UNKNOWN else state for number, state in own.items()}


def _where(own: OwnStates, state: HealthState) -> Int32:
    return np.array(sorted(number for number, one in own.items() if one is state), np.int32)
