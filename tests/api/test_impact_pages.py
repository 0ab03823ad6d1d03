"""Impact, reach and paths over the demo company: their order, their pages, and what they refuse."""

from itertools import pairwise

import pytest

from tests.api.questions import IMPACT, PATHS, REACH, impact, keys, nodes, reach
from tests.service import Client, Json

# Nearly everything of the demo company stands on these.
STORM = [{"key": "san-1"}, {"key": "fra-duct-east"}, {"key": "fraud-score-api", "state": "DEGRADED"}]


SECTIONS = {"BusinessProcess": 0, "BusinessService": 1, "ITService": 2, "RedundancyGroup": 4}
STATES = ["DOWN", "DEGRADED", "UNKNOWN"]


def place(node: Json) -> tuple[int, int, int, str]:
    item = node["item"]
    tier = item.get("tier")
    section = SECTIONS.get(item["__typename"], 3)
    return section, STATES.index(node["state"]), 9 if tier is None else tier, item["key"]


def test_the_business_comes_first_then_the_worse_state_the_tier_and_the_key(demo: Client) -> None:
    storm = [*STORM, {"key": "identity-db-1", "state": "UNKNOWN"}]

    found = nodes(impact(demo, *storm, first=500)["impacted"])

    assert found == sorted(found, key=place)
    assert {place(node)[0] for node in found} == {0, 1, 2, 3, 4}
    assert {node["state"] for node in found} == {"DOWN", "DEGRADED", "UNKNOWN"}


def test_every_path_runs_from_the_item_over_real_edges_to_a_cause(demo: Client) -> None:
    found = nodes(impact(demo, *STORM, first=500)["impacted"])
    edges = {
        (edge["node"]["key"], other["node"]["key"])
        for edge in demo.graphql(
            "{ items(first: 500) { edges { node { key dependencies(first: 20) { edges { node { key } } } } } } }"
        )["items"]["edges"]
        for other in edge["node"]["dependencies"]["edges"]
    }
    paths = [keys(node["path"]) for node in found]

    assert [path[0] for path in paths] == [node["item"]["key"] for node in found]
    assert {path[-1] for path in paths} <= {failure["key"] for failure in STORM}
    assert [len(path) - 1 for path in paths] == [node["depth"] for node in found]
    assert {pair for path in paths for pair in pairwise(path)} <= edges


def test_pages_of_the_impacted_are_the_whole_list_with_complete_counts(demo: Client) -> None:
    report = impact(demo, *STORM, first=500)
    whole = nodes(report["impacted"])

    found, after = [], None
    while True:
        page = impact(demo, *STORM, first=7, after=after)
        found += nodes(page["impacted"])
        after = page["impacted"]["pageInfo"]["endCursor"]
        assert (page["counts"], page["impacted"]["totalCount"]) == (report["counts"], len(whole))
        if not page["impacted"]["pageInfo"]["hasNextPage"]:
            break

    assert found == whole
    assert sum(one["count"] for one in report["counts"]) == len(whole) > 7


def test_the_impacted_are_filtered_by_type_and_state(demo: Client) -> None:
    whole = nodes(impact(demo, *STORM, first=500)["impacted"])

    report = impact(demo, *STORM, first=500, types=["BUSINESS_PROCESS", "IT_SERVICE"], states=["DEGRADED"])

    wanted = [node for node in whole if node["item"]["__typename"] in ("BusinessProcess", "ITService")]
    assert nodes(report["impacted"]) == [node for node in wanted if node["state"] == "DEGRADED"]
    assert report["impacted"]["totalCount"] == len(nodes(report["impacted"])) > 1
    assert impact(demo, *STORM, types=[])["impacted"]["totalCount"] == 0


def test_a_cursor_of_other_failures_is_refused(demo: Client) -> None:
    cursor = impact(demo, {"key": "san-2"}, first=1)["impacted"]["pageInfo"]["endCursor"]

    refusal = demo.refusal(IMPACT, failures=STORM, after=cursor)

    assert refusal.message == "after is a cursor of another query; page on with the same arguments"


def test_an_unknown_key_is_named(demo: Client) -> None:
    refusal = demo.refusal(IMPACT, failures=[{"key": "san-1"}, {"key": "san-9"}])

    assert refusal.code == "NOT_FOUND"
    assert refusal.message == (
        "no configuration item has the key 'san-9'; look it up with search(text:) or items(filter:)"
    )


