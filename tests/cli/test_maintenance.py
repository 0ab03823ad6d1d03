"""`underpin maintenance` and `underpin impact --planned`, against a running service."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from app.database.client import Connection
from tests.events.test_calendars import calendar
from tests.journeys.up import underpin
from tests.service import emptied, running

UNTIL = ("--until", "2126-01-01T00:00:00Z")


@pytest.fixture(scope="module")
def url(connection: Connection) -> Iterator[str]:
    """A service that knows a process and the database it needs."""
    with running(emptied(connection), max_maintenance_seconds=10**10) as service:
        service.client().add(
            [{"key": "pay", "type": "BUSINESS_PROCESS"}, {"key": "db", "type": "COMPONENT"}], "pay -> db"
        )
        yield service.url


def test_maintenance_is_planned_listed_and_cancelled(url: str) -> None:
    planned = underpin("maintenance", "plan", "db", *UNTIL, "--summary", "a new disk", url=url)
    (window,) = orjson.loads(underpin("maintenance", "list", "--json", url=url).stdout)["nodes"]
    table = underpin("maintenance", "list", "--key", "db", url=url).stdout
    cancelled = underpin("maintenance", "cancel", window["id"], url=url)

    assert planned.returncode == cancelled.returncode == 0
    assert planned.stdout.startswith(f"maintenance {window['id']}: db DOWN from ")
    assert planned.stdout.endswith(" until 2126-01-01 00:00:00 UTC\n")
    assert "a new disk" in table
    assert "active" in table
    assert cancelled.stdout.startswith(f"maintenance {window['id']} of db was cancelled at ")
    assert orjson.loads(underpin("maintenance", "list", "--json", url=url).stdout)["nodes"][0]["active"] is False


def test_a_series_is_planned_and_one_of_its_times_called_off(url: str) -> None:
    times = ("--from", "2100-01-03T01:00:00Z", "--until", "2100-01-03T02:00:00Z", "--summary", "patches")
    planned = underpin(
        "maintenance", "plan", "db", *times, "--rule", "FREQ=WEEKLY", "--state", "silent", "--json", url=url
    )
    window = orjson.loads(planned.stdout)
    left = underpin("maintenance", "cancel", window["id"], "--occurrence", "2100-01-10T01:00:00Z", "--json", url=url)
    table = underpin("maintenance", "list", url=url).stdout

    assert window["state"] is None
    assert [one["startsAt"] for one in orjson.loads(left.stdout)["occurrences"]] == [
        f"2100-01-{day}T01:00:00+00:00" for day in ("03", "17", "24")
    ]
    assert "silent" in table


def test_a_calendar_is_imported(url: str, tmp_path: Path) -> None:
    file = tmp_path / "plan.ics"
    file.write_text(
        calendar(
            "UID:a\nDTSTART:21000101T000000Z\nDURATION:PT1H\nSUMMARY:disks [db]",
            "UID:b\nDTSTART:21000101T000000Z\nDURATION:PT1H",
        ),
        encoding="utf-8",
    )

    lines = underpin("maintenance", "import", str(file), url=url).stdout.splitlines()

    assert lines[0] == "maintenance: 1 planned, 0 changed, 0 cancelled, 0 unchanged"
    assert lines[1].startswith("the event b: it names no item; write the keys into X-UNDERPIN-KEYS")


def test_what_cannot_be_planned_fails_with_what_to_do(url: str) -> None:
    refused = underpin("maintenance", "plan", "nobody", *UNTIL, "--summary", "a new disk", url=url)

    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("Error: no configuration item has the key 'nobody'; look it up with")


def test_what_maintenance_would_hurt_is_drawn_as_planned(url: str) -> None:
    lines = underpin("impact", "db", "--planned", *UNTIL, url=url).stdout.splitlines()

    assert lines[0] == "db planned DOWN"
    assert lines[1].startswith("what is hurt of the business is planned and has no priority; as of ")
    assert lines[2] == "pay is DOWN for planned maintenance: it needs db, which is DOWN"
    tree = lines[lines.index("") + 1 :][:2]
    assert tree == ["DOWN db, component, planned OWN", "└── DOWN pay, business process, planned HARD"]
