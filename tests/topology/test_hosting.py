"""What is hosted on an item: guests of guests, never across a group, never the business, never the host."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.inventory.model import ItemType
from app.topology.graph import Edge, EdgeKind, EdgeTable, Graph, Vertex, build_graph
from app.topology.hosting import hosted_on, possible_hosts

LAW = settings(max_examples=200, deadline=None, derandomize=True)
C, L, S, G = ItemType.COMPONENT, ItemType.LOCATION, ItemType.IT_SERVICE, ItemType.REDUNDANCY_GROUP
HARD, SOFT, MEMBER = EdgeKind.HARD, EdgeKind.SOFT, EdgeKind.MEMBER


def estate(types: dict[str, ItemType], *edges: tuple[str, str, EdgeKind]) -> Graph:
    vertices = [Vertex(key, type) for key, type in types.items()]
    number = {key: place for place, key in enumerate(types)}
    return build_graph(1, vertices, EdgeTable.of([Edge(*edge) for edge in edges], number))


SITE = estate(
    {"dc": L, "rack": L, "server": C, "vm": C, "db": C, "app": C, "spare": C, "pair": G, "shop": S},
    ("rack", "dc", HARD),
    ("server", "rack", HARD),
    ("vm", "server", HARD),
    ("db", "vm", HARD),
    ("app", "db", HARD),
    ("spare", "server", SOFT),
    ("pair", "vm", MEMBER),
    ("shop", "pair", HARD),
    ("shop", "server", HARD),
)
HOSTS = {"server", "vm"}


def test_what_lies_in_a_location_and_runs_on_it_is_hosted_there() -> None:
    assert hosted_on(SITE, ["dc"], HOSTS) == {"rack", "server", "vm", "db"}


def test_a_guest_does_not_host_its_host_and_a_database_hosts_nobody() -> None:
    assert hosted_on(SITE, ["vm"], HOSTS) == {"db"}
    assert hosted_on(SITE, ["db"], HOSTS) == frozenset()
    assert hosted_on(SITE, ["shop", "pair", "nobody"], HOSTS) == frozenset()


def test_only_components_that_may_host_are_asked_about() -> None:
    assert possible_hosts(SITE, ["dc"]) == {"server", "vm", "db", "app"}


KEYS = "abcdef"
EDGES = st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS), st.sampled_from([HARD, HARD, SOFT, MEMBER]))
TYPES = st.fixed_dictionaries(dict.fromkeys(KEYS, st.sampled_from([C, C, L, S, G])))


@LAW
@given(TYPES, st.lists(EDGES, max_size=15), st.sets(st.sampled_from(KEYS)), st.sets(st.sampled_from(KEYS)))
def test_what_is_hosted_is_what_a_walk_in_words_finds(
    types: dict[str, ItemType], edges: list[tuple[str, str, EdgeKind]], roots: set[str], hosts: set[str]
) -> None:
    hosts = {key for key in hosts if types[key] is C}
    edges = [edge for edge in edges if edge[0] != edge[1]]
    found = set(roots)
    for _ in KEYS:
        for guest, host, kind in edges:
            in_location = types[host] is L and types[guest] in (C, L)
            on_host = types[guest] is C and host in hosts
            if host in found and kind is HARD and (in_location or on_host):
                found.add(guest)

    graph = estate(types, *edges)

    assert hosted_on(graph, roots, hosts) == found - roots
    assert hosted_on(graph, roots, possible_hosts(graph, roots) & hosts) == found - roots
