"""What monitoring tools that run elsewhere send, in bodies written from their documentation, and what we make of it."""

from datetime import UTC, datetime

import orjson
import pytest

from app.events.delivery import Delivery
from app.events.model import Alert, EventStatus
from app.events.sources import source_named
from app.impact.model import HealthState
from tests.events.sources.reading import RECEIVED, Json, alert_in, captured, read, refusal, told
from tests.graphs import DEGRADED, DOWN, OPERATIONAL

FIRING, RESOLVED = EventStatus
AT = datetime(2026, 11, 25, 10, tzinfo=UTC)


def the_alert(source: str, number: int) -> Alert:
    return alert_in(source, captured(source)[number])


@pytest.mark.parametrize(
    ("source", "number", "status", "fingerprint", "severity", "state"),
    [
        ("datadog", 0, FIRING, "9223", "error", DOWN),
        ("datadog", 1, RESOLVED, "9223", "success", DOWN),
        ("datadog", 2, FIRING, "Latency", None, DEGRADED),
        ("datadog", 3, FIRING, "Latency host:web01,service:checkout,env:prod", None, DOWN),
        ("datadog", 4, RESOLVED, "Latency host:web01,service:checkout,env:prod", None, DEGRADED),
        ("dynatrace", 0, FIRING, "-6543_1795464300000V2", "AVAILABILITY", DOWN),
        ("dynatrace", 1, RESOLVED, "-6543_1795464300000V2", "AVAILABILITY", DOWN),
        ("newrelic", 0, FIRING, "b1c", "CRITICAL", DOWN),
        ("newrelic", 1, RESOLVED, "b1c", "CRITICAL", DOWN),
        ("azure", 0, FIRING, "o-1", "Sev1", DOWN),
        ("azure", 1, RESOLVED, "o-1", "Sev1", DOWN),
        ("sentry", 0, FIRING, "metric 42", "critical", DOWN),
        ("sentry", 1, RESOLVED, "metric 42", "resolved", DEGRADED),
        ("sentry", 2, FIRING, "issue 77", "error", DOWN),
        ("sentry", 3, RESOLVED, "issue 77", "error", DOWN),
        ("sentry", 4, FIRING, "issue 4616132097", "error", DOWN),
        ("opsgenie", 0, FIRING, "disk-web01", "P2", DOWN),
        ("opsgenie", 2, RESOLVED, "disk-web01", "P2", DOWN),
        ("cloudevents", 0, FIRING, "/plant/7 db-1.corp.example", "critical", DOWN),
        ("cloudevents", 1, RESOLVED, "/plant/7 db-1.corp.example", None, DEGRADED),
        ("cloudwatch", 0, FIRING, "arn:aws:cloudwatch:eu-central-1:1:alarm:cpu-web01", "ALARM", DOWN),
        ("cloudwatch", 1, RESOLVED, "arn:aws:cloudwatch:eu-central-1:1:alarm:cpu-web01", "OK", OPERATIONAL),
        ("cloudwatch", 3, FIRING, "arn:aws:cloudwatch:eu-central-1:1:alarm:rds", "ALARM", DOWN),
        ("alertmanager_api", 1, RESOLVED, "c0a1", "critical", DOWN),
        ("pagerduty_events", 0, FIRING, "web01/disk", "critical", DOWN),
        ("pagerduty_events", 2, RESOLVED, "web01/disk", None, DEGRADED),
        ("opsgenie_api", 0, FIRING, "disk-web01", "P1", DOWN),
        ("opsgenie_api", 1, RESOLVED, "disk-web01", None, DEGRADED),
        ("generic", 0, FIRING, "disk-7", "critical", DOWN),
    ],
)
def test_an_alert_has_its_status_its_name_and_what_it_says_of_its_item(
    source: str, number: int, status: EventStatus, fingerprint: str, severity: str | None, state: HealthState
) -> None:
    alert = the_alert(source, number)

    assert (alert.source, alert.status, alert.severity, alert.state) == (source, status, severity, state)
    assert source == "alertmanager_api" or alert.fingerprint == fingerprint


