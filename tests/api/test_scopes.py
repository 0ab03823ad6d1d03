"""A caller with a scope is told of what is in it, and nothing of what is not, whatever they ask of GraphQL.

No byte of any answer may hold the mark of what is hidden, but for what was asked itself.
"""

import base64
from collections.abc import Iterator
from itertools import permutations, product

import orjson
import pytest

from app.api.pages import Listing
from app.database.client import Connection
from app.impact.model import HealthState
from app.inventory.model import ItemType
from tests.api.selections import everything
from tests.scoped import MARK, SEEN, UNSEEN, Estate, scoped_estate
from tests.service import Client, Json


@pytest.fixture(scope="module")
def estate(connection: Connection) -> Iterator[Estate]:
    with scoped_estate(connection) as estate:
        yield estate


def texts_of(client: Client, query: str, **variables: Json) -> str:
    """An answer as it came, without errors."""
    response = client.http.post("/graphql", json={"query": query, "variables": variables})
    assert "errors" not in response.json(), response.json()["errors"]
    return response.text


ORDERS = [
    f"orderBy: {{field: {field}, direction: {way}}}"
    for field in ("KEY", "NAME", "TIER", "UPDATED_AT")
    for way in ("ASC", "DESC")
]
QUESTIONS = [
    *(everything("items", f"({order})") for order in ORDERS),
    everything("items", f'(filter: {{owners: ["{MARK}-team"]}})'),
    *(everything("search", f'(text: "{text}")') for text in ("db", "pay", "corp", MARK, "the", "san")),
    *(everything("item", f'(key: "{key}")') for key in SEEN),
    *(
        everything("impact", f'(failures: [{{key: "{key}"}}])', 1)
        for key in ("db-1", "cache", "cloud", "pay-api", "pay")
    ),
    everything("impact", '(failures: [{key: "db-1"}, {key: "cache", state: UNKNOWN}])', 1),
    everything("currentImpact", nesting=1),
    everything("events", nesting=1),
    everything("events", '(filter: {itemKey: "db-1"})', 1),
    *(
        everything("reach", f'(key: "{key}", direction: {way})', 1)
        for key, way in product(SEEN, ("DEPENDENTS", "DEPENDENCIES"))
    ),
    *(everything("paths", f'(from: "{one}", to: "{other}")', 1) for one, other in permutations(SEEN, 2)),
]


@pytest.mark.parametrize("query", QUESTIONS, ids=[one[:90] for one in QUESTIONS])
def test_nothing_that_is_hidden_is_told(estate: Estate, query: str) -> None:
    assert MARK not in texts_of(estate.part, query).replace(query, "")


def test_the_estate_would_tell_of_it_to_those_who_may_see_it(estate: Estate) -> None:
    some = QUESTIONS[::4]

    told = [query for query in some if MARK in texts_of(estate.whole, query)]

    assert len(told) > 8


def keys(client: Client, query: str) -> list[str]:
    """The keys of the items of the one connection that is asked for, over which `totalCount` must agree."""
    (found,) = client.graphql(query).values()
    while "edges" not in found:
        (found,) = [one for one in found.values() if isinstance(one, dict)]
    listed = [edge["node"]["item"]["key"] if "item" in edge["node"] else edge["node"]["key"] for edge in found["edges"]]
    assert found["totalCount"] == len(listed)
    return listed


LISTS = [
    *(
        f"{{ items({order}, {size}: 50) {{ totalCount edges {{ node {{ key }} }} }} }}"
        for order, size in product(ORDERS, ("first", "last"))
    ),
    "{ items(filter: {types: [COMPONENT, REDUNDANCY_GROUP]}) { totalCount edges { node { key } } } }",
    *(
        f'{{ reach(key: "{key}", direction: {way}) {{ totalCount edges {{ node {{ item {{ key }} }} }} }} }}'
        for key, way in product(SEEN, ("DEPENDENTS", "DEPENDENCIES"))
    ),
    *(
        f'{{ item(key: "{key}") {{ {way} {{ totalCount edges {{ node {{ key }} }} }} }} }}'
        for key, way in product(SEEN, ("dependents", "dependencies"))
    ),
]


