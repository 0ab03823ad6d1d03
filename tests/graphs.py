"""Draws test worlds in text.

    checkout{process tier 0 critical} -> db{1 of db-1, db-2:3}; pay -> api ~> fraud .. wiki

Statements are separated by `;` or line breaks. `->` is HARD, `~>` SOFT, `..` INFO (not in the arrays); arrows chain,
and a comma on either side means each. Braces after a key hold, once in the text, either a redundancy group,
`{minAvailable of members}` or `{minAvailable/degradedBelow of members}` with whole numbers or percentages and
`key:weight`, or a type: process, service, it-service, component (the default), location, team, third-party, contract,
then `tier N` and `critical` as wanted. A key that is drawn nowhere else is an item with no edges.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from app.impact.judgement import Question, judge
from app.impact.live import live_impact
from app.impact.model import Failure, HealthState, ImpactedItem, Moment, Position
from app.impact.propagation import propagate
from app.impact.report import ImpactReport
from app.inventory.model import ItemType, Scalar
from app.topology.graph import Edge, EdgeKind, EdgeTable, Graph, Vertex, build_graph

OPERATIONAL, DEGRADED, DOWN, UNKNOWN = HealthState
NOW = Moment(datetime(2026, 11, 23, 12, tzinfo=UTC))

_ARROWS = {"->": EdgeKind.HARD, "~>": EdgeKind.SOFT, "..": None}
_TYPES = {
    "process": ItemType.BUSINESS_PROCESS,
    "service": ItemType.BUSINESS_SERVICE,
    "it-service": ItemType.IT_SERVICE,
    "component": ItemType.COMPONENT,
    "location": ItemType.LOCATION,
    "team": ItemType.TEAM,
    "third-party": ItemType.THIRD_PARTY,
    "contract": ItemType.CONTRACT,
}
_REFERENCE = re.compile(r"([\w-]+)(?:\{([^}]*)\})?")
_GROUP = re.compile(r"(\S+?)(?:/(\S+))? of\b(.*)")
_TYPED = re.compile(r"([\w-]+)(?: tier (\d))?( critical)?")


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a world looks like after some items have failed."""

    report: ImpactReport

    @property
    def states(self) -> dict[str, HealthState]:
        """The state of every item that is not OPERATIONAL."""
        return {item.key: item.state for item in self.items}

    @property
    def items(self) -> tuple[ImpactedItem, ...]:
        """The impacted items on one page."""
        return tuple(item for _, item in self.report.page(first=1_000_000))

    @property
    def causes(self) -> dict[str, tuple[str, ...]]:
        """The causes that explain each impacted item."""
        return {item.key: self.report.causes_of(item.key) for item in self.items}

    def item(self, key: str) -> ImpactedItem:
        """One impacted item."""
        return self.report.item(key)

    def pages(self, size: int) -> list[list[ImpactedItem]]:
        """The report page by page, as a caller with a cursor reads it."""
        pages: list[list[ImpactedItem]] = []
        after: Position | None = None
        while page := self.report.page(size, after):
            pages.append([item for _, item in page])
            after = page[-1][0]
        return pages


