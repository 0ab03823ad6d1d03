"""Since when an item is in its state: the failures replayed in the order in which they began. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np

from app.impact.model import Failure, HealthState
from app.impact.propagation import Propagation
from app.topology.graph import Int32
from app.topology.losing import fallen_in_turn


@dataclass(frozen=True, slots=True)
class _Turns:
    """Of each item which failure brought it to a state, from 1, and when each began."""

    turn: Int32
    begins: Sequence[datetime | None]


class Beginnings:
    """When the items of one propagation came into their states; a failure without a beginning begins `now`."""

    def __init__(self, propagation: Propagation, failures: Mapping[int, Failure], now: datetime) -> None:
        self._worst, self._graph = propagation.worst, propagation.graph
        self._failures = failures
        self._now = now

    def since(self, number: int) -> datetime | None:
        """When an affected item came into its state, or into the worst it may be in; `None` if nobody can tell.

        A group whose members are gone has been so for longer than we know.
        """
        state = self._worst.of(number)
        found = self._turns_to_down if state is HealthState.DOWN else self._turns_to_degraded
        return found.begins[int(found.turn[number]) - 1]

    @cached_property
    def _turns_to_down(self) -> _Turns:
        return self._turns(HealthState.DOWN, self._graph.unsatisfiable)

    @cached_property
    def _turns_to_degraded(self) -> _Turns:
        lost = np.concatenate((self._graph.unsatisfiable, self._graph.weakened))
        return self._turns(HealthState.DEGRADED, lost)

    def _turns(self, state: HealthState, lost: Int32) -> _Turns:
        bad_enough = (
            (failure.since or self._now, number)
            for number, failure in self._failures.items()
            if failure.state >= state  # UNKNOWN may be either
        )
        failed = sorted(bad_enough)
        seeds = np.concatenate((lost, np.array([number for _, number in failed], np.int32)))
        begins = (*[None] * len(lost), *(since for since, _ in failed))
        return _Turns(fallen_in_turn(self._graph, seeds, int(state)), begins)
