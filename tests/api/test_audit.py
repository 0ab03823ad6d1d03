"""Who did what, over GraphQL: every mutation leaves one entry, and so does every question that is sensitive."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

import pytest
from graphql import build_schema

from app.auth.model import Role
from app.database.client import Connection, Transaction
from app.notify.deliverer import COUNTER
from app.notify.outbox import enqueue
from app.resources import resource_folder
from tests.events.deliveries import alert, delivery
from tests.notify.making import NOW, notice
from tests.notify.receiver import LOOPBACK
from tests.service import Client, Json, Service, emptied, eventually, running

SCHEMA = build_schema((resource_folder("graphql") / "schema.graphql").read_text(encoding="utf-8"))
LIST = """query ($filter: AuditFilter, $first: Int, $after: String) {
  audit(filter: $filter, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { node { number caller role origin action keys keyCount details } } } }"""
CONTINUED = (datetime.now(UTC) + timedelta(days=9)).isoformat()
CALENDAR = """BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:one\r\nDTSTART:20990101T000000Z\r\nDTEND:20990101T010000Z\r
SUMMARY:[db] patching\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"""
Answers = dict[str, Json]
Values = Mapping[str, Json]
Step = tuple[str, str, Callable[[Answers], Values]]
"""A mutation, its arguments and selection, and their variables by what was answered before."""


def ids(answers: Answers) -> Values:
    return {"ids": [answers["event"]["events"]["edges"][0]["node"]["id"]]}


def by(name: str) -> Callable[[Answers], Values]:
    return lambda answers: {"id": answers[name]["id"]}


def given(**values: Json) -> Callable[[Answers], Values]:
    return lambda _: values


SUBSCRIPTION = {"name": "on call", "channel": "WEBHOOK", "target": "https://hooks.example/hunter2"}
MUTATIONS: tuple[Step, ...] = (
    (
        "upsertItems",
        "(items: $items) { graphVersion }",
        given(
            items=[
                {"key": "pay", "type": "BUSINESS_PROCESS", "rtoSeconds": 60, "mtpdSeconds": 30},
                {"key": "db", "type": "COMPONENT"},
                {"key": "old", "type": "COMPONENT"},
            ]
        ),
    ),
    ("upsertDependencies", '(dependencies: [{from: "pay", to: "db"}]) { graphVersion }', given()),
    ("checkNow", "{ checkedAt }", given()),
    ("acceptFinding", '(id: "RTO_EXCEEDS_MTPD:pay", reason: "ok", until: $until) { status }', given(until=CONTINUED)),
    ("reopenFinding", '(id: "RTO_EXCEEDS_MTPD:pay") { status }', given()),
    ("acceptSuggestion", '(tier: HOSTNAME, value: "no-such-host", key: "db")', given()),
    ("putMatchRule", '(kind: DOMAIN, pattern: "*.x.example", key: "db") { id }', given()),
    ("removeMatchRule", "(id: $id)", by("putMatchRule")),
    ("acknowledgeEvents", "(ids: $ids) { id }", ids),
    ("unacknowledgeEvents", "(ids: $ids) { id }", ids),
    ("suppressEvents", "(ids: $ids) { id }", ids),
    ("unsuppressEvents", "(ids: $ids) { id }", ids),
    ("resolveEvents", "(ids: $ids) { id }", ids),
    ("planMaintenance", "(input: $input) { id }", given(input={"keys": ["db"], "endsAt": CONTINUED, "summary": "x"})),
    ("cancelMaintenance", "(id: $id) { id }", by("planMaintenance")),
    ("importMaintenanceCalendar", "(ics: $ics) { planned }", given(ics=CALENDAR)),
    ("saveScenario", '(input: {name: "s", kind: LIST, keys: ["db"], durationSeconds: 60}) { version }', given()),
    ("runScenario", '(name: "s") { id }', given()),
    (
        "draftAssessment",
        '(key: "pay", input: {bands: [{category: "FINANCIAL", afterSeconds: 60, level: 4}]}) { id }',
        given(),
    ),
    ("approveAssessment", "(id: $id) { id }", by("draftAssessment")),
    ("reviewAssessment", "(id: $id) { id }", by("draftAssessment")),
    ("retireAssessment", "(id: $id) { id }", by("draftAssessment")),
    ("startRecovery", '(keys: ["pay"]) { id }', given()),
    ("completeRecoveryStep", '(id: $id, key: "db") { id }', by("startRecovery")),
    ("subscribe", "(input: $input) { subscription { id } }", given(input=SUBSCRIPTION)),
    (
        "updateSubscription",
        "(id: $id, input: $input) { id }",
        lambda answers: {
            "id": answers["subscribe"]["subscription"]["id"],
            "input": {**SUBSCRIPTION, "name": "on duty", "target": "https://hooks.example/hunter3"},
        },
    ),
    ("testSubscription", "(id: $id) { delivered }", lambda answers: answers["subscribe"]["subscription"]),
    ("replayNotification", "(id: $id) { id }", lambda answers: answers["notifications"]["edges"][0]["node"]),
    ("unsubscribe", "(id: $id)", lambda answers: answers["subscribe"]["subscription"]),
    ("defineSource", "(mapping: $mapping) { name }", given(mapping={"name": "smoke", "fingerprint": "id"})),
    ("removeSource", '(name: "smoke")', given()),
    ("saveQuery", '(name: "mine", query: "RETURN 1 AS one") { name }', given()),
    ("removeSavedQuery", '(name: "mine")', given()),
    ("replayQuarantined", "(ids: $ids)", lambda answers: {"ids": [answers["quarantine"][0]]}),
    ("discardQuarantined", "(ids: $ids)", lambda answers: {"ids": [answers["quarantine"][1]]}),
    ("removeDependencies", '(dependencies: [{from: "pay", to: "db"}]) { removed }', given()),
    ("removeItems", '(keys: ["old"]) { removed }', given()),
)
TYPES = {
    **{"items": "[ItemInput!]!", "until": "DateTime!", "ids": "[ID!]!", "id": "ID!", "ics": "String!"},
    "mapping": "JSON!",
}
INPUTS = {"planMaintenance": "MaintenanceInput!"}
READS = {
    "cypher": '{ cypher(query: "RETURN 1 AS one") { rows } }',
    "runSavedQuery": '{ runSavedQuery(name: "processes_on_an_item") { rowCount } }',
    "registerOfInformation": "{ registerOfInformation(template: B_02_02) { __typename } }",
    "quarantine": "{ quarantine { totalCount } }",
    "audit": "{ audit { totalCount } }",
}


@pytest.fixture(scope="module")
def service(connection: Connection) -> Iterator[Service]:
    with running(emptied(connection), local_mode=False, outgoing_networks=[LOOPBACK]) as opened:
        yield opened


@pytest.fixture(scope="module")
def admin(service: Service) -> Client:
    return service.client_as(Role.ADMIN)


def audit(client: Client, **filter: Json) -> list[Json]:
    """What is in the audit, but for that it is looked at; the last first."""
    found = client.graphql(LIST, filter=filter or None)["audit"]["edges"]
    return [edge["node"] for edge in found if edge["node"]["action"] != "audit"]


def prepared(admin: Client) -> Answers:
    """What monitoring tools have sent: an event, two deliveries that cannot be read, and a notification to send."""
    admin.http.post("/webhooks/alertmanager", json=delivery(alert("no-such-host"))).raise_for_status()
    for body in (b"{", b"["):
        admin.http.post("/webhooks/alertmanager", content=body)
    listed = "{ quarantine { edges { node { id } } } }"
    eventually(lambda: len(admin.graphql(listed)["quarantine"]["edges"]), 2)
    kept = [edge["node"]["id"] for edge in admin.graphql(listed)["quarantine"]["edges"]]
    eventually(lambda: admin.graphql("{ events { totalCount } }")["events"]["totalCount"], 1)
    return {"event": admin.graphql("{ events { edges { node { id } } } }"), "quarantine": kept}


def notified(service: Service, admin: Client) -> Json:
    async def work(transaction: Transaction) -> None:
        await enqueue(transaction, [notice("one")], now=NOW)

    service.run(service.runtime.database.write(work, counter=COUNTER))
    return admin.graphql("{ notifications { edges { node { id } } } }")["notifications"]


@pytest.fixture(scope="module")
def left(service: Service, admin: Client) -> dict[str, list[Json]]:
    """Every mutation once, and which entries it left."""
    answers = prepared(admin)
    found: dict[str, list[Json]] = {}
    last = next((entry["number"] for entry in audit(admin)), 0)
    for name, rest, variables in MUTATIONS:
        if name == "testSubscription":
            answers["notifications"] = notified(service, admin)
        values = variables(answers)
        declared = ", ".join(f"${one}: {type_of(name, one)}" for one in values)
        document = f"mutation {f'({declared})' if declared else ''} {{ done: {name}{rest} }}"
        answers[name] = admin.graphql(document, **values)["done"]
        newest = audit(admin)
        found[name] = [entry for entry in newest if entry["number"] > last]
        last = newest[0]["number"] if newest else last
    return found


def type_of(mutation: str, variable: str) -> str:
    return TYPES.get(variable) or INPUTS.get(mutation, "NotificationSubscriptionInput!")


def test_every_mutation_is_tried_here() -> None:
    assert SCHEMA.mutation_type is not None
    assert sorted(name for name, _, _ in MUTATIONS) == sorted(SCHEMA.mutation_type.fields)


@pytest.mark.parametrize("name", [name for name, _, _ in MUTATIONS])
def test_a_mutation_leaves_one_entry_that_says_who_did_what_to_what(left: dict[str, list[Json]], name: str) -> None:
    (entry,) = left[name]

    assert (entry["action"], entry["caller"], entry["role"], entry["origin"]) == (name, "a admin", "admin", "127.0.0.1")
    if name == "testSubscription":
        assert entry["details"]["asked"].keys() == {"id"}
    else:
        assert entry["keyCount"] >= 1
        assert all(change["before"] != change["after"] for change in entry["details"]["changes"])
        assert entry["details"]["changes"] or entry["details"]["omitted"]


def test_no_secret_is_in_it(admin: Client, left: dict[str, list[Json]]) -> None:
    (changed,) = left["updateSubscription"]

    assert changed["details"]["changes"][0]["after"] == {"name": "on duty", "target": "(secret)"}
    assert "hunter" not in str(audit(admin))


@pytest.mark.parametrize("name", READS)
def test_what_is_sensitive_is_written_down_before_it_is_answered(service: Service, admin: Client, name: str) -> None:
    before = admin.graphql("{ audit { totalCount } }")["audit"]["totalCount"]
    asking = service.client_as(Role.ADMIN)

    asking.graphql(READS[name])

    edges = admin.graphql(LIST, first=5)["audit"]["edges"]
    assert [edge["node"]["action"] for edge in edges][:2] == ["audit", name]
    assert edges[1]["node"]["number"] > before


def test_the_query_text_and_the_form_of_an_export_are_in_it(admin: Client) -> None:
    admin.http.post("/explore", json={"query": "RETURN 7 AS seven"}).raise_for_status()
    admin.http.get("/exports/json").raise_for_status()

    exported, asked = audit(admin)[:2]
    assert (exported["action"], exported["details"]["asked"]["format"]) == ("export", "json")
    assert asked["details"]["asked"]["query"] == "RETURN 7 AS seven"


def test_an_import_is_one_entry(admin: Client) -> None:
    rows = '{"item": {"key": "x-1", "type": "TEAM"}}\n{"item": {"key": "x-2", "type": "TEAM"}}\n'
    sent = admin.http.post("/imports", content=rows, headers={"Content-Type": "application/x-ndjson"})

    assert sent.status_code == 200
    entry, *_ = audit(admin)
    assert (entry["action"], entry["keys"]) == ("importFiles", ["x-1", "x-2"])


def test_pages_follow_each_other_and_a_filter_holds(admin: Client) -> None:
    admin.graphql('mutation { upsertItems(items: [{key: "y", type: TEAM}]) { graphVersion } }')

    page = admin.graphql(LIST, first=2)["audit"]
    following = admin.graphql(LIST, first=2, after=page["pageInfo"]["endCursor"])["audit"]

    numbers = [edge["node"]["number"] for one in (page, following) for edge in one["edges"]]
    assert numbers == list(range(numbers[0], numbers[0] - 4, -1))
    assert [one["keys"] for one in audit(admin, key="y")] == [["y"]]
    assert audit(admin, since="2099-01-01T00:00:00Z") == []
