"""What Grafana sends, with unified alerting and before it, becomes alerts; its signature is checked."""

import hmac
from datetime import UTC, datetime

import orjson
import pytest

from app.errors import NotAuthenticated
from app.events.delivery import Delivery
from app.events.model import EventStatus
from app.events.sources.grafana import SOURCE
from tests.events.sources.reading import RECEIVED, Json, alert_in, captured, read, refusal, told
from tests.graphs import DEGRADED, DOWN, OPERATIONAL

FIRING, RESOLVED = EventStatus
UNIFIED, NO_DATA, LEGACY, LEGACY_OK = captured("grafana")
SECRET = b"s3cret"


def test_a_message_becomes_its_alerts() -> None:
    first, second = read("grafana", UNIFIED).alerts

    assert (first.source, first.fingerprint, first.status) == ("grafana", "57c6d9296de2ad39", FIRING)
    assert (first.severity, first.state, first.summary) == ("warning", DEGRADED, "checkout answers slowly")
    assert (first.starts_at, first.ends_at) == (datetime(2026, 11, 23, 19, 57, 56, 123456, UTC), None)
    assert told(first)[0][:2] == ("fqdn", "web01.example.com")
    assert (second.status, second.ends_at) == (RESOLVED, datetime(2026, 11, 23, 19, 58, tzinfo=UTC))


def test_a_relative_address_is_one_of_this_grafana() -> None:
    first, second = read("grafana", UNIFIED).alerts

    assert first.url == "https://grafana.example/?orgId=1"
    assert second.url == "https://grafana.example/alerting/grafana/b8f3/view?orgId=1"


def test_without_a_rule_to_open_the_panel_is_opened() -> None:
    body = {**UNIFIED, "alerts": [{**UNIFIED["alerts"][0], "generatorURL": ""}]}

    assert alert_in("grafana", body).url == "https://grafana.example/d/shop?orgId=1&viewPanel=2"


@pytest.mark.parametrize(
    ("name", "summary"),
    [
        ("DatasourceNoData", "CheckoutDown: no data"),
        ("DatasourceError", "CheckoutDown: the query failed"),
    ],
)
def test_a_rule_that_cannot_be_judged_is_named_and_says_not_that_its_item_is_down(name: str, summary: str) -> None:
    (sent,) = NO_DATA["alerts"]
    alert = alert_in("grafana", {**NO_DATA, "alerts": [{**sent, "labels": {**sent["labels"], "alertname": name}}]})

    assert (alert.summary, alert.severity, alert.state) == (summary, "critical", DEGRADED)


def test_before_unified_alerting_a_rule_is_one_alert_from_its_start_to_its_end() -> None:
    alert, end = alert_in("grafana", LEGACY), alert_in("grafana", LEGACY_OK)

    assert (alert.status, end.status) == (FIRING, RESOLVED)
    assert alert.fingerprint == end.fingerprint == "rule-1-7"
    assert (alert.severity, alert.state, alert.summary) == ("critical", DOWN, "Latency is over 1 s.")
    assert (alert.starts_at, alert.url) == (None, "https://grafana.example/d/shop?tab=alert")
    assert [clue[:2] for clue in told(alert)] == [
        ("fqdn", "web01.example.com"),
        ("alias", "web01.example.com"),
        ("service", "checkout"),
        ("alias", "checkout"),
    ]
    assert alert.labels == {
        "alertname": "Latency",
        "host": "web01.example.com",
        "service": "checkout",
        "severity": "critical",
    }


def test_a_legacy_rule_without_data_is_at_most_degraded() -> None:
    assert alert_in("grafana", {**LEGACY, "state": "no_data"}).state is DEGRADED
    assert alert_in("grafana", {**LEGACY, "state": "no_data", "tags": {"severity": "info"}}).state is OPERATIONAL


@pytest.mark.parametrize("state", ["paused", "pending"])
def test_a_legacy_rule_that_is_not_judged_is_no_alert(state: str) -> None:
    assert read("grafana", {**LEGACY, "state": state}).alerts == ()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ([], "the body must be the JSON object that Grafana's webhook contact point sends"),
        ({"text": "down"}, "alerts must be a list; send the webhook's default payload, not one of your own"),
        ({**LEGACY, "state": 7}, "state must be alerting, no_data, ok, paused or pending, not 7"),
    ],
)
def test_a_body_of_another_shape_is_refused(body: Json, message: str) -> None:
    assert refusal("grafana", body) == message


def signed(content: bytes, **headers: str) -> Delivery:
    signature = hmac.digest(SECRET, content, "sha256").hex()
    names = {name.replace("_", "-"): text for name, text in headers.items()}
    return Delivery("grafana", orjson.dumps(LEGACY), RECEIVED, {"x-grafana-alerting-signature": signature, **names})


def verify(delivery: Delivery) -> None:
    assert SOURCE.signature is not None
    SOURCE.signature.verify(delivery, [SECRET])


def test_a_signature_over_the_body_is_believed() -> None:
    verify(signed(orjson.dumps(LEGACY)))


@pytest.mark.parametrize("header", ["x_timestamp", "x_grafana_alerting_signature_timestamp"])
def test_a_signature_over_the_timestamp_and_the_body_is_believed(header: str) -> None:
    now = str(int(RECEIVED.timestamp()))

    verify(signed(f"{now}:".encode() + orjson.dumps(LEGACY), **{header: now}))


def test_the_timestamp_of_a_proxy_is_not_taken_for_that_of_grafana() -> None:
    now = str(int(RECEIVED.timestamp()))

    verify(signed(f"{now}:".encode() + orjson.dumps(LEGACY), x_grafana_timestamp=now, a_timestamp="yesterday"))


def test_a_signature_of_long_ago_is_a_replay() -> None:
    old = str(int(RECEIVED.timestamp()) - 600)

    with pytest.raises(NotAuthenticated, match="more than 300 s from our clock"):
        verify(signed(f"{old}:".encode() + orjson.dumps(LEGACY), x_timestamp=old))


def test_a_signed_timestamp_cannot_be_left_out() -> None:
    now = str(int(RECEIVED.timestamp()))

    with pytest.raises(NotAuthenticated, match="fits no secret"):
        verify(signed(f"{now}:".encode() + orjson.dumps(LEGACY)))
