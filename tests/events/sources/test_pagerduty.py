"""An incident of PagerDuty is an alert, from its trigger to its end; what is about an incident is none."""

import hmac
from datetime import UTC, datetime

import orjson
import pytest

from app.errors import NotAuthenticated
from app.events.delivery import Delivery
from app.events.model import Alert, EventStatus
from app.events.sources.pagerduty import SOURCE
from app.impact.model import HealthState
from tests.events.sources.reading import RECEIVED, Json, alert_in, captured, read, refusal, told
from tests.graphs import DEGRADED, DOWN, OPERATIONAL

FIRING, RESOLVED = EventStatus
INCIDENT, SERVICE = captured("pagerduty")


def changed(event_type: str = "incident.triggered", **data: object) -> Json:
    event = INCIDENT["event"]
    return {"event": {**event, "event_type": event_type, "data": {**event["data"], **data}}}


def incident(event_type: str = "incident.triggered", **data: object) -> Alert:
    return alert_in("pagerduty", changed(event_type, **data))


def test_an_incident_becomes_an_alert() -> None:
    alert = alert_in("pagerduty", INCIDENT)

    assert (alert.source, alert.fingerprint, alert.status) == ("pagerduty", "PGR0VU2", FIRING)
    assert (alert.severity, alert.state, alert.summary) == ("P1", DOWN, "A little bump in the road")
    assert (alert.acknowledged, alert.suppressed, alert.ends_at) == (False, None, None)
    assert alert.observed_at == datetime(2020, 10, 2, 18, 45, 22, 169000, UTC)
    assert alert.url == "https://acme.pagerduty.com/incidents/PGR0VU2"
    assert told(alert) == [
        ("service", "api service", "service"),
        ("service", "API Service", "service"),
        ("alias", "api service", "service"),
        ("vendor", "pf9kmxh", "service_id"),
    ]
    assert alert.labels == {
        "event_type": "incident.priority_updated",
        "number": "2",
        "incident_key": "d3640fbd41094207a1c11e58e46b1662",
        "service": "API Service",
        "priority": "P1",
        "urgency": "high",
        "escalation_policy": "Default",
        "teams": "Engineering",
    }


def test_an_incident_begins_when_it_was_opened_for_the_last_time() -> None:
    assert incident().starts_at == datetime(2020, 10, 2, 18, 45, 22, tzinfo=UTC)
    assert incident(reopened_at=None).starts_at == datetime(2020, 4, 9, 15, 16, 27, tzinfo=UTC)
    assert incident(reopened_at=None, created_at=None).starts_at is None


def test_an_acknowledged_incident_is_open_and_taken() -> None:
    taken = incident("incident.acknowledged", status="acknowledged")

    assert (taken.status, taken.acknowledged) == (FIRING, True)
    assert incident("incident.unacknowledged").acknowledged is False


def test_a_resolved_incident_ends_when_it_says_so() -> None:
    over = incident("incident.resolved", status="resolved")

    assert (over.status, over.ends_at) == (RESOLVED, datetime(2020, 10, 2, 18, 45, 22, 169000, UTC))


def test_a_reopened_incident_fires_again() -> None:
    assert incident("incident.reopened").status is FIRING


@pytest.mark.parametrize(
    ("priority", "urgency", "severity", "state"),
    [
        ({"summary": "P2"}, "low", "P2", DOWN),
        ({"summary": "SEV-1"}, "low", "SEV-1", DOWN),
        ({"summary": "P3"}, "high", "P3", DEGRADED),
        ({"summary": "P5"}, "high", "P5", OPERATIONAL),
        (None, "high", "high", DOWN),
        (None, "low", "low", DEGRADED),
        (None, None, None, DEGRADED),
    ],
)
def test_a_priority_counts_before_the_urgency(
    priority: Json, urgency: str | None, severity: str | None, state: HealthState
) -> None:
    alert = incident(priority=priority, urgency=urgency)

    assert (alert.severity, alert.state) == (severity, state)


@pytest.mark.parametrize(
    "body",
    [
        SERVICE,
        {"event": {"id": "1", "event_type": "pagey.ping", "data": {"message": "Hello", "type": "ping"}}},
        changed("incident.annotated", type="incident_note"),
        {
            "event": {
                "event_type": "incident.responder.added",
                "data": {"type": "incident_responder", "state": "pending"},
            }
        },
    ],
)
def test_what_is_no_incident_is_no_alert(body: Json) -> None:
    assert read("pagerduty", body).alerts == ()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"messages": []}, "event must be an object; is this a webhook subscription of version 3?"),
        ({"event": {"data": None}}, "event.data must be an object, not None"),
        (changed(status="lost"), "event.data.status must be one of triggered, acknowledged, resolved, not 'lost'"),
        (changed(id=""), "event.data.id must be a text of 1-200 characters, not ''"),
    ],
)
def test_a_body_of_another_shape_is_refused(body: Json, message: str) -> None:
    assert refusal("pagerduty", body) == message


def delivery(*secrets: bytes) -> Delivery:
    raw = orjson.dumps(INCIDENT)
    signatures = ",".join(f"v1={hmac.digest(secret, raw, 'sha256').hex()}" for secret in secrets)
    return Delivery("pagerduty", raw, RECEIVED, {"x-pagerduty-signature": signatures, "x-webhook-id": "w-1"})


def test_one_of_its_signatures_has_to_fit() -> None:
    assert SOURCE.signature is not None

    SOURCE.signature.verify(delivery(b"old", b"new"), [b"new"])

    with pytest.raises(NotAuthenticated):
        SOURCE.signature.verify(delivery(b"old", b"new"), [b"other"])


def test_every_attempt_of_a_delivery_has_one_name() -> None:
    assert SOURCE.delivery_id is not None

    assert SOURCE.delivery_id(delivery(b"s")) == "w-1"
    assert set(SOURCE.headers) == {"x-webhook-id"}