@pytest.mark.parametrize("query", LISTS)
def test_a_list_is_the_whole_one_without_what_is_hidden(estate: Estate, query: str) -> None:
    assert keys(estate.part, query) == [key for key in keys(estate.whole, query) if key in SEEN]


REPORT = """
hidden priority unknown depthReached counts { type state count } causes { item { key } }
impacted(first: 50) { totalCount edges { node { item { __typename key } state depth priority path { key } } } }
"""
REPORTS = [
    f"{{ currentImpact {{ {REPORT} }} }}",
    *(f'{{ impact(failures: [{{key: "{key}"}}]) {{ {REPORT} }} }}' for key in SEEN if key != "db"),
]


@pytest.mark.parametrize("query", REPORTS)
def test_a_report_is_the_whole_one_without_what_is_hidden_and_says_how_much_that_is(estate: Estate, query: str) -> None:
    (part,), (whole,) = estate.part.graphql(query).values(), estate.whole.graphql(query).values()

    every = [edge["node"] for edge in whole["impacted"]["edges"]]
    listed = [edge["node"] for edge in part["impacted"]["edges"]]
    seen = [one for one in every if one["item"]["key"] in SEEN]
    assert [(one["item"], one["state"], one["depth"], one["priority"]) for one in listed] == [
        (one["item"], one["state"], one["depth"], one["priority"]) for one in seen
    ]
    assert [one["path"] for one in listed] == [[key for key in one["path"] if key["key"] in SEEN] for one in seen]
    assert (whole["hidden"], part["hidden"]) == (0, len(every) - len(seen))
    assert part["impacted"]["totalCount"] == sum(one["count"] for one in part["counts"]) == len(seen)
    assert part["priority"] == min((one["priority"] for one in seen if one["priority"]), default=None)
    assert part["depthReached"] == max((one["depth"] for one in seen), default=0)
    assert part["causes"] == [one for one in whole["causes"] if one["item"]["key"] in SEEN]


def test_paths_that_differ_only_in_what_is_hidden_are_one(estate: Estate) -> None:
    query = '{ paths(from: "pay-api", to: "cache") { length items { key } } }'

    assert estate.part.graphql(query) == {"paths": [{"length": 2, "items": [{"key": "pay-api"}, {"key": "cache"}]}]}
    assert len(estate.whole.graphql(query)["paths"]) == 2


def test_only_events_about_what_is_seen_are_there(estate: Estate) -> None:
    query = "{ events { totalCount edges { node { id fingerprint } } } }"
    every = {edge["node"]["fingerprint"]: edge["node"]["id"] for edge in estate.whole.graphql(query)["events"]["edges"]}

    part = estate.part.graphql(query)["events"]

    assert every.keys() == {"a", "b", "c"}
    assert (part["totalCount"], [edge["node"]["id"] for edge in part["edges"]]) == (1, [every["a"]])
    for id, known in ((every["a"], True), (every["b"], False), (every["c"], False)):
        found = estate.part.graphql("query ($id: ID!) { event(id: $id) { id } }", id=id)
        assert found == {"event": {"id": id} if known else None}


def test_a_sentence_tells_that_there_is_something_outside(estate: Estate) -> None:
    found = estate.part.graphql("{ currentImpact { impacted { edges { node { item { key } sentence } } } } }")

    sentences = {
        edge["node"]["item"]["key"]: edge["node"]["sentence"] for edge in found["currentImpact"]["impacted"]["edges"]
    }
    assert sentences["db-1"] == "db-1 is DOWN because of something outside of what you may see"
    assert sentences["checkout"].startswith("checkout is DOWN because of something outside of what you may see")


