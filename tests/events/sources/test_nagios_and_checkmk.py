"""A notification of Nagios or Checkmk, in JSON or as the form of our script, is an alert about its check."""

from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from app.events.model import Alert, EventStatus
from app.impact.model import HealthState
from tests.events.sources.reading import Json, alert_in, captured, read, refusal, told
from tests.graphs import DEGRADED, DOWN

FIRING, RESOLVED = EventStatus
PROBLEM, RECOVERY = captured("nagios")
CHECKMK_SERVICE, CHECKMK_HOST = captured("checkmk")


def nagios(**changes: str) -> Alert:
    return alert_in("nagios", {**PROBLEM, **{f"NAGIOS_{name}": text for name, text in changes.items()}})


def host(**changes: str) -> Alert:
    of_the_host = {name: text for name, text in PROBLEM.items() if "SERVICE" not in name}
    return alert_in("nagios", {**of_the_host, **{f"NAGIOS_{name}": text for name, text in changes.items()}})


def test_a_problem_becomes_an_alert() -> None:
    alert = alert_in("nagios", PROBLEM)

    assert (alert.source, alert.fingerprint, alert.status) == ("nagios", "web01.example.com!payments-http", FIRING)
    assert (alert.severity, alert.state, alert.summary) == ("critical", DOWN, "PAYMENTS state=2")
    assert (alert.starts_at, alert.ends_at) == (None, None)
    assert alert.observed_at == datetime(2026, 11, 23, 20, 9, tzinfo=UTC)
    assert (alert.acknowledged, alert.suppressed, alert.url) == (None, False, None)
    assert told(alert) == [
        ("key", "CI0012", "host_ci_id"),
        ("vendor", "web01.example.com!payments-http", "service_name"),
        ("fqdn", "web01.example.com", "host_name"),
        ("alias", "web01.example.com", "host_name"),
        ("hostname", "web01", "host_alias"),
        ("alias", "web01", "host_alias"),
        ("ip", "10.0.3.17", "host_address"),
        ("service", "payments-http", "service_name"),
        ("alias", "payments-http", "service_name"),
        ("service", "payments", "service_business_service"),
        ("alias", "payments", "service_business_service"),
    ]


def test_a_recovery_ends_the_same_alert_and_has_the_severity_of_what_is_over() -> None:
    alert = alert_in("nagios", RECOVERY)

    assert (alert.fingerprint, alert.status) == ("web01.example.com!payments-http", RESOLVED)
    assert (alert.severity, alert.state) == ("critical", DOWN)
    assert alert.ends_at == alert.observed_at == datetime(2026, 11, 23, 20, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("word", "state"), [("WARNING", DEGRADED), ("CRITICAL", DOWN), ("UNKNOWN", DEGRADED), ("critical", DOWN)]
)
def test_the_state_of_a_service_says_how_bad_it_is(word: str, state: HealthState) -> None:
    assert nagios(SERVICESTATE=word).state is state


@pytest.mark.parametrize(("word", "state"), [("DOWN", DOWN), ("UNREACHABLE", DEGRADED)])
def test_the_state_of_a_host_says_how_bad_it_is(word: str, state: HealthState) -> None:
    alert = host(HOSTSTATE=word)

    assert (alert.fingerprint, alert.severity, alert.state) == ("web01.example.com", word.lower(), state)


def test_the_key_of_a_service_counts_before_that_of_its_host() -> None:
    keys = [clue for clue in told(nagios(_SERVICECI_ID="CI0099")) if clue[0] == "key"]

    assert keys == [("key", "CI0099", "service_ci_id")]


def test_a_problem_that_is_told_again_is_the_same_alert_with_later_news() -> None:
    first, again = nagios(), nagios(TIMET="1795466340")

    assert (first.fingerprint, first.starts_at) == (again.fingerprint, again.starts_at)
    assert first.observed_at == datetime(2026, 11, 23, 20, 9, tzinfo=UTC)
    assert again.observed_at == datetime(2026, 11, 23, 20, 39, tzinfo=UTC)


def test_a_soft_state_is_no_alert_yet() -> None:
    assert read("nagios", {**PROBLEM, "NAGIOS_SERVICESTATETYPE": "SOFT"}).alerts == ()


def test_an_acknowledgement_says_that_somebody_has_taken_it() -> None:
    alert = nagios(NOTIFICATIONTYPE="ACKNOWLEDGEMENT", NOTIFICATIONCOMMENT="looking")

    assert (alert.status, alert.acknowledged) == (FIRING, True)
    assert alert.labels["notification_comment"] == "looking"


