"""A picture of continuity under an overlay: what recovery knows of the items that the overlay touches. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from app.continuity.estate import key_ranks
from app.continuity.facts import NO_EVIDENCE, EdgeRows, ItemRows, RecoveryEvidence
from app.continuity.picture import ContinuityPicture
from app.inventory.model import Dependency, DependencyStrength, Item, Relation
from app.inventory.overlay import Overlaid
from app.topology.edits import edited
from app.topology.estates import edit_of
from app.topology.graph import NO_SECONDS

_SECONDS = (
    *("rtoSeconds", "mtpdSeconds", "wrtSeconds", "rpoSeconds", "contractRtoSeconds"),
    *("replicationLagSeconds", "backupIntervalSeconds"),
)
_WAITED_FOR = {
    *(Relation.DEPENDS_ON, Relation.LOCATED_IN, Relation.OPERATED_BY, Relation.PROVIDED_BY),
    *(Relation.SUBCONTRACTS_TO, Relation.CHILD_OF),
}


def picture_under(picture: ContinuityPicture, found: Overlaid) -> ContinuityPicture:
    """The picture after the edit that an overlay stands for."""
    after = edited(picture.graph, edit_of(picture.graph.version, found))
    rows = _item_rows(found.items.values()), _edge_rows(found.edges)
    facts = picture.facts.edited(after.graph, rows, after.touched, after.gone)
    return ContinuityPicture(after.graph, facts, key_ranks(after.graph.keys, 0))


def parents_under(parents: Mapping[str, Sequence[str]], found: Overlaid) -> dict[str, list[str]]:
    """Who belongs to which third party after the edit; of what is touched its edges say it all."""
    kept = {
        key: [one for one in above if one not in found.removed]
        for key, above in parents.items()
        if key not in found.removed and key not in found.items
    }
    for edge in found.edges:
        if edge.relation is Relation.CHILD_OF:
            kept.setdefault(edge.dependent, []).append(edge.provider)
    return kept


def weights_under(weights: Mapping[str, float], found: Overlaid) -> dict[str, float]:
    """What business items weigh after the edit."""
    kept = {key: weight for key, weight in weights.items() if key not in found.items and key not in found.removed}
    said = {key: item.properties.get("criticalityWeight") for key, item in found.items.items()}
    return kept | {key: float(weight) for key, weight in said.items() if weight is not None}


def _item_rows(items: Iterable[Item]) -> ItemRows:
    rows = {item.key: [*(_seconds(item, name) for name in _SECONDS), _evidence(item)] for item in items}
    return ItemRows(list(rows), list(rows.values()))


def _edge_rows(edges: Iterable[Dependency]) -> EdgeRows:
    """Those that count otherwise in recovery than in running, carry data or make a part, as `cypher/continuity.cypher`
    reads them."""
    rows = EdgeRows([], [], [], [], [])
    for edge in edges:
        if edge.relation is Relation.PART_OF:
            _add(rows, edge, 0, part=True)
        if edge.relation not in _WAITED_FOR:
            continue
        runs = edge.relation is not Relation.OPERATED_BY and edge.strength in (None, DependencyStrength.HARD)
        said = edge.properties.get("neededForRecovery")
        waits = bool(said) if said is not None else runs or edge.relation is Relation.OPERATED_BY
        data = bool(edge.properties.get("dataDependency"))
        if data or waits != runs:
            _add(rows, edge, int(waits) - int(runs), data=data)
    return rows


def _add(rows: EdgeRows, edge: Dependency, recovery: int, *, data: bool = False, part: bool = False) -> None:
    rows.dependents.append(edge.dependent)
    rows.providers.append(edge.provider)
    rows.recovery.append(recovery)
    rows.data.append(data)
    rows.part.append(part)


def _seconds(item: Item, name: str) -> int:
    value = item.properties.get(name)
    return NO_SECONDS if value is None else int(value)


def _evidence(item: Item) -> int:
    value = item.properties.get("recoveryEvidence")
    return NO_EVIDENCE if value is None else int(RecoveryEvidence[str(value)])
