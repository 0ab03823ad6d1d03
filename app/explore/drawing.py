"""What of an answer can be drawn: every node and relationship in it, wherever it stands, each once."""

from collections.abc import Iterable, Iterator, Mapping

from app.explore.model import Drawing


def drawing_of(rows: Iterable[object]) -> Drawing:
    """The nodes and relationships in these rows, in the order in which they occur.

    A relationship is drawn when both its ends are in the answer: the server tells no more of the others than an id.
    """
    nodes: dict[object, Mapping[str, object]] = {}
    edges: dict[object, Mapping[str, object]] = {}
    for value in _maps(rows):
        if value.get("$type") == "node":
            nodes.setdefault(value["id"], value)
        elif value.get("$type") == "relationship":
            edges.setdefault(value["id"], value)
    drawn = [one for one in edges.values() if one["from"] in nodes and one["to"] in nodes]
    return Drawing(list(nodes.values()), drawn)


def _maps(value: object) -> Iterator[Mapping[str, object]]:
    """Every map in a value, but none in the properties of a node, which are no part of the graph."""
    if isinstance(value, Mapping):
        kind = value.get("$type")
        if kind in ("node", "relationship"):
            yield value
            return
        # A map of the caller's own that has a key $type is wrapped: what it says there is no kind.
        inside = value["value"] if kind == "map" else value
        for one in inside.values():
            yield from _maps(one)
    elif isinstance(value, Iterable) and not isinstance(value, str):
        for one in value:
            yield from _maps(one)
