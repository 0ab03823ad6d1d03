"""Estates that differ from the stored one: items and dependencies of the inventory as an edit of the arrays. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.inventory.model import Dependency, DependencyStrength, Item, Relation
from app.inventory.overlay import Overlaid
from app.topology.edits import Edit
from app.topology.graph import Edge, EdgeKind, Graph, Vertex

_KINDS: Mapping[Relation, EdgeKind] = {
    Relation.DEPENDS_ON: EdgeKind.HARD,
    Relation.HAS_MEMBER: EdgeKind.MEMBER,
    Relation.LOCATED_IN: EdgeKind.HARD,
    Relation.PROVIDED_BY: EdgeKind.HARD,
    Relation.SUBCONTRACTS_TO: EdgeKind.HARD,
    Relation.CHILD_OF: EdgeKind.HARD,
}
"""The relations over which failure travels; `cypher/topology.cypher` reads the same."""


@dataclass(frozen=True, slots=True)
class Estate:
    """A graph, and the items that are otherwise in it than they are stored."""

    graph: Graph
    items: Mapping[str, Item]


def edit_of(version: int, found: Overlaid) -> Edit:
    """The edit of the arrays that an overlay stands for."""
    edges = [edge for one in found.edges if (edge := edge_of(one)) is not None]
    return Edit(version, [vertex_of(item) for item in found.items.values()], edges, found.removed)


def vertex_of(item: Item) -> Vertex:
    """What propagation has to know of an item."""
    values = item.properties
    standby = item.kind == "ACTIVE_STANDBY"
    return Vertex(
        item.key,
        item.type,
        tier=_whole(item, "tier"),
        critical=bool(values.get("criticalOrImportant") or values.get("important")),
        min_available=values.get("minAvailable"),
        degraded_below=values.get("degradedBelow"),
        restart_seconds=_whole(item, "restartTimeSeconds"),
        recovery_seconds=_whole(item, "recoveryTimeSeconds"),
        target_seconds=_whole(item, "impactToleranceSeconds" if "impactToleranceSeconds" in values else "mtpdSeconds"),
        failover_seconds=_whole(item, "failoverTimeSeconds") if standby else None,
        loss_curve=item.loss_curve,
    )


def _whole(item: Item, name: str) -> int | None:
    value = item.properties.get(name)
    return None if value is None else int(value)


def edge_of(dependency: Dependency) -> Edge | None:
    """The propagating edge a dependency is, or `None`."""
    kind = _KINDS.get(dependency.relation)
    if kind is None or dependency.strength is DependencyStrength.INFO:
        return None
    if dependency.strength is DependencyStrength.SOFT:
        kind = EdgeKind.SOFT
    weight, tolerance = (dependency.properties.get(name) for name in ("weight", "toleranceSeconds"))
    return Edge(dependency.dependent, dependency.provider, kind, int(weight or 1), int(tolerance or 0))
