"""Overlays: what items and edges would be after an edit that nobody makes (semantics §2, what-if). Nothing is written.

The edit is judged and worked out by what judges and works out a real one, so that both give the same answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeGuard

from app.database.client import Reader
from app.errors import InvalidInput, NotFound
from app.inventory import store
from app.inventory.actions import arrow, edges_leaving, refusal, stored_side
from app.inventory.admission import EdgeName, Stored, admit
from app.inventory.changes import Changes, changes
from app.inventory.images import with_edges
from app.inventory.model import (
    PROPERTIES,
    Dependency,
    DependencyDraft,
    Item,
    ItemDraft,
    Lifecycle,
    Relation,
    Scalar,
)


@dataclass(frozen=True, slots=True)
class Overlay:
    """An edit: first the items and edges that go, then those that come or change."""

    items: Sequence[ItemDraft] = ()
    dependencies: Sequence[DependencyDraft] = ()
    removed_items: Sequence[str] = ()
    removed_dependencies: Sequence[EdgeName] = ()


@dataclass(frozen=True, slots=True)
class Overlaid:
    """The estate after the edit, where it differs: the items, all edges that leave them, and the keys that go."""

    items: Mapping[str, Item]
    edges: Sequence[Dependency]
    removed: frozenset[str]


async def overlaid(reader: Reader, overlay: Overlay, now: datetime) -> Overlaid:
    """What the overlay makes of the stored estate.

    Raises:
        NotFound: what is to go is not there.
        InvalidInput: a row could not be stored, or an item both goes and comes.
        Conflict: a stored revision is not the one a row expects.
    """
    removed = frozenset(overlay.removed_items)
    if both := sorted(removed & {draft.key for draft in overlay.items}):
        raise InvalidInput(f"the overlay both removes and gives {both[0]!r}; keep one")
    await _must_exist(reader, sorted(removed))
    found = await stored_side(reader, overlay.items, overlay.dependencies)
    losing = await edges_leaving(reader, sorted({dependent for dependent, _, _ in overlay.removed_dependencies}))
    for name in overlay.removed_dependencies:
        if name not in losing:
            raise NotFound(f"there is no dependency {arrow(name)}; leave it out of removeDependencies")
    gone = set(overlay.removed_dependencies)
    stored = _without(found, removed, gone)
    items, dependencies, problems = admit(overlay.items, overlay.dependencies, stored)
    if problems:
        raise refusal(problems, "the question was not answered")
    plan = changes(items, dependencies, stored, source=None)
    touched = sorted({*plan.touched, *(dependent for dependent, _, _ in gone)} - removed)
    before = await store.items_by_key(reader, touched)
    edges = _left(await edges_leaving(reader, touched), removed, gone | plan.removed_edges)
    after = edges | {
        name: Dependency(*name, properties=values)
        for name, values in (*plan.created_edges.items(), *plan.changed_edges.items())
    }
    leaving: dict[str, list[Dependency]] = {key: [] for key in touched}
    for edge in after.values():
        leaving[edge.dependent].append(edge)
    drafts = {draft.key: draft for draft in items}
    return Overlaid(
        {key: _item(before.get(key), drafts.get(key), plan, leaving[key], now) for key in touched},
        tuple(after.values()),
        removed,
    )


async def _must_exist(reader: Reader, keys: Sequence[str]) -> None:
    present = await store.existing_keys(reader, keys) if keys else {}
    for key in keys:
        if key not in present:
            raise NotFound(f"no configuration item has the key {key!r}; leave it out of removeItems")


def _without(stored: Stored, removed: frozenset[str], gone: set[EdgeName]) -> Stored:
    """The stored side as it is once these items and edges are gone."""
    edges = _left(stored.edges, removed, gone)

    def left(item: Item) -> Item:
        members = tuple(one for one in item.members if (item.key, one.key, Relation.HAS_MEMBER) in edges)
        owner = item.owner if (item.key, item.owner, Relation.OWNED_BY) in edges else None
        return replace(item, owner=owner, members=members)

    items = {key: left(item) for key, item in stored.items.items() if key not in removed}
    return Stored(items, {key: kind for key, kind in stored.types.items() if key not in removed}, edges)


def _left(
    edges: Mapping[EdgeName, Dependency], removed: frozenset[str], gone: set[EdgeName]
) -> dict[EdgeName, Dependency]:
    return {
        name: edge
        for name, edge in edges.items()
        if name not in gone and edge.dependent not in removed and edge.provider not in removed
    }


def _item(
    before: Item | None, draft: ItemDraft | None, plan: Changes, leaving: Sequence[Dependency], now: datetime
) -> Item:
    """The item as it would be stored, with these edges."""
    if before is None:
        assert draft is not None
        before = Item(draft.key, draft.type, draft.key, None, Lifecycle.LIVE, None, None, 0, now, now)
    item = with_edges(before, leaving)
    _, values = plan.created_items.get(item.key, (None, plan.changed_items.get(item.key)))
    if values is None or draft is None:
        return item
    return replace(
        item,
        name=str(values["name"]),
        kind=_text(values.get("kind")),
        lifecycle=Lifecycle(values["lifecycle"]),
        source=_text(values.get("source")),
        identifiers=item.identifiers if draft.identifiers is None else draft.identifiers,
        attributes=item.attributes if draft.attributes is None else draft.attributes,
        loss_bands=item.loss_bands if draft.loss_bands is None else draft.loss_bands,
        properties={name: value for name, value in values.items() if name in PROPERTIES and _is_scalar(value)},
        updated_at=now,
    )


def _is_scalar(value: object) -> TypeGuard[Scalar]:
    return isinstance(value, str | int | float)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
