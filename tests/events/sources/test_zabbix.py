"""What Zabbix's media types send becomes alerts, and the answer goes onto the event as tags."""

import json
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from app.events.model import Alert, EventStatus
from app.events.sources import zabbix
from app.impact.model import HealthState
from tests.events.sources.reading import Json, alert_in, captured, read, refusal, told
from tests.graphs import DEGRADED, DOWN, OPERATIONAL

FIRING, RESOLVED = EventStatus
(PROBLEM,) = captured("zabbix")
SHIPPED = Path(zabbix.__file__).parent
SCRIPT = (SHIPPED / "zabbix.js").read_text()
NODE = shutil.which("node")


def alert(**changes: object) -> Alert:
    return alert_in("zabbix", {**PROBLEM, **changes})


def test_the_parameters_for_event_driven_ansible_become_an_alert() -> None:
    found = alert_in("zabbix", PROBLEM)

    assert (found.source, found.fingerprint, found.status) == ("zabbix", "12345", FIRING)
    assert (found.severity, found.state) == ("high", DOWN)
    assert found.summary == "High CPU utilization (over 90% for 5m)"
    assert (found.starts_at, found.ends_at, found.observed_at) == (None, None, None)
    assert (found.acknowledged, found.suppressed, found.url) == (False, None, None)
    assert told(found) == [
        ("service", "checkout", "service"),
        ("alias", "checkout", "service"),
        ("vendor", "10084", "host_id"),
        ("fqdn", "web01.example.com", "host_host"),
        ("alias", "web01.example.com", "host_host"),
        ("ip", "10.0.3.17", "host_ip"),
    ]
    assert (found.labels["scope"], found.labels["host_groups"]) == ("performance", "Linux servers, Shop")


def test_a_recovery_ends_the_event_of_the_same_id() -> None:
    found = alert(event_value="0", event_timestamp="1795464000", event_recovery_timestamp="1795464300")

    assert (found.fingerprint, found.status) == ("12345", RESOLVED)
    assert found.starts_at == datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
    assert found.ends_at == found.observed_at == datetime(2026, 11, 23, 20, 5, tzinfo=UTC)


@pytest.mark.parametrize("name", ["event_timestamp", "event_datetime_timestamp"])
def test_only_a_timestamp_tells_when_it_began(name: str) -> None:
    assert alert(**{name: 1795464000}).starts_at == datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


def test_an_update_may_take_it_and_is_later_news() -> None:
    found = alert(event_update_status="1", event_update_timestamp="1795464060", acknowledged="Yes")

    assert (found.status, found.acknowledged) == (FIRING, True)
    assert found.observed_at == datetime(2026, 11, 23, 20, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "word", "state"),
    [
        (0, "not classified", DEGRADED),
        (1, "information", OPERATIONAL),
        (2, "warning", DEGRADED),
        ("3", "average", DEGRADED),
        ("4", "high", DOWN),
        (5, "disaster", DOWN),
    ],
)
def test_a_severity_is_a_number_whatever_it_is_called_there(number: object, word: str, state: HealthState) -> None:
    found = alert(event_nseverity=number, event_severity="Tout de suite")

    assert (found.severity, found.state) == (word, state)


def test_what_zabbix_cannot_resolve_says_nothing() -> None:
    found = alert(
        host_dns="{HOST.DNS}",
        host_conn="*UNKNOWN*",
        inventory_serial="{INVENTORY.SERIALNO.A}",
        event_timestamp="{EVENT.TIMESTAMP}",
        operation_data="{EVENT.OPDATA}",
        event_url="{$ZABBIX.URL}/tr_events.php",
        event_tags='[{"tag":"service","value":"{$SERVICE}"}]',
    )

    assert (found.starts_at, found.url) == (None, None)
    assert {origin for _, _, origin in told(found)} == {"host_id", "host_host", "host_ip"}
    assert "operation_data" not in found.labels


@pytest.mark.parametrize(
    "tags",
    [
        '[{"tag":"service","value":"checkout"},{"tag":"service","value":"pay"},{"tag":"underpin_key","value":"web-1"}]',
        [
            {"tag": "service", "value": "checkout"},
            {"tag": "service", "value": "pay"},
            {"tag": "underpin_key", "value": "web-1"},
        ],
        {"service": ["checkout", "pay"], "underpin_key": "web-1"},
    ],
)
def test_tags_may_be_written_in_three_ways(tags: object) -> None:
    found = alert(event_tags=tags)

    assert [clue[:2] for clue in told(found)][:5] == [
        ("service", "checkout"),
        ("alias", "checkout"),
        ("service", "pay"),
        ("alias", "pay"),
        ("key", "web-1"),
    ]
    assert (found.labels["service"], found.labels["underpin_key"]) == ("checkout, pay", "web-1")


def test_our_media_type_tells_more_of_the_host() -> None:
    found = alert(host_dns="web01.example.net", inventory_serial="SN-77", inventory_mac="00:1B:44:11:3a:b7")

    assert {("fqdn", "web01.example.net", "host_dns"), ("serial", "sn-77", "inventory_serial")} <= set(told(found))
    assert ("mac", "001b44113ab7", "inventory_mac") in told(found)


