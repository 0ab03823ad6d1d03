"""Explanation: for an affected item a minimal set of causes, and how its state follows from them. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.impact.model import HealthState, PropagationRule
from app.impact.paths import RULES, Paths
from app.impact.propagation import OwnStates, fixpoint
from app.topology.graph import EdgeKind, Graph, Int8
from app.topology.kernels import distances

# Dropping one cause after another costs a propagation each; a larger proof is given as it is.
MAX_MINIMISED = 100
# An answer holds a byte for each item of the estate.
_MAX_REMEMBERED = 200


@dataclass(frozen=True, slots=True)
class Step:
    """Why one item of an explanation has fallen: by this rule, because its `supports` have; a cause has none."""

    key: str
    rule: PropagationRule
    supports: tuple[str, ...]


class Explainer:
    """Explains what has fallen by these own states; remembers what several items share.

    UNKNOWN is not among them, groups whose members are gone are (`propagation.own_at_worst`).
    """

    def __init__(self, graph: Graph, own: OwnStates) -> None:
        self._graph = graph
        self._worst = fixpoint(graph, own)
        state = self._worst.states.state
        # One element of a memoryview is read ten times as fast as one of an array.
        self._state = state.data
        self.paths = Paths(graph, state, distances(graph, self._worst.causes, state))
        self._remembered: dict[frozenset[int], Int8] = {}

    def causes(self, number: int) -> list[int]:
        """Causes that together explain the item's state, none of which could be left out; by key."""
        causes = self._proof(number)
        if 1 < len(causes) <= MAX_MINIMISED:
            causes = self._minimised(number, causes)
        return sorted(causes, key=lambda cause: self._graph.keys[cause])

    def steps(self, number: int) -> list[Step]:
        """The tree behind the sentence: the item first, then what it fell with, down to its `causes`; each once.

        It is a derivation of the item's state from these causes alone, so no item stands on one above it.
        """
        own = {cause: self._worst.states.of(cause) for cause in self.causes(number)}
        alone = Explainer(self._graph, own)
        steps: dict[int, Step] = {}
        waiting = [number]
        for item in waiting:
            if item not in steps:
                supports = [] if item in own else list(alone._supports(item))
                steps[item] = self._step(item, supports)
                waiting += supports
        return list(steps.values())

    def _step(self, number: int, supports: list[int]) -> Step:
        kinds = [kind for provider, kind in self._graph.providers.of(number) if provider in supports]
        rule = PropagationRule.GROUP if self._graph.is_group(number) else PropagationRule.OWN
        if rule is PropagationRule.OWN and kinds:
            rule = RULES[min(kinds)]
        return Step(self._graph.keys[number], rule, keys_of(self._graph, supports))

    def _minimised(self, number: int, causes: frozenset[int]) -> frozenset[int]:
        for cause in sorted(causes, key=lambda one: self._graph.keys[one], reverse=True):
            fewer = causes - {cause}
            if self._states(fewer)[number] == self._state[number]:
                causes = fewer
        return causes

    def _states(self, causes: frozenset[int]) -> Int8:
        """Every item's state if nothing but these causes had failed."""
        if causes not in self._remembered:
            if len(self._remembered) >= _MAX_REMEMBERED:
                self._remembered.clear()
            own = {cause: self._worst.states.of(cause) for cause in causes}
            self._remembered[causes] = fixpoint(self._graph, own).states.state
        return self._remembered[causes]

    def _proof(self, number: int) -> frozenset[int]:
        """The causes at the leaves of one derivation of the item's state."""
        causes = set(self._worst.causes.tolist())
        found, seen, open_items = set(), {number}, [number]
        while open_items:
            item = open_items.pop()
            if item in causes:
                found.add(item)
                continue
            for support in self._supports(item):
                if support not in seen:
                    seen.add(support)
                    open_items.append(support)
        return frozenset(found)

    def _supports(self, number: int) -> Iterator[int]:
        """Providers that fell before the item and together took it there: one, or enough members of a group."""
        down = self._state[number] == HealthState.DOWN
        fell = (self._worst.to_down if down else self._worst.to_degraded).fell
        # By key within a round, so that the proof does not depend on the order in which items and edges are listed.
        earlier = sorted(
            (int(fell[provider]), self._graph.keys[provider], provider)
            for provider, kind in self._graph.providers.of(number)
            if self.paths.carries(number, provider, kind) and fell[provider] < fell[number]
        )
        if not self._graph.is_group(number):
            yield earlier[0][2]
            return
        left = int(self._graph.total[number])
        for _, _, member in earlier:
            yield member
            left -= self._weight(number, member)
            if left < (self._graph.needed if down else self._graph.healthy)[number]:
                return

    def fallen_members(self, group: int, state: HealthState) -> list[int]:
        """The members of a group that are at least that bad, by key."""
        fallen = {
            provider
            for provider, kind in self._graph.providers.of(group)
            if kind is EdgeKind.MEMBER and self._state[provider] >= state
        }
        return sorted(fallen, key=self._graph.keys.__getitem__)

    def _weight(self, group: int, member: int) -> int:
        """What the item weighs in the group; 0 if the group only depends on it."""
        edges = self._graph.providers
        span = slice(edges.start[group], edges.start[group + 1])
        memberships = (edges.index[span] == member) & (edges.kind[span] == EdgeKind.MEMBER)
        return int(edges.weight[span][memberships].sum())


def keys_of(graph: Graph, numbers: list[int]) -> tuple[str, ...]:
    """The keys of these items, in their order."""
    return tuple(graph.keys[number] for number in numbers)
