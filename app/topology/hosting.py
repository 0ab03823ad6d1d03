"""Hosting: what stands on an item as a guest stands on its host (semantics §2, maintenance). Pure.

A component or location is hosted on the location it lies in, and a component on a COMPUTE, STORAGE or NETWORK component
it needs HARD; so is whatever is hosted on what is hosted. A redundancy group is never crossed, for it has another
member, and nothing of the business is hosted. It never leads from a guest to its host.
"""

from collections.abc import Collection, Iterable

from app.inventory.model import ItemType
from app.topology.graph import TYPE_RANKS, EdgeKind, Graph

HOST_KINDS = ("COMPUTE", "NETWORK", "STORAGE")
"""The kinds of component that host."""
_COMPONENT = TYPE_RANKS[ItemType.COMPONENT]
_LOCATION = TYPE_RANKS[ItemType.LOCATION]


def hosted_on(graph: Graph, keys: Iterable[str], hosts: Collection[str]) -> frozenset[str]:
    """The keys of what is hosted on these items, without them; `hosts` are the components that host.

    A key that names nothing hosts nothing.
    """
    roots = {graph.number[key] for key in keys if key in graph.number}
    return frozenset(graph.keys[number] for number in _above(graph, roots, hosts) - roots)


def possible_hosts(graph: Graph, keys: Iterable[str]) -> frozenset[str]:
    """The components whose kind has to be known to say what is hosted on these items."""
    roots = {graph.number[key] for key in keys if key in graph.number}
    found = _above(graph, roots, None)
    return frozenset(graph.keys[number] for number in found if graph.type_rank[number] == _COMPONENT)


def _above(graph: Graph, roots: Iterable[int], hosts: Collection[str] | None) -> set[int]:
    """These items and what is hosted on them, if all components host or only some do."""
    found = set(roots)
    waiting = list(found)
    while waiting:
        host = waiting.pop()
        for guest in _guests(graph, host, hosts):
            if guest not in found:
                found.add(guest)
                waiting.append(guest)
    return found


def _guests(graph: Graph, host: int, hosts: Collection[str] | None) -> Iterable[int]:
    rank = graph.type_rank[host]
    if rank == _LOCATION:
        guests = {_COMPONENT, _LOCATION}
    elif rank == _COMPONENT and (hosts is None or graph.keys[host] in hosts):
        guests = {_COMPONENT}
    else:
        return ()
    needing = graph.dependents.of(host)
    return (one for one, kind in needing if kind is EdgeKind.HARD and graph.type_rank[one] in guests)
