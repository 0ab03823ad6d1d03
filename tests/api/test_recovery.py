"""Recovery plans over GraphQL."""

from collections.abc import Iterator

import pytest

from app.database.client import Connection
from tests.api.questions import keys, nodes
from tests.api.w2 import HOUR, add_w2
from tests.service import Client, Json, emptied, running

PLAN = """query ($keys: [String!]!, $failed: [String!], $durations: [DurationInput!], $teams: Int, $first: Int,
  $after: String) { recoveryPlan(keys: $keys, failed: $failed, durations: $durations, teams: $teams) {
  graphVersion finishSeconds finishAtMostSeconds redundancyRestoredSeconds evidence missing assumed targets { key }
  criticalPath { key } groups { key upSeconds restoredSeconds item { key } }
  schedule { teams finishSeconds lowerBoundSeconds }
  planSteps(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } edges { node {
    key wave startSeconds ownSeconds finishSeconds slackSeconds isCritical needs evidence isMissing cycle doneSeconds
    item { key } assignment { team startSeconds finishSeconds } } } } } }"""


@pytest.fixture(scope="module")
def client(connection: Connection) -> Iterator[Client]:
    with running(emptied(connection), max_plan_items=5, max_plan_targets=2) as service:
        add_w2(service.client())
        yield service.client()


def plan(client: Client, *targets: str, **asked: Json) -> Json:
    return client.graphql(PLAN, keys=list(targets), **asked)["recoveryPlan"]


def test_a_plan_says_what_is_brought_up_when(client: Client) -> None:
    found = plan(client, "s1")

    assert (found["finishSeconds"], found["finishAtMostSeconds"]) == (5 * HOUR, 5 * HOUR)
    assert (found["evidence"], found["redundancyRestoredSeconds"], found["schedule"]) == ("ESTIMATED", None, None)
    assert keys(found["criticalPath"]) == ["san", "db", "a", "s1"]
    assert nodes(found["planSteps"])[2] == {
        "key": "db",
        "wave": 2,
        "startSeconds": 2 * HOUR,
        "ownSeconds": 1.5 * HOUR,
        "finishSeconds": 3.5 * HOUR,
        "slackSeconds": 0,
        "isCritical": True,
        "needs": ["san"],
        "evidence": "TESTED",
        "isMissing": False,
        "cycle": [],
        "doneSeconds": None,
        "item": {"key": "db"},
        "assignment": None,
    }


def test_steps_are_paged_in_the_order_in_which_they_begin(client: Client) -> None:
    first = plan(client, "s1", first=2)["planSteps"]
    rest = plan(client, "s1", first=5, after=first["pageInfo"]["endCursor"])["planSteps"]

    assert (keys(nodes(first)), keys(nodes(rest))) == (["net", "san"], ["db", "a", "s1"])
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (5, True, False)


def test_what_failed_other_times_and_teams_can_be_given(client: Client) -> None:
    durations = [{"key": "san", "recoveryTimeSeconds": HOUR}]

    found = plan(client, "s1", failed=["san", "net"], durations=durations, teams=1)

    assert found["schedule"] == {"teams": 1, "finishSeconds": 1.5 * HOUR, "lowerBoundSeconds": 1.5 * HOUR}
    assert [(one["key"], one["assignment"]) for one in nodes(found["planSteps"])] == [
        ("net", {"team": 1, "startSeconds": HOUR, "finishSeconds": 1.5 * HOUR}),
        ("san", {"team": 1, "startSeconds": 0, "finishSeconds": HOUR}),
        ("a", {"team": None, "startSeconds": 1.5 * HOUR, "finishSeconds": 1.5 * HOUR}),
        ("db", {"team": None, "startSeconds": HOUR, "finishSeconds": HOUR}),
        ("s1", {"team": None, "startSeconds": 1.5 * HOUR, "finishSeconds": 1.5 * HOUR}),
    ]


REFUSED = [
    ({"keys": []}, "INVALID_INPUT", "keys must name 1 to 2 items, not 0"),
    ({"keys": ["s1", "s1"]}, "INVALID_INPUT", "keys name the same item twice; name each once"),
    (
        {"keys": ["s1", "s2"]},
        "INVALID_INPUT",
        "the plan would cover 7 items, at most 5 are planned at once; name fewer targets, or raise "
        "UNDERPIN_MAX_PLAN_ITEMS",
    ),
    (
        {"keys": ["nothing"]},
        "NOT_FOUND",
        "keys: no configuration item has the key nothing; look it up with search(text:) or items(filter:)",
    ),
    (
        {"keys": ["s1"], "failed": ["nothing"]},
        "NOT_FOUND",
        "failed: no configuration item has the key nothing; look it up with search(text:) or items(filter:)",
    ),
    (
        {"keys": ["s1"], "durations": [{"key": "a", "recoveryTimeSeconds": -1}]},
        "INVALID_INPUT",
        "durations of a are below 0; give seconds of 0 or more",
    ),
    ({"keys": ["s1"], "teams": 0}, "INVALID_INPUT", "teams must be from 1 to 5, not 0"),
]


@pytest.mark.parametrize(("asked", "code", "message"), REFUSED)
def test_what_cannot_be_planned_is_refused(client: Client, asked: Json, code: str, message: str) -> None:
    refusal = client.refusal(PLAN, **asked)

    assert (refusal.code, refusal.message) == (code, message)
