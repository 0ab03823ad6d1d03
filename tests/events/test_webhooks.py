"""Webhooks and look-ups over HTTP: the answer of the contract, and a problem document for what cannot be taken."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Event

import httpx2
import orjson
import pytest

from app.auth.model import Role
from app.database.client import Connection
from app.errors import Unavailable
from app.events.sources import sources
from app.history.store import graph_version
from tests.events.deliveries import STARTED, Json, alert, captured, delivery, resolved
from tests.service import Client, Service, emptied, eventually, running
from tests.stored import contents

ESTATE = [
    {"key": "checkout", "type": "BUSINESS_PROCESS", "name": "Checkout", "tier": 2},
    {"key": "shop", "type": "BUSINESS_SERVICE", "name": "Web shop"},
    {"key": "pay-api", "type": "IT_SERVICE"},
    {
        "key": "db-1",
        "type": "COMPONENT",
        "identifiers": [{"kind": "fqdn", "value": "db-1.corp.example"}, {"kind": "ip", "value": "10.0.3.17"}],
    },
    {"key": "spare-1", "type": "COMPONENT", "identifiers": [{"kind": "fqdn", "value": "spare.example"}]},
    {"key": "spare-2", "type": "COMPONENT", "identifiers": [{"kind": "fqdn", "value": "spare.example"}]},
]
EDGES = ("checkout -> pay-api", "shop -> pay-api", "pay-api -> db-1")
IMPACT = {
    "priority": 3,
    "businessProcesses": [
        {
            "key": "checkout",
            "name": "Checkout",
            "state": "DOWN",
            "because": ["checkout", "pay-api", "db-1"],
            "planned": False,
            "priority": 3,
            "outage": {"start": STARTED, "end": None},
            "breachAt": None,
            "slackSeconds": None,
            "cost": None,
        }
    ],
    "businessServices": [
        {
            "key": "shop",
            "name": "Web shop",
            "state": "DOWN",
            "because": ["shop", "pay-api", "db-1"],
            "planned": False,
            "priority": 5,
            "outage": {"start": STARTED, "end": None},
            "breachAt": None,
            "slackSeconds": None,
            "cost": None,
        }
    ],
    "counts": {"DOWN": 4},
    "hidden": 0,
    "truncated": False,
    "graphVersion": "2",
    "url": "http://127.0.0.1:8000/lookup?ref=db-1",
}
MATCH = {"tier": "fqdn", "key": "db-1", "identifier": "db-1.corp.example", "candidates": []}
NO_MATCH: Json = {"tier": None, "key": None, "identifier": None, "candidates": []}
AMBIGUOUS = {"tier": "fqdn", "key": None, "identifier": None, "candidates": ["spare-1", "spare-2"]}
PLAN = """
mutation ($keys: [String!]!, $endsAt: DateTime!) {
  planMaintenance(input: {keys: $keys, endsAt: $endsAt, summary: "a new disk"}) { id }
}
"""
OPEN = "{ events(filter: {status: FIRING}, first: 50) { totalCount } }"


def from_now(impact: Json, asked: Json) -> Json:
    """The impact with outages that begin with the question, as they do when nothing says since when."""
    start = asked["businessProcesses"][0]["outage"]["start"]
    assert abs((datetime.now(UTC) - datetime.fromisoformat(start)).total_seconds()) < 60
    outages = {"outage": {"start": start, "end": None}}
    lists = ("businessProcesses", "businessServices")
    return {**impact, **{name: [{**one, **outages} for one in impact[name]] for name in lists}}


@pytest.fixture
def service(connection: Connection) -> Iterator[Service]:
    """A service in local mode that knows a small estate; it waits for the impact as long as that takes."""
    with running(emptied(connection), webhook_answer_seconds=60, max_alerts=5, max_body_bytes=100_000) as service:
        service.client().add(ESTATE, *EDGES)
        yield service


@pytest.fixture
def client(service: Service) -> Client:
    return service.client()


def posted(client: Client, body: Json, path: str = "/webhooks/alertmanager") -> Json:
    """The answer to a delivery that is taken."""
    answer = client.http.post(path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def posted_raw(client: Client, body: bytes) -> Json:
    """The answer to a delivery of these bytes that is taken."""
    answer = client.http.post("/webhooks/alertmanager", content=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def quarantine(client: Client) -> list[Json]:
    """The deliveries that are kept."""
    asked = "{ quarantine { edges { node { id source problems sizeBytes body receivedAt } } } }"
    return [edge["node"] for edge in client.graphql(asked)["quarantine"]["edges"]]


def without_ids(answer: Json) -> Json:
    return {**answer, "events": [{name: event[name] for name in event if name != "id"} for event in answer["events"]]}


def test_a_delivery_is_answered_with_the_match_and_impact_of_each_alert(client: Client) -> None:
    answer = posted(
        client,
        delivery(
            alert(fingerprint="a"),
            alert("stranger", fingerprint="b"),
            alert("spare.example", fingerprint="c"),
            resolved(fingerprint="d"),
        ),
    )

    assert without_ids(answer) == {
        "received": 4,
        "stored": 4,
        "quarantined": 0,
        "problems": [],
        "events": [
            {"status": "firing", "match": MATCH, "maintenance": None, "impact": IMPACT},
            {"status": "firing", "match": NO_MATCH, "maintenance": None, "impact": None},
            {"status": "firing", "match": AMBIGUOUS, "maintenance": None, "impact": None},
            # Over, but the first alert still holds the item down.
            {"status": "resolved", "match": MATCH, "maintenance": None, "impact": IMPACT},
        ],
    }
    assert client.graphql(OPEN)["events"]["totalCount"] == 3


def test_the_answer_says_what_the_outage_costs(client: Client) -> None:
    bands = [{"afterSeconds": 3600, "cumulativeLoss": "12000.00"}]
    shop = {"key": "shop", "type": "BUSINESS_SERVICE", "lossCurrency": "EUR", "lossBands": bands}
    client.add([shop, {"key": "db-1", "type": "COMPONENT", "recoveryTimeSeconds": 5400}])

    answer = client.http.get("/lookup", params={"ref": "db-1"}).json()

    assert [one["cost"] for one in answer["impact"]["businessServices"]] == [{"amount": "18000.00", "currency": "EUR"}]
    assert [one["cost"] for one in answer["impact"]["businessProcesses"]] == [None]


def test_a_real_delivery_and_its_resolution_are_taken(client: Client) -> None:
    firing, resolution = (posted(client, body) for body in captured())

    # The label `service` says more than the address of the instance.
    match = {"tier": "service", "key": "checkout", "identifier": "checkout", "candidates": []}
    assert [event["match"] for event in firing["events"]] == [match, match]
    assert [event["status"] for event in firing["events"]] == ["firing", "firing"]
    assert [event["status"] for event in resolution["events"]] == ["resolved", "firing"]
    assert [event["id"] for event in resolution["events"]] == [event["id"] for event in firing["events"]]
    assert client.graphql(OPEN)["events"]["totalCount"] == 1


def test_a_delivery_that_is_sent_again_is_answered_alike_and_stored_once(client: Client) -> None:
    body = delivery(alert())

    assert posted(client, body) == posted(client, body)
    assert client.graphql(OPEN)["events"]["totalCount"] == 1


def test_an_empty_delivery_is_taken(client: Client) -> None:
    assert posted(client, delivery()) == {"received": 0, "stored": 0, "events": [], "quarantined": 0, "problems": []}


def test_the_content_type_does_not_matter(client: Client) -> None:
    body = orjson.dumps(delivery(alert()))

    answer = client.http.post("/webhooks/alertmanager", content=body, headers={"Content-Type": "text/plain"})

    assert answer.json()["stored"] == 1


def test_an_impact_that_is_not_ready_in_time_leaves_the_alerts_stored(connection: Connection) -> None:
    with running(emptied(connection), webhook_answer_seconds=1e-9) as service:
        client = service.client()
        client.add(ESTATE, *EDGES)

        answer = client.http.post("/webhooks/alertmanager", json=delivery(alert()))

        assert answer.status_code == 202
        assert answer.json() == {"received": 1, "stored": 1, "quarantined": 0, "problems": [], "events": []}
        eventually(lambda: client.graphql(OPEN)["events"]["totalCount"], 1)


def test_an_alert_is_safe_when_neo4j_goes_between_storing_and_judging_it(connection: Connection) -> None:
    with running(emptied(connection), webhook_answer_seconds=10) as service:
        client, stored = service.client(), Event()
        client.add(ESTATE, *EDGES)

        def go(statement: str) -> None:
            # Every write ends with `count_write`; what is asked after it is not answered any more.
            if stored.is_set():
                raise Unavailable("Neo4j does not answer")
            if statement == "count_write":
                stored.set()

        service.runtime.database.listeners.append(go)
        answer = client.http.post("/webhooks/alertmanager", json=delivery(alert()))
        service.runtime.database.listeners.remove(go)

        assert (answer.status_code, answer.json()["stored"]) == (202, 1)
        assert [one["impact"] for one in answer.json()["events"]] == [None]
        assert client.graphql(OPEN)["events"]["totalCount"] == 1


def test_an_answer_names_fifty_processes_and_says_that_there_are_more(service: Service, client: Client) -> None:
    processes = [{"key": f"p-{number:02}", "type": "BUSINESS_PROCESS"} for number in range(60)]
    client.add(processes, *(f"p-{number:02} -> db-1" for number in range(60)))

    ((event,),) = [posted(client, delivery(alert()))["events"]]

    assert [one["key"] for one in event["impact"]["businessProcesses"]] == [
        "checkout",
        *(f"p-{number:02}" for number in range(49)),
    ]
    assert (event["impact"]["truncated"], event["impact"]["counts"]) == (True, {"DOWN": 64})


def test_the_link_of_an_answer_leads_to_the_same_impact(client: Client) -> None:
    impact = posted(client, delivery(alert()), "/lookup/alertmanager")["events"][0]["impact"]

    answer = client.http.get(httpx2.URL(impact["url"]).raw_path.decode())

    document = answer.json()
    assert document == {
        "ref": "db-1",
        "match": {**MATCH, "tier": "key", "identifier": "db-1"},
        "maintenance": None,
        "impact": from_now(impact, document["impact"]),
    }


def maintained(client: Client, *keys: str) -> Json:
    """Maintenance of these items from now on, as an answer names it."""
    until = f"{datetime.now(UTC) + timedelta(hours=4):%Y-%m-%dT%H:%M:%SZ}"
    window = client.graphql(PLAN, keys=keys, endsAt=until)["planMaintenance"]
    return {**window, "until": until, "summary": "a new disk"}


def test_an_alert_about_an_item_in_maintenance_says_until_when_and_wakes_nobody(client: Client) -> None:
    window = maintained(client, "db-1")

    (event,) = posted(client, delivery(alert()))["events"]

    assert event["maintenance"] == window
    assert event["impact"]["priority"] is None
    assert [(one["key"], one["planned"], one["priority"]) for one in event["impact"]["businessProcesses"]] == [
        ("checkout", True, None)
    ]
    assert event["impact"]["businessProcesses"][0]["outage"]["end"] == window["until"]


def test_an_alert_beside_the_maintenance_is_as_urgent_as_ever(client: Client) -> None:
    maintained(client, "db-1")

    alerts = [alert(fingerprint="a"), alert("", underpin_key="pay-api", fingerprint="b", severity="warning")]
    planned, beside = posted(client, delivery(*alerts))["events"]

    assert (planned["maintenance"] is None, planned["impact"]["priority"]) == (False, None)
    assert beside["maintenance"] is None
    assert [(one["key"], one["planned"]) for one in beside["impact"]["businessProcesses"]] == [("checkout", True)]


def test_a_look_up_says_that_an_item_is_in_maintenance(client: Client) -> None:
    window = maintained(client, "db-1")

    answer = client.http.get("/lookup", params={"ref": "db-1"}).json()

    assert answer["maintenance"] == window
    assert (answer["impact"]["priority"], answer["impact"]["counts"]) == (None, {"DOWN": 4})


def test_an_item_is_in_its_state_since_the_alert_began(client: Client) -> None:
    posted(client, delivery(alert()))

    answer = client.graphql(
        '{ down: item(key: "checkout") { health { state since } } spare: item(key: "spare-1") { health { since } } }'
    )

    assert answer == {
        "down": {"health": {"state": "DOWN", "since": STARTED.replace("Z", "+00:00")}},
        "spare": {"health": {"since": None}},
    }


def test_a_look_up_of_a_delivery_stores_nothing(service: Service, client: Client) -> None:
    before = service.run(contents(service.runtime.database))

    answer = posted(client, delivery(alert(), alert("stranger", fingerprint="b")), "/lookup/alertmanager")

    assert (answer["received"], answer["stored"]) == (2, 0)
    assert [event["match"] for event in answer["events"]] == [MATCH, NO_MATCH]
    assert answer["events"][0]["impact"] == IMPACT
    assert service.run(contents(service.runtime.database)) == before
    assert service.run(graph_version(service.runtime.database)) == 2


@pytest.mark.parametrize(
    ("reference", "tier", "identifier"),
    [
        ("db-1", "key", "db-1"),
        ("DB-1.corp.example.", "fqdn", "db-1.corp.example"),
        ("https://db-1.corp.example:5432/x", "fqdn", "db-1.corp.example"),
        ("10.0.3.17:9100", "ip", "10.0.3.17"),
    ],
)
def test_a_look_up_answers_for_one_reference(client: Client, reference: str, tier: str, identifier: str) -> None:
    answer = client.http.get("/lookup", params={"ref": reference})

    document = answer.json()
    assert document == {
        "ref": reference,
        "match": {"tier": tier, "key": "db-1", "identifier": identifier, "candidates": []},
        "maintenance": None,
        "impact": from_now(IMPACT, document["impact"]),
    }


def test_a_look_up_may_ask_for_a_degraded_item(client: Client) -> None:
    impact = client.http.get("/lookup", params={"ref": "db-1", "state": "DEGRADED"}).json()["impact"]

    assert (impact["priority"], impact["counts"]) == (5, {"DEGRADED": 4})


def test_a_look_up_of_an_ambiguous_reference_gives_the_candidates(client: Client) -> None:
    answer = client.http.get("/lookup", params={"ref": "spare.example"})

    assert answer.json() == {"ref": "spare.example", "match": AMBIGUOUS, "maintenance": None, "impact": None}


def refused(answer: httpx2.Response) -> tuple[int, str, str]:
    """Status, code and sentence of a problem document."""
    document = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert document["status"] == answer.status_code
    return answer.status_code, document["code"], document["detail"]


def test_a_look_up_of_nothing_known_is_not_found(client: Client) -> None:
    assert refused(client.http.get("/lookup", params={"ref": "nobody"})) == (
        404,
        "NOT_FOUND",
        "nothing is known as 'nobody'; give a key, host name, address, serial or service of an item",
    )


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "query.ref"),
        ({"ref": ""}, "query.ref"),
        ({"ref": "x" * 501}, "query.ref"),
        ({"ref": "a", "state": "UP"}, "query.state"),
    ],
)
def test_a_look_up_with_a_wrong_parameter_is_refused(client: Client, query: dict[str, str], field: str) -> None:
    assert refused(client.http.get("/lookup", params=query)) == (
        422,
        "INVALID_INPUT",
        f"the request is wrong in {field}; problems says how",
    )


GOOD = orjson.dumps(delivery(alert()))
NOT_JSON = "the body is not JSON at line 1, column "
TOO_DEEP = "the body is nested deeper than 100 levels; send it flatter"


def spoiled(good: bytes, bad: bytes) -> bytes:
    """A right delivery with one thing replaced."""
    assert GOOD.count(good) == 1
    return GOOD.replace(good, bad)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        pytest.param(b"", "the body is empty; send JSON", id="empty"),
        pytest.param(b"alerts: []", f"{NOT_JSON}1: ", id="not JSON"),
        pytest.param(GOOD[:-1], NOT_JSON, id="cut off"),
        pytest.param(b'{"version": "4", "alerts": [NaN]}', f"{NOT_JSON}29: ", id="NaN"),
        pytest.param(spoiled(b"it is down", b"\xff"), "the body is not UTF-8 at line 1, column ", id="invalid UTF-8"),
        pytest.param(spoiled(b"it is down", b"\\ud800"), NOT_JSON, id="half a character"),
        pytest.param(b'{"alerts":' * 5_000, TOO_DEEP, id="deep and cut off"),
        pytest.param(b'{"alerts":' + b"[" * 200 + b"]" * 200 + b"}", TOO_DEEP, id="deep"),
        pytest.param(b"[]", "the body must be the JSON object that Alertmanager's", id="no object"),
        pytest.param(b'{"version": "4"}', "alerts must be a list; is this really", id="no alerts"),
        pytest.param(spoiled(b'"4"', b'"3"'), "version must be '4', which every", id="another version"),
        pytest.param(spoiled(b'"firing","labels"', b'"open","labels"'), "alerts[0].status must be ", id="a status"),
        pytest.param(spoiled(b"2026-11-23T", b"23.11.2026 "), "alerts[0].startsAt must be an ", id="a time"),
        pytest.param(
            orjson.dumps(delivery(*[alert()] * 6)), "6 alerts are more than the 5 taken at once", id="too many"
        ),
    ],
)
def test_a_body_that_cannot_be_read_is_kept_and_told_in_words(client: Client, body: bytes, sentence: str) -> None:
    sent = posted_raw(client, body)
    status, code, asked = refused(client.http.post("/lookup/alertmanager", content=body))

    (told,) = sent["problems"]
    assert (status, code, asked) == (422, "INVALID_INPUT", told)
    assert told.startswith(sentence)
    assert {**sent, "problems": []} == {"received": 0, "stored": 0, "quarantined": 1, "problems": [], "events": []}
    (kept,) = quarantine(client)
    assert (kept["source"], kept["problems"], kept["sizeBytes"]) == ("alertmanager", [told], len(body))
    assert client.graphql(OPEN)["events"]["totalCount"] == 0


def test_what_can_be_read_of_a_body_is_taken_and_the_whole_is_kept(client: Client) -> None:
    answer = posted(client, delivery(alert(), {**alert(fingerprint="b"), "status": "suppressed"}))

    assert (answer["received"], answer["stored"], answer["quarantined"]) == (1, 1, 1)
    assert answer["problems"] == ["alerts[1].status must be firing or resolved, not 'suppressed'"]
    assert len(quarantine(client)) == 1
    assert client.graphql(OPEN)["events"]["totalCount"] == 1


def test_a_kept_delivery_can_be_replayed_or_thrown_away(client: Client) -> None:
    posted_raw(client, b"{")
    (kept,) = quarantine(client)

    replayed = client.graphql("mutation ($ids: [ID!]!) { replayQuarantined(ids: $ids) }", ids=[kept["id"]])
    assert replayed == {"replayQuarantined": 1}
    eventually(lambda: [one["id"] for one in quarantine(client)] not in ([], [kept["id"]]), True)
    (again,) = quarantine(client)
    assert (again["body"], again["receivedAt"]) == (kept["body"], kept["receivedAt"])

    thrown = client.graphql("mutation ($ids: [ID!]!) { discardQuarantined(ids: $ids) }", ids=[again["id"]])
    assert (thrown, quarantine(client)) == ({"discardQuarantined": 1}, [])


def test_replaying_what_is_not_kept_is_refused(client: Client) -> None:
    refusal = client.refusal('mutation { replayQuarantined(ids: ["nothing"]) }')

    assert (refusal.code, refusal.message) == (
        "NOT_FOUND",
        "no kept delivery has the id 'nothing'; list them with quarantine, nothing was done",
    )


def test_a_body_beyond_the_limit_is_refused(client: Client) -> None:
    status, code, _ = refused(client.http.post("/webhooks/alertmanager", content=b" " * 100_001))

    assert (status, code) == (413, "TOO_LARGE")


@pytest.mark.parametrize("path", ["/webhooks/abacus", "/lookup/abacus"])
def test_an_unknown_source_is_not_found(client: Client, path: str) -> None:
    assert refused(client.http.post(path, content=GOOD)) == (
        404,
        "NOT_FOUND",
        f"no event source is called 'abacus'; use one of {', '.join(sources())}",
    )


def test_labels_of_any_text_are_stored_as_they_came(client: Client) -> None:
    odd = "\x00 \U0001f600 \u202e <b> ' \" \\ {} $x"

    posted(client, delivery(alert(odd)))

    (edge,) = client.graphql("{ events(first: 1) { edges { node { labels } } } }")["events"]["edges"]
    assert edge["node"]["labels"]["instance"] == odd


def test_who_may_send_and_who_may_ask(connection: Connection) -> None:
    with running(emptied(connection), local_mode=False, webhook_secrets={"alertmanager": "s3cret"}) as service:
        callers = {
            "the source": service.client("s3cret"),
            "an operator": service.client_as(Role.OPERATOR),
            "a reader": service.client_as(Role.READER),
            "nobody": service.client(),
        }

        sent = {who: one.http.post("/webhooks/alertmanager", content=GOOD).status_code for who, one in callers.items()}
        asked = {who: one.http.get("/lookup", params={"ref": "x"}).status_code for who, one in callers.items()}

    assert sent == {"the source": 200, "an operator": 200, "a reader": 403, "nobody": 401}
    assert asked == {"the source": 401, "an operator": 404, "a reader": 404, "nobody": 401}
