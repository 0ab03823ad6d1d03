"""Neo4j dies in the middle of an import: the caller is told, nothing is half written, and a second try works."""

import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from neo4j import Driver

from app.bench.estates import make_estate, write_estate
from tests.journeys.up import Running, ready, up, wait_for
from tests.service import Json

WRITING = (
    "SHOW TRANSACTIONS YIELD currentQuery, activeLockCount "
    "WHERE currentQuery STARTS WITH 'UNWIND $rows' AND currentQuery CONTAINS 'MATCH (dependent' "
    "RETURN count(*) AS writing"
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with up(tmp_path_factory.mktemp("killed") / "data", "--demo") as running:
        yield running


def estate(folder: Path) -> list[tuple[str, tuple[str, bytes]]]:
    write_estate(make_estate(5_000), folder)
    return [("files", (path.name, path.read_bytes())) for path in sorted(folder.glob("*.csv"))]


def import_estate(service: Running, folder: Path) -> httpx2.Response:
    return httpx2.post(f"{service.url}/imports", files=estate(folder), timeout=240)


def inventory(service: Running) -> Json:
    query = "{ items(first: 1) { totalCount } }"
    answer = httpx2.post(f"{service.url}/graphql", json={"query": query}, timeout=60).json()
    return answer["data"]["items"]["totalCount"]


def is_writing_edges(driver: Driver) -> bool:
    return bool(driver.execute_query(WRITING, database_="neo4j").records[0]["writing"])


def test_neo4j_killed_while_an_import_writes_leaves_nothing_of_it_and_the_import_can_be_repeated(
    service: Running, tmp_path: Path
) -> None:
    before = inventory(service)
    answers: list[httpx2.Response] = []
    importing = threading.Thread(target=lambda: answers.append(import_estate(service, tmp_path / "estate")))
    with service.driver() as driver:
        importing.start()
        wait_for(lambda: is_writing_edges(driver), "edges being written")
        service.neo4j().send_signal(signal.SIGKILL)
    importing.join()
    wait_for(lambda: ready(service.url), "recovery")
    after = inventory(service)
    repeated = import_estate(service, tmp_path / "again").json()

    (refused,) = answers
    assert (refused.status_code, refused.json()["code"]) == (503, "UNAVAILABLE")
    assert after == before
    assert repeated["items"]["created"] > 5_000
    assert inventory(service) == before + repeated["items"]["created"]
