"""Which Neo4j the tests run against: `NEO4J_TEST_URI`, else a container, else the managed local server."""

import asyncio
import os
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import docker
from docker.errors import DockerException
from requests.exceptions import RequestException
from testcontainers.community.neo4j import Neo4jContainer

from app.database.client import Connection
from app.database.server import NEO4J_VERSION, ManagedServer
from app.database.server_config import ServerMemory

T = TypeVar("T")
IMAGE = f"neo4j:{NEO4J_VERSION}-community"
# Two megabyte-hungry servers and a browser share the machine.
_MEMORY = ServerMemory(heap_mebibytes=1024, page_cache_mebibytes=256)


class Loop:
    """An event loop in a thread of its own: the server outlives the loop of any one test."""

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._loop = loop or asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`, run on this loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def close(self) -> None:
        """End the loop and its thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def docker_refusal() -> str | None:
    """Why no container can be started here, or `None` when a Docker engine answers."""
    socket = Path("/var/run/docker.sock")
    if "DOCKER_HOST" not in os.environ and not socket.exists():
        # The client leaks its half-open socket when nothing listens, and a warning fails a run.
        return f"no Docker engine: DOCKER_HOST is not set and {socket} does not exist"
    client = docker.APIClient(version="1.44", timeout=3)
    try:
        client.ping()
    except (DockerException, RequestException) as error:
        return f"no Docker engine answers ({type(error).__name__})"
    finally:
        client.close()
    return None


def uri_from_environment() -> Connection | None:
    """The server of `NEO4J_TEST_URI`. Everything in it is deleted."""
    uri = os.environ.get("NEO4J_TEST_URI")
    if not uri:
        return None
    return Connection(
        uri,
        os.environ.get("NEO4J_TEST_USERNAME", "neo4j"),
        os.environ.get("NEO4J_TEST_PASSWORD", ""),
        os.environ.get("NEO4J_TEST_DATABASE", "neo4j"),
    )


@contextmanager
def container() -> Iterator[Connection]:
    """A Neo4j of the pinned version in a container."""
    with Neo4jContainer(IMAGE, password="only-for-tests") as neo4j:
        yield Connection(neo4j.get_connection_url(), "neo4j", "only-for-tests", "neo4j")


@contextmanager
def managed(folder: Path, version: str = NEO4J_VERSION) -> Iterator[Connection]:
    """The server that `underpin up` runs, small."""
    loop = Loop()
    server = ManagedServer(folder, say=lambda _: None, version=version, memory=_MEMORY)
    try:
        yield loop.run(server.start())
    finally:
        loop.run(server.stop())
        loop.close()


@contextmanager
def test_server(folder: Path) -> Iterator[Connection]:
    """The server for this run of the tests."""
    if connection := uri_from_environment():
        yield connection
        return
    version = os.environ.get("NEO4J_TEST_VERSION", NEO4J_VERSION)
    if version == NEO4J_VERSION and docker_refusal() is None:
        with container() as connection:
            yield connection
        return
    with managed(folder, version) as connection:
        yield connection
