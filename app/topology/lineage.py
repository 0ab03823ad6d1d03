"""Lineage: which edits lead from a graph to a later one, so that who keeps something about it can follow."""

from collections import deque
from dataclasses import dataclass

import numpy as np

from app.topology.edits import Edited
from app.topology.graph import Int32

_KEPT_EDITS = 1_000


@dataclass(frozen=True, slots=True)
class Place:
    """Which graph somebody has. In all graphs of one load a number means the same item."""

    load: int
    version: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Between two graphs of one load: the items whose edges to providers or thresholds may differ, and those gone."""

    touched: Int32
    gone: Int32


@dataclass(frozen=True, slots=True)
class _Edit:
    before: int
    difference: Difference


class Lineage:
    """The edits since the last load, the newest thousand of them."""

    def __init__(self) -> None:
        self.place = Place(0, 0)
        self._edits: deque[_Edit] = deque(maxlen=_KEPT_EDITS)

    def begin(self, version: int) -> None:
        """A graph was loaded; its numbers are its own."""
        self.place = Place(self.place.load + 1, version)
        self._edits.clear()

    def add(self, edit: Edited) -> None:
        """The newest graph was edited."""
        self._edits.append(_Edit(self.place.version, Difference(edit.touched, edit.gone)))
        self.place = Place(self.place.load, edit.graph.version)

    def since(self, place: Place) -> Difference | None:
        """What the edits after that place have made different; `None` when no edits lead from there to here."""
        if place == self.place:
            return Difference(np.empty(0, np.int32), np.empty(0, np.int32))
        later = [edit for edit in self._edits if edit.before >= place.version]
        if place.load != self.place.load or not later or later[0].before != place.version:
            return None
        touched = np.unique(np.concatenate([edit.difference.touched for edit in later]))
        gone = np.unique(np.concatenate([edit.difference.gone for edit in later]))
        return Difference(np.setdiff1d(touched, gone).astype(np.int32), gone.astype(np.int32))
