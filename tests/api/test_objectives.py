"""What recovery achieves and what is asked of it, over GraphQL."""

from collections.abc import Iterator

import pytest

from app.database.client import Connection
from tests.api.questions import keys, nodes
from tests.api.w2 import HOUR, add_w2
from tests.service import CONNECT, Client, Json, Service, emptied, running

OBJECTIVES = """query ($key: String!, $limit: Int) { objectives(key: $key) {
  graphVersion evidence effectiveTier assumptions missingCount missing(limit: $limit) { key field item { key } }
  rto { rtaSeconds rtaAtLeastSeconds rtaAtMostSeconds requiredRtoSeconds requiredRtoAtLeastSeconds
        requiredRtoAtMostSeconds declaredRtoSeconds rtoGapSeconds slackSeconds overrunSeconds status }
  physicalLoss { rpaSeconds requiredRpoSeconds rpoGapSeconds skewSeconds status }
  dataCorruption { lossKind rpaSeconds requiredRpoSeconds rpoGapSeconds skewSeconds status }
  criticalPath { key startSeconds ownSeconds finishSeconds evidence isMissing cycle item { key } }
  demandPath { key } conflicts { code sentence seconds keys } } }"""
GAPS = """query ($kind: GapKind! = RTO, $first: Int, $after: String) {
  recoveryGaps(kind: $kind, first: $first, after: $after) {
  graphVersion computedAt totalCount pageInfo { hasNextPage hasPreviousPage endCursor }
  edges { node { item { key } evidence rto { overrunSeconds status } rpo { lossKind rpaSeconds rpoGapSeconds }
  criticalPath { key } } } } }"""


@pytest.fixture(scope="module")
def w2(connection: Connection) -> Iterator[Service]:
    """The recovery chain of the specification."""
    with running(emptied(connection)) as service:
        add_w2(service.client())
        yield service


@pytest.fixture(scope="module")
def client(w2: Service) -> Client:
    return w2.client()


def objectives(client: Client, key: str, **arguments: Json) -> Json:
    return client.graphql(OBJECTIVES, key=key, **arguments)["objectives"]


def test_the_objectives_of_an_item_come_with_their_proofs(client: Client) -> None:
    found = objectives(client, "s1")

    assert found["rto"] == {
        "rtaSeconds": 5 * HOUR,
        "rtaAtLeastSeconds": 5 * HOUR,
        "rtaAtMostSeconds": 5 * HOUR,
        "requiredRtoSeconds": 4 * HOUR,
        "requiredRtoAtLeastSeconds": 4 * HOUR,
        "requiredRtoAtMostSeconds": 4 * HOUR,
        "declaredRtoSeconds": 4 * HOUR,
        "rtoGapSeconds": HOUR,
        "slackSeconds": -HOUR,
        "overrunSeconds": HOUR,
        "status": "BREACHED",
    }
    assert keys(found["criticalPath"]) == ["san", "db", "a", "s1"]
    assert (found["evidence"], found["effectiveTier"], found["missingCount"]) == ("ESTIMATED", None, 1)
    assert found["missing"] == [{"key": "s1", "field": "dataDependency", "item": {"key": "s1"}}]
    assert found["dataCorruption"] == {
        "lossKind": "DATA_CORRUPTION",
        "rpaSeconds": None,
        "requiredRpoSeconds": HOUR,
        "rpoGapSeconds": None,
        "skewSeconds": None,
        "status": "MISSING_INPUT",
    }


def test_a_provider_is_told_what_is_asked_of_it_and_by_whom(client: Client) -> None:
    found = objectives(client, "san")

    assert found["rto"]["requiredRtoSeconds"] == HOUR
    assert keys(found["demandPath"]) == ["san", "db", "a", "s1"]
    assert found["conflicts"] == [
        {
            "code": "RTO_CONFLICT",
            "sentence": "the RTO of san is 7200 s, but what needs it leaves it 3600 s",
            "seconds": HOUR,
            "keys": ["san"],
        }
    ]


def test_an_unknown_key_is_not_found(client: Client) -> None:
    refusal = client.refusal(OBJECTIVES, key="nothing")

    assert (refusal.code, refusal.message) == (
        "NOT_FOUND",
        "key: no configuration item has the key nothing; look it up with search(text:) or items(filter:)",
    )


def test_gaps_of_the_estate_are_paged_worst_first(client: Client) -> None:
    first = client.graphql(GAPS, first=3)["recoveryGaps"]
    rest = client.graphql(GAPS, first=3, after=first["pageInfo"]["endCursor"])["recoveryGaps"]

    found = [(node["item"]["key"], node["rto"]["overrunSeconds"]) for page in (first, rest) for node in nodes(page)]
    assert found == [("a", 1.5 * HOUR), ("s1", HOUR), ("db", HOUR), ("san", HOUR)]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (4, True, False)
    assert keys(nodes(first)[1]["criticalPath"]) == ["san", "db", "a", "s1"]


def test_gaps_in_what_is_lost_are_listed_by_kind(connection: Connection) -> None:
    with running(emptied(connection)) as service:
        client = service.client()
        client.add(
            [
                {"key": "shop", "type": "BUSINESS_SERVICE", "rpoSeconds": 60},
                {"key": "db", "type": "COMPONENT", "replicationLagSeconds": 5, "backupIntervalSeconds": HOUR},
            ]
        )
        client.graphql(CONNECT, edges=[{"from": "shop", "to": "db", "dataDependency": True}])

        wrong, gone = (client.graphql(GAPS, kind=kind)["recoveryGaps"] for kind in ("DATA_CORRUPTION", "PHYSICAL_LOSS"))

    assert [(node["item"]["key"], node["rpo"]) for node in nodes(wrong)] == [
        (key, {"lossKind": "DATA_CORRUPTION", "rpaSeconds": HOUR, "rpoGapSeconds": HOUR - 60}) for key in ("shop", "db")
    ]
    assert (wrong["totalCount"], gone["totalCount"]) == (2, 0)


def test_gaps_are_of_the_version_they_say_until_they_are_worked_out_anew(connection: Connection) -> None:
    with running(emptied(connection)) as service:
        client = service.client()
        before = client.graphql(GAPS)["recoveryGaps"]
        client.add([{"key": "s", "type": "BUSINESS_SERVICE", "rtoSeconds": 1, "recoveryTimeSeconds": 2}])

        still = client.graphql(GAPS)["recoveryGaps"]
        service.run(service.runtime.recovery_gaps.catch_up())
        after = client.graphql(GAPS)["recoveryGaps"]

    assert still == before
    assert int(after["graphVersion"]) > int(before["graphVersion"])
    assert [node["item"]["key"] for node in nodes(after)] == ["s"]


def test_objectives_follow_every_write_at_once(connection: Connection) -> None:
    with running(emptied(connection)) as service:
        client = service.client()
        client.add([{"key": "x", "type": "COMPONENT"}])
        before = objectives(client, "x")
        client.add([{"key": "x", "type": "COMPONENT", "recoveryTimeSeconds": 60}])
        after = objectives(client, "x")

    assert before["rto"] | {"status": None} == {
        **after["rto"],
        "rtaSeconds": None,
        "rtaAtLeastSeconds": 0,
        "rtaAtMostSeconds": None,
        "status": None,
    }
    assert after["rto"]["rtaSeconds"] == 60
