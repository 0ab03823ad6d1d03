"""Who is hurt and what needs what, as the API explains it, over graphs small enough to draw."""

import pytest

from tests.api.questions import PATHS, impact, keys, nodes, reach, reached
from tests.service import Client, Json, Refusal


def shop(client: Client) -> None:
    """checkout -> shop-api -> db, one of two databases; reports only want the first one; search is nice to have."""
    databases = [{"key": key, "type": "COMPONENT", "kind": "DATABASE"} for key in ("db-1", "db-2")]
    client.add(
        [
            {"key": "checkout", "type": "BUSINESS_PROCESS", "tier": 0},
            {"key": "shop-api", "type": "IT_SERVICE"},
            {"key": "reports", "type": "IT_SERVICE"},
            {"key": "search", "type": "IT_SERVICE"},
            *databases,
            {"key": "db", "type": "REDUNDANCY_GROUP", "minAvailable": 1, "members": [{"key": "db-1"}, {"key": "db-2"}]},
        ],
        "checkout -> shop-api",
        "shop-api -> db",
        "reports -> db-1",
    )
    soft = [{"from": "shop-api", "to": "search", "strength": "SOFT"}]
    client.graphql(
        "mutation ($d: [DependencyInput!]!) { upsertDependencies(dependencies: $d) { graphVersion } }", d=soft
    )


def explained(node: Json) -> tuple[str, str, int, str, list[str], list[str]]:
    key, path, causes = node["item"]["key"], keys(node["path"]), keys(node["causes"])
    return key, node["state"], node["depth"], node["rule"], path, causes


def test_every_impacted_item_is_explained(client: Client) -> None:
    shop(client)

    report = impact(client, {"key": "db-1"}, {"key": "db-2"}, {"key": "search", "state": "DEGRADED"})

    assert [explained(node) for node in nodes(report["impacted"])] == [
        ("checkout", "DOWN", 3, "HARD", ["checkout", "shop-api", "db", "db-1"], ["db-1", "db-2"]),
        ("reports", "DOWN", 1, "HARD", ["reports", "db-1"], ["db-1"]),
        ("shop-api", "DOWN", 2, "HARD", ["shop-api", "db", "db-1"], ["db-1", "db-2"]),
        ("search", "DEGRADED", 0, "OWN", ["search"], ["search"]),
        ("db-1", "DOWN", 0, "OWN", ["db-1"], ["db-1"]),
        ("db-2", "DOWN", 0, "OWN", ["db-2"], ["db-2"]),
        ("db", "DOWN", 1, "GROUP", ["db", "db-1"], ["db-1", "db-2"]),
    ]
    assert report["causes"] == [
        {"state": "DOWN", "item": {"key": "db-1"}},
        {"state": "DOWN", "item": {"key": "db-2"}},
        {"state": "DEGRADED", "item": {"key": "search"}},
    ]
    assert (report["priority"], report["depthReached"], report["unknown"]) == (1, 3, 0)
    assert (report["hidden"], report["truncated"]) == (0, False)


def test_a_soft_provider_degrades_and_says_so(client: Client) -> None:
    shop(client)

    report = impact(client, {"key": "search"})

    assert [explained(node)[:4] for node in nodes(report["impacted"])] == [
        ("checkout", "DEGRADED", 2, "HARD"),
        ("search", "DOWN", 0, "OWN"),
        ("shop-api", "DEGRADED", 1, "SOFT"),
    ]


def test_a_group_that_holds_hurts_nobody_above_it(client: Client) -> None:
    shop(client)

    assert keys([node["item"] for node in nodes(impact(client, {"key": "db-2"})["impacted"])]) == ["db-2"]


def test_an_unknown_failure_is_told_from_best_to_worst(client: Client) -> None:
    shop(client)

    report = impact(client, {"key": "search", "state": "UNKNOWN"})

    ends = {
        node["item"]["key"]: (node["state"], node["bestState"], node["worstState"])
        for node in nodes(report["impacted"])
    }
    assert ends == {
        "checkout": ("UNKNOWN", "OPERATIONAL", "DEGRADED"),
        "shop-api": ("UNKNOWN", "OPERATIONAL", "DEGRADED"),
        "search": ("UNKNOWN", "OPERATIONAL", "DOWN"),
    }
    assert report["unknown"] == 3


def test_a_failure_that_is_operational_hurts_nobody(client: Client) -> None:
    shop(client)

    report = impact(client, {"key": "db-1", "state": "OPERATIONAL"})

    assert (report["impacted"]["totalCount"], report["counts"], report["causes"]) == (0, [], [])
    assert report["priority"] is None


def test_asking_writes_nothing(client: Client) -> None:
    shop(client)
    version = impact(client, {"key": "search"})["graphVersion"]

    impact(client, {"key": "db-1"}, {"key": "db-2"})

    report = client.graphql("{ currentImpact { graphVersion impacted { totalCount } } }")["currentImpact"]
    assert report == {"graphVersion": version, "impacted": {"totalCount": 0}}