@dataclass(frozen=True, slots=True)
class World:
    """Items and edges, and the arrays made of them."""

    vertices: tuple[Vertex, ...]
    edges: tuple[Edge, ...]
    graph: Graph

    @classmethod
    def of(cls, vertices: Sequence[Vertex], edges: Sequence[Edge]) -> "World":
        """The world of these items and edges, in this order."""
        number = {vertex.key: position for position, vertex in enumerate(vertices)}
        return cls(tuple(vertices), tuple(edges), build_graph(1, vertices, EdgeTable.of(edges, number)))

    def assess(
        self, failed: Collection[str] = (), *, degraded: Collection[str] = (), unknown: Collection[str] = ()
    ) -> Assessment:
        """What these failures hurt."""
        own = dict.fromkeys(failed, DOWN) | dict.fromkeys(degraded, DEGRADED) | dict.fromkeys(unknown, UNKNOWN)
        return self.under(own)

    def under(self, own: Mapping[str, HealthState]) -> Assessment:
        """What these own states hurt."""
        return self.failing({key: Failure(state) for key, state in own.items()})

    def failing(
        self, failures: Mapping[str, Failure], moment: Moment = NOW, *, planned: Mapping[str, Failure] | None = None
    ) -> Assessment:
        """What these failures hurt, asked at this moment; `planned`, if not those of them that say so."""
        own = {self.graph.number[key]: failure for key, failure in failures.items()}
        states = {number: failure.state for number, failure in own.items()}
        apart = None if planned is None else {self.graph.number[key]: failure for key, failure in planned.items()}
        return Assessment(ImpactReport(propagate(self.graph, states), own, moment, planned=apart))

    def judged(self, key: str, failure: Failure, beside: Mapping[str, Failure]) -> ImpactReport:
        """What an open event hurts beside these failures of others."""
        told = {f"of {other}": (other, one) for other, one in beside.items()} | {"event": (key, failure)}
        (report,) = judge(live_impact(self.graph, told).picture(), [Question("event", key, failure)], NOW)
        assert report is not None
        return report

    def without(self, *gone: str) -> "World":
        """The world after these items were removed."""
        edges = [edge for edge in self.edges if edge.dependent not in gone and edge.provider not in gone]
        return World.of([vertex for vertex in self.vertices if vertex.key not in gone], edges)


def graph(text: str) -> World:
    """The world this text draws; the grammar is at the top of this module."""
    drawing = _Drawing()
    for statement in re.split(r"[;\n]", text):
        if statement.strip():
            drawing.add(statement.strip())
    return World.of(list(drawing.vertices.values()), drawing.edges)


class _Drawing:
    """The world while it is read."""

    def __init__(self) -> None:
        self.vertices: dict[str, Vertex] = {}
        self.edges: list[Edge] = []

    def add(self, statement: str) -> None:
        first, *rest = re.split(r"\s+(->|~>|\.\.)\s+", statement)
        dependents = self._keys(first)
        for arrow, text in zip(rest[::2], rest[1::2], strict=True):
            providers = self._keys(text)
            kind = _ARROWS[arrow]
            if kind is not None:
                self.edges += [Edge(one, other, kind) for one in dependents for other in providers]
            dependents = providers

    def _keys(self, text: str) -> list[str]:
        return [self._key(one.strip()) for one in _split(text)]

    def _key(self, text: str) -> str:
        key, inside = _matched(_REFERENCE, text)
        vertex = self.vertices.setdefault(key, Vertex(key, ItemType.COMPONENT))
        if inside:
            group = _GROUP.fullmatch(inside)
            self.vertices[key] = self._group(vertex, *group.groups()) if group else _typed(vertex, inside)
        return key

    def _group(self, vertex: Vertex, needed: str, healthy: str | None, members: str) -> Vertex:
        for member in filter(None, (one.strip() for one in members.split(","))):
            name, _, weight = member.partition(":")
            self.edges.append(Edge(vertex.key, self._key(name), EdgeKind.MEMBER, int(weight or 1)))
        return replace(
            vertex,
            type=ItemType.REDUNDANCY_GROUP,
            min_available=_threshold(needed),
            degraded_below=_threshold(healthy) if healthy else None,
        )


def _split(text: str) -> Iterable[str]:
    return re.split(r",(?![^{]*\})", text)


def _typed(vertex: Vertex, text: str) -> Vertex:
    word, tier, critical = _matched(_TYPED, text)
    return replace(vertex, type=_TYPES[word], tier=int(tier) if tier else None, critical=bool(critical))


def _threshold(text: str) -> Scalar:
    return text if text.endswith("%") else int(text)


def _matched(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    match = pattern.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not part of the grammar at the top of tests/graphs.py")
    return match.groups()
