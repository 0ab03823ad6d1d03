"""Lists of items page by page: whichever way they are read, the pages are the list."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.service import Client, Json

ORDERS = [(field, direction) for field in ("KEY", "NAME", "TIER", "UPDATED_AT") for direction in ("ASC", "DESC")]
FILTERS: dict[str, Json] = {
    "everything": {},
    "two types": {"types": ["BUSINESS_PROCESS", "BUSINESS_SERVICE"]},
    "a kind": {"kinds": ["DATABASE"]},
    "an owner": {"owners": ["database-team"]},
    "two tiers": {"tiers": [0, 3]},
    "a source and a lifecycle": {"sources": ["demo"], "lifecycles": ["LIVE"]},
    "nothing at all": {"types": ["CONTRACT"], "tiers": [0]},
}
LIST = """
query ($filter: ItemFilter, $orderBy: ItemOrder, $first: Int, $after: String, $last: Int, $before: String) {
  items(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges {
      cursor
      node { key name updatedAt ... on BusinessImpact { tier } }
    }
  }
}
"""


@dataclass(frozen=True)
class List:
    """One list of items of the demo company, to be read in pages."""

    client: Client
    filter: Json
    order: Json

    def page(self, **arguments: Json) -> Json:
        return self.client.graphql(LIST, filter=self.filter, orderBy=self.order, **arguments)["items"]

    def forwards(self, size: int) -> Iterator[Json]:
        page = self.page(first=size)
        yield page
        while page["pageInfo"]["hasNextPage"]:
            page = self.page(first=size, after=page["pageInfo"]["endCursor"])
            yield page

    def backwards(self, size: int) -> Iterator[Json]:
        page = self.page(last=size)
        yield page
        while page["pageInfo"]["hasPreviousPage"]:
            page = self.page(last=size, before=page["pageInfo"]["startCursor"])
            yield page


def keys(page: Json) -> list[str]:
    return [edge["node"]["key"] for edge in page["edges"]]


@pytest.mark.parametrize("filter", FILTERS.values(), ids=FILTERS.keys())
@pytest.mark.parametrize(("field", "direction"), ORDERS)
def test_pages_read_from_either_end_are_the_whole_list(demo: Client, field: str, direction: str, filter: Json) -> None:
    items = List(demo, filter, {"field": field, "direction": direction})

    whole = items.page(first=500)
    ahead, back = list(items.forwards(17)), list(items.backwards(17))

    assert [key for page in ahead for key in keys(page)] == keys(whole)
    assert [key for page in reversed(back) for key in keys(page)] == keys(whole)
    assert {page["totalCount"] for page in [whole, *ahead, *back]} == {len(keys(whole))}
    assert len(set(keys(whole))) == len(keys(whole))


@pytest.mark.parametrize(("field", "direction"), ORDERS)
def test_a_list_is_in_the_order_that_was_asked_for(demo: Client, field: str, direction: str) -> None:
    nodes = [edge["node"] for edge in List(demo, {}, {"field": field, "direction": direction}).page(first=500)["edges"]]

    def place(node: Json) -> tuple[Json, str]:
        tier = node.get("tier")
        ranks = {"NAME": node["name"], "TIER": 9 if tier is None else tier, "UPDATED_AT": node["updatedAt"], "KEY": ""}
        return ranks[field], node["key"]

    assert nodes == sorted(nodes, key=place, reverse=direction == "DESC")
    assert len(nodes) == 251


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        ({"types": ["CONTRACT"]}, 6),
        ({"kinds": ["SITE"]}, 2),
        ({"tiers": [0], "types": ["BUSINESS_PROCESS"]}, 2),
        ({"types": []}, 251),
        ({"owners": ["nobody"]}, 0),
    ],
)
def test_a_filter_lets_through_what_it_names(demo: Client, filter: Json, expected: int) -> None:
    assert List(demo, filter, None).page(first=1)["totalCount"] == expected


def test_a_page_says_what_lies_before_and_after_it(demo: Client) -> None:
    items = List(demo, {"kinds": ["SITE"]}, None)
    fra, muc = items.page()["edges"]

    def sides(**arguments: Json) -> tuple[list[str], bool, bool]:
        page = items.page(**arguments)
        return keys(page), page["pageInfo"]["hasPreviousPage"], page["pageInfo"]["hasNextPage"]

    assert sides(first=2) == (["fra", "muc"], False, False)
    assert sides(first=1) == (["fra"], False, True)
    assert sides(first=1, after=fra["cursor"]) == (["muc"], True, False)
    assert sides(first=1, after=muc["cursor"]) == ([], True, False)
    assert sides(last=2) == (["fra", "muc"], False, False)
    assert sides(last=1) == (["muc"], True, False)
    assert sides(last=1, before=muc["cursor"]) == (["fra"], False, True)
    assert sides(last=1, before=fra["cursor"]) == ([], False, True)


def test_a_page_names_its_first_and_last_cursor(demo: Client) -> None:
    page = List(demo, {}, None).page(first=3)

    info = page["pageInfo"]

    assert [info["startCursor"], info["endCursor"]] == [page["edges"][0]["cursor"], page["edges"][2]["cursor"]]


def test_a_page_of_none_still_counts(demo: Client) -> None:
    page = List(demo, {"kinds": ["SITE"]}, None).page(first=0)

    assert (page["edges"], page["totalCount"], page["pageInfo"]["hasNextPage"]) == ([], 2, True)
    assert page["pageInfo"]["endCursor"] is None


def test_a_list_has_a_page_of_fifty_unless_asked_otherwise(demo: Client) -> None:
    assert len(List(demo, {}, None).page()["edges"]) == 50


@pytest.mark.parametrize("argument", ["first", "last"])
@pytest.mark.parametrize("size", [-1, 501, 100_000, 2_147_483_647])
def test_a_page_of_an_impossible_size_is_refused(demo: Client, argument: str, size: int) -> None:
    refusal = demo.refusal(LIST, **{argument: size})

    assert refusal.code == "INVALID_INPUT"
    assert refusal.message == f"{argument} must be from 0 to 500, not {size}; ask for several pages"


@pytest.mark.parametrize(
    "arguments", [{"first": 1, "last": 1}, {"first": 1, "before": "x"}, {"last": 1, "after": "x"}], ids=str
)
def test_a_page_is_read_in_one_direction(demo: Client, arguments: Json) -> None:
    refusal = demo.refusal(LIST, **arguments)

    assert refusal.code == "INVALID_INPUT"
    assert refusal.message == "give first and after, or last and before, not both"


GARBAGE = ["", "x", "%", "🦊", "W10", "e30", "bnVsbA", "WyJ4Il0", "WyJ4Iix7ImF0Ijp7fX1d", "=" * 9, "A" * 100_000]


@pytest.mark.parametrize("cursor", GARBAGE, ids=lambda cursor: cursor[:12])
@pytest.mark.parametrize(("size", "argument"), [("first", "after"), ("last", "before")])
def test_what_is_no_cursor_is_refused(demo: Client, size: str, argument: str, cursor: str) -> None:
    refusal = demo.refusal(LIST, **{size: 1, argument: cursor})

    assert (refusal.code, refusal.message.split()[0]) == ("INVALID_INPUT", argument)


def cursor_of(client: Client, filter: Json, field: str) -> str:
    cursor: str = List(client, filter, {"field": field}).page(first=1)["edges"][0]["cursor"]
    return cursor


@pytest.mark.parametrize(
    ("filter", "field"), [({"kinds": ["DATABASE"]}, "KEY"), ({}, "NAME"), ({}, "TIER"), ({}, "UPDATED_AT")], ids=str
)
def test_a_cursor_of_another_list_is_refused(demo: Client, filter: Json, field: str) -> None:
    refusal = demo.refusal(LIST, first=1, after=cursor_of(demo, filter, field))

    assert refusal.code == "INVALID_INPUT"
    assert refusal.message == "after is a cursor of another query; page on with the same arguments"


def test_a_cursor_of_the_other_direction_is_refused(demo: Client) -> None:
    rising = cursor_of(demo, {}, "KEY")

    refusal = demo.refusal(LIST, orderBy={"direction": "DESC"}, last=1, before=rising)

    assert refusal.message == "before is a cursor of another query; page on with the same arguments"


@pytest.mark.parametrize("field", ["KEY", "NAME", "TIER", "UPDATED_AT"])
@pytest.mark.parametrize("places", [[1, 2, 3], [[]], [True], [None], ["x", 1], [{"at": "2026-11-23"}]], ids=str)
def test_a_cursor_that_was_changed_is_refused(demo: Client, field: str, places: list[Json]) -> None:
    cursor = cursor_of(demo, {}, field)
    tag = json.loads(base64.urlsafe_b64decode(cursor + "=="))[0]
    changed = base64.urlsafe_b64encode(json.dumps([tag, *places]).encode()).decode()

    assert demo.refusal(LIST, orderBy={"field": field}, after=changed).code == "INVALID_INPUT"


NEIGHBOURS = """
query ($first: Int, $after: String, $strength: [DependencyStrength!], $relation: [Relation!]) {
  item(key: "ledger-db") {
    dependents(first: $first, after: $after, strength: $strength, relation: $relation) { ...Page }
  }
  other: item(key: "database-team") {
    dependents(first: $first, strength: $strength, relation: $relation) { ...Page }
  }
}
fragment Page on DependencyConnection {
  totalCount pageInfo { hasNextPage hasPreviousPage endCursor } edges { cursor relation strength node { key } }
}
"""


def test_pages_of_neighbours_are_the_whole_list(demo: Client) -> None:
    whole = demo.graphql(NEIGHBOURS)["item"]["dependents"]

    after, found = None, []
    for _ in range(whole["totalCount"]):
        page = demo.graphql(NEIGHBOURS, first=1, after=after)["item"]["dependents"]
        found += page["edges"]
        after = page["pageInfo"]["endCursor"]

    assert found == whole["edges"]
    assert len(found) == whole["totalCount"] > 1
    assert page["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": True, "endCursor": after}


def test_neighbours_are_filtered_by_strength_and_relation(demo: Client) -> None:
    def shown(**arguments: Json) -> list[tuple[str, str, str | None]]:
        edges = demo.graphql(NEIGHBOURS, **arguments)["item"]["dependents"]["edges"]
        return [(edge["node"]["key"], edge["relation"], edge["strength"]) for edge in edges]

    every = shown()

    assert {strength for _, _, strength in every} == {"HARD", "SOFT"}
    assert shown(strength=["SOFT"]) == [one for one in every if one[2] == "SOFT"]
    assert shown(relation=["DEPENDS_ON"]) == [one for one in every if one[1] == "DEPENDS_ON"]
    assert shown(relation=["LOCATED_IN"]) == []


def test_a_cursor_of_another_items_neighbours_is_refused(demo: Client) -> None:
    other = demo.graphql(NEIGHBOURS)["other"]["dependents"]["edges"][0]["cursor"]

    assert demo.refusal(NEIGHBOURS, after=other).message.startswith("after is a cursor of another query")


def test_a_page_of_too_many_neighbours_is_refused(demo: Client) -> None:
    answer = demo.answer(NEIGHBOURS, {"first": 501})

    assert {error["message"] for error in answer["errors"]} == {
        "first must be from 0 to 500, not 501; ask for several pages"
    }