UNKNOWN = "qzz-nobody"
BACKWARDS = 'since: "2026-11-23T12:00:00Z", until: "2026-11-23T11:00:00Z"'
PROBES = [
    "query ($key: String!) { item(key: $key) { key } }",
    "query ($key: String!) { impact(failures: [{key: $key}]) { hidden } }",
    'query ($key: String!) { impact(failures: [{key: "db-1"}, {key: $key}]) { hidden } }',
    f"query ($key: String!) {{ impact(failures: [{{key: $key, {BACKWARDS}}}]) {{ hidden }} }}",
    "query ($key: String!) { reach(key: $key, direction: DEPENDENTS) { totalCount } }",
    "query ($key: String!) { reach(key: $key, direction: DEPENDENCIES, maxDepth: 1) { totalCount } }",
    'query ($key: String!) { paths(from: "checkout", to: $key) { length } }',
    'query ($key: String!) { paths(from: $key, to: "cache") { length } }',
    "query ($key: String!) { events(filter: {itemKey: $key}) { totalCount edges { node { id } } } }",
    "query ($key: String!) { items(filter: {owners: [$key]}) { totalCount edges { node { key } } } }",
    "query ($key: String!) { search(text: $key) { score item { key } } }",
]


@pytest.mark.parametrize(("query", "key"), list(product(PROBES, UNSEEN)))
def test_what_is_hidden_cannot_be_told_from_what_is_not_there(estate: Estate, query: str, key: str) -> None:
    def asked(key: str) -> tuple[int, str, list[str]]:
        before = len(estate.service.statements)
        response = estate.part.http.post("/graphql", json={"query": query, "variables": {"key": key}})
        # Every ten seconds a token is looked up anew.
        sent = [name for name in estate.service.statements[before:] if "token" not in name]
        return response.status_code, response.text.replace(key, "KEY"), sent

    assert asked(key) == asked(UNKNOWN)


@pytest.mark.parametrize("key", UNSEEN)
def test_neither_an_id_nor_a_cursor_tells_whether_a_key_is_there(estate: Estate, key: str) -> None:
    id = "query ($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }"
    list_ = "query ($after: String) { items(after: $after) { pageInfo { hasPreviousPage } edges { node { key } } } }"
    type = ItemType[UNSEEN[key]].value
    listing = estate.part.graphql("{ items(first: 1) { edges { cursor } } }")["items"]["edges"][0]["cursor"]

    assert estate.part.graphql(id, id=encoded(f"{type}:{key}")) == {"node": None, "nodes": [None]}
    # A key that is not there, and that stands at the same place.
    there, nowhere = (moved(listing, one) for one in (key, key + "0"))
    assert estate.part.graphql(list_, after=there) == estate.part.graphql(list_, after=nowhere)


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


def moved(cursor: str, key: str) -> str:
    """The cursor of another place in the same list."""
    tag, _ = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    return base64.urlsafe_b64encode(orjson.dumps([tag, key])).decode().rstrip("=")


def test_a_cursor_does_not_tell_which_hidden_items_failed(estate: Estate) -> None:
    found = estate.part.graphql("{ currentImpact { impacted(first: 1) { edges { cursor } } } }")
    cursor = found["currentImpact"]["impacted"]["edges"][0]["cursor"]

    # Whoever guesses the causes could hold them against the tag.
    seen = Listing("impacted", ([("db-1", HealthState.DEGRADED)], None, None))
    assert seen.place(cursor, (int, str)) is not None


def test_who_sees_nothing_is_told_nothing(estate: Estate) -> None:
    assert estate.nothing.graphql('{ items { totalCount } events { totalCount } search(text: "db") { score } }') == {
        "items": {"totalCount": 0},
        "events": {"totalCount": 0},
        "search": [],
    }
    report = estate.nothing.graphql(f"{{ currentImpact {{ {REPORT} }} }}")["currentImpact"]
    assert (report["priority"], report["counts"], report["causes"], report["depthReached"]) == (None, [], [], 0)
