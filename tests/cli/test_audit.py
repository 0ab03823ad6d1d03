"""The audit, from the outside: listed, verified, and held to a head that was kept."""

from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import orjson
import pytest
from neo4j import GraphDatabase

from app.database.client import Connection
from tests.journeys.up import underpin
from tests.service import Service, emptied, running

Audit = Callable[..., CompletedProcess[str]]


@pytest.fixture
def service(connection: Connection) -> Iterator[Service]:
    with running(emptied(connection)) as opened:
        opened.client().add([{"key": "db", "type": "COMPONENT"}])
        yield opened


@pytest.fixture
def audit(service: Service) -> Audit:
    """`underpin audit …` of the service."""
    return lambda *arguments: underpin("audit", *arguments, url=service.url)


def test_it_tells_who_changed_what_from_where(audit: Audit) -> None:
    (entry,) = orjson.loads(audit("--action", "upsertItems", "--json").stdout)

    assert (entry["number"], entry["caller"], entry["origin"], entry["keys"]) == (1, "local", "127.0.0.1", ["db"])
    assert "upsertItems" in audit("--key", "db").stdout


def test_a_chain_that_holds_prints_its_head_and_holds_to_it_later(audit: Audit, service: Service) -> None:
    first = audit("--verify")
    service.client().add([{"key": "web", "type": "COMPONENT"}])
    later = audit("--expect", first.stdout.strip())

    assert (first.returncode, later.returncode) == (0, 0)
    assert first.stdout.startswith("2:")
    assert later.stdout.startswith("4:")


def test_an_entry_that_somebody_rewrote_is_named(audit: Audit, connection: Connection) -> None:
    with GraphDatabase.driver(connection.uri, auth=(connection.username, connection.password)) as driver:
        driver.execute_query("MATCH (entry:AuditEntry {number: 1}) SET entry.caller = 'eve'")

    found = audit("--verify")

    assert found.returncode == 1
    assert found.stderr.endswith("Error: the audit is broken: entry 1 is not as it was written\n")


def test_a_kept_export_is_verified_without_the_service(audit: Audit, service: Service, tmp_path: Path) -> None:
    kept = tmp_path / "audit.ndjson"
    kept.write_bytes(service.client().http.get("/exports/audit").content)

    assert audit("--file", str(kept)).returncode == 0

    kept.write_bytes(kept.read_bytes().replace(b"upsertItems", b"removeItems"))
    assert "entry 1 is not as it was written" in audit("--file", str(kept)).stderr
