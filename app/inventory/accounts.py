"""What an upsert makes of items, told item by item: what differs of them and of what leaves them. Pure."""

from collections.abc import Mapping, Sequence

from app.account import Told
from app.inventory.admission import EdgeName, Stored
from app.inventory.changes import Changes, item_properties
from app.inventory.model import Identifier

Side = dict[str, object]


def told_of(keys: Sequence[str], plan: Changes, stored: Stored) -> list[Told]:
    """How some of the touched items were and are; an edge is a property under its arrow."""
    before: dict[str, Side] = {key: {} for key in keys}
    after: dict[str, Side] = {key: {} for key in keys}
    for key in keys:
        if key in plan.changed_items:
            item = stored.items[key]
            before[key] = {**item_properties(None, item, None), "revision": item.revision}
            after[key] = dict(plan.changed_items[key])
        elif key in plan.created_items:
            kind, properties = plan.created_items[key]
            after[key] = {"type": kind.name, **properties}
    _add_edges(after, {**plan.created_edges, **plan.changed_edges})
    _add_edges(before, {name: stored.edges[name].properties for name in (*plan.changed_edges, *plan.removed_edges)})
    _add_identifiers(after, plan.added_identifiers)
    _add_identifiers(before, plan.removed_identifiers)
    return [Told(key, None if key in plan.created_items else before[key], after[key]) for key in keys]


def _add_edges(sides: dict[str, Side], edges: Mapping[EdgeName, Mapping[str, object]]) -> None:
    for (dependent, provider, relation), properties in edges.items():
        if dependent in sides:
            sides[dependent][f"-{relation.value}-> {provider}"] = dict(properties)


def _add_identifiers(sides: dict[str, Side], rows: Sequence[tuple[str, Identifier]]) -> None:
    for key, one in rows:
        if key in sides:
            sides[key][f"identifier {one.kind} {one.value}"] = True