@pytest.mark.parametrize(
    ("news", "depth", "suppressed"),
    [
        ("DOWNTIMESTART", "0", True),
        ("DOWNTIMEEND", "1", False),
        ("DOWNTIMECANCELLED", "1", False),
        ("PROBLEM", "1", True),
        ("PROBLEM", "0", False),
    ],
)
def test_what_is_in_a_downtime_is_suppressed(news: str, depth: str, suppressed: bool) -> None:
    alert = nagios(NOTIFICATIONTYPE=news, SERVICEDOWNTIME=depth)

    assert (alert.status, alert.suppressed) == (FIRING, suppressed)


@pytest.mark.parametrize("news", ["FLAPPINGSTART", "FLAPPINGSTOP", "DOWNTIMEEND"])
def test_the_state_counts_and_not_what_the_message_is_called(news: str) -> None:
    assert nagios(NOTIFICATIONTYPE=news).status is FIRING
    assert nagios(NOTIFICATIONTYPE=news, SERVICESTATE="OK").status is RESOLVED


@pytest.mark.parametrize("news", ["ACKNOWLEDGEMENT", "CUSTOM", "DOWNTIMESTART"])
def test_what_ends_no_trouble_is_no_alert_about_a_check_that_is_well(news: str) -> None:
    well = {**PROBLEM, "NAGIOS_NOTIFICATIONTYPE": news, "NAGIOS_SERVICESTATE": "OK"}

    assert read("nagios", well).alerts == ()


def test_an_event_handler_tells_a_change_that_is_no_notification() -> None:
    handled = {name: text for name, text in RECOVERY.items() if "NOTIFICATION" not in name}

    assert alert_in("nagios", handled).status is RESOLVED


def test_the_summary_is_the_first_line_of_the_output() -> None:
    assert nagios(SERVICEOUTPUT="disk full\n/var 99%\n").summary == "disk full"
    assert nagios(SERVICEOUTPUT="").summary == "web01.example.com!payments-http is CRITICAL"


def test_a_form_says_the_same_as_json() -> None:
    assert alert_in("nagios", urlencode(PROBLEM).encode()) == alert_in("nagios", PROBLEM)


def test_a_long_name_makes_a_short_fingerprint() -> None:
    assert len(nagios(SERVICEDESC="s" * 300).fingerprint) == 64
    assert nagios(SERVICEDESC="s" * 300).fingerprint != nagios(SERVICEDESC="s" * 301).fingerprint


def test_an_address_of_the_web_interface_is_kept() -> None:
    assert nagios(SERVICEINFOURL="https://nagios.example/x").url == "https://nagios.example/x"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "host_name must be there: the host that the notification is about"),
        (b"", "the body is empty; send JSON"),
        (
            {"NAGIOS_HOSTNAME": "a", "NAGIOS_HOSTSTATE": "$HOSTSTATE$"},
            "host_state must be one of UP, OK, WARNING, UNKNOWN, UNREACHABLE, CRITICAL, DOWN, not '$HOSTSTATE$'",
        ),
        ({**PROBLEM, "NAGIOS_TIMET": "today"}, "timet must be seconds or milliseconds since 1970, not 'today'"),
        (b"&".join([b"a=1"] * 2001), "the form must have at most 2000 fields"),
    ],
)
def test_a_body_of_another_shape_is_refused(body: Json, message: str) -> None:
    assert refusal("nagios", body) == message


def test_a_notification_of_checkmk_becomes_an_alert() -> None:
    alert = alert_in("checkmk", CHECKMK_SERVICE)

    assert (alert.source, alert.fingerprint, alert.status) == ("checkmk", "web01!Filesystem /", FIRING)
    assert (alert.severity, alert.state, alert.summary) == ("warning", DEGRADED, "Used: 84%")
    assert alert.observed_at == datetime(2026, 11, 23, 20, 9, 0, 123456, UTC)
    assert told(alert)[:2] == [("key", "CI0012", "host_ci_id"), ("vendor", "web01!filesystem /", "service_name")]
    assert ("ip", "2001:db8::17", "host_address6") in told(alert)
    assert ("fqdn", "web01.example.com", "host_alias") in told(alert)
    assert (alert.labels["host_label_cmk/os_family"], alert.labels["host_tag_criticality"]) == ("linux", "prod")
    assert (alert.labels["site"], alert.url) == ("prod", None)


def test_a_host_of_checkmk_is_not_taken_for_a_service_whose_macros_stay_as_written() -> None:
    alert = alert_in("checkmk", CHECKMK_HOST)

    assert (alert.fingerprint, alert.severity, alert.state) == ("web01", "unreachable", DEGRADED)
    assert (alert.status, alert.suppressed) == (FIRING, True)


def test_the_seconds_of_an_older_checkmk_are_taken_too() -> None:
    alert = alert_in("checkmk", {**CHECKMK_SERVICE, "NOTIFY_MICROTIME": "soon", "NOTIFY_TIMET": "1795464540"})

    assert alert.observed_at == datetime(2026, 11, 23, 20, 9, tzinfo=UTC)
