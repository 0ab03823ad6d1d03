"""What an upsert writes: accepted drafts against the stored side. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import orjson

from app.inventory.admission import EdgeName, Stored
from app.inventory.losses import LossBand, stored_bands
from app.inventory.model import DependencyDraft, Identifier, Item, ItemDraft, ItemType, Lifecycle, Relation, Scalar


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows were new, different, or already so."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(slots=True)
class Changes:
    """What to write. Item properties are whole, timestamps aside; edges map their name to whole properties."""

    created_items: dict[str, tuple[ItemType, dict[str, object]]] = field(default_factory=dict)
    changed_items: dict[str, dict[str, object]] = field(default_factory=dict)
    added_identifiers: list[tuple[str, Identifier]] = field(default_factory=list)
    removed_identifiers: list[tuple[str, Identifier]] = field(default_factory=list)
    created_edges: dict[EdgeName, dict[str, Scalar]] = field(default_factory=dict)
    changed_edges: dict[EdgeName, dict[str, Scalar]] = field(default_factory=dict)
    removed_edges: set[EdgeName] = field(default_factory=set)
    items: Tally = Tally()
    dependencies: Tally = Tally()

    @property
    def touched(self) -> list[str]:
        """The items that change themselves or in an outgoing edge, in order."""
        edges = (*self.created_edges, *self.changed_edges, *self.removed_edges)
        return sorted({*self.created_items, *self.changed_items, *(dependent for dependent, _, _ in edges)})


class _Diff:
    """Fills a `Changes` row by row."""

    def __init__(self, stored: Stored, source: str | None) -> None:
        self.stored = stored
        self.source = source
        self.changes = Changes()
        self.item_counts = [0, 0, 0]
        self.edge_counts = [0, 0, 0]

    def item(self, draft: ItemDraft) -> None:
        """Add one item with its identifiers, owner and members."""
        stored = self.stored.items.get(draft.key)
        edges_changed = self._owner(draft, stored) | self._members(draft, stored)
        identifiers_changed = self._identifiers(draft, stored)
        properties = item_properties(draft, stored, self.source)
        if stored is None:
            properties["revision"] = 1
            self.changes.created_items[draft.key] = (draft.type, properties)
            self.item_counts[0] += 1
        elif edges_changed or identifiers_changed or properties != item_properties(None, stored, None):
            properties["revision"] = stored.revision + 1
            self.changes.changed_items[draft.key] = properties
            self.item_counts[1] += 1
        else:
            self.item_counts[2] += 1

    def edge(self, draft: DependencyDraft) -> None:
        """Add one dependency."""
        name = (draft.dependent, draft.provider, draft.relation)
        self.edge_counts[self._edge(name, draft.properties)] += 1

    def _edge(self, name: EdgeName, given: Mapping[str, Scalar | None]) -> int:
        """Add one edge; 0 when it is new, 1 when it differs, 2 when it is already so."""
        stored = self.stored.edges.get(name)
        before: dict[str, Scalar] = dict(stored.properties) if stored else {}
        if stored and stored.source:
            before["source"] = stored.source
        after: dict[str, Scalar | None] = {**self._planned(name, before), **given}
        if self.source:
            after["source"] = self.source
        properties = _edge_defaults(name[2]) | _present(after)
        if stored is None:
            self.changes.created_edges[name] = properties
            return 0
        if properties == before:
            self.changes.changed_edges.pop(name, None)
            return 2
        self.changes.changed_edges[name] = properties
        return 1

    def _planned(self, name: EdgeName, before: dict[str, Scalar]) -> dict[str, Scalar]:
        """What the edge will carry by the rows so far: a group may list a member that has a row of its own as well."""
        if name in self.changes.removed_edges:
            self.changes.removed_edges.remove(name)
            return {}
        return self.changes.created_edges.get(name) or self.changes.changed_edges.get(name) or before

    def _owner(self, draft: ItemDraft, stored: Item | None) -> bool:
        before = stored.owner if stored else None
        after = draft.fields.get("owner", before)
        if before == after:
            return False
        if before:
            self.changes.removed_edges.add((draft.key, before, Relation.OWNED_BY))
        if after:
            self._edge((draft.key, str(after), Relation.OWNED_BY), {})
        return True

    def _members(self, draft: ItemDraft, stored: Item | None) -> bool:
        if draft.members is None:
            return False
        before = stored.members if stored else ()
        kept = {member.key for member in draft.members}
        gone = [member.key for member in before if member.key not in kept]
        self.changes.removed_edges |= {(draft.key, key, Relation.HAS_MEMBER) for key in gone}
        outcomes = [
            self._edge((draft.key, member.key, Relation.HAS_MEMBER), {"weight": member.weight})
            for member in draft.members
        ]
        return bool(gone) or any(outcome < 2 for outcome in outcomes)

    def _identifiers(self, draft: ItemDraft, stored: Item | None) -> bool:
        if draft.identifiers is None:
            return False
        before = set(stored.identifiers) if stored else set()
        after = set(draft.identifiers)
        self.changes.added_identifiers += [(draft.key, one) for one in sorted(after - before)]
        self.changes.removed_identifiers += [(draft.key, one) for one in sorted(before - after)]
        return before != after


def changes(
    items: Iterable[ItemDraft],
    dependencies: Iterable[DependencyDraft],
    stored: Stored,
    *,
    source: str | None,
) -> Changes:
    """What to write so that the store holds these rows; every row has passed `admission.admit`."""
    diff = _Diff(stored, source)
    for item in items:
        diff.item(item)
    for dependency in dependencies:
        diff.edge(dependency)
    diff.changes.items = Tally(*diff.item_counts)
    diff.changes.dependencies = Tally(*diff.edge_counts)
    return diff.changes


def item_properties(draft: ItemDraft | None, stored: Item | None, source: str | None) -> dict[str, object]:
    """The properties an item will have, or has if there is no draft, without its revision and timestamps."""
    key = draft.key if draft else stored.key if stored else ""
    values: dict[str, object] = {"key": key, "name": key, "lifecycle": Lifecycle.LIVE.value}
    attributes: Mapping[str, object] = {}
    bands: tuple[LossBand, ...] = ()
    if stored:
        values |= stored.properties
        values |= {"name": stored.name, "kind": stored.kind, "lifecycle": stored.lifecycle.value}
        values["source"] = stored.source
        attributes, bands = stored.attributes, stored.loss_bands
    if draft:
        values |= {name: value for name, value in draft.fields.items() if name != "owner"}
        values["name"] = values["name"] or key
        values["lifecycle"] = values["lifecycle"] or Lifecycle.LIVE.value
        attributes = attributes if draft.attributes is None else draft.attributes
        bands = bands if draft.loss_bands is None else draft.loss_bands
    if source:
        values["source"] = source
    values |= stored_bands(bands)
    if attributes:
        values["attributes"] = orjson.dumps(attributes, option=orjson.OPT_SORT_KEYS).decode()
    return {name: value for name, value in values.items() if value is not None}


def _edge_defaults(relation: Relation) -> dict[str, Scalar]:
    """What an edge always carries, so that architects need no coalesce()."""
    if relation is Relation.DEPENDS_ON:
        return {"strength": "HARD"}
    return {"weight": 1} if relation is Relation.HAS_MEMBER else {}


def _present(values: Mapping[str, Scalar | None]) -> dict[str, Scalar]:
    return {name: value for name, value in values.items() if value is not None}
