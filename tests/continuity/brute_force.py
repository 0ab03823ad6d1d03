"""The reference for weak points: fail every few items together and see what falls, over dicts and sets."""

from collections.abc import Collection, Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from app.inventory.model import ItemType
from app.topology.graph import EdgeKind
from tests.graphs import World

Failed = frozenset[str]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


def fallen(world: World, failed: Collection[str]) -> set[str]:
    """What is DOWN when these fail: nothing else falls, so begin with them and go on until nothing is new."""
    down, before = set(failed), None
    graph = world.graph
    while down != before:
        before = set(down)
        for edge in world.edges:
            if edge.kind is EdgeKind.HARD and edge.provider in down:
                down.add(edge.dependent)
        for vertex in world.vertices:
            if vertex.type is ItemType.REDUNDANCY_GROUP:
                members = [edge for edge in world.edges if edge.dependent == vertex.key]
                left = sum(
                    edge.weight for edge in members if edge.kind is EdgeKind.MEMBER and edge.provider not in down
                )
                if left < graph.needed[graph.number[vertex.key]]:
                    down.add(vertex.key)
    return down


def failing(world: World) -> list[str]:
    """What may fail by itself."""
    return sorted(vertex.key for vertex in world.vertices if vertex.type is not ItemType.REDUNDANCY_GROUP)


def outcomes(world: World, elements: Collection[str], order: int) -> Mapping[Failed, set[str]]:
    """What falls when each few of the elements fail, up to this many."""
    some = (frozenset(few) for size in range(order + 1) for few in combinations(sorted(elements), size))
    return {failed: fallen(world, failed) for failed in some}


def cuts(outcome: Mapping[Failed, set[str]], key: str) -> set[Failed]:
    """The minimal sets that take an item DOWN; none if it is DOWN anyway."""
    taking = [failed for failed, down in outcome.items() if key in down]
    if frozenset() in taking:
        return set()
    return {failed for failed in taking if not any(other < failed for other in taking)}


def down_in_every_state(world: World, elements: Sequence[str]) -> dict[str, Bools]:
    """Of every item in which of the 2^n states it is DOWN: in state s those elements fail whose bits are set in s."""
    states = np.arange(1 << len(elements))
    own = {key: (states >> bit & 1).astype(np.bool_) for bit, key in enumerate(elements)}
    down = {vertex.key: own.get(vertex.key, np.zeros(len(states), np.bool_)) for vertex in world.vertices}
    for _ in world.vertices:
        for vertex in world.vertices:
            edges = [edge for edge in world.edges if edge.dependent == vertex.key]
            for edge in edges:
                if edge.kind is EdgeKind.HARD:
                    down[vertex.key] = down[vertex.key] | down[edge.provider]
            if vertex.type is ItemType.REDUNDANCY_GROUP:
                members = [edge for edge in edges if edge.kind is EdgeKind.MEMBER]
                left = sum((edge.weight * ~down[edge.provider] for edge in members), np.zeros(len(states), np.int64))
                needed = world.graph.needed[world.graph.number[vertex.key]]
                down[vertex.key] = down[vertex.key] | (left < needed)
    return down


def chances(up: Sequence[float]) -> Floats:
    """How likely each of those states is."""
    states = np.arange(1 << len(up))
    found = np.ones(len(states))
    for bit, one in enumerate(up):
        found = found * np.where(states >> bit & 1, 1 - one, one)
    return found