@pytest.mark.parametrize(
    ("source", "number", "clue"),
    [
        ("datadog", 0, ("fqdn", "web01.example.com", "host")),
        ("datadog", 0, ("scoped_service", "prod/checkout", "service")),
        ("datadog", 3, ("hostname", "web01", "host")),
        ("datadog", 3, ("scoped_service", "prod/checkout", "service")),
        ("dynatrace", 0, ("vendor", "host-1a", "ImpactedEntities")),
        ("dynatrace", 0, ("fqdn", "web01.example.com", "ImpactedEntities")),
        ("dynatrace", 0, ("service", "checkout", "service")),
        ("newrelic", 0, ("fqdn", "web01.example.com", "impactedEntities")),
        ("newrelic", 0, ("vendor", "mxxjtkzsqxxoqxwx", "entitiesData")),
        (
            "azure",
            0,
            (
                "cloud",
                "/subscriptions/s/resourcegroups/r/providers/microsoft.compute/virtualmachines/vm1",
                "alertTargetIDs",
            ),
        ),
        ("azure", 0, ("hostname", "vm1", "configurationItems")),
        ("sentry", 0, ("service", "checkout", "service")),
        ("sentry", 2, ("hostname", "web01", "host")),
        ("sentry", 4, ("service", "shop-web", "service")),
        ("sentry", 4, ("hostname", "web01", "host")),
        ("opsgenie", 0, ("fqdn", "web01.example.com", "entity")),
        ("opsgenie", 0, ("service", "checkout", "service")),
        ("cloudevents", 0, ("fqdn", "db-1.corp.example", "host")),
        ("cloudwatch", 0, ("cloud", "i-0abc1234def567890", "InstanceId")),
        ("cloudwatch", 3, ("cloud", "pay", "DBInstanceIdentifier")),
        ("alertmanager_api", 0, ("fqdn", "web01.example.com", "instance")),
        ("pagerduty_events", 0, ("fqdn", "web01.example.com", "source")),
        ("opsgenie_api", 0, ("fqdn", "web01.example.com", "entity")),
        ("generic", 0, ("serial", "sn-42", "identifiers.serial")),
        ("generic", 0, ("fqdn", "db-1.corp.example", "host")),
        ("generic", 1, ("key", "db-1", "key")),
    ],
)
def test_an_alert_says_where_it_comes_from(source: str, number: int, clue: tuple[str, str, str]) -> None:
    assert clue in told(the_alert(source, number))


def test_what_a_template_of_datadog_did_not_fill_in_says_nothing() -> None:
    alert = the_alert("datadog", 1)

    assert alert.url is None
    assert not [value for value in alert.labels.values() if value.startswith("$")]
    assert alert.observed_at == alert.ends_at == datetime(2026, 11, 23, 20, 15, 49, tzinfo=UTC)


def test_an_acknowledgement_is_told_and_says_nothing_else_of_an_alert() -> None:
    assert the_alert("opsgenie", 1).acknowledged is True
    for source, number in (("pagerduty_events", 1), ("opsgenie_api", 2)):
        alert = the_alert(source, number)
        assert (alert.acknowledged, alert.status) == (True, FIRING)
        assert (alert.severity, alert.summary, dict(alert.labels)) == (None, "", {})


def test_an_alarm_without_enough_data_is_no_news() -> None:
    assert read("cloudwatch", captured("cloudwatch")[2]).alerts == ()


def test_records_of_servicenow_are_read_one_by_one() -> None:
    reading = read("servicenow", captured("servicenow")[0])
    first, second = reading.alerts

    assert (first.fingerprint, first.status, first.state) == (
        "SolarWinds web01.example.com disk full C: disk",
        FIRING,
        DOWN,
    )
    assert (second.fingerprint, second.status, second.ends_at) == (
        "m-2",
        RESOLVED,
        datetime(2026, 11, 25, 10, 10, tzinfo=UTC),
    )
    assert ("fqdn", "web01.example.com", "node") in told(first)
    assert ("scoped_service", "prod/checkout", "service") in told(first)


