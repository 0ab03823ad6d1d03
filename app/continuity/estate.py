"""The estate as it recovers: a graph whose HARD edges are those that recovery waits for (semantics §5). Pure.

An edge says by `neededForRecovery` whether it is one; if it says nothing, a hard one is, and OPERATED_BY is. So what
an item only runs with can be left aside, and what it only recovers with, a backup or a team, is waited for.
"""

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.continuity.facts import NO_EVIDENCE, EdgeFacts, Facts, ItemFacts, RecoveryEvidence
from app.continuity.timing import Net, net_of
from app.inventory.model import ItemType
from app.topology.cones import part
from app.topology.edits import spliced
from app.topology.graph import (
    NO_SECONDS,
    TYPE_RANKS,
    Adjacency,
    Bools,
    EdgeKind,
    EdgeTable,
    Graph,
    Int8,
    Int32,
    Int64,
)
from app.topology.reaching import reach

Ranks = NDArray[np.float64]
_SUPPLY = [TYPE_RANKS[ItemType.THIRD_PARTY], TYPE_RANKS[ItemType.CONTRACT]]
_BUSINESS = [TYPE_RANKS[ItemType.BUSINESS_PROCESS], TYPE_RANKS[ItemType.BUSINESS_SERVICE]]


@dataclass(frozen=True)
class RecoveryEstate:
    """Items and the edges that recovery waits for, with what is known of the items.

    `graph` has HARD edges and memberships only. `rank` orders the items by key: it breaks every tie.
    """

    graph: Graph
    items: ItemFacts
    rank: Ranks

    @cached_property
    def net(self) -> Net:
        """What recovery waits for, in the order in which it is walked."""
        return net_of(self.graph, self.rank)

    @cached_property
    def recovery_seconds(self) -> Int64:
        """How long each item takes by itself, `NO_SECONDS` where that is not known: its own recovery time, else of a
        third party or contract what it promises; without either, all but components are taken to need no time."""
        given = self.graph.recovery_seconds
        promised = np.isin(self.graph.type_rank, _SUPPLY) & (given == NO_SECONDS)
        seconds = np.where(promised, self.items.contract_rto_seconds, given)
        return np.where(self.is_component | (seconds != NO_SECONDS), seconds, 0)

    @cached_property
    def is_component(self) -> Bools:
        """Which items are components."""
        return np.equal(self.graph.type_rank, TYPE_RANKS[ItemType.COMPONENT])

    @cached_property
    def is_assumed(self) -> Bools:
        """Which items were taken to need no time of their own because nobody gave one; groups never need any."""
        said = (self.graph.recovery_seconds != NO_SECONDS) | (self.recovery_seconds != 0)
        groups = self.graph.type_rank == TYPE_RANKS[ItemType.REDUNDANCY_GROUP]
        assumed: Bools = ~(said | self.is_component | groups)
        return assumed

    @cached_property
    def evidence(self) -> Int8:
        """What stands behind the time of each item; of a promise of a third party or contract, the contract."""
        promised = (self.graph.recovery_seconds == NO_SECONDS) & (self.recovery_seconds > 0)
        found = np.where(promised, RecoveryEvidence.CONTRACTUAL, self.items.evidence)
        return np.where(self.is_assumed, NO_EVIDENCE, found).astype(np.int8)

    @cached_property
    def deadline_seconds(self) -> Int64:
        """Until when each business item must be back: the lesser of its RTO and of MTPD - WRT; `NO_SECONDS` where it
        has neither and for all others, whose declared RTO is a promise and not a need.

        Where nobody gave the WRT the MTPD alone bounds it.
        """
        limit = self.items.mtpd_seconds - np.maximum(self.items.wrt_seconds, 0)
        limit = np.where(self.items.mtpd_seconds == NO_SECONDS, NO_SECONDS, np.maximum(limit, 0))
        rto = self.items.rto_seconds
        both = np.where(rto == NO_SECONDS, limit, np.where(limit == NO_SECONDS, rto, np.minimum(rto, limit)))
        return np.where(np.isin(self.graph.type_rank, _BUSINESS), both, NO_SECONDS)

    def marked(self, keys: Collection[str]) -> Bools:
        """Which items have one of these keys; a key that names none of them marks nothing."""
        marks = np.zeros(self.graph.size, np.bool_)
        marks[[self.graph.number[key] for key in keys if key in self.graph.number]] = True
        return marks

    def around(self, numbers: Sequence[int]) -> "RecoveryEstate":
        """Of the estate what decides the times of some items: what they wait for, and what waits for them with what
        the groups among that choose from."""
        starts = np.array(sorted(numbers), np.int32)
        above = reach(self.graph.dependents, starts).items
        groups = above[self.graph.needed[above] > 0]
        below = reach(self.graph.providers, np.union1d(starts, groups).astype(np.int32)).items
        # To cut most of the estate out costs more than to take all of it.
        inside = np.union1d(above, below).astype(np.int32)
        return self if len(inside) > self.graph.size // 2 else self.part(inside)

    def below(self, numbers: Sequence[int]) -> "RecoveryEstate":
        """Of the estate these items and what they wait for."""
        return self.part(below(self.graph, numbers))

    def part(self, numbers: Int32) -> "RecoveryEstate":
        """These items and the edges between them."""
        return RecoveryEstate(part(self.graph, numbers).graph, self.items.of(numbers), self.rank[numbers])


