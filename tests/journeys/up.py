"""A real `underpin up`: a process of its own, on a data folder and a port of its own."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import httpx2
import psutil
from neo4j import Driver, GraphDatabase

T = TypeVar("T")
UNDERPIN = Path(sys.executable).with_name("underpin")
_PATIENCE_SECONDS = 240
_ADDRESS = re.compile(r"Underpin at (http://\S+)/graphql")


@dataclass(frozen=True, slots=True)
class Running:
    """The process and where it listens."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path
    data_dir: Path

    def neo4j(self) -> psutil.Process:
        """The managed Neo4j."""
        (child,) = psutil.Process(self.process.pid).children()
        return child

    def driver(self) -> Driver:
        """A driver of the managed Neo4j, as an architect connects to it."""
        folder = self.data_dir / "neo4j"
        port, password = ((folder / name).read_text().strip() for name in ("port", "password"))
        return GraphDatabase.driver(f"bolt://127.0.0.1:{port}", auth=("neo4j", password))

    def stop(self) -> int:
        """Ask it to stop, and give its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(_PATIENCE_SECONDS)


def environment(**more: str) -> dict[str, str]:
    """Ours without what would point the commands elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UNDERPIN_", "NEO4J_"))}
    # A machine that does ten other things at once may answer late, and then with 202; that is not what is asked here.
    return {**kept, "UNDERPIN_WEBHOOK_ANSWER_SECONDS": "30", **more}


@contextmanager
def up(data_dir: Path, *options: str, **variables: str) -> Iterator[Running]:
    """`underpin up` with these variables until it is ready; stopped at the end if it still runs."""
    log = data_dir.with_suffix(".log")
    command = [str(UNDERPIN), "up", "--port", "0", "--data-dir", str(data_dir), *options]
    with log.open("wb") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=stream, env=environment(**variables))
    try:
        url = wait_for(lambda: _address(process, log), "its address")
        wait_for(lambda: ready(url), "readiness")
        yield Running(process, url, log, data_dir)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(_PATIENCE_SECONDS)


def _address(process: subprocess.Popen[bytes], log: Path) -> str | None:
    found = _ADDRESS.search(" ".join(log.read_text().split()))
    if not found and process.poll() is not None:
        raise AssertionError(f"underpin up ended: {log.read_text()}")
    return found[1] if found else None


def ready(url: str) -> bool:
    """Whether every part says that it is ready."""
    try:
        return httpx2.get(f"{url}/health/ready", timeout=10).status_code == 200
    except httpx2.TransportError:
        return False


def wait_for(condition: Callable[[], T | None], what: str) -> T:
    """The first true answer of `condition`."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if answer := condition():
            return answer
        time.sleep(0.1)
    raise AssertionError(f"waited {_PATIENCE_SECONDS} s for {what}")


def underpin(*arguments: str | Path, url: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    where = {"UNDERPIN_URL": url} if url else {}
    return subprocess.run(
        [UNDERPIN, *arguments],
        capture_output=True,
        text=True,
        env=environment(**where, COLUMNS="200"),
        timeout=_PATIENCE_SECONDS,
        check=False,
    )
