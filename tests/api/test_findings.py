"""Findings over GraphQL: looked for, listed page by page, accepted and opened again."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.api.questions import nodes
from tests.service import Client, Json

CHECK = "mutation { checkNow { checkedAt graphVersion openedCount resolvedCount standingCount } }"
LIST = """query ($filter: FindingFilter, $first: Int, $after: String) {
  findings(filter: $filter, first: $first, after: $after) {
    totalCount checkedAt pageInfo { hasNextPage endCursor }
    edges { node { id code words severity sentence status itemKey
                   item { key } owner { key } history { status by } } } } }
"""
ACCEPT = """mutation ($id: ID!, $reason: String!, $until: DateTime!) {
  acceptFinding(id: $id, reason: $reason, until: $until) { status acceptedUntil history { status by reason } } }"""
REOPEN = "mutation ($id: ID!) { reopenFinding(id: $id) { status history { status by reason } } }"
TARGETS = {"rtoSeconds": 60, "mtpdSeconds": 30}


@pytest.fixture
def checked(client: Client) -> Client:
    """The caller of a service that has checked a process with an impossible objective."""
    ops = {"key": "ops", "type": "TEAM"}
    client.add([{"key": "pay", "type": "BUSINESS_PROCESS", "owner": "ops", **TARGETS}, ops])
    client.graphql(CHECK)
    return client


def listed(client: Client, **arguments: Json) -> Json:
    return client.graphql(LIST, **arguments)["findings"]


def standing(client: Client) -> dict[str, str]:
    """The status of each finding that is not resolved."""
    found = nodes(listed(client, filter={"statuses": ["OPEN", "ACCEPTED"]}))
    return {node["id"]: node["status"] for node in found}


def test_a_finding_says_what_is_wrong_with_which_item_of_whom(checked: Client) -> None:
    found = listed(checked, filter={"codes": ["RTO_EXCEEDS_MTPD"], "statuses": ["OPEN"]})

    (node,) = nodes(found)
    assert found["checkedAt"] is not None
    assert {name: node[name] for name in node if name != "history"} == {
        "id": "RTO_EXCEEDS_MTPD:pay",
        "code": "RTO_EXCEEDS_MTPD",
        "words": "RTO and WRT together are longer than the MTPD.",
        "severity": "HIGH",
        "sentence": "RTO 60 s is more than the MTPD of 30 s; shorten what is allowed by 30 s",
        "status": "OPEN",
        "itemKey": "pay",
        "item": {"key": "pay"},
        "owner": {"key": "ops"},
    }
    assert node["history"][-1] == {"status": "OPEN", "by": None}


def test_a_check_tells_what_it_has_changed(checked: Client) -> None:
    before = standing(checked)
    checked.add([{"key": "pay", "type": "BUSINESS_PROCESS", "mtpdSeconds": 60}])

    report = checked.graphql(CHECK)["checkNow"]

    gone = before.keys() - standing(checked).keys()
    assert gone == {"RTO_EXCEEDS_MTPD:pay", "RTO_CONFLICT:pay"}
    assert (report["openedCount"], report["resolvedCount"]) == (0, 2)
    assert report["standingCount"] == len(before) - 2


def test_pages_of_findings_continue_each_other(checked: Client) -> None:
    everything = [node["id"] for node in nodes(listed(checked, filter={"key": "pay"}))]
    first = listed(checked, filter={"key": "pay"}, first=1)

    rest = listed(checked, filter={"key": "pay"}, after=first["pageInfo"]["endCursor"])

    assert first["pageInfo"]["hasNextPage"]
    assert [node["id"] for node in (*nodes(first), *nodes(rest))] == everything
    assert first["totalCount"] == len(everything)


def test_a_finding_is_accepted_with_a_reason_and_opened_again(checked: Client) -> None:
    until = (datetime.now(UTC) + timedelta(days=30)).isoformat()

    accepted = checked.graphql(ACCEPT, id="RTO_EXCEEDS_MTPD:pay", reason="it is new", until=until)["acceptFinding"]
    checked.graphql(CHECK)
    meanwhile = standing(checked)
    opened = checked.graphql(REOPEN, id="RTO_EXCEEDS_MTPD:pay")["reopenFinding"]

    assert accepted["history"][-1] == {"status": "ACCEPTED", "by": "local", "reason": "it is new"}
    assert datetime.fromisoformat(accepted["acceptedUntil"]) == datetime.fromisoformat(until)
    assert meanwhile["RTO_EXCEEDS_MTPD:pay"] == "ACCEPTED"
    assert opened["history"][-1] == {"status": "OPEN", "by": "local", "reason": None}


def test_what_cannot_be_accepted_is_refused(checked: Client) -> None:
    until = (datetime.now(UTC) - timedelta(days=1)).isoformat()

    over = checked.refusal(ACCEPT, id="RTO_EXCEEDS_MTPD:pay", reason="it is new", until=until)
    unknown = checked.refusal(REOPEN, id="RTO_EXCEEDS_MTPD:nothing")

    assert (over.code, unknown.code) == ("INVALID_INPUT", "NOT_FOUND")
    assert standing(checked)["RTO_EXCEEDS_MTPD:pay"] == "OPEN"
