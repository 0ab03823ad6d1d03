"""Scenarios over GraphQL: saved in versions, run, kept and compared."""

from collections.abc import Iterator

import pytest

from app.database.client import Connection
from tests.api.questions import nodes
from tests.service import Client, Json, emptied, running

SAVE = """mutation ($input: ScenarioInput!) { saveScenario(input: $input) {
  name version kind keys durationSeconds savedAt savedBy } }"""
RUN = """mutation ($name: String!) { runScenario(name: $name) {
  id name version kind keys durationSeconds graphVersion breachedCount affectedCount unaffectedCount missingKeys
  unknownKeys outcomes { key status outageSeconds toleranceSeconds dataLoss { lostAtLeastSeconds } item { key } } } }"""
SCENARIOS = """query ($first: Int, $after: String) { scenarios(first: $first, after: $after) {
  totalCount pageInfo { hasNextPage endCursor } edges { node { name version } } } }"""
RUNS = """query ($name: String!, $first: Int, $after: String) {
  scenarioRuns(name: $name, first: $first, after: $after) {
  totalCount pageInfo { hasNextPage endCursor } edges { node { id version graphVersion breachedCount } } } }"""
COMPARE = """query ($before: ID!, $after: ID!) { compareScenarioRuns(before: $before, after: $after) {
  changeCount before { id } after { id }
  changes { key before { status outageSeconds } after { status outageSeconds toleranceSeconds } } } }"""


@pytest.fixture
def client(connection: Connection) -> Iterator[Client]:
    with running(emptied(connection)) as service:
        client = service.client()
        client.add(
            [
                {"key": "pay", "type": "BUSINESS_PROCESS", "impactToleranceSeconds": 3600},
                {"key": "book", "type": "BUSINESS_SERVICE", "impactToleranceSeconds": 600},
                {"key": "site", "type": "LOCATION"},
                {"key": "db", "type": "COMPONENT"},
            ],
            *("pay -> db", "book -> site"),
        )
        yield client


def site_down(client: Client, **changes: Json) -> Json:
    scenario = {"name": "site down", "kind": "SITE", "keys": ["site"], "durationSeconds": 1800, **changes}
    return client.graphql(SAVE, input=scenario)["saveScenario"]


def test_a_scenario_is_run_and_compared_with_the_run_before(client: Client) -> None:
    site_down(client)
    before = client.graphql(RUN, name="site down")["runScenario"]
    client.add([{"key": "db", "type": "COMPONENT"}], "db -> site")
    after = client.graphql(RUN, name="site down")["runScenario"]

    assert before["outcomes"] == [
        {
            "key": "book",
            "status": "BREACHED",
            "outageSeconds": 1800,
            "toleranceSeconds": 600,
            "dataLoss": None,
            "item": {"key": "book"},
        }
    ]
    assert (before["breachedCount"], before["affectedCount"], before["unaffectedCount"]) == (1, 1, 1)
    assert int(after["graphVersion"]) > int(before["graphVersion"])
    found = client.graphql(COMPARE, before=before["id"], after=after["id"])["compareScenarioRuns"]
    assert found == {
        "changeCount": 1,
        "before": {"id": before["id"]},
        "after": {"id": after["id"]},
        "changes": [
            {
                "key": "pay",
                "before": None,
                "after": {"status": "WITHIN", "outageSeconds": 1800, "toleranceSeconds": 3600},
            }
        ],
    }


def test_what_is_saved_anew_is_the_next_version_and_the_same_again_is_not(client: Client) -> None:
    versions = [site_down(client)["version"], site_down(client)["version"]]
    versions.append(site_down(client, durationSeconds=60)["version"])
    client.graphql(RUN, name="site down")

    assert versions == [1, 1, 2]
    assert nodes(client.graphql(SCENARIOS)["scenarios"]) == [{"name": "site down", "version": 2}]
    (run,) = nodes(client.graphql(RUNS, name="site down")["scenarioRuns"])
    assert (run["version"], run["breachedCount"]) == (2, 0)


def test_runs_are_paged_the_last_one_first(client: Client) -> None:
    site_down(client)
    ids = [client.graphql(RUN, name="site down")["runScenario"]["id"] for _ in range(3)]

    first = client.graphql(RUNS, name="site down", first=2)["scenarioRuns"]
    rest = client.graphql(RUNS, name="site down", after=first["pageInfo"]["endCursor"])["scenarioRuns"]

    assert [one["id"] for one in (*nodes(first), *nodes(rest))] == ids[::-1]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (3, True)


def test_scenarios_are_paged_by_name(client: Client) -> None:
    for name in ("b", "a", "c"):
        site_down(client, name=name)

    first = client.graphql(SCENARIOS, first=2)["scenarios"]
    rest = client.graphql(SCENARIOS, after=first["pageInfo"]["endCursor"])["scenarios"]

    assert [one["name"] for one in (*nodes(first), *nodes(rest))] == ["a", "b", "c"]


def test_a_scenario_that_cannot_be_run_is_not_saved(client: Client) -> None:
    refusal = client.refusal(SAVE, input={"name": "x", "kind": "SITE", "keys": ["db"], "durationSeconds": 1})

    assert (refusal.code, refusal.message) == (
        "INVALID_INPUT",
        "keys names 'db', but a SITE scenario takes Location only",
    )
    assert client.graphql(SCENARIOS)["scenarios"]["totalCount"] == 0


def test_runs_of_two_scenarios_are_not_compared(client: Client) -> None:
    ids = []
    for name in ("a", "b"):
        site_down(client, name=name)
        ids.append(client.graphql(RUN, name=name)["runScenario"]["id"])

    assert client.refusal(COMPARE, before=ids[0], after=ids[1]).message == (
        "the runs are of 'a' and 'b'; compare two of one scenario"
    )


def test_an_unknown_scenario_and_an_unknown_run_are_not_found(client: Client) -> None:
    assert client.refusal(RUN, name="x").message == "no scenario has the name 'x'; list them with scenarios"
    assert client.refusal(COMPARE, before="x", after="y").code == "NOT_FOUND"
