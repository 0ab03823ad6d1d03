"""Sight: which items somebody sees of the estate. Pure.

Threats: what is hidden must not be told from what is not there, and an item that nobody has judged yet is hidden; so
this holds the keys that are seen, never those that are not (tests/topology/test_sights.py).
"""

from collections.abc import Iterable
from functools import cached_property
from weakref import ReferenceType, ref

import numpy as np

from app.topology.graph import Bools, Graph, Int32


class Sight:
    """Which items somebody sees: those with these keys, or with `None` whatever there is."""

    def __init__(self, keys: frozenset[str] | None) -> None:
        self.keys = keys
        self._masked: tuple[ReferenceType[Graph], Bools] | None = None

    @property
    def is_limited(self) -> bool:
        """Whether anything may be hidden."""
        return self.keys is not None

    @cached_property
    def parameter(self) -> list[str] | None:
        """The keys as the queries take them: `null` for all."""
        return None if self.keys is None else sorted(self.keys)

    def sees(self, key: str) -> bool:
        """Whether the item with this key is seen, if there is one."""
        return self.keys is None or key in self.keys

    def among(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Those of these keys that are seen, in their order."""
        return tuple(filter(self.sees, keys))

    def numbers_among(self, graph: Graph, numbers: Int32) -> Int32:
        """Those of these items of a graph that are seen, in their order."""
        return numbers if self.keys is None else numbers[self._mask(graph)[numbers]]

    def _mask(self, graph: Graph) -> Bools:
        """Of every item of a graph whether it is seen; kept while most questions are about one graph."""
        if self._masked is not None and self._masked[0]() is graph:
            return self._masked[1]
        mask = np.zeros(graph.size, np.bool_)
        mask[[graph.number[key] for key in self.keys or () if key in graph.number]] = True
        self._masked = ref(graph), mask
        return mask


EVERYTHING = Sight(None)
