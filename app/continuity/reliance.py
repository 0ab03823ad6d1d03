"""Keeps what concentration needs beside the arrays current: what business items weigh, and who owns which supplier."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from app.continuity.concentration import Concentration, Holding, concentration, places, suppliers
from app.continuity.weak_points_store import corporate_parents, criticality_weights
from app.database.client import Reader
from app.topology.graph import Graph


class ConcentrationBasis(Enum):
    """What business rests on. ATTRIBUTE: whatever has the same value of an attribute that the caller names."""

    THIRD_PARTY = "THIRD_PARTY"
    LOCATION = "LOCATION"
    ATTRIBUTE = "ATTRIBUTE"


@dataclass(frozen=True, eq=False)
class Reliance:
    """One version of the estate, what its business items weigh, and the parents of its third parties."""

    graph: Graph
    weights: Mapping[str, float]
    parents: Mapping[str, Sequence[str]]

    def on(self, holdings: Sequence[Holding]) -> Concentration:
        """How the business rests on these holdings."""
        return concentration(self.graph, self.weights, holdings)


Concentrations = Mapping[ConcentrationBasis, Concentration]


def concentrations(reliance: Reliance) -> Concentrations:
    """How the business rests on everything of each kind."""
    graph = reliance.graph
    return {
        ConcentrationBasis.THIRD_PARTY: reliance.on(suppliers(graph, reliance.parents)),
        ConcentrationBasis.LOCATION: reliance.on(places(graph)),
    }


class LiveReliance:
    """The newest reliance of one database; read again when the graph is another."""

    def __init__(self, reader: Reader, current: Callable[[], Awaitable[Graph]]) -> None:
        self._reader = reader
        self._current = current
        self._newest: Reliance | None = None

    async def current(self) -> Reliance:
        """The reliance as of the last committed write.

        Raises:
            Unavailable: Neo4j did not answer.
        """
        graph = await self._current()
        if self._newest is None or self._newest.graph is not graph:
            weights, parents = await criticality_weights(self._reader), await corporate_parents(self._reader)
            self._newest = Reliance(graph, weights, parents)
        return self._newest