def test_the_dependents_of_an_item_are_found_nearest_first(client: Client) -> None:
    shop(client)

    found = reach(client, "db-1", "DEPENDENTS")

    assert reached(found) == [
        (1, ["db", "db-1"]),
        (1, ["reports", "db-1"]),
        (2, ["shop-api", "db", "db-1"]),
        (3, ["checkout", "shop-api", "db", "db-1"]),
    ]
    assert found["totalCount"] == 4


def test_the_dependencies_of_an_item_are_found_nearest_first(client: Client) -> None:
    shop(client)

    assert reached(reach(client, "checkout", "DEPENDENCIES")) == [
        (1, ["shop-api", "checkout"]),
        (2, ["db", "shop-api", "checkout"]),
        (2, ["search", "shop-api", "checkout"]),
        (3, ["db-1", "db", "shop-api", "checkout"]),
        (3, ["db-2", "db", "shop-api", "checkout"]),
    ]


def test_reach_stops_at_a_depth_and_shows_only_types(client: Client) -> None:
    shop(client)

    near = reach(client, "checkout", "DEPENDENCIES", maxDepth=2)
    typed = reach(client, "db-1", "DEPENDENTS", types=["BUSINESS_PROCESS", "IT_SERVICE"], maxDepth=2)

    assert [depth for depth, _ in reached(near)] == [1, 2, 2]
    assert near["totalCount"] == 3
    assert [path[0] for _, path in reached(typed)] == ["reports", "shop-api"]
    assert typed["totalCount"] == 2


def test_an_item_in_a_cycle_does_not_reach_itself(client: Client) -> None:
    client.add([{"key": key, "type": "COMPONENT"} for key in "abc"], "a -> b", "b -> c", "c -> a")

    assert reached(reach(client, "a", "DEPENDENTS")) == [(1, ["c", "a"]), (2, ["b", "c", "a"])]


def test_what_is_only_for_information_is_not_reached(client: Client) -> None:
    client.add([{"key": key, "type": "COMPONENT"} for key in "ab"])
    connect = "mutation ($d: [DependencyInput!]!) { upsertDependencies(dependencies: $d) { graphVersion } }"
    client.graphql(connect, d=[{"from": "a", "to": "b", "strength": "INFO"}])

    assert reach(client, "b", "DEPENDENTS")["totalCount"] == 0
    assert client.graphql(PATHS, from_="a", to="b")["paths"] == []


def test_paths_come_shortest_first_then_by_key(client: Client) -> None:
    edges = ("a -> z", "a -> c", "a -> b", "b -> z", "c -> z", "c -> d", "d -> z")
    client.add([{"key": key, "type": "COMPONENT"} for key in "abcdz"], *edges)

    found = client.graphql(PATHS, from_="a", to="z")["paths"]

    assert [(path["length"], keys(path["items"])) for path in found] == [
        (1, ["a", "z"]),
        (2, ["a", "b", "z"]),
        (2, ["a", "c", "z"]),
        (3, ["a", "c", "d", "z"]),
    ]
    assert client.graphql(PATHS, from_="a", to="z", limit=2)["paths"] == found[:2]


def test_there_is_no_path_against_the_arrows_or_to_itself(client: Client) -> None:
    client.add([{"key": key, "type": "COMPONENT"} for key in "ab"], "a -> b")

    assert client.graphql(PATHS, from_="b", to="a")["paths"] == []
    assert client.graphql(PATHS, from_="a", to="a")["paths"] == []


AT_RISK = """
query ($failures: [FailureInput!]!, $first: Int, $after: String, $points: Int) {
  impact(failures: $failures) { atRisk(first: $first, after: $after) {
    totalCount truncated pageInfo { hasNextPage endCursor }
    edges { node { item { key } state singlePointCount singlePoints(first: $points) { key } } }
  } }
}
"""


def test_what_one_more_loss_would_take_down_is_listed_with_the_losses_that_would(client: Client) -> None:
    shop(client)

    found = client.graphql(AT_RISK, failures=[{"key": "db-1"}])["impact"]["atRisk"]

    assert [(node["item"]["key"], node["state"], keys(node["singlePoints"])) for node in nodes(found)] == [
        ("checkout", "OPERATIONAL", ["db-2"]),
        ("shop-api", "OPERATIONAL", ["db-2"]),
        ("db", "OPERATIONAL", ["db-2"]),
    ]
    assert (found["totalCount"], found["truncated"]) == (3, False)


def test_items_at_risk_come_in_pages(client: Client) -> None:
    shop(client)
    asked = {"failures": [{"key": "db-1"}], "first": 2}

    one = client.graphql(AT_RISK, **asked, points=0)["impact"]["atRisk"]
    other = client.graphql(AT_RISK, **asked, after=one["pageInfo"]["endCursor"])["impact"]["atRisk"]

    assert [node["item"]["key"] for node in (*nodes(one), *nodes(other))] == ["checkout", "shop-api", "db"]
    assert [node["singlePoints"] for node in nodes(one)] == [[], []]
    assert [node["singlePointCount"] for node in nodes(one)] == [1, 1]
    assert (one["pageInfo"]["hasNextPage"], other["pageInfo"]["hasNextPage"]) == (True, False)


