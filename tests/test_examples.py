"""The questions of `cypher/examples.cypher`, asked of the demo company with one array down."""

from collections.abc import Iterator

import orjson
import pytest
from neo4j import GraphDatabase, Session

from app.cli.examples import statement
from app.database.client import Connection
from app.database.queries import load_queries
from tests.cli.test_commands import run
from tests.service import CONNECT, Client, Json, emptied, running

EXAMPLES = load_queries("examples")
ARRAY_DOWN = {
    "version": "4",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "ArrayDown", "underpin_key": "san-1"},
            "annotations": {},
            "startsAt": "2026-11-23T19:57:56Z",
            "fingerprint": "9fedf8a53e0a22c9",
        }
    ],
}
# What the demo company has none of.
FURTHER = [
    {"key": "twin-1", "type": "COMPONENT", "identifiers": [{"kind": "ip", "value": "10.99.0.1"}]},
    {"key": "twin-2", "type": "COMPONENT", "identifiers": [{"kind": "ip", "value": "10.99.0.1"}]},
    {"key": "pair", "type": "REDUNDANCY_GROUP", "minAvailable": 2, "members": [{"key": "twin-1"}, {"key": "twin-2"}]},
    {"key": "drafted", "type": "BUSINESS_PROCESS", "tier": 1},
    {"key": "stray", "type": "COMPONENT"},
    {"key": "forgotten", "type": "COMPONENT"},
    {"key": "platform", "type": "IT_SERVICE"},
]
SUPPLIED = [
    {"from": "san-1", "to": "contract-arraycare", "relation": "PART_OF", "validTo": "2027-06-30T00:00:00Z"},
    {"from": "stray", "to": "callisto", "relation": "PROVIDED_BY"},
]


def approve(client: Client) -> None:
    """Assess a process of the demo company."""
    bands = [{"category": "FINANCIAL", "afterSeconds": 14_400, "level": 4}]
    draft = client.graphql(
        'mutation ($input: AssessmentInput!) { draftAssessment(key: "card-payments", input: $input) { id } }',
        input={"bands": bands},
    )
    client.graphql("mutation ($id: ID!) { approveAssessment(id: $id) { status } }", id=draft["draftAssessment"]["id"])


@pytest.fixture(scope="module")
def session(connection: Connection) -> Iterator[Session]:
    """A session as an architect has it, on the demo company and what it has none of."""
    with running(emptied(connection), demo=True) as service:
        client = service.client()
        client.add(FURTHER, "drafted -> stray", "drafted -> platform")
        client.graphql(CONNECT, edges=SUPPLIED)
        approve(client)
        client.http.post("/webhooks/alertmanager", json=ARRAY_DOWN).raise_for_status()
        service.record_health()
        client.graphql("mutation { checkNow { checkedAt } }")
        auth = (connection.username, connection.password)
        with (
            GraphDatabase.driver(connection.uri, auth=auth) as driver,
            driver.session(database=connection.database, default_access_mode="READ") as session,
        ):
            yield session


def rows(session: Session, name: str) -> list[Json]:
    query = EXAMPLES[name]
    return [tuple(record.values()) for record in session.run(query.text, orjson.loads(query.example or "{}"))]


def test_there_are_at_least_twenty() -> None:
    assert len(EXAMPLES) >= 20


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_has_a_value_for_each_parameter_and_an_answer(session: Session, name: str) -> None:
    query = EXAMPLES[name]

    assert query.example is not None
    assert frozenset(orjson.loads(query.example)) == query.parameters
    assert query.description.split("?")[0] != query.description
    assert rows(session, name) != []


def test_the_common_foundation_of_both_ledger_databases_is_the_array(session: Session) -> None:
    assert rows(session, "common_foundations")[0] == ("san-1", "Component", 2)
    assert ("ledger-db", "san-1", 2) in rows(session, "redundancy_that_shares_a_foundation")


def test_a_shortest_chain_leads_from_the_process_to_the_array(session: Session) -> None:
    chains = [chain for (chain,) in rows(session, "why_it_depends")]

    assert {(chain[0], chain[-1], len(chain)) for chain in chains} == {("card-payments", "san-1", 7)}


def test_the_process_on_the_array_and_the_event_under_the_process_are_found(session: Session) -> None:
    assert "card-payments" in {process for process, *_ in rows(session, "processes_on_an_item")}
    assert [item for item, *_ in rows(session, "open_events_under_a_process")] == ["san-1"]


def test_the_dearest_outage_of_four_hours_is_that_of_card_payments(session: Session) -> None:
    assert rows(session, "losses_within")[:2] == [
        ("card-payments", 1_600_000.0, "EUR"),
        ("instant-payments", 450_000.0, "EUR"),
    ]


def test_what_was_down_is_told_with_its_reason(session: Session) -> None:
    told = {item: (state, why) for item, state, _, _, why in rows(session, "what_was_down")}

    state, why = told["card-payments"]
    assert state == "DEGRADED"
    assert "Storage array 1 (Frankfurt)" in why


def test_what_a_team_has_to_put_right_begins_with_the_severest(session: Session) -> None:
    found = rows(session, "findings_of_a_team")

    assert found[0][:3] == ("HIGH", "RTO_CONFLICT", "lending")
    assert ("HIGH", "RTO_EXCEEDS_MTPD", "loan-origination") in {one[:3] for one in found}


def test_what_was_added_is_what_is_found(session: Session) -> None:
    assert ("ip", "10.99.0.1") in {(kind, value) for kind, value, _ in rows(session, "shared_names")}
    assert ("pair", 2, 2) in rows(session, "groups_without_a_spare")
    assert ("drafted", None, None) in rows(session, "processes_without_targets")
    assert ("stray", 1) in rows(session, "important_but_nobodys")
    assert ("platform", 1) in rows(session, "services_without_targets")
    assert ("callisto", "drafted") in rows(session, "processes_with_one_supplier")
    assert [one[:2] for one in rows(session, "contracts_that_end")] == [("contract-arraycare", "san-1")]
    assert [one[:2] for one in rows(session, "assessments_to_review")] == [("card-payments", 1)]
    assert rows(session, "unused_components") == [("forgotten", None, None)]


def test_the_command_lists_them_and_prints_one_ready_to_paste() -> None:
    listed, printed = run("examples"), run("examples", "processes_on_an_item")

    assert all(name in listed.stdout for name in EXAMPLES)
    assert printed.stdout == statement(EXAMPLES["processes_on_an_item"]) + "\n"
    assert ':param key => "san-1";' in printed.stdout


def test_another_name_is_refused_in_one_sentence() -> None:
    refused = run("examples", "nothing")

    assert refused.exit_code == 1
    assert "no example is called 'nothing'" in refused.stderr
