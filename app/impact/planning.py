"""Planned: which items have the state they have through planned failures alone (semantics §2). Pure.

An item that a real failure would have taken there as well is planned all the same; one that only both together take
there is not, and neither is one whose group has lost its members, whatever is planned.
"""

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from app.impact.explanation import Explainer
from app.impact.model import Failure
from app.impact.propagation import OwnStates, Propagation, own_at_worst, propagate
from app.topology.graph import Bools, Int32


class Plan:
    """What the planned ones among the failures of a propagation do by themselves: found out when it is first asked
    for, and never if nothing was planned."""

    def __init__(self, whole: Propagation, planned: Mapping[int, Failure]) -> None:
        self._whole = whole
        self.own: OwnStates = {number: failure.state for number, failure in planned.items() if failure.state}

    @cached_property
    def alone(self) -> Propagation:
        """Every item's state if nothing had failed but what was planned to."""
        return self._whole if self.own == self._whole.own else propagate(self._whole.graph, self.own)

    @cached_property
    def explainer(self) -> Explainer:
        """Explains the planned items by what was planned."""
        return Explainer(self.alone.graph, own_at_worst(self.alone.graph, self.own))

    @cached_property
    def _planned(self) -> Bools:
        """Of every item whether both ends of its state are those of the planned failures alone."""
        whole, alone = self._whole, self.alone
        nominal = propagate(whole.graph, {}).worst.state
        same: Bools = (alone.worst.state == whole.worst.state) & (alone.best.state == whole.best.state)
        return same & np.greater(alone.worst.state, nominal)

    def among(self, numbers: Int32) -> Bools:
        """Which of these items are planned."""
        return self._planned[numbers] if self.own else np.zeros(len(numbers), np.bool_)

    def rounds(self, numbers: Int32) -> Int32:
        """Of each of these items its distance to the nearest cause that explains it, in edges, plus one."""
        rounds = self._whole.rounds[numbers]
        planned = self.among(numbers)
        return np.where(planned, self.alone.rounds[numbers], rounds) if planned.any() else rounds

    def holds(self, number: int) -> bool:
        """Whether the item is planned."""
        return bool(self.own) and bool(self._planned[number])


def planned_among(failures: Mapping[int, Failure]) -> dict[int, Failure]:
    """The failures that were planned."""
    return {number: failure for number, failure in failures.items() if failure.planned}
