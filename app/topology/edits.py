"""A graph after an edit, without building it again: rows are spliced and numbers stay.

It costs a copy of the arrays and steps of Python for what was edited only. Pure.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from app.inventory.model import ItemType
from app.topology.graph import (
    Adjacency,
    Edge,
    EdgeKind,
    EdgeTable,
    Graph,
    Int32,
    Int64,
    Vertex,
    build_graph,
    resolved,
)
from app.topology.numbers import Numbers

A = TypeVar("A", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Edit:
    """What changed: `vertices` were added or changed, `edges` are all that leave them now, `removed` keys are gone.

    A key of both was removed first and is another item now: what led to the old one does not lead to it.
    """

    version: int
    vertices: Sequence[Vertex]
    edges: Sequence[Edge]
    removed: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Edited:
    """A graph after an edit: `touched` are the items whose edges to providers or thresholds may differ, `gone` those
    that were removed."""

    graph: Graph
    touched: Int32
    gone: Int32


def edited(graph: Graph, edit: Edit) -> Edited:
    """The graph after an edit. The edges of `edit` that lead to no item are left out."""
    before = graph.number if isinstance(graph.number, Numbers) else Numbers(graph.number)
    dropped = set(edit.removed)
    removed = [before[key] for key in dropped if key in before]
    new = [vertex.key for vertex in edit.vertices if vertex.key in dropped or vertex.key not in before]
    number = before.edited({key: graph.size + place for place, key in enumerate(new)}, dropped)
    changed = [number[vertex.key] for vertex in edit.vertices if number[vertex.key] < graph.size]
    gone = _edges_gone(graph, sorted({*removed, *changed}), removed)
    edges = EdgeTable.of(edit.edges, number)
    size = graph.size + len(new)
    patched = _with_vertices(graph, [number[vertex.key] for vertex in edit.vertices], edit.vertices, len(new))
    thresholds, curves = dict(graph.thresholds), dict(graph.loss_curves)
    for one in removed:
        thresholds.pop(one, None)
        curves.pop(one, None)
    for vertex in edit.vertices:
        if vertex.type is ItemType.REDUNDANCY_GROUP:
            thresholds[number[vertex.key]] = vertex.min_available, vertex.degraded_below
        curves.pop(number[vertex.key], None)
        if vertex.loss_curve is not None:
            curves[number[vertex.key]] = vertex.loss_curve
    edited_graph = replace(
        patched,
        version=edit.version,
        keys=[*graph.keys, *new] if new else graph.keys,
        number=number,
        providers=spliced(graph.providers, gone.providers, edges.dependent, edges.provider, edges, size),
        dependents=spliced(graph.dependents, gone.dependents, edges.provider, edges.dependent, edges, size),
        thresholds=thresholds,
        loss_curves=curves,
    )
    touched = {*gone.losing, *(number[vertex.key] for vertex in edit.vertices)}
    return Edited(
        _with_totals(edited_graph, {*removed, *touched}),
        np.array(sorted(touched - {*removed}), np.int32),
        np.array(removed, np.int32),
    )


@dataclass(frozen=True, slots=True)
class _Gone:
    """Where the edges that go lie in both adjacencies, and who loses a removed provider with them."""

    providers: Int64
    dependents: Int64
    losing: frozenset[int]


def _edges_gone(graph: Graph, leaving: Sequence[int], removed: Sequence[int]) -> _Gone:
    """The edges that leave any of `leaving`, and those that lead to any of `removed`."""
    forward, back = graph.dependents, graph.providers
    from_leaving, to_removed = _rows(back, leaving), _rows(forward, removed)
    return _Gone(
        np.union1d(from_leaving, mirrored(forward, back, removed)),
        np.union1d(to_removed, mirrored(back, forward, leaving)),
        frozenset(forward.index[to_removed].tolist()),
    )


def _rows(adjacency: Adjacency, rows: Iterable[int]) -> Int64:
    """Where the edges of these rows lie."""
    spans = [np.arange(adjacency.start[row], adjacency.start[row + 1]) for row in rows]
    return np.concatenate(spans) if spans else np.empty(0, np.int64)


def mirrored(one: Adjacency, other: Adjacency, rows: Iterable[int]) -> Int64:
    """Where the edges of these rows of `one` lie in the `other` adjacency."""
    found = [np.empty(0, np.int64)]
    for row in rows:
        for neighbour in np.unique(one.index[one.start[row] : one.start[row + 1]]).tolist():
            start = other.start[neighbour]
            found.append(start + np.flatnonzero(other.index[start : other.start[neighbour + 1]] == row))
    return np.concatenate(found)


def spliced(
    adjacency: Adjacency, gone: Int64, rows: Int32, neighbours: Int32, edges: EdgeTable, size: int
) -> Adjacency:
    """The adjacency without the edges at `gone`, and with these at the ends of their rows."""
    order = np.argsort(rows, kind="stable")
    start = np.concatenate((adjacency.start, np.full(size + 1 - len(adjacency.start), adjacency.start[-1])))
    where = start[rows[order] + 1]
    difference = np.bincount(rows, minlength=size)
    gone_rows = np.searchsorted(adjacency.start, gone, side="right") - 1
    np.subtract.at(difference, gone_rows, 1)
    pieces = _pieces(gone, where, len(adjacency.index))
    new_start = start.copy()
    new_start[1:] += np.cumsum(difference)
    return Adjacency(
        new_start,
        _joined(adjacency.index, neighbours[order], pieces),
        _joined(adjacency.kind, edges.kind[order], pieces),
        _joined(adjacency.weight, edges.weight[order], pieces),
        _joined(adjacency.tolerance_seconds, edges.tolerance_seconds[order], pieces),
    )


def _pieces(gone: Int64, where: Int64, length: int) -> list[tuple[int, int, int]]:
    """What follows what: (begin, end, added), a stretch of the old array and how many new entries come after it."""
    cuts = sorted([(at, 1) for at in where.tolist()] + [(at, 0) for at in gone.tolist()], key=lambda cut: cut[0])
    pieces, begin = [], 0
    for at, added in cuts:
        pieces.append((begin, at, added))
        begin = at if added else at + 1
    return [*pieces, (begin, length, 0)]


def _joined(old: NDArray[A], new: NDArray[A], pieces: Sequence[tuple[int, int, int]]) -> NDArray[A]:
    parts, used = [], 0
    for begin, end, added in pieces:
        parts += [old[begin:end], new[used : used + added]]
        used += added
    return np.concatenate(parts)


def _with_vertices(graph: Graph, numbers: Sequence[int], vertices: Sequence[Vertex], added: int) -> Graph:
    """The graph with what the vertices say of themselves; the arrays of edges are still the old ones."""
    small = build_graph(0, vertices, EdgeTable.of((), {}))
    at = np.array(numbers, np.int64)

    def patched(old: NDArray[A], fresh: NDArray[A]) -> NDArray[A]:
        # Most edits leave most columns as they are, and both graphs may hold those: nobody changes them.
        return old if not added and np.array_equal(old[at], fresh) else own(old, fresh)

    def own(old: NDArray[A], fresh: NDArray[A]) -> NDArray[A]:
        whole = np.concatenate((old, np.zeros(added, old.dtype)))
        whole[at] = fresh
        return whole

    return replace(
        graph,
        type_rank=patched(graph.type_rank, small.type_rank),
        tier=patched(graph.tier, small.tier),
        critical=patched(graph.critical, small.critical),
        needed=own(graph.needed, small.needed),
        healthy=own(graph.healthy, small.healthy),
        total=own(graph.total, small.total),
        restart_seconds=patched(graph.restart_seconds, small.restart_seconds),
        recovery_seconds=patched(graph.recovery_seconds, small.recovery_seconds),
        target_seconds=patched(graph.target_seconds, small.target_seconds),
        failover_seconds=patched(graph.failover_seconds, small.failover_seconds),
    )


def _with_totals(graph: Graph, touched: Iterable[int]) -> Graph:
    """The graph with the thresholds of the touched groups resolved; those arrays are its own by now."""
    back = graph.providers
    for number in touched:
        span = slice(back.start[number], back.start[number + 1])
        total = int(back.weight[span][back.kind[span] == EdgeKind.MEMBER].sum())
        written = graph.thresholds.get(number)
        graph.total[number] = total
        graph.needed[number], graph.healthy[number] = resolved(written, total) if written else (0, 0)
    return replace(
        graph,
        unsatisfiable=np.flatnonzero(graph.needed > graph.total).astype(np.int32),
        weakened=np.flatnonzero((graph.healthy > graph.total) & (graph.needed <= graph.total)).astype(np.int32),
    )
