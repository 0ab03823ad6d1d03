"""Each source over HTTP: signed, believed, matched, and answered as its sender likes it."""

import hmac
import time
from collections.abc import Iterator
from urllib.parse import urlencode

import orjson
import pytest

from app.auth.model import Role
from app.database.client import Connection
from tests.events.sources.reading import Json, captured
from tests.service import Service, emptied, running

SECRET = "s3cret"


@pytest.fixture(scope="module")
def service(connection: Connection) -> Iterator[Service]:
    """A service that knows one host behind one process, and holds every sender to one secret."""
    names = ("grafana", "pagerduty", "zabbix", "icinga2", "nagios", "checkmk", "sentry", "cloudevents")
    secrets = dict.fromkeys(names, SECRET)
    kept = emptied(connection)
    with running(kept, local_mode=False, webhook_secrets=secrets, webhook_answer_seconds=10) as service:
        host = {
            "key": "CI0012",
            "type": "COMPONENT",
            "name": "web01",
            "identifiers": [
                {"kind": "fqdn", "value": "web01.example.com"},
                {"kind": "service", "value": "API Service"},
            ],
        }
        items = [host, {"key": "checkout", "type": "BUSINESS_PROCESS", "name": "Checkout"}]
        service.client_as(Role.EDITOR).add(items, "checkout -> CI0012")
        yield service


def post(service: Service, source: str, body: bytes, *, method: str = "POST", **headers: str) -> tuple[int, Json]:
    """What a sender is answered: with the headers given, or as who knows the secret of its source."""
    client = service.client(None if headers else SECRET)
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    response = client.http.request(method, f"/webhooks/{source}", content=body, headers=named)
    return response.status_code, response.json()


def signature(content: bytes) -> str:
    return hmac.digest(SECRET.encode(), content, "sha256").hex()


@pytest.mark.parametrize(
    ("source", "file", "tier"),
    [
        ("grafana", "grafana", "fqdn"),
        ("pagerduty", "pagerduty", "service"),
        ("zabbix", "zabbix", "fqdn"),
        ("icinga2", "icinga2_commands", "key"),
        ("nagios", "nagios", "key"),
        ("checkmk", "checkmk", "key"),
    ],
)
def test_a_sender_is_answered_with_the_item_it_means_and_what_that_hurts(
    service: Service, source: str, file: str, tier: str
) -> None:
    status, answer = post(service, source, orjson.dumps(captured(file)[0]))

    told = answer["events"][0]
    assert (status, told["status"], told["match"]["key"], told["match"]["tier"]) == (200, "firing", "CI0012", tier)
    assert [one["key"] for one in told["impact"]["businessProcesses"]] == ["checkout"]


def test_a_form_is_taken(service: Service) -> None:
    status, answer = post(service, "nagios", urlencode(captured("nagios")[0]).encode())

    assert (status, answer["quarantined"], answer["events"][0]["match"]["key"]) == (200, 0, "CI0012")


def test_zabbix_is_given_tags_for_its_event(service: Service) -> None:
    _, answer = post(service, "zabbix", orjson.dumps(captured("zabbix")[0]))

    assert answer["tags"]["underpin_processes"] == "Checkout"
    assert answer["tags"]["underpin_url"] == answer["events"][0]["impact"]["url"]


def test_a_signature_of_grafana_over_a_timestamp_is_believed_and_an_altered_one_is_not(service: Service) -> None:
    body, now = orjson.dumps(captured("grafana")[0]), str(int(time.time()))
    signed = signature(f"{now}:".encode() + body)

    believed, _ = post(service, "grafana", body, method="PUT", x_grafana_alerting_signature=signed, x_timestamp=now)
    refused, problem = post(service, "grafana", body + b" ", x_grafana_alerting_signature=signed, x_timestamp=now)

    assert (believed, refused) == (200, 401)
    assert problem["detail"] == "the signature in X-Grafana-Alerting-Signature fits no secret of the source 'grafana'"


def test_a_signed_delivery_of_pagerduty_is_taken_once_however_often_it_is_sent(service: Service) -> None:
    body = orjson.dumps(captured("pagerduty")[0])
    headers = {"x_pagerduty_signature": f"v1={signature(body)}", "x_webhook_id": "delivery-1"}

    first, again = (post(service, "pagerduty", body, **headers) for _ in range(2))

    assert [(status, answer["stored"]) for status, answer in (first, again)] == [(200, 1), (200, 0)]


def test_a_signed_hook_of_sentry_is_taken_once_however_often_it_is_sent(service: Service) -> None:
    body = orjson.dumps(captured("sentry")[0])
    headers = {"sentry_hook_signature": signature(body), "sentry_hook_resource": "metric_alert", "request_id": "r-1"}

    first, again = (post(service, "sentry", body, **headers) for _ in range(2))
    refused, problem = post(service, "sentry", body + b" ", **headers)

    assert [(status, answer["stored"]) for status, answer in (first, again)] == [(200, 1), (200, 0)]
    assert refused == 401
    assert problem["detail"] == "the signature in Sentry-Hook-Signature fits no secret of the source 'sentry'"


def test_a_cloud_event_is_known_by_its_source_and_id_in_either_mode(service: Service) -> None:
    event = captured("cloudevents")[0]
    bearer = {"authorization": f"Bearer {SECRET}"}
    structured = {**bearer, "content_type": "application/cloudevents+json"}
    attributes = {f"ce_{name}": text for name, text in event.items() if name != "data"}
    binary = {**bearer, "content_type": "application/json", **attributes}
    data, whole = orjson.dumps(event["data"]), orjson.dumps(event)

    answers = [
        post(service, "cloudevents", whole, **structured),
        post(service, "cloudevents", data, **binary),
        post(service, "cloudevents", data, **{**binary, "ce_source": "/plant/8"}),
    ]

    assert [(status, answer["stored"]) for status, answer in answers] == [(200, 1), (200, 0), (200, 1)]