def recovery_estate(graph: Graph, facts: Facts, rank: Ranks) -> RecoveryEstate:
    """The estate as it recovers, of the graph as it runs."""
    changed = facts.edges.among(facts.edges.recovery != 0)
    forward = _waited_for(graph.providers, changed.dependents, changed.providers, changed, graph.size)
    back = _waited_for(graph.dependents, changed.providers, changed.dependents, changed, graph.size)
    return RecoveryEstate(replace(graph, providers=forward, dependents=back), facts.items, rank)


def below(graph: Graph, numbers: Sequence[int]) -> Int32:
    """These items and what they stand on, ascending."""
    return np.sort(reach(graph.providers, np.array(sorted(numbers), np.int32)).items)


def key_ranks(keys: Sequence[str], ascending: int) -> Ranks:
    """Numbers in the order of the keys, of which the first so many are known to ascend; it costs the others."""
    ranks = np.arange(len(keys), dtype=np.float64)
    others = sorted(range(ascending, len(keys)), key=keys.__getitem__)
    for place, number in enumerate(others, 1):
        ranks[number] = bisect_left(keys, keys[number], 0, ascending) - 1 + place / (len(others) + 1)
    return ranks


def _waited_for(adjacency: Adjacency, rows: Int32, neighbours: Int32, changed: EdgeFacts, size: int) -> Adjacency:
    """The edges without the soft ones, as some change them."""
    kept = adjacency.kind != EdgeKind.SOFT
    before = np.concatenate((np.zeros(1, np.int64), np.cumsum(kept)))
    hard = Adjacency(
        before[adjacency.start],
        adjacency.index[kept],
        adjacency.kind[kept],
        adjacency.weight[kept],
        adjacency.tolerance_seconds[kept],
    )
    if not len(rows):
        return hard
    gone, more = changed.recovery < 0, changed.recovery > 0
    count = int(more.sum())
    ends = rows[more], neighbours[more]
    table = EdgeTable(*ends, np.zeros(count, np.int8), np.ones(count, np.int64), np.zeros(count, np.int64))
    return spliced(hard, _places(hard, rows[gone], neighbours[gone]), *ends, table, size)


def _places(adjacency: Adjacency, rows: Int32, neighbours: Int32) -> Int64:
    """Where these HARD edges lie, ascending: one place for each, for two of the same ends are as good as each other."""
    places: set[int] = set()
    for row, neighbour in zip(rows.tolist(), neighbours.tolist(), strict=True):
        span = slice(adjacency.start[row], adjacency.start[row + 1])
        match = (adjacency.index[span] == neighbour) & (adjacency.kind[span] == EdgeKind.HARD)
        found = [place for place in (np.flatnonzero(match) + adjacency.start[row]).tolist() if place not in places]
        places |= set(found[:1])
    return np.array(sorted(places), np.int64)
