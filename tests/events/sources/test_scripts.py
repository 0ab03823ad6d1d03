"""The scripts for Icinga 2, Nagios and Checkmk send what they are told, and our sources read it."""

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import orjson
import pytest

from app.events import sources
from tests.events.sources.reading import alert_in, captured

SCRIPTS = Path(sources.__file__).parent

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here to send with")


@dataclass
class Heard:
    """What arrived at a server that answers with these statuses, one after the other, and then 200."""

    statuses: list[int] = field(default_factory=list)
    answer: bytes = b""
    bodies: list[bytes] = field(default_factory=list)
    authorizations: list[str | None] = field(default_factory=list)
    url: str = ""


@contextmanager
def listening(*statuses: int, answer: bytes = b"") -> Iterator[Heard]:
    heard = Heard(list(statuses), answer)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            heard.authorizations.append(self.headers["Authorization"])
            self.send_response(heard.statuses.pop(0) if heard.statuses else 200)
            self.send_header("Content-Length", str(len(heard.answer)))
            self.end_headers()
            self.wfile.write(heard.answer)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        heard.url = f"http://127.0.0.1:{server.server_port}"
        yield heard
        server.shutdown()


def notify(script: str = "check_notify.sh", **environment: str) -> subprocess.CompletedProcess[str]:
    known = {"PATH": os.environ["PATH"], "NO_PROXY": "*", **environment}
    return subprocess.run(["/bin/sh", str(SCRIPTS / script)], env=known, capture_output=True, text=True, check=False)


def test_nagios_sends_its_macros_as_they_are() -> None:
    output = 'a "quoted" % & = ünd\n$(touch /tmp/x) `id`\nNAGIOS_HOSTNAME=other\nNAGIOS_FAKE=1'
    with listening() as heard:
        done = notify(
            UNDERPIN_URL=heard.url,
            UNDERPIN_TOKEN="s3cret",
            NAGIOS_HOSTNAME="web01",
            NAGIOS_HOSTSTATE="DOWN",
            NAGIOS_HOSTOUTPUT=output,
            NAGIOS__HOSTCI_ID="CI0012",
            NAGIOS_SERVICEDESC="",
            HOME="/nowhere",
        )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert heard.authorizations == ["Bearer s3cret"]
    alert = alert_in("nagios", heard.bodies[0])
    assert (alert.fingerprint, alert.summary) == ("web01", 'a "quoted" % & = ünd')
    assert alert.labels == {
        "host_name": "web01",
        "host_state": "DOWN",
        "host_output": output,
        "host_ci_id": "CI0012",
    }


def test_icinga_2_sends_the_variables_of_its_command() -> None:
    with listening() as heard:
        notify(UNDERPIN_URL=heard.url, ICINGA_HOST_NAME="web01", ICINGA_HOST_STATE="UP", ICINGA_TIMET="1795464349")

    assert alert_in("icinga2", heard.bodies[0]).fingerprint == "web01"


def test_checkmk_gives_the_address_as_parameters_which_are_not_sent_on() -> None:
    with listening() as heard:
        notify(
            NOTIFY_PARAMETER_1=heard.url,
            NOTIFY_PARAMETER_2="s3cret",
            NOTIFY_WHAT="HOST",
            NOTIFY_HOSTNAME="web01",
            NOTIFY_HOSTSTATE="DOWN",
        )

    assert heard.authorizations == ["Bearer s3cret"]
    assert b"s3cret" not in heard.bodies[0]
    assert alert_in("checkmk", heard.bodies[0]).fingerprint == "web01"


def test_a_server_that_is_busy_is_asked_again() -> None:
    with listening(503) as heard:
        done = notify(UNDERPIN_URL=heard.url, NAGIOS_HOSTNAME="web01")

    assert done.returncode == 0
    assert len(heard.bodies) == 2


def test_a_refusal_is_an_error_that_the_tool_logs() -> None:
    with listening(401) as heard:
        done = notify(UNDERPIN_URL=heard.url, NAGIOS_HOSTNAME="web01")

    assert done.returncode == 22
    assert "401" in done.stderr


def test_without_an_address_it_says_what_to_set() -> None:
    done = notify(NAGIOS_HOSTNAME="web01")

    assert (done.returncode, done.stderr) == (2, "set UNDERPIN_URL, as https://underpin.example/webhooks/nagios\n")


def test_the_event_stream_is_forwarded_object_by_object() -> None:
    told = [orjson.dumps(entry) for entry in captured("icinga2_stream")[:3]]
    secrets = {"ICINGA_USER": "root", "ICINGA_PASSWORD": "icinga", "UNDERPIN_TOKEN": "s3cret"}
    with listening(answer=b"\n".join(told) + b"\n") as icinga, listening(503) as heard:
        done = notify("icinga2_stream.sh", ICINGA_URL=icinga.url, UNDERPIN_URL=heard.url, **secrets)

    assert done.returncode == 0
    assert "not delivered" not in done.stderr
    assert orjson.loads(icinga.bodies[0])["queue"] == "underpin"
    assert icinga.authorizations == ["Basic cm9vdDppY2luZ2E="]
    assert [body.strip() for body in heard.bodies] == [told[0], *told]  # the first was refused once
    assert set(heard.authorizations) == {"Bearer s3cret"}
