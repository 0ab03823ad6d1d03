"""Weak points: single points of failure ranked by what they would hurt, of one item or of the whole estate. Pure."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.continuity.business import business_down, business_items, is_important
from app.continuity.closures import closed_part
from app.continuity.single_points import single_points
from app.topology.graph import Graph

PointPlace = tuple[int, int, int, str]
"""Where a single point stands in a list: how many important and how many business items it takes DOWN, both below
zero, its type, its key."""


@dataclass(frozen=True, slots=True)
class SinglePoint:
    """An item, and how many business items besides itself its loss takes DOWN, and how many important ones."""

    key: str
    business_count: int
    important_count: int


@dataclass(frozen=True, slots=True)
class ItemPoints:
    """The single points of an item, itself included, the worst first; the nearest ones if there are too many.

    `count` is how many there are. What is DOWN whatever fails (`is_down`) has none.
    """

    points: tuple[SinglePoint, ...]
    count: int
    is_down: bool


@dataclass(frozen=True, slots=True)
class RankedPoints:
    """Everything in the estate that alone takes a business item other than itself DOWN, the worst first."""

    graph: Graph
    places: Sequence[PointPlace]

    def page(self, first: int, after: PointPlace | None = None) -> list[tuple[PointPlace, SinglePoint]]:
        """The next points behind a place."""
        begin = bisect_right(self.places, after) if after else 0
        return [(place, SinglePoint(place[3], -place[1], -place[0])) for place in self.places[begin : begin + first]]


def ranked_points(graph: Graph) -> RankedPoints:
    """The single points of all business items, in one pass over what they stand on."""
    business = business_items(graph)
    count, important = single_points(graph, business).hurt(business, is_important(graph, business))
    found = np.flatnonzero(count).tolist()
    ranks = graph.type_rank
    return RankedPoints(
        graph, sorted((-int(important[one]), -int(count[one]), int(ranks[one]), graph.keys[one]) for one in found)
    )


def item_points(graph: Graph, number: int, most: int) -> ItemPoints:
    """The single points of an item, the nearest `most`. It costs what the item stands on, and what each point hurts."""
    inside = closed_part(graph, [number]).graph
    points = single_points(inside)
    reached = points.reached(np.array([0], np.int32))[0].tolist()
    nearest = [inside.keys[one] for one in reached if not inside.is_group(one)]
    ranked = sorted(_place(graph, graph.number[key]) for key in nearest[:most])
    found = tuple(SinglePoint(key, -count, -important) for important, count, _, key in ranked)
    return ItemPoints(found, len(nearest), bool(points.down[0]))


def business_hurt(graph: Graph, number: int) -> list[int]:
    """The business items besides itself that the loss of an item takes DOWN, important ones first, then by key."""
    hurt = np.setdiff1d(business_down(graph, [number]), np.append(business_down(graph, ()), number)).astype(np.int32)
    ranked = zip(
        (~is_important(graph, hurt)).tolist(), map(graph.keys.__getitem__, hurt.tolist()), hurt.tolist(), strict=True
    )
    return [one for _, _, one in sorted(ranked)]


def _place(graph: Graph, number: int) -> PointPlace:
    hurt = np.array(business_hurt(graph, number), np.int32)
    important = int(is_important(graph, hurt).sum())
    return -important, -len(hurt), int(graph.type_rank[number]), graph.keys[number]
