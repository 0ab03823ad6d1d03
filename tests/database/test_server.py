"""The managed Neo4j, for real: each boot takes about ten seconds, so one server is shared where that is safe."""

import asyncio
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
from neo4j import AsyncGraphDatabase

from app.database.client import Connection
from app.database.server import ManagedServer, ServerState
from app.database.server_config import ServerMemory, memory_for, neo4j_conf
from app.errors import Conflict, InvalidInput, Unavailable

GIBIBYTE = 1024**3
SMALL = ServerMemory(heap_mebibytes=512, page_cache_mebibytes=128)
WAIT_SECONDS = 150

# Another underpin, to be killed: prints the pid of its Neo4j and stays.
OTHER_UNDERPIN = """
import asyncio, sys
from pathlib import Path
from app.database.server import ManagedServer

async def main():
    server = ManagedServer(Path(sys.argv[1]), say=lambda line: None)
    await server.start()
    print(server.pid, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


@dataclass(frozen=True, slots=True)
class Started:
    """A running server with all it said."""

    server: ManagedServer
    folder: Path
    said: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def started(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Started]:
    folder = tmp_path_factory.mktemp("shared")
    said: list[str] = []
    async with ManagedServer(folder, say=said.append, memory=SMALL) as server:
        yield Started(server, folder, said)


async def names(connection: Connection, query: str) -> list[str]:
    auth = (connection.username, connection.password)
    async with AsyncGraphDatabase.driver(connection.uri, auth=auth) as driver:
        answer = await driver.execute_query(query, database_=connection.database)
        return [record["name"] for record in answer.records]


async def wait_for(server: ManagedServer, state: ServerState) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while server.state is not state:  # noqa: ASYNC110 (the server has no event for it; nobody else waits)
            await asyncio.sleep(0.05)


def running_on(folder: Path) -> list[int]:
    """The Neo4j processes of this folder, however they came to be."""
    argument = f"--home-dir={folder / 'neo4j'}"
    return [each.pid for each in psutil.process_iter(["cmdline"]) if argument in (each.info["cmdline"] or ())]


async def test_a_started_server_answers_on_loopback_with_our_password(started: Started) -> None:
    connection = started.server.connection

    assert await names(connection, "RETURN 'here' AS name") == ["here"]
    assert connection.uri.startswith("bolt://127.0.0.1:")
    assert started.server.state is ServerState.RUNNING


async def test_only_the_owner_can_read_the_password(started: Started) -> None:
    file = started.folder / "neo4j" / "password"

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert started.server.connection.password not in " ".join(psutil.Process(started.server.pid).cmdline())


async def test_a_second_start_on_one_folder_is_refused_and_harms_nothing(started: Started) -> None:
    second = ManagedServer(started.folder, say=print)

    with pytest.raises(Conflict, match=r"another underpin is using .* \(pid \d+\); stop it or give another --data-dir"):
        await second.start()

    assert second.state is ServerState.STOPPED
    assert await names(started.server.connection, "RETURN 'still here' AS name") == ["still here"]


@pytest.mark.parametrize("address", ["file:///etc/hosts", "http://127.0.0.1:9/rows.csv"])
async def test_load_csv_reaches_neither_files_nor_addresses(started: Started, address: str) -> None:
    with pytest.raises(Exception, match="Cannot load from URL"):
        await names(started.server.connection, f"LOAD CSV FROM '{address}' AS row RETURN row[0] AS name")


async def test_a_killed_neo4j_is_said_and_restarted_with_its_data_and_address(started: Started) -> None:
    server, before = started.server, started.server.connection
    await names(before, "CREATE (item:Survivor {name: 'committed'}) RETURN item.name AS name")
    first_pid = server.pid
    assert first_pid is not None

    psutil.Process(first_pid).kill()
    await wait_for(server, ServerState.RESTARTING)
    await wait_for(server, ServerState.RUNNING)

    assert server.connection == before
    assert server.pid != first_pid
    assert await names(before, "MATCH (item:Survivor) RETURN item.name AS name") == ["committed"]
    assert started.said == [
        "Neo4j ended unexpectedly (signal 9); starting it again in 0.5 s",
        "Neo4j is back; nothing that was committed is lost",
    ]


async def test_after_kill_9_of_underpin_the_next_start_takes_over_and_its_stop_leaves_nothing(tmp_path: Path) -> None:
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OTHER_UNDERPIN, str(tmp_path), stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    orphan = int(await other.stdout.readline())
    other.send_signal(signal.SIGKILL)
    await other.wait()
    server = ManagedServer(tmp_path, say=print, version="2026.08.1")

    connection = await server.start()
    answer = await names(connection, "RETURN 'taken over' AS name")
    running = running_on(tmp_path)
    await server.stop()
    await server.stop()

    assert answer == ["taken over"]
    assert running != [orphan]
    assert len(running) == 1
    assert running_on(tmp_path) == []
    assert not (tmp_path / "underpin.pid").exists()
    assert server.state is ServerState.STOPPED


async def test_a_folder_of_a_newer_neo4j_is_refused_and_left_alone(tmp_path: Path) -> None:
    home = tmp_path / "neo4j"
    home.mkdir()
    (home / "version").write_text("2026.08.1")

    with pytest.raises(Conflict, match=r"set UNDERPIN_NEO4J_VERSION=2026\.08\.1 or give another --data-dir"):
        await ManagedServer(tmp_path, say=print, version="5.26.30").start()

    assert (home / "version").read_text() == "2026.08.1"
    assert running_on(tmp_path) == []


async def test_a_store_without_its_password_is_refused(tmp_path: Path) -> None:
    (tmp_path / "neo4j" / "data" / "databases" / "system").mkdir(parents=True)

    with pytest.raises(Conflict, match="password is missing; put it back"):
        await ManagedServer(tmp_path, say=print).start()


async def test_a_version_we_do_not_know_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"cannot manage Neo4j '4\.4\.0'"):
        await ManagedServer(tmp_path, say=print, version="4.4.0").start()


async def test_a_failed_start_quotes_java_and_lets_go_of_the_folder(tmp_path: Path) -> None:
    server = ManagedServer(tmp_path, say=print, memory=ServerMemory(heap_mebibytes=1, page_cache_mebibytes=128))

    with pytest.raises(Unavailable, match=r"first password: .*maximum heap.*; the whole story is in "):
        await server.start()

    assert server.state is ServerState.STOPPED
    assert not (tmp_path / "underpin.pid").exists()


@pytest.mark.parametrize(
    ("machine_bytes", "expected"),
    [
        (GIBIBYTE, ServerMemory(512, 204)),
        (4 * GIBIBYTE, ServerMemory(2048, 819)),
        (16 * GIBIBYTE, ServerMemory(4096, 3276)),
        (256 * GIBIBYTE, ServerMemory(8192, 8192)),
    ],
)
def test_memory_follows_the_machine_within_limits(machine_bytes: int, expected: ServerMemory) -> None:
    assert memory_for(machine_bytes) == expected


def test_one_transaction_may_take_most_of_the_heap() -> None:
    conf = neo4j_conf("2026.08.1", 7687, ServerMemory(heap_mebibytes=1000, page_cache_mebibytes=200)).splitlines()

    assert "db.memory.transaction.max=600m" in conf
    assert "dbms.memory.transaction.total.max=700m" in conf
