"""`underpin send` and `underpin events`, against a running service."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from app.database.client import Connection
from tests.events.deliveries import alert, delivery
from tests.journeys.up import underpin
from tests.service import emptied, running


@pytest.fixture(scope="module")
def url(connection: Connection) -> Iterator[str]:
    """A service that knows a process and the database it needs."""
    with running(emptied(connection), webhook_answer_seconds=60) as service:
        service.client().add(
            [{"key": "pay", "type": "BUSINESS_PROCESS"}, {"key": "db", "type": "COMPONENT"}], "pay -> db"
        )
        yield service.url


def test_a_payload_is_tried_then_sent_then_listed(url: str, tmp_path: Path) -> None:
    file = tmp_path / "body.json"
    file.write_bytes(orjson.dumps(delivery(alert(underpin_key="db"), {**alert(), "status": "odd"})))

    tried = underpin("send", "alertmanager", file, "--dry-run", url=url)
    before = underpin("events", url=url).stdout
    sent = underpin("send", "alertmanager", file, url=url)
    table = underpin("events", "--firing", "--key", "db", url=url).stdout
    (event,) = orjson.loads(underpin("events", "--json", url=url).stdout)["nodes"]

    said = [
        "could not be read: alerts[1].status must be firing or resolved, not 'odd'",
        "firing db, by its key db",
        "  priority 5",
        "  DOWN pay: pay > db",
    ]
    assert tried.stdout.splitlines() == ["1 received, 0 stored", *said]
    assert "it is down" not in before
    assert sent.stdout.splitlines() == ["1 received, 1 stored", *said]
    assert "it is down" in table
    assert (event["lifecycle"], event["item"]["key"]) == ("OPEN", "db")


def test_a_source_nobody_knows_fails_with_those_that_exist(url: str, tmp_path: Path) -> None:
    file = tmp_path / "body.json"
    file.write_bytes(b"{}")

    refused = underpin("send", "smoke-signals", file, url=url)

    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("Error: no event source is called 'smoke-signals'; use one of alertmanager")
