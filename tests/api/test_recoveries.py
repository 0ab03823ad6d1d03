"""Real recoveries over GraphQL: begun, followed step by step, and when they will be over."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from app.database.client import Connection
from tests.api.questions import nodes
from tests.api.w2 import add_w2
from tests.service import Client, Json, emptied, running

FIELDS = """{ id startedAt startedBy targetKeys failedKeys teams done { key doneAt doneBy } progress {
  isFinished finishAt finishAtMost plan { finishSeconds planSteps { edges { node {
    key startSeconds finishSeconds doneSeconds slackSeconds assignment { team finishSeconds } } } } } } }"""
START = f"""mutation ($keys: [String!]!, $failed: [String!], $durations: [DurationInput!],
  $teams: Int, $startedAt: DateTime) {{ startRecovery(keys: $keys, failed: $failed, durations: $durations,
  teams: $teams, startedAt: $startedAt) {FIELDS} }}"""
DONE = f"""mutation ($id: ID!, $key: String!, $doneAt: DateTime) {{
  completeRecoveryStep(id: $id, key: $key, doneAt: $doneAt) {FIELDS} }}"""
ONE = f"query ($id: ID!) {{ recovery(id: $id) {FIELDS} }}"
ALL = """query ($first: Int, $after: String) { recoveries(first: $first, after: $after) {
  totalCount pageInfo { hasNextPage endCursor } edges { node { id } } } }"""
# The clock of the service is a real one; an hour ago leaves room on both sides.
BEGAN = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)


def after(hours: float) -> str:
    """An instant of the recovery."""
    return (BEGAN + timedelta(hours=hours)).isoformat()


@pytest.fixture
def client(connection: Connection) -> Iterator[Client]:
    with running(emptied(connection)) as service:
        add_w2(service.client())
        yield service.client()


def start(client: Client, *targets: str, **asked: Json) -> Json:
    return client.graphql(START, keys=list(targets), startedAt=after(0), **asked)["startRecovery"]


def done(client: Client, id: str, key: str, at: str | None = None) -> Json:
    return client.graphql(DONE, id=id, key=key, doneAt=at)["completeRecoveryStep"]


def steady(recovery: Json) -> Json:
    """A recovery without its steps: what should be done by now is done now at the earliest."""
    return {**recovery, "progress": {**recovery["progress"], "plan": None}}


def test_a_recovery_that_began_says_when_it_will_be_over(client: Client) -> None:
    begun = start(client, "s1")

    assert (begun["startedAt"], begun["startedBy"], begun["targetKeys"]) == (after(0), "local", ["s1"])
    assert (begun["failedKeys"], begun["done"]) == (None, [])
    assert (begun["progress"]["finishAt"], begun["progress"]["finishAtMost"]) == (after(5), after(5))
    assert begun["progress"]["isFinished"] is False
    assert steady(client.graphql(ONE, id=begun["id"])["recovery"]) == steady(begun)


def test_a_step_that_was_fast_brings_the_end_nearer(client: Client) -> None:
    id = start(client, "s1")["id"]

    after_it = done(client, id, "san", after(0.5))

    assert after_it["done"] == [{"key": "san", "doneAt": after(0.5), "doneBy": "local"}]
    assert after_it["progress"]["finishAt"] == after(3.5)
    (san,) = [one for one in nodes(after_it["progress"]["plan"]["planSteps"]) if one["key"] == "san"]
    assert san == {
        "key": "san", "startSeconds": 0, "finishSeconds": 1800, "doneSeconds": 1800, "slackSeconds": None,
        "assignment": None,
    }  # fmt: skip


def test_saying_it_again_changes_nothing_and_another_instant_corrects_it(client: Client) -> None:
    id = start(client, "s1")["id"]
    first = done(client, id, "san", after(0.5))

    assert steady(done(client, id, "san")) == steady(first)
    assert done(client, id, "san", after(0.75))["progress"]["finishAt"] == after(3.75)


def test_when_its_targets_are_up_a_recovery_is_over(client: Client) -> None:
    id = start(client, "s1", failed=["db"])["id"]

    found = done(client, id, "db", after(0.5))

    assert (found["failedKeys"], found["progress"]["isFinished"]) == (["db"], True)
    assert found["progress"]["finishAt"] == after(0.5)


def test_a_recovery_by_one_team_ends_when_the_team_has_done_one_thing_after_the_other(client: Client) -> None:
    begun = start(client, "s1", teams=1)
    found = done(client, begun["id"], "san", after(0.5))

    assert (begun["teams"], begun["progress"]["finishAt"], begun["progress"]["finishAtMost"]) == (
        *(1, after(5.5)),
        after(5.5),
    )
    assert found["progress"]["finishAt"] == after(4)
    (net,) = [one for one in nodes(found["progress"]["plan"]["planSteps"]) if one["key"] == "net"]
    assert net["assignment"] == {"team": 1, "finishSeconds": 2.5 * 3600}
    assert client.refusal(START, keys=["s1"], teams=0).message == "teams must be from 1 to 10000, not 0"


def test_other_times_than_the_known_ones_are_kept(client: Client) -> None:
    begun = start(client, "s1", durations=[{"key": "san", "recoveryTimeSeconds": 7 * 3600}])

    assert client.graphql(ONE, id=begun["id"])["recovery"]["progress"]["finishAt"] == after(10)


def test_a_recovery_outlives_its_items(client: Client) -> None:
    id = start(client, "net")["id"]
    client.graphql('mutation { removeItems(keys: ["net"]) { removed } }')

    found = client.graphql(ONE, id=id)["recovery"]

    assert (found["targetKeys"], found["progress"]) == (["net"], None)


def test_recoveries_are_listed_last_begun_first(client: Client) -> None:
    ids = [client.graphql(START, keys=["net"], startedAt=after(-one))["startRecovery"]["id"] for one in (2, 0, 1)]

    first = client.graphql(ALL, first=2)["recoveries"]
    rest = client.graphql(ALL, first=2, after=first["pageInfo"]["endCursor"])["recoveries"]

    assert [one["id"] for page in (first, rest) for one in nodes(page)] == [ids[1], ids[2], ids[0]]
    assert (first["totalCount"], rest["pageInfo"]["hasNextPage"]) == (3, False)


def test_what_is_none_of_its_steps_is_refused_and_changes_nothing(client: Client) -> None:
    begun = start(client, "s1")
    refusal = client.refusal(DONE, id=begun["id"], key="b")

    assert (refusal.code, refusal.message) == (
        "CONFLICT",
        f"b is no step of the recovery {begun['id']}; its steps are in recovery(id:)",
    )
    assert steady(client.graphql(ONE, id=begun["id"])["recovery"]) == steady(begun)


def test_instants_that_cannot_be_are_refused(client: Client) -> None:
    id = start(client, "s1")["id"]

    early, late = client.refusal(DONE, id=id, key="san", doneAt=after(-1)), after(24)
    assert early.message == f"doneAt is before the recovery began at {after(0)}; give a later one"
    assert client.refusal(DONE, id=id, key="san", doneAt=late).message == (
        f"doneAt {late} is still to come; leave it out for now"
    )
    assert client.refusal(START, keys=["s1"], startedAt=late).code == "INVALID_INPUT"
    assert client.refusal(DONE, id="nothing", key="san").code == "NOT_FOUND"
    assert client.graphql('{ recovery(id: "nothing") { id } }') == {"recovery": None}
