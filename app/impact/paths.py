"""Paths: the shortest way from an affected item to what explains it, and the rule that set its state. Pure."""

from app.impact.model import HealthState, PropagationRule
from app.topology.graph import EdgeKind, Graph, Int8, Int32

_DEGRADED = int(HealthState.DEGRADED)
RULES = {
    EdgeKind.HARD: PropagationRule.HARD,
    EdgeKind.SOFT: PropagationRule.SOFT,
    EdgeKind.MEMBER: PropagationRule.GROUP,
}


class Paths:
    """The ways over edges that carry the state of what has fallen; remembers what several items share.

    `rounds` are the distances to the nearest cause, in edges, plus one.
    """

    def __init__(self, graph: Graph, state: Int8, rounds: Int32) -> None:
        self._graph = graph
        # One element of a memoryview is read ten times as fast as one of an array.
        self._state, self._rounds = state.data, rounds.data
        # Paths run together on their way to the cause.
        self._steps: dict[int, tuple[int, EdgeKind]] = {}

    def path(self, number: int) -> list[int]:
        """The item, then a shortest way to a cause; ties go to the smallest key."""
        path = [number]
        while self._rounds[path[-1]] > 1:
            path.append(self._next(path[-1])[0])
        return path

    def rule(self, number: int) -> PropagationRule:
        """What set the item's state: the first edge of its path, or its own state."""
        if self._rounds[number] == 1:
            return PropagationRule.GROUP if self._graph.is_group(number) else PropagationRule.OWN
        return RULES[self._next(number)[1]]

    def carries(self, dependent: int, provider: int, kind: EdgeKind) -> bool:
        """Whether an edge takes the dependent to the state it is in."""
        state, other = self._state[dependent], self._state[provider]
        if kind is EdgeKind.SOFT:
            return state == _DEGRADED and other >= _DEGRADED
        return other >= state > 0

    def _next(self, number: int) -> tuple[int, EdgeKind]:
        """The provider that comes after the item on its path, and the edge to it."""
        step = self._steps.get(number)
        if step is None:
            nearer = self._rounds[number] - 1
            ways = [
                (provider, kind)
                for provider, kind in self._graph.providers.of(number)
                if self._rounds[provider] == nearer and self.carries(number, provider, kind)
            ]
            step = self._steps[number] = min(ways, key=lambda way: (self._graph.keys[way[0]], way[1]))
        return step
