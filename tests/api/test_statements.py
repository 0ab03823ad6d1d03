"""How many statements an answer costs: as many for a long page as for a short one."""

from collections import Counter
from collections.abc import Iterator

import pytest

from app.database.client import Connection
from tests.events.deliveries import alert, delivery
from tests.service import Client, Service, emptied, eventually, running

NEIGHBOURS = "totalCount edges { relation node { __typename key owner { key } } }"
ITEM = f"key owner {{ key }} dependencies(first: 20) {{ {NEIGHBOURS} }} dependents(first: 20) {{ {NEIGHBOURS} }}"
# Beside the page and its count: the items, their owners, the neighbours on both sides, and the owners of those.
PAGE_OF_ITEMS = Counter(
    {
        "items_by_key_after": 1,
        "count_items": 1,
        "items_by_key": 4,
        "dependencies_of_each": 1,
        "dependents_of_each": 1,
        "count_dependencies_of_each": 1,
        "count_dependents_of_each": 1,
    }
)


PLAN = """
mutation ($key: String!) {
  planMaintenance(input: {
    keys: [$key], startsAt: "2126-01-01T00:00:00Z", endsAt: "2126-01-02T00:00:00Z", summary: "a new disk"
  }) { id }
}
"""


ASSESS = """
mutation ($key: String!) { draftAssessment(key: $key, input: {bands: [{category: "SAFETY", afterSeconds: 1, level: 4}]})
{ id } }
"""


@pytest.fixture(scope="module")
def layered(connection: Connection) -> Iterator[Service]:
    """Three layers of 100 items, `a` on `b` on `c`, every item with its own team; ten are to be maintained."""
    names = [f"{layer}-{number}" for layer in "abc" for number in range(100, 200)]
    teams = [{"key": f"team-{name}", "type": "TEAM"} for name in names]
    items = [{"key": name, "type": "COMPONENT", "owner": f"team-{name}"} for name in names]
    edges = [f"{above}-{number} -> {below}-{number}" for above, below in ("ab", "bc") for number in range(100, 200)]
    with running(emptied(connection)) as service:
        client = service.client()
        processes = [{"key": f"process-{number}", "type": "BUSINESS_PROCESS"} for number in range(100, 110)]
        client.add([*teams, *items, *processes], *edges)
        for number in range(100, 110):
            client.graphql(PLAN, key=f"c-{number}")
            unknown = alert(f"a-{number}x", fingerprint=f"unknown {number}")
            known = alert("", fingerprint=f"known {number}", underpin_key=f"a-{number}")
            client.http.post("/webhooks/alertmanager", json=delivery(unknown, known))
        eventually(lambda: client.graphql("{ events { totalCount } }")["events"]["totalCount"], 20)
        for process in processes:
            client.graphql(ASSESS, key=process["key"])
        client.graphql("mutation { checkNow { checkedAt } }")
        yield service


@pytest.fixture(scope="module")
def caller(layered: Service) -> Client:
    return layered.client()


def statements(service: Service, caller: Client, query: str) -> Counter[str]:
    """How often each named query was sent for this answer."""
    del service.statements[:]
    caller.graphql(query)
    return Counter(service.statements)


@pytest.mark.parametrize("size", [10, 100])
def test_a_page_of_items_with_owners_and_neighbours_costs_ten_statements(
    layered: Service, caller: Client, size: int
) -> None:
    page = f"{{ items(filter: {{types: [COMPONENT]}}, first: {size}) {{ totalCount edges {{ node {{ {ITEM} }} }} }} }}"

    assert statements(layered, caller, page) == PAGE_OF_ITEMS


FAILURES = '{key: "c-100"}, {key: "c-101"}, {key: "c-102"}'
LISTS = {
    "items by name": f"items(first: SIZE, orderBy: {{field: NAME}}) {{ edges {{ node {{ {ITEM} }} }} }}",
    "search": f'search(text: "a", first: SIZE) {{ item {{ {ITEM} }} }}',
    "impact": f"impact(failures: [{FAILURES}]) {{ causes {{ item {{ key }} }} impacted(first: SIZE) {{ "
    "edges { node { item { key owner { key } } path { key owner { key } } causes { key } } } } }",
    "maintenance": "maintenanceWindows(first: SIZE) { totalCount edges { node { items { key owner { key } } } } }",
    "events of items": "items(first: SIZE) "
    "{ edges { node { key events(first: 2) { totalCount edges { node { id } } } } } }",
    "suggestions": "events(first: SIZE) { edges { node { id suggestions { name item { key } } } } }",
    "queue": "queuedEvents(first: SIZE) { edges { node { count suggestions { name item { key } } } } }",
    "assessments": "assessments(first: SIZE) { totalCount edges { item { key } node { id contradictions } } }",
    "assessments of items": "items(first: SIZE, filter: {types: [BUSINESS_PROCESS]}) { edges { node { "
    "... on BusinessImpact { assessment { id } } } } }",
    "findings": "findings(first: SIZE) { totalCount edges { node { item { key } owner { key } } } }",
    "health": "items(first: SIZE) { edges { node { key health { state causes { key } } } } }",
}


@pytest.mark.parametrize("query", LISTS.values(), ids=LISTS.keys())
def test_any_list_costs_the_same_whatever_its_length(layered: Service, caller: Client, query: str) -> None:
    short, long = (statements(layered, caller, "{" + query.replace("SIZE", str(size)) + "}") for size in (3, 9))

    assert long == short
    assert long.total() <= 10
