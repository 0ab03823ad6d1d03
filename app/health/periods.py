"""Which periods begin and end between what is written down and what is the case. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.impact.live import Picture
from app.impact.model import HealthState
from app.inventory.model import ItemType
from app.topology.graph import TYPE_ORDER

_BUSINESS = [TYPE_ORDER.index(one) for one in (ItemType.BUSINESS_PROCESS, ItemType.BUSINESS_SERVICE)]
Hurt = Mapping[str, HealthState]
"""The business items that are not OPERATIONAL, by key."""


def hurt_business(picture: Picture) -> Hurt:
    """How the business items stand that are hurt."""
    graph, affected = picture.graph, picture.propagation.affected
    business = affected[np.isin(graph.type_rank[affected], _BUSINESS)]
    states = picture.propagation.states(business)
    return {
        graph.keys[number]: HealthState(state) for number, state in zip(business.tolist(), states.tolist(), strict=True)
    }


@dataclass(frozen=True, slots=True)
class Turn:
    """The items whose periods end, and those of which one begins, each by key; a change of state is both."""

    ended: tuple[str, ...]
    begun: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.ended or self.begun)


def turn(written: Hurt, now: Hurt) -> Turn:
    """What has to be written down for it to be the case."""
    ended = sorted(key for key, state in written.items() if now.get(key) is not state)
    begun = sorted(key for key, state in now.items() if written.get(key) is not state)
    return Turn(tuple(ended), tuple(begun))
