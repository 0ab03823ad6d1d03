"""Recovery plans as documents over HTTP, and `underpin plan`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.database.client import Connection
from tests.api.w2 import add_w2
from tests.journeys.up import underpin
from tests.service import Client, Service, emptied, running


@pytest.fixture(scope="module")
def service(connection: Connection) -> Iterator[Service]:
    with running(emptied(connection)) as opened:
        add_w2(opened.client())
        opened.client().add([{"key": "a/b:c", "type": "COMPONENT", "name": "Odd key", "recoveryTimeSeconds": 60}])
        yield opened


@pytest.fixture(scope="module")
def client(service: Service) -> Client:
    return service.client()


def test_a_plan_is_markdown(client: Client) -> None:
    answer = client.http.get("/continuity/s1/plan.md")

    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert answer.text.startswith("# Recovery plan: s1\n\n- Everything is up **5 h** after the failure.\n")


def test_a_plan_is_csv_for_teams_and_for_what_failed(client: Client) -> None:
    answer = client.http.get("/continuity/s1/plan.csv", params={"teams": 1, "failed": ["san", "net"]})

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert [line.split(",")[0] for line in answer.text.splitlines()] == ["key", "san", "db", "net", "a", "s1"]


def test_a_plan_is_a_picture_that_can_do_nothing(client: Client) -> None:
    answer = client.http.get("/continuity/s1/plan.svg")

    assert answer.headers["content-type"] == "image/svg+xml"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.text.startswith("<svg xmlns=")


def test_a_key_may_hold_slashes_and_colons(client: Client) -> None:
    answer = client.http.get("/continuity/a/b:c/plan.md")

    assert answer.text.startswith("# Recovery plan: Odd key (a/b:c)\n")
    assert answer.headers["content-disposition"] == "inline; filename*=UTF-8''recovery-plan-a-b%3Ac.md"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/continuity/nothing/plan.md", 404, "NOT_FOUND"),
        ("/continuity/s1/plan.pdf", 422, "INVALID_INPUT"),
        ("/continuity/s1/plan.md?teams=0", 422, "INVALID_INPUT"),
        ("/continuity/s1/plan.md?failed=nothing", 404, "NOT_FOUND"),
    ],
)
def test_what_cannot_be_planned_is_a_problem(client: Client, path: str, status: int, code: str) -> None:
    answer = client.http.get(path)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_plan_is_for_those_who_may_read(connection: Connection, service: Service) -> None:
    with running(connection, local_mode=False) as closed:
        assert closed.client().http.get("/continuity/s1/plan.md").status_code == 401


def test_the_command_prints_a_plan_or_writes_it(service: Service, tmp_path: Path) -> None:
    picture = tmp_path / "plan.svg"

    printed = underpin("plan", "a/b:c", url=service.url)
    written = underpin("plan", "s1", "--teams", "2", "--failed", "san", "-o", str(picture), url=service.url)
    refused = underpin("plan", "nothing", url=service.url)

    assert (printed.returncode, printed.stdout.splitlines()[0]) == (0, "# Recovery plan: Odd key (a/b:c)")
    assert (written.returncode, written.stdout, picture.read_text()[:4]) == (0, "", "<svg")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == (
        "Error: keys: no configuration item has the key nothing; look it up with search(text:) or items(filter:)\n"
    )
