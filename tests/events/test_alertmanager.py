"""What Alertmanager sends becomes alerts; what it would never send is refused by name."""

from datetime import UTC, datetime

import pytest

from app.errors import InvalidInput
from app.events.model import Clue, EventStatus, MatchTier
from app.events.severity import state_of_severity
from app.impact.model import HealthState
from tests.events.deliveries import Json, alert, captured, delivery, parsed
from tests.graphs import DEGRADED, DOWN, OPERATIONAL

FIRING, RESOLVED = EventStatus


def refusal(body: object) -> str:
    with pytest.raises(InvalidInput) as refused:
        alerts(body, 3)
    return refused.value.message


def test_a_real_delivery_becomes_its_alerts() -> None:
    first, second = read_body(captured()[0]).alerts

    assert (first.source, first.fingerprint, first.status) == ("alertmanager", "9fedf8a53e0a22c9", FIRING)
    assert (first.severity, first.state, first.summary) == ("critical", DOWN, "checkout 5xx above 5%")
    assert (first.starts_at, first.ends_at) == (datetime(2026, 11, 23, 19, 57, 56, tzinfo=UTC), None)
    assert first.clues == (
        Clue(MatchTier.IP, "10.0.3.17"),
        Clue(MatchTier.SERVICE, "checkout"),
        Clue(MatchTier.ALIAS, "checkout"),
        Clue(MatchTier.JOB, "checkout"),
    )
    assert first.labels["namespace"] == "shop"
    assert second.fingerprint == "c26d123c88b0ef4a"


def test_a_firing_group_may_hold_a_resolved_alert() -> None:
    first, second = read_body(captured()[1]).alerts

    assert (first.status, first.ends_at) == (RESOLVED, datetime(2026, 11, 23, 19, 58, 8, tzinfo=UTC))
    assert (second.status, second.ends_at) == (FIRING, None)


def test_an_instant_has_one_spelling_whatever_its_zone() -> None:
    (one,) = parsed(alert(starts_at="2026-11-23T20:57:56.123456789+01:00"))
    (other,) = parsed(alert(starts_at="2026-11-23T19:57:56.123456Z"))

    assert one.starts_at.isoformat() == other.starts_at.isoformat() == "2026-11-23T19:57:56.123456+00:00"


def test_unknown_fields_are_passed_over() -> None:
    body = {**delivery({**alert(), "values": {"A": 1}}), "notification_reason": "first notification", "orgId": 1}

    assert len(alerts(body, 3)) == 1


def test_a_delivery_without_a_version_is_taken() -> None:
    body = delivery(alert())
    del body["version"]

    assert len(alerts(body, 3)) == 1


def test_a_delivery_without_alerts_is_an_empty_one() -> None:
    assert alerts(delivery(), 3) == ()


@pytest.mark.parametrize(
    ("annotations", "summary"),
    [
        ({"summary": "short", "description": "long"}, "short"),
        ({"description": "long"}, "long"),
        ({}, "InstanceDown"),
        (None, "InstanceDown"),
    ],
)
def test_the_summary_is_the_shortest_thing_a_person_wrote(annotations: Json, summary: str) -> None:
    (one,) = parsed({**alert(), "annotations": annotations})

    assert one.summary == summary


@pytest.mark.parametrize(
    ("severity", "state"),
    [
        ("critical", DOWN),
        (" Critical ", DOWN),
        ("page", DOWN),
        ("sev1", DOWN),
        ("warning", DEGRADED),
        ("SEV3", DEGRADED),
        ("info", OPERATIONAL),
        ("none", OPERATIONAL),
        ("purple", DEGRADED),
        ("", DEGRADED),
        (None, DEGRADED),
    ],
)
def test_a_severity_says_what_its_item_is(severity: str | None, state: HealthState) -> None:
    (one,) = parsed(alert(severity=severity))

    assert (one.state, state_of_severity(severity)) == (state, state)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ([], "the body must be the JSON object that Alertmanager's webhook_configs sends"),
        ("alerts", "the body must be the JSON object that Alertmanager's webhook_configs sends"),
        ({}, "alerts must be a list; is this really an Alertmanager webhook (version 4)?"),
        ({"alerts": {}}, "alerts must be a list; is this really an Alertmanager webhook (version 4)?"),
        ({"version": "3", "alerts": []}, "version must be '4', which every current Alertmanager sends, not '3'"),
        ({"version": 4, "alerts": []}, "version must be '4', which every current Alertmanager sends, not 4"),
        ({"alerts": [1]}, "alerts[0] must be an object"),
        (
            delivery(alert(), alert(), alert(), alert()),
            "alerts has 4 entries, at most 3 are taken; set max_alerts in the receiver",
        ),
    ],
)
def test_a_body_of_another_shape_is_refused(body: object, message: str) -> None:
    assert refusal(body) == message


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("status", "suppressed", "alerts[1].status must be firing or resolved, not 'suppressed'"),
        ("status", None, "alerts[1].status must be firing or resolved, not None"),
        ("status", ["firing"], "alerts[1].status must be firing or resolved, not ['firing']"),
        ("labels", None, "alerts[1].labels must be an object of texts"),
        ("labels", {"instance": 7}, "alerts[1].labels.instance must be a text, not 7"),
        ("annotations", [1], "alerts[1].annotations must be an object of texts"),
        ("startsAt", None, "alerts[1].startsAt must be an instant as 2026-11-30T09:00:00Z, not None"),
        ("startsAt", "today", "alerts[1].startsAt must be an instant as 2026-11-30T09:00:00Z, not 'today'"),
        (
            "startsAt",
            "2026-11-30T09:00:00",
            "alerts[1].startsAt must be an instant as 2026-11-30T09:00:00Z, not '2026-11-30T09:00:00'",
        ),
        (
            "startsAt",
            "0001-01-01T00:00:00+14:00",
            "alerts[1].startsAt must be an instant as 2026-11-30T09:00:00Z, not '0001-01-01T00:00:00+14:00'",
        ),
        ("endsAt", 7, "alerts[1].endsAt must be an instant as 2026-11-30T09:00:00Z, not 7"),
        ("fingerprint", None, "alerts[1].fingerprint must be a text of 1-200 characters"),
        ("fingerprint", "", "alerts[1].fingerprint must be a text of 1-200 characters"),
        ("fingerprint", "f" * 201, "alerts[1].fingerprint must be a text of 1-200 characters"),
    ],
)
def test_a_wrong_field_is_named(field: str, value: object, message: str) -> None:
    assert refusal(delivery(alert(), {**alert(), field: value})) == message


@pytest.mark.parametrize("field", ["status", "startsAt", "endsAt", "labels"])
def test_a_refusal_does_not_repeat_a_long_value(field: str) -> None:
    long = ["x" * 1_000_000]

    assert len(refusal(delivery({**alert(), field: {"n" * 1_000_000: long} if field == "labels" else long}))) < 250
