"""The groups under an item as gates over what can fail, of which some is shared between their members. Pure.

What takes the item DOWN alone is left aside: here it is up. Under a group what takes the group DOWN alone is left
aside too, for whoever needs the group needs that. Items that stand under the same members are one class: they are up
together or not at all.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter

import numpy as np
from numpy.typing import NDArray

from app.continuity.single_points import SinglePoints

Floats = NDArray[np.float64]
_ROWS = 1 << 12


@dataclass(frozen=True, slots=True)
class _Gate:
    """A group that holds while the members it loses weigh at most `spare`; each member needs all of its nodes."""

    spare: int
    members: tuple[tuple[int, frozenset[int]], ...]


@dataclass(frozen=True, slots=True)
class NodeClass:
    """Items and groups that stand under the same members, which are `uses`."""

    items: tuple[int, ...]
    groups: tuple[int, ...]
    uses: tuple[tuple[int, int], ...]


class Redundancy:
    """How the groups under an item hold; `up` says how likely each item is up."""

    def __init__(self, top: Collection[int], gates: Mapping[int, _Gate], up: Floats) -> None:
        self.up = up
        self._top = sorted(top)
        self._gates = gates
        self.classes = _classes(gates, up)
        self.shared = [place for place, one in enumerate(self.classes) if len(one.uses) > 1]
        self._under: dict[tuple[int, int], list[int]] = defaultdict(list)
        for place, one in enumerate(self.classes):
            for use in one.uses:
                self._under[use].append(place)

    @property
    def cells(self) -> int:
        """How many numbers it takes to know how likely the groups hold."""
        return (1 << min(62, len(self.shared))) * (1 + sum(len(gate.members) for gate in self._gates.values()))

    @property
    def together(self) -> list[float]:
        """How likely the items of each class are up together."""
        return [float(np.prod(self.up[list(one.items)])) for one in self.classes]

    def together_but(self, place: int, value: float) -> list[float]:
        """The same with another value for one class."""
        changed = self.together
        changed[place] = value
        return changed

    def holds(self, together: Sequence[float]) -> float:
        """How likely all groups hold that the item falls with, given how likely the items of each class are up."""
        every = 1 << len(self.shared)
        return sum(self._holds(together, np.arange(row, min(row + _ROWS, every))) for row in range(0, every, _ROWS))

    def _holds(self, together: Sequence[float], rows: NDArray[np.int64]) -> float:
        """The same for some states of what is shared, weighed by how likely each state is."""
        states = {place: (rows >> bit & 1).astype(np.float64) for bit, place in enumerate(self.shared)}
        held: dict[int, Floats] = {}

        def likely(place: int) -> Floats:
            found = np.full(len(rows), together[place])
            for group in self.classes[place].groups:
                found = found * held[group]
            return found

        for group, gate in self._gates.items():
            members = []
            for use, (weight, _) in enumerate(gate.members):
                alive = np.ones(len(rows))
                for place in self._under[group, use]:
                    alive = alive * (states[place] if place in states else likely(place))
                members.append((weight, alive))
            held[group] = _at_most(gate.spare, members, len(rows))
        total = np.ones(len(rows))
        for place, state in states.items():
            found = likely(place)
            total = total * np.where(state > 0, found, 1 - found)
        for group in self._top:
            total = total * held.get(group, 1.0)
        return float(total.sum())


def _at_most(spare: int, members: Sequence[tuple[int, Floats]], size: int) -> Floats:
    """How likely the members that are not alive weigh at most `spare`."""
    lost: dict[int, Floats] = {0: np.ones(size)}
    for weight, alive in members:
        after: dict[int, Floats] = defaultdict(lambda: np.zeros(size))
        for before, likely in lost.items():
            after[before] = after[before] + likely * alive
            if before + weight <= spare:
                after[before + weight] = after[before + weight] + likely * (1 - alive)
        lost = after
    return sum(lost.values(), np.zeros(size))


def redundancy_of(points: SinglePoints, up: Floats) -> Redundancy:
    """The redundancy under the first item of a closed graph.

    Raises:
        CycleError: groups need each other, so that none can be looked at before the others.
    """
    reached = points.reached(np.array([0], np.int32))[0]
    needed, must = points.graph.needed, frozenset(reached.tolist())
    top = [one for one in must if needed[one]]
    gates: dict[int, _Gate] = {}
    waiting = list(top)
    while waiting:
        group = waiting.pop()
        if group not in gates:
            gates[group] = _gate(points, group, must)
            waiting += [one for _, nodes in gates[group].members for one in nodes if needed[one]]
    after = {group: {one for _, nodes in gate.members for one in nodes if needed[one]} for group, gate in gates.items()}
    order = list(TopologicalSorter(after).static_order())
    return Redundancy(top, _uncertain(top, {group: gates[group] for group in order}, needed > 0, up), up)


def _gate(points: SinglePoints, group: int, must: frozenset[int]) -> _Gate:
    members, spare = points.members(group)
    group_reached, *under = points.reached(np.array([group, *(member for member, _ in members)], np.int32))
    aside = must.union(group_reached.tolist())
    nodes = [frozenset(reached.tolist()) - aside for reached in under]
    return _Gate(spare, tuple((weight, one) for (_, weight), one in zip(members, nodes, strict=True)))


def _uncertain(
    top: Collection[int], gates: Mapping[int, _Gate], is_group: NDArray[np.bool_], up: Floats
) -> dict[int, _Gate]:
    """The gates that may fail and that the top needs, over what may fail; in their order, each after those it needs."""
    kept: dict[int, _Gate] = {}
    for group, gate in gates.items():
        members = tuple(
            (weight, frozenset(one for one in nodes if (one in kept if is_group[one] else up[one] < 1)))
            for weight, nodes in gate.members
        )
        if sum(weight for weight, nodes in members if nodes) > gate.spare:
            kept[group] = _Gate(gate.spare, members)
    wanted, waiting = set[int](), [one for one in top if one in kept]
    while waiting:
        group = waiting.pop()
        if group not in wanted:
            wanted.add(group)
            waiting += [one for _, nodes in kept[group].members for one in nodes if is_group[one]]
    return {group: gate for group, gate in kept.items() if group in wanted}


def _classes(gates: Mapping[int, _Gate], up: Floats) -> list[NodeClass]:
    uses: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for group, gate in gates.items():
        for place, (_, nodes) in enumerate(gate.members):
            for one in nodes:
                uses[one].append((group, place))
    classes: dict[tuple[tuple[int, int], ...], list[int]] = defaultdict(list)
    for one in sorted(uses):
        classes[tuple(uses[one])].append(one)
    return [
        NodeClass(tuple(one for one in nodes if one not in gates), tuple(one for one in nodes if one in gates), used)
        for used, nodes in classes.items()
    ]