REPAIRS = """
query ($failures: [FailureInput!]!) {
  impact(failures: $failures) { impacted { edges { node { item { key } sentence repairs { key } } } } }
}
"""


def test_the_smallest_repair_of_each_item_is_told(client: Client) -> None:
    shop(client)

    found = client.graphql(REPAIRS, failures=[{"key": "db-1"}, {"key": "db-2"}])["impact"]["impacted"]

    assert {node["item"]["key"]: keys(node["repairs"]) for node in nodes(found)} == {
        "checkout": ["db-1"],
        "reports": ["db-1"],
        "shop-api": ["db-1"],
        "db-1": ["db-1"],
        "db-2": ["db-2"],
        "db": ["db-1"],
    }


def test_every_impacted_item_says_in_a_sentence_why(client: Client) -> None:
    shop(client)
    client.add([{"key": "checkout", "type": "BUSINESS_PROCESS", "name": "Checkout"}])

    found = client.graphql(REPAIRS, failures=[{"key": "db-1"}, {"key": "db-2"}])["impact"]["impacted"]

    assert nodes(found)[0]["sentence"] == "Checkout is DOWN: db needs 1 of 2; db-1 and db-2 are DOWN"


FORECAST = """
query ($failures: [FailureInput!]!) {
  impact(failures: $failures) {
    priority assumptions
    impacted(types: [BUSINESS_PROCESS]) { edges { node {
      priority urgencyAssumed sentence breachAt slackSeconds outage { start end }
    } } }
  }
}
"""


def timed(client: Client) -> None:
    """A checkout that may be out for an hour, on a database that takes ninety minutes to recover."""
    client.add(
        [
            {"key": "checkout", "type": "BUSINESS_PROCESS", "tier": 0, "impactToleranceSeconds": 3600},
            {"key": "db-1", "type": "COMPONENT", "recoveryTimeSeconds": 5400},
        ],
        "checkout -> db-1",
    )


def test_an_answer_tells_when_a_tolerance_is_breached_and_why(client: Client) -> None:
    timed(client)

    report = client.graphql(FORECAST, failures=[{"key": "db-1", "since": "2099-11-24T13:30:00Z"}])["impact"]

    assert nodes(report["impacted"]) == [
        {
            "priority": 1,
            "urgencyAssumed": False,
            "sentence": "checkout is DOWN: it needs db-1, which is DOWN; "
            "it breaches its tolerance at 2099-11-24 14:30 UTC",
            "breachAt": "2099-11-24T14:30:00+00:00",
            "slackSeconds": -1800,
            "outage": {"start": "2099-11-24T13:30:00+00:00", "end": "2099-11-24T15:00:00+00:00"},
        }
    ]
    assert (report["priority"], report["assumptions"]) == (1, [])


def test_an_expected_end_in_time_makes_an_outage_less_urgent(client: Client) -> None:
    timed(client)
    failure = {"key": "db-1", "since": "2099-11-24T13:30:00Z", "until": "2099-11-24T14:35:00+01:00"}

    (node,) = nodes(client.graphql(FORECAST, failures=[failure])["impact"]["impacted"])

    assert (node["priority"], node["slackSeconds"]) == (3, 3300)
    assert node["sentence"] == "checkout is DOWN: it needs db-1, which is DOWN"


@pytest.mark.parametrize(
    ("times", "problem"),
    [
        ({"since": "2099-11-24T13:30:00"}, "since of 'db-1' has no time zone; write it as 2099-11-24T13:30:00Z"),
        (
            {"since": "2099-11-24T13:30:00Z", "until": "2099-11-24T13:30:00Z"},
            "the failure of 'db-1' ends at 2099-11-24T13:30:00+00:00, which is not after it begins, "
            "2099-11-24T13:30:00+00:00; set since before until",
        ),
    ],
)
def test_times_that_cannot_be_are_refused(client: Client, times: dict[str, str], problem: str) -> None:
    timed(client)

    assert client.refusal(FORECAST, failures=[{"key": "db-1", **times}]) == Refusal("INVALID_INPUT", problem)


def test_the_tree_behind_a_sentence_can_be_read_step_by_step(client: Client) -> None:
    shop(client)

    answer = client.graphql(
        """{ impact(failures: [{key: "db-1"}, {key: "db-2"}]) { impacted(first: 1) { edges { node {
               explanation { item { key } state rule needed total supports { key } } } } } } }"""
    )
    (checkout,) = nodes(answer["impact"]["impacted"])

    assert [
        (step["item"]["key"], step["state"], step["rule"], step["needed"], step["total"], keys(step["supports"]))
        for step in checkout["explanation"]
    ] == [
        ("checkout", "DOWN", "HARD", None, None, ["shop-api"]),
        ("shop-api", "DOWN", "HARD", None, None, ["db"]),
        ("db", "DOWN", "GROUP", 1, 2, ["db-1", "db-2"]),
        ("db-1", "DOWN", "OWN", None, None, []),
        ("db-2", "DOWN", "OWN", None, None, []),
    ]
