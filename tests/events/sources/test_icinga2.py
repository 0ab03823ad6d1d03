"""What Icinga 2 tells, by its notification command or in its event stream, becomes alerts and windows."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import orjson
import pytest

from app.events.delivery import Reading
from app.events.model import Alert, EventStatus, ReportedWindow
from app.impact.model import HealthState
from tests.events.sources.reading import Json, alert_in, captured, read, refusal, told
from tests.graphs import DEGRADED, DOWN

FIRING, RESOLVED = EventStatus
COMMANDS, STREAM = captured("icinga2_commands"), captured("icinga2_stream")
CHECK = "web01.example.com!payments-http"


def stream(*entries: Json) -> Reading:
    return read("icinga2", b"\n".join(orjson.dumps(entry) for entry in entries))


def first(kind: str) -> Json:
    return next(entry for entry in STREAM if entry["type"] == kind)


def change(**fields: object) -> Json:
    """A state change of the service."""
    return {**first("StateChange"), "service": "payments-http", **fields}


def alert_of(entry: Json) -> Alert:
    (alert,) = stream(entry).alerts
    return alert


def window_of(entry: Json) -> ReportedWindow:
    (window,) = stream(entry).windows
    return window


def downtime(kind: str = "DowntimeAdded", **fields: object) -> Json:
    entry = first("DowntimeAdded")
    return {**entry, "type": kind, "downtime": {**entry["downtime"], **fields}}


def test_a_problem_becomes_an_alert() -> None:
    alert = alert_in("icinga2", COMMANDS[0])

    assert (alert.source, alert.fingerprint, alert.status) == ("icinga2", CHECK, FIRING)
    assert (alert.severity, alert.state, alert.summary) == ("critical", DOWN, "PAYMENTS state=2")
    assert (alert.starts_at, alert.ends_at) == (None, None)
    assert alert.observed_at == datetime(2026, 11, 23, 20, 5, 49, tzinfo=UTC)
    assert (alert.acknowledged, alert.suppressed) == (None, None)
    assert told(alert)[:3] == [
        ("key", "CI0012", "host_ci_id"),
        ("vendor", CHECK, "service_name"),
        ("fqdn", "web01.example.com", "host_name"),
    ]
    assert ("ip", "10.0.3.17", "host_address") in told(alert)
    assert ("service", "payments", "service_business_service") in told(alert)
    assert "url" not in alert.labels


def test_the_captured_commands_tell_one_story() -> None:
    told_in_turn = [alert for body in COMMANDS for alert in read("icinga2", body).alerts]

    assert {alert.fingerprint for alert in told_in_turn} == {CHECK}
    assert [(alert.labels["notification_type"], alert.status.value) for alert in told_in_turn] == [
        ("PROBLEM", "firing"),
        ("ACKNOWLEDGEMENT", "firing"),
        ("RECOVERY", "resolved"),
        ("PROBLEM", "firing"),
        ("RECOVERY", "resolved"),
        ("PROBLEM", "firing"),
        ("FLAPPINGSTART", "resolved"),  # and here its recovery is not told
    ]
    assert [alert.acknowledged for alert in told_in_turn] == [None, True, None, None, None, None, None]


def test_our_script_sends_the_same_as_a_form() -> None:
    form = {f"ICINGA_{name.upper()}": text for name, text in COMMANDS[0].items()}

    assert alert_in("icinga2", urlencode(form).encode()) == alert_in("icinga2", COMMANDS[0])


def test_the_captured_stream_becomes_alerts_and_a_window() -> None:
    reading = stream(*STREAM)

    assert [(alert.fingerprint, alert.status.value, alert.acknowledged) for alert in reading.alerts] == [
        ("web01.example.com", "resolved", False),
        (CHECK, "firing", None),
        (CHECK, "firing", True),
        (CHECK, "firing", True),
        (CHECK, "resolved", None),
        (CHECK, "resolved", None),
        (CHECK, "resolved", None),
    ]
    assert len(set(reading.windows)) == 1
    assert reading.problems == ()


@pytest.mark.parametrize(
    ("number", "word", "state"), [(1, "warning", DEGRADED), (2, "critical", DOWN), (3, "unknown", DEGRADED)]
)
def test_the_state_of_a_service_is_a_number(number: int, word: str, state: HealthState) -> None:
    alert = alert_of(change(state=number))

    assert (alert.status, alert.severity, alert.state) == (FIRING, word, state)


def test_the_state_of_a_host_is_a_number() -> None:
    alert = alert_of({**first("StateChange"), "state": 1})

    assert (alert.fingerprint, alert.status, alert.severity, alert.state) == ("web01.example.com", FIRING, "down", DOWN)


@pytest.mark.parametrize(("code", "status"), [(0, RESOLVED), (1, RESOLVED), (2, FIRING), (3, FIRING)])
def test_a_host_is_up_while_its_plugin_only_warns(code: int, status: EventStatus) -> None:
    notification = {**first("Notification"), "check_result": {"state": code}}
    del notification["service"]

    assert alert_of(notification).status is status


def test_a_recovery_has_the_severity_of_what_is_over() -> None:
    alert = alert_of(change(state=0, check_result={"state": 0, "previous_hard_state": 1, "output": "fine"}))

    assert (alert.status, alert.severity, alert.summary) == (RESOLVED, "warning", "fine")
    assert alert.ends_at == alert.observed_at == datetime(2026, 11, 23, 20, 5, 46, 695228, UTC)


def test_a_soft_state_is_no_alert_yet() -> None:
    assert stream(change(state=2, state_type=0)) == Reading()


def test_what_is_in_a_downtime_is_suppressed() -> None:
    assert alert_of(change(state=2, downtime_depth=1)).suppressed is True
    assert alert_of(change(state=2, downtime_depth=0)).suppressed is False


def test_an_acknowledgement_is_set_and_cleared() -> None:
    taken = first("AcknowledgementSet")

    assert alert_of(taken).acknowledged is True
    assert alert_of({**taken, "type": "AcknowledgementCleared"}).acknowledged is False
    assert alert_of(change(state=2, acknowledgement=True)).acknowledged is True
    assert alert_of(taken).summary == f"{CHECK} is CRITICAL"


@pytest.mark.parametrize("kind", ["CheckResult", "CommentAdded", "ObjectModified"])
def test_what_changes_nothing_is_passed_over(kind: str) -> None:
    assert stream({**first("StateChange"), "type": kind, "state": 2}) == Reading()


def test_a_downtime_of_a_service_is_a_window_that_leaves_its_host_alone() -> None:
    window = window_of(downtime())

    assert window.id == f"{CHECK}!273c5336-309e-4e32-bde5-dd0ba7cbbabc"
    assert window.starts_at == datetime(2026, 11, 23, 20, 6, 33, tzinfo=UTC)
    assert window.ends_at == datetime(2026, 11, 23, 21, 6, 33, tzinfo=UTC)
    assert (window.summary, window.author, window.cancelled) == ("CHG1", "chg", False)
    assert [(clue.tier.value, clue.value) for clue in window.clues] == [
        ("vendor", CHECK),
        ("service", "payments-http"),
        ("alias", "payments-http"),
    ]


def test_a_downtime_of_a_host_is_a_window_of_the_host() -> None:
    window = window_of(downtime(service_name=""))

    assert [(clue.tier.value, clue.value) for clue in window.clues] == [
        ("vendor", "web01.example.com"),
        ("fqdn", "web01.example.com"),
        ("alias", "web01.example.com"),
    ]


def test_a_downtime_that_is_removed_is_over() -> None:
    assert window_of(downtime("DowntimeRemoved")).cancelled is True


def test_a_downtime_that_we_planned_ourselves_is_passed_over() -> None:
    assert stream(downtime(comment="a disk (underpin 6f1c)")) == Reading()


def test_a_flexible_downtime_begins_when_something_goes_wrong() -> None:
    waiting = downtime(fixed=False, duration=600, trigger_time=0)
    begun = downtime("DowntimeTriggered", fixed=False, duration=600, trigger_time=1795465000)

    assert stream(waiting) == Reading()
    assert window_of(begun).starts_at == datetime(2026, 11, 23, 20, 16, 40, tzinfo=UTC)
    assert window_of(begun).ends_at - window_of(begun).starts_at == timedelta(minutes=10)


def test_an_object_that_cannot_be_read_costs_only_itself() -> None:
    reading = read("icinga2", orjson.dumps(change(state=2)) + b"\n{\n\n" + orjson.dumps(change(state=9)) + b"\n")

    assert [alert.fingerprint for alert in reading.alerts] == [CHECK]
    assert reading.problems == (
        "object 2: the body is not JSON at line 1, column 2: unexpected end of data",
        "object 3: state must be 0-3, not 9",
    )


def test_an_object_may_be_written_over_several_lines() -> None:
    (alert,) = read("icinga2", orjson.dumps(change(state=2), option=orjson.OPT_INDENT_2)).alerts

    assert alert.fingerprint == CHECK


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "the body is empty; send JSON"),
        ([], "the body must be the JSON object that the Icinga 2 notification command sends"),
        ({"service_state": "OK"}, "host_name must be there: the host that the notification is about"),
        (
            {"host_name": "web01", "host_state": ""},
            "host_state must be one of UP, OK, WARNING, UNKNOWN, UNREACHABLE, CRITICAL, DOWN, not None",
        ),
    ],
)
def test_a_body_of_another_shape_is_refused(body: Json, message: str) -> None:
    assert refusal("icinga2", body) == message