@pytest.mark.parametrize(
    ("failures", "message"),
    [
        ([], "failures must name 1 to 10000 items, not 0"),
        ([{"key": "san-1"}] * 10_001, "failures must name 1 to 10000 items, not 10001"),
        (
            [{"key": "san-1"}, {"key": "san-2"}, {"key": "san-1", "state": "DEGRADED"}],
            "failures name the same key twice; give each item one state",
        ),
        (
            [{"key": "ledger-db"}],
            "'ledger-db' is a redundancy group and never fails by itself; name its members instead",
        ),
    ],
    ids=["none", "too many", "twice", "a group"],
)
def test_failures_that_cannot_be_judged_are_refused(demo: Client, failures: Json, message: str) -> None:
    refusal = demo.refusal(IMPACT, failures=failures)

    assert (refusal.code, refusal.message) == ("INVALID_INPUT", message)


@pytest.mark.parametrize("direction", ["DEPENDENTS", "DEPENDENCIES"])
def test_pages_of_reach_are_the_whole_list(demo: Client, direction: str) -> None:
    whole = reach(demo, "core-ledger", direction, first=500)

    found, after = [], None
    for _ in range(-(-whole["totalCount"] // 9)):
        page = reach(demo, "core-ledger", direction, first=9, after=after)
        found += nodes(page)
        assert page["totalCount"] == whole["totalCount"]
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        after = page["pageInfo"]["endCursor"]

    assert found == nodes(whole)
    assert len(found) == whole["totalCount"] > 9
    assert page["pageInfo"]["hasNextPage"] is False


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"maxDepth": 0}, "maxDepth must be from 1 to 100, not 0"),
        ({"maxDepth": 101}, "maxDepth must be from 1 to 100, not 101"),
        ({"maxDepth": -1}, "maxDepth must be from 1 to 100, not -1"),
        ({"first": -1}, "first must be from 0 to 500, not -1; ask for several pages"),
        ({"first": 501}, "first must be from 0 to 500, not 501; ask for several pages"),
        ({"after": "x"}, "after is not a cursor; use an endCursor or edge cursor as it came"),
    ],
    ids=str,
)
def test_a_reach_beyond_the_limits_is_refused(demo: Client, arguments: Json, message: str) -> None:
    refusal = demo.refusal(REACH, key="san-1", direction="DEPENDENTS", **arguments)

    assert (refusal.code, refusal.message) == ("INVALID_INPUT", message)


@pytest.mark.parametrize(
    "change", [{"maxDepth": 3}, {"types": ["COMPONENT"]}, {"direction": "DEPENDENCIES"}, {"key": "san-2"}], ids=str
)
def test_a_cursor_of_another_reach_is_refused(demo: Client, change: Json) -> None:
    question = {"key": "san-1", "direction": "DEPENDENTS"}
    cursor = demo.graphql(REACH, **question, first=1)["reach"]["pageInfo"]["endCursor"]

    refusal = demo.refusal(REACH, **{**question, **change}, after=cursor)

    assert refusal.message == "after is a cursor of another query; page on with the same arguments"


@pytest.mark.parametrize(
    ("query", "arguments"),
    [
        (REACH, {"key": "no-such", "direction": "DEPENDENTS"}),
        (PATHS, {"from": "no-such", "to": "san-1"}),
        (PATHS, {"from": "san-1", "to": "no-such"}),
    ],
    ids=["reach", "from", "to"],
)
def test_a_question_about_an_unknown_item_names_its_key(demo: Client, query: str, arguments: Json) -> None:
    refusal = demo.refusal(query, **arguments)

    assert refusal.code == "NOT_FOUND"
    assert refusal.message.startswith("no configuration item has the key 'no-such'; ")


@pytest.mark.parametrize("limit", [0, -1, 101])
def test_too_few_or_too_many_paths_are_refused(demo: Client, limit: int) -> None:
    refusal = demo.refusal(PATHS, from_="card-payments", to="san-1", limit=limit)

    assert (refusal.code, refusal.message) == ("INVALID_INPUT", f"limit must be from 1 to 100, not {limit}")
