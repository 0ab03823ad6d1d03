"""Rooms: the memory that walks over one graph work in, lent and taken back. Pure.

A walk over a million items needs some megabytes of it. Memory fresh from the system costs a page fault for every four
kilobytes touched, which is more than the walk itself (measured), so what one walk leaves clean the next one takes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

from app.topology.graph import Bools, Int32, Int64

# As many walks as usually run at once; further ones bring their own and take it away.
_KEPT = 4


class Room(NamedTuple):
    """As long as the graph has items, `order` one more. `seen` and `lost` hold zeros, before and after."""

    seen: Bools
    lost: Int64
    order: Int32
    rounds: Int32
    waiting: Int32
    losing: Int32


_spare: list[Room] = []


@contextmanager
def room_for(size: int) -> Iterator[Room]:
    """A room for a graph of this size, whose user leaves `seen` and `lost` as they were. Safe between threads.

    After an exception nobody knows what it looks like, and it is not used again.
    """
    room = _taken(size)
    yield room
    if len(_spare) < _KEPT:
        _spare.append(room)


def _taken(size: int) -> Room:
    try:
        room = _spare.pop()
    except IndexError:
        return _new_room(size)
    return room if len(room.seen) >= size else _new_room(size)


def _new_room(size: int) -> Room:
    return Room(
        seen=np.zeros(size, np.bool_),
        lost=np.zeros(size, np.int64),
        order=np.empty(size + 1, np.int32),
        rounds=np.empty(size, np.int32),
        waiting=np.empty(size, np.int32),
        losing=np.empty(size, np.int32),
    )
