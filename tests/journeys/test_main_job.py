"""The README's first screen, on a new data folder: one command, then the bank, a question, an alert, and a crash."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx2
import psutil
import pytest

from tests.journeys.up import Running, ready, underpin, up, wait_for

ARRAY_DOWN = {
    "version": "4",
    "status": "firing",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "ArrayDown", "underpin_key": "san-1", "severity": "critical"},
            "annotations": {"summary": "no paths to the array"},
            "startsAt": "2026-11-23T19:57:56Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "fingerprint": "9fedf8a53e0a22c9",
        }
    ],
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with up(tmp_path_factory.mktemp("journey") / "data", "--demo") as running:
        yield running


def health_of(service: Running, key: str) -> str:
    query = "query Health($key: String!) { item(key: $key) { health { state } } }"
    answer = httpx2.post(f"{service.url}/graphql", json={"query": query, "variables": {"key": key}}, timeout=60)
    return str(answer.json()["data"]["item"]["health"]["state"])


def states(service: Running, *failures: str) -> dict[str, str]:
    ran = underpin("impact", *failures, "--json", url=service.url)
    assert ran.returncode == 0, ran.stderr
    report = json.loads(ran.stdout)
    nodes = report["impacted"]["nodes"]
    return {node["item"]["key"]: node["state"] for node in nodes}


def test_losing_one_database_of_two_hurts_no_process(service: Running) -> None:
    assert states(service, "ledger-db-1") == {"ledger-db-1": "DOWN"}


def test_losing_the_array_under_both_databases_takes_card_payments_down(service: Running) -> None:
    assert states(service, "san-1")["card-payments"] == "DOWN"


def test_an_alert_is_answered_with_the_processes_at_risk_and_clears_when_resolved(service: Running) -> None:
    fired = httpx2.post(f"{service.url}/webhooks/alertmanager", json=ARRAY_DOWN, timeout=60)
    down = health_of(service, "card-payments")
    alert = {**ARRAY_DOWN["alerts"][0], "status": "resolved", "endsAt": "2026-11-23T20:10:00Z"}  # type: ignore[dict-item]
    httpx2.post(f"{service.url}/webhooks/alertmanager", json={**ARRAY_DOWN, "alerts": [alert]}, timeout=60)

    assert fired.json()["events"][0]["match"]["key"] == "san-1"
    assert (down, health_of(service, "card-payments")) == ("DOWN", "OPERATIONAL")


def test_a_second_up_on_the_same_folder_is_refused_with_the_folder_and_what_to_do(service: Running) -> None:
    second = underpin("up", "--port", "0", "--data-dir", service.data_dir)

    assert second.returncode == 1
    assert str(service.data_dir) in second.stderr.replace("\n", "")
    assert "--data-dir" in second.stderr


def test_an_unknown_key_is_one_sentence_and_exit_code_1(service: Running) -> None:
    ran = underpin("impact", "no-such-item", url=service.url)

    assert ran.returncode == 1
    assert "no-such-item" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_export_then_import_changes_nothing(service: Running, tmp_path: Path) -> None:
    exported = underpin("export", "--format", "yaml", "--output", tmp_path / "all.yaml", url=service.url)
    ran = underpin("import", tmp_path / "all.yaml", "--source", "demo", "--json", url=service.url)

    assert (exported.returncode, ran.returncode) == (0, 0), exported.stderr + ran.stderr
    report = json.loads(ran.stdout)
    assert (report["items"]["created"], report["items"]["changed"], report["refusedCount"]) == (0, 0, 0)
    assert (report["dependencies"]["created"], report["dependencies"]["changed"]) == (0, 0)


def test_a_killed_neo4j_is_said_and_recovered_from_without_a_restart(service: Running) -> None:
    service.neo4j().send_signal(signal.SIGKILL)
    refused = wait_for(lambda: _unavailable(service), "a 503")
    wait_for(lambda: ready(service.url), "recovery")

    assert refused["code"] == "UNAVAILABLE"
    assert states(service, "san-1")["card-payments"] == "DOWN"


def _unavailable(service: Running) -> dict[str, str] | None:
    answer = httpx2.get(f"{service.url}/lookup", params={"ref": "san-1"}, timeout=60)
    return dict(answer.json()) if answer.status_code == 503 else None


def test_sigterm_stops_both_processes_and_leaves_the_folder_free(tmp_path: Path) -> None:
    with up(tmp_path / "data") as running:
        neo4j = running.neo4j()
        code = running.stop()

    assert code == 0
    assert not psutil.pid_exists(neo4j.pid)