def test_an_alert_of_prometheus_is_over_when_its_end_has_passed_or_it_is_not_sent_again() -> None:
    firing, over = (the_alert("alertmanager_api", number) for number in (0, 1))

    assert (firing.status, firing.expires_at, firing.ends_at) == (
        FIRING,
        datetime(2026, 11, 25, 12, 4, tzinfo=UTC),
        None,
    )
    assert (over.status, over.expires_at, over.ends_at) == (RESOLVED, None, datetime(2026, 11, 25, 11, tzinfo=UTC))
    assert firing.fingerprint == over.fingerprint
    assert len(firing.fingerprint) == 16


def cloud_event(body: bytes, **headers: str) -> Alert:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    (alert,) = source_named("cloudevents").read(Delivery("cloudevents", body, RECEIVED, named)).alerts
    return alert


def test_a_binary_cloud_event_has_its_attributes_in_headers() -> None:
    alert = cloud_event(
        b'{"severity": "warning"}',
        content_type="application/json",
        ce_specversion="1.0",
        ce_id="a-3",
        ce_source="/plant/7",
        ce_type="com.example.hot",
        ce_subject="caf%C3%A9-1",
        ce_time="2026-11-25T10:00:00Z",
    )

    assert (alert.fingerprint, alert.state, alert.observed_at) == ("/plant/7 café-1", DEGRADED, AT)
    assert ("hostname", "xn--caf-1-dsa", "host") in told(alert)


def test_a_batch_of_cloud_events_is_read_one_by_one() -> None:
    body = orjson.dumps([*captured("cloudevents"), {"specversion": "2"}])
    headers = {"content-type": "application/cloudevents-batch+json"}
    reading = source_named("cloudevents").read(Delivery("cloudevents", body, RECEIVED, headers))

    assert [alert.status for alert in reading.alerts] == [FIRING, RESOLVED]
    assert reading.problems == ("events[2].specversion must be 1.0, not '2'",)


@pytest.mark.parametrize(
    ("source", "body", "message"),
    [
        (
            "datadog",
            {"title": "x"},
            'cycle_key or id must be there; put "cycle_key": "$ALERT_CYCLE_KEY" into the template',
        ),
        ("dynatrace", {"State": "odd"}, "State must be OPEN, RESOLVED or MERGED, not 'odd'"),
        ("newrelic", {"state": 7}, "state must be CREATED, ACTIVATED, ACKNOWLEDGED or CLOSED, not 7"),
        (
            "azure",
            {"data": {}},
            "schemaId must be 'azureMonitorCommonAlertSchema'; enable the common alert schema in the action group",
        ),
        (
            "sentry",
            {"action": "x", "data": {}},
            "data must hold metric_alert, event, issue or error; choose these resources in the integration",
        ),
        ("opsgenie", {"alert": {}}, "action must be a text as Create or Close, not None"),
        ("cloudevents", {"id": "1"}, "event.specversion must be 1.0, not None"),
        ("cloudwatch", {"a": 1}, "AlarmName must be a text; is this a notification of a CloudWatch alarm?"),
        ("alertmanager_api", {}, "the body must be the list of alerts that Prometheus posts, not {}"),
        ("pagerduty_events", {"event_action": "x"}, "event_action must be trigger, acknowledge or resolve, not 'x'"),
        ("opsgenie_api", {}, "message must be a text"),
        ("generic", {"alerts": 7}, "alerts must be a list, not 7"),
        ("servicenow", {"records": 7}, "records must be a list, not 7"),
    ],
)
def test_a_body_of_another_shape_is_refused_with_what_to_do(source: str, body: Json, message: str) -> None:
    assert refusal(source, body) == message