@pytest.mark.parametrize("source", [1, "2"])
def test_a_host_that_was_discovered_is_no_trouble(source: object) -> None:
    assert read("zabbix", {**PROBLEM, "event_source": source}).alerts == ()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ([], "the body must be the JSON object that the Underpin media type sends"),
        ({"event_value": 1}, "event_id must be the {EVENT.ID} of Zabbix, not None"),
        ({"event_id": "1"}, "event_value must be 1 for a problem or 0 for its recovery, not None"),
        ({"event_id": 1, "event_value": 7}, "event_value must be 1 for a problem or 0 for its recovery, not '7'"),
        ({**PROBLEM, "event_timestamp": "x"}, "event_timestamp must be seconds or milliseconds since 1970, not 'x'"),
    ],
)
def test_a_body_of_another_shape_is_refused(body: Json, message: str) -> None:
    assert refusal("zabbix", body) == message


def reply(document: Json) -> Json:
    assert zabbix.SOURCE.reply is not None
    return zabbix.SOURCE.reply([document])


def test_the_reply_puts_the_impact_onto_the_event() -> None:
    processes = [{"key": "checkout", "name": "Checkout"}, {"key": "returns", "name": ""}]

    assert reply({"impact": {"priority": 2, "businessProcesses": processes, "url": "https://underpin.example/x"}}) == {
        "tags": {
            "underpin_priority": "2",
            "underpin_processes": "Checkout, returns",
            "underpin_url": "https://underpin.example/x",
        }
    }


def test_a_tag_is_as_long_as_zabbix_keeps_it() -> None:
    found = reply({"impact": {"priority": None, "businessProcesses": [{"name": "n" * 300}], "url": None}})

    assert found == {"tags": {"underpin_processes": "n" * 255}}


def test_without_an_impact_there_are_no_tags() -> None:
    assert reply({"impact": None}) == {"tags": {}}


def media_type() -> Json:
    (found,) = yaml.safe_load((SHIPPED / "zabbix_media_type.yaml").read_text())["zabbix_export"]["media_types"]
    return found


def test_the_media_type_runs_our_script() -> None:
    assert media_type()["script"] == SCRIPT
    assert (media_type()["type"], media_type()["process_tags"]) == ("WEBHOOK", "YES")


def test_what_the_media_type_sends_unresolved_is_refused_and_resolved_is_read() -> None:
    sent = {one["name"]: one.get("value", "") for one in media_type()["parameters"]}

    assert refusal("zabbix", sent) == "event_id must be the {EVENT.ID} of Zabbix, not None"
    assert alert_in("zabbix", {**sent, "event_id": "1", "event_value": "1"}).fingerprint == "1"


# Zabbix's HttpRequest and Zabbix.log, as far as the script uses them; what was asked of them is told at the end.
_ENGINE = """
const { value, script, status, answer } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const seen = { headers: [], log: [] };
class HttpRequest {
    addHeader(header) { seen.headers.push(header); }
    setProxy(proxy) { seen.proxy = proxy; }
    post(url, body) { seen.url = url; seen.body = JSON.parse(body); return answer; }
    getStatus() { return status; }
}
const Zabbix = { log: (level, text) => seen.log.push([level, text]) };
const run = require('vm').runInNewContext('(function (value) {' + script + '\\n})', { HttpRequest, Zabbix });
try { seen.returned = JSON.parse(run(JSON.stringify(value))); } catch (error) { seen.thrown = String(error); }
console.log(JSON.stringify(seen));
"""


def run(status: int = 200, answer: str = '{"tags": {"underpin_priority": "2"}}', **changes: str) -> Json:
    """What the script does with the parameters it is given."""
    if NODE is None:
        pytest.skip("there is no Node.js here to run the script")
    value = {"url": "https://underpin.example/", "token": "s3cret", "HTTPProxy": "", "event_id": "12345", **changes}
    given = json.dumps({"value": value, "script": SCRIPT, "status": status, "answer": answer})
    done = subprocess.run([NODE, "-e", _ENGINE], input=given, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_the_script_sends_its_parameters_and_returns_the_tags() -> None:
    seen = run()

    assert seen["url"] == "https://underpin.example/webhooks/zabbix"
    assert seen["headers"] == ["Content-Type: application/json", "Authorization: Bearer s3cret"]
    assert seen["body"] == {"event_id": "12345"}
    assert seen["returned"] == {"tags": {"underpin_priority": "2"}}
    assert "proxy" not in seen


def test_the_script_goes_through_a_proxy_if_there_is_one() -> None:
    assert run(HTTPProxy="http://proxy.example:3128")["proxy"] == "http://proxy.example:3128"


@pytest.mark.parametrize(("status", "answer"), [(202, "{}"), (200, "stored"), (200, "null")])
def test_an_answer_without_an_impact_brings_no_tags(status: int, answer: str) -> None:
    assert run(status, answer)["returned"] == {"tags": {}}


@pytest.mark.parametrize("status", [0, 302, 401, 503])
def test_the_script_throws_when_it_was_not_stored_so_that_zabbix_tries_again(status: int) -> None:
    seen = run(status, "no")

    assert seen["thrown"] == f"Underpin: status {status}: no"
    assert seen["log"] == [[3, f"[Underpin] status {status}: no"]]


def test_the_script_says_when_it_is_not_set_up() -> None:
    assert "set the macro {$UNDERPIN.URL}" in run(url="{$UNDERPIN.URL}")["thrown"]
