"""What Alertmanager sends becomes alerts; what it would never send is refused by name."""

from datetime import UTC, datetime

import pytest

from app.events.model import Alert, Clue, EventStatus, MatchTier
from app.events.prometheus import fingerprint_of
from app.events.severity import state_of_severity
from app.impact.model import HealthState
from tests.events.deliveries import Json, alert, captured, delivery, parsed
from tests.events.sources import reading
from tests.graphs import DEGRADED, DOWN, OPERATIONAL

FIRING, RESOLVED = EventStatus


def alerts(body: object) -> tuple[Alert, ...]:
    return reading.read("alertmanager", body).alerts


def refusal(body: object) -> str:
    return reading.refusal("alertmanager", body)


def problem(body: object) -> str:
    (one,) = reading.read("alertmanager", body).problems
    return one


def test_a_real_delivery_becomes_its_alerts() -> None:
    first, second = alerts(captured()[0])

    assert (first.source, first.fingerprint, first.status) == ("alertmanager", "9fedf8a53e0a22c9", FIRING)
    assert (first.severity, first.state, first.summary) == ("critical", DOWN, "checkout 5xx above 5%")
    assert (first.starts_at, first.ends_at) == (datetime(2026, 11, 23, 19, 57, 56, tzinfo=UTC), None)
    assert first.clues == (
        Clue(MatchTier.SCOPED_IP, "eu1/10.0.3.17"),
        Clue(MatchTier.IP, "10.0.3.17"),
        Clue(MatchTier.SCOPED_SERVICE, "shop/checkout"),
        Clue(MatchTier.SERVICE, "checkout"),
        Clue(MatchTier.ALIAS, "checkout"),
        Clue(MatchTier.JOB, "checkout"),
    )
    assert first.labels["namespace"] == "shop"
    assert second.fingerprint == "c26d123c88b0ef4a"


def test_a_firing_group_may_hold_a_resolved_alert() -> None:
    first, second = alerts(captured()[1])

    assert (first.status, first.ends_at) == (RESOLVED, datetime(2026, 11, 23, 19, 58, 8, tzinfo=UTC))
    assert (second.status, second.ends_at) == (FIRING, None)


def test_an_instant_has_one_spelling_whatever_its_zone() -> None:
    (one,) = parsed(alert(starts_at="2026-11-23T20:57:56.123456789+01:00"))
    (other,) = parsed(alert(starts_at="2026-11-23T19:57:56.123456Z"))

    assert str(one.starts_at) == str(other.starts_at) == "2026-11-23 19:57:56.123456+00:00"


def test_unknown_fields_are_passed_over() -> None:
    body = {**delivery({**alert(), "values": {"A": 1}}), "notification_reason": "first notification", "orgId": 1}

    assert len(alerts(body)) == 1


def test_a_delivery_without_a_version_is_taken() -> None:
    body = delivery(alert())
    del body["version"]

    assert len(alerts(body)) == 1


def test_a_delivery_without_alerts_is_an_empty_one() -> None:
    assert alerts(delivery()) == ()


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


def test_the_address_of_the_rule_is_kept() -> None:
    first, _ = alerts(captured()[0])

    assert first.url == "http://prom.example:9090/graph?g0.expr=up"


@pytest.mark.parametrize("address", ["/graph", "javascript:alert(1)", "http://[", "", 7, None])
def test_what_is_no_web_address_is_no_link(address: object) -> None:
    (one,) = parsed({**alert(), "generatorURL": address})

    assert one.url is None


def test_a_missing_fingerprint_is_computed_as_prometheus_does() -> None:
    body = captured()[0]
    for one in body["alerts"]:
        del one["fingerprint"]

    assert [one.fingerprint for one in alerts(body)] == ["9fedf8a53e0a22c9", "c26d123c88b0ef4a"]


def test_the_fingerprint_hangs_on_the_labels_and_not_on_their_order() -> None:
    assert fingerprint_of({"a": "1", "b": "2"}) == fingerprint_of({"b": "2", "a": "1"})
    assert fingerprint_of({"a": "1", "b": "2"}) != fingerprint_of({"a": "2", "b": "1"})
    assert fingerprint_of({}) == "cbf29ce484222325"


def test_a_value_that_is_no_text_is_taken_as_one() -> None:
    (one,) = parsed({**alert(), "labels": {"shard": 7, "canary": True, "none": None}})

    assert one.labels == {"shard": "7", "canary": "true"}


@pytest.mark.parametrize("field", ["startsAt", "endsAt", "generatorURL", "annotations", "fingerprint"])
def test_what_a_script_may_leave_out_is_not_needed(field: str) -> None:
    sent = alert()
    del sent[field]

    assert len(parsed(sent)) == 1


def test_an_alert_without_a_beginning_has_none() -> None:
    (one,) = parsed({**alert(), "startsAt": None})

    assert one.starts_at is None


def test_a_firing_alert_has_no_end_whatever_it_says() -> None:
    (one,) = parsed(alert(ends_at="2026-11-24T00:00:00Z"))

    assert one.ends_at is None


def test_what_was_left_out_is_said() -> None:
    read = reading.read("alertmanager", {**delivery(alert()), "truncatedAlerts": 12})

    assert len(read.alerts) == 1
    assert read.problems == (
        "truncatedAlerts is 12: the sender left out that many alerts; raise its limit of alerts a message",
    )


def test_a_message_of_grafana_is_read_as_one() -> None:
    (one,) = alerts({**delivery(alert()), "version": "1", "orgId": 1})

    assert one.source == "grafana"


def test_one_alert_that_cannot_be_read_costs_only_itself() -> None:
    read = reading.read("alertmanager", delivery(alert(), {**alert(), "status": "lost"}, alert()))

    assert len(read.alerts) == 2
    assert read.problems == ("alerts[1].status must be firing or resolved, not 'lost'",)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ([], "the body must be the JSON object that Alertmanager's webhook_configs sends"),
        ("alerts", "the body must be the JSON object that Alertmanager's webhook_configs sends"),
        ({}, "alerts must be a list; is this really an Alertmanager webhook (version 4)?"),
        ({"alerts": {}}, "alerts must be a list; is this really an Alertmanager webhook (version 4)?"),
        ({"version": "3", "alerts": []}, "version must be '4', which every current Alertmanager sends, not '3'"),
        ({"version": 4, "alerts": []}, "version must be '4', which every current Alertmanager sends, not 4"),
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
        ("labels", None, "alerts[1].labels must say what the alert is about; it has none"),
        ("labels", {"instance": None}, "alerts[1].labels must say what the alert is about; it has none"),
        ("labels", 7, "alerts[1].labels must be an object, not 7"),
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
        ("fingerprint", ["f"], "alerts[1].fingerprint must be a text of 1-200 characters, not ['f']"),
        ("fingerprint", "f" * 201, f"alerts[1].fingerprint must be a text of 1-200 characters, not '{'f' * 59}"),
    ],
)
def test_a_wrong_field_is_named(field: str, value: object, message: str) -> None:
    assert problem(delivery(alert(), {**alert(), field: value})) == message


def test_what_is_no_alert_is_named() -> None:
    assert problem({"alerts": [1]}) == "alerts[0] must be an object"


@pytest.mark.parametrize("field", ["status", "startsAt", "endsAt", "labels", "fingerprint"])
def test_a_refusal_does_not_repeat_a_long_value(field: str) -> None:
    assert len(problem(delivery({**alert(), field: ["x" * 1_000_000]}))) < 250
