"""Where a service begins and ends: the port, Neo4j, the schema, then the application.

Light imports only: while Neo4j boots, the application with its libraries is loaded beside it.
"""

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Protocol

import uvloop

from app.database.client import Connection, Database
from app.database.migrations import migrate
from app.database.server import ManagedServer
from app.errors import Conflict
from app.settings import Settings

# What is worked out in threads must not hold up a request for Python's own 5 ms each time it has to wait for Neo4j.
_SWITCH_SECONDS = 0.0005


class Teller(Protocol):
    """Someone to tell how the start goes: the CLI's console."""

    def say(self, message: str) -> None:
        """One line."""
        ...

    def progress(self, done: int, total: int) -> None:
        """Bytes of the first download."""
        ...


@dataclass(frozen=True, slots=True)
class Opened:
    """An open database, and the server behind it when it is ours."""

    database: Database
    server: ManagedServer | None


@asynccontextmanager
async def opened_database(settings: Settings, teller: Teller) -> AsyncIterator[Opened]:
    """The Neo4j of `NEO4J_URI`, or the managed one for as long as this lasts; migrated.

    Raises:
        Conflict: the data folder is in use, or the database belongs to a newer version.
        Unavailable: Neo4j cannot be fetched, booted or reached.
    """
    server: ManagedServer | None = None
    if settings.neo4j_uri is not None:
        connection = _existing(settings, settings.neo4j_uri)
    else:
        server = ManagedServer(
            settings.data_dir,
            say=teller.say,
            version=settings.neo4j_version,
            progress=teller.progress,
            maven_url=settings.maven_url,
        )
        connection = await server.start()
    database = Database(
        connection,
        read_timeout_seconds=settings.query_timeout_seconds,
        write_timeout_seconds=settings.write_timeout_seconds,
        adhoc_login=settings.cypher_login,
    )
    try:
        await migrate(connection, teller.say)
        yield Opened(database, server)
    finally:
        await database.close()
        if server:
            await server.stop()


def _existing(settings: Settings, uri: str) -> Connection:
    return Connection(uri, settings.neo4j_username, settings.neo4j_password.get_secret_value(), settings.neo4j_database)


def serve(settings: Settings, *, demo: bool, teller: Teller) -> None:
    """Run the service until SIGINT or SIGTERM."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    with suppress(asyncio.CancelledError), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings, demo=demo, teller=teller))


async def _serve(settings: Settings, *, demo: bool, teller: Teller) -> None:
    listener = _listener(settings)
    settings = settings.model_copy(update={"port": listener.getsockname()[1]})
    task = asyncio.current_task()
    assert task is not None
    _on_signals(task.cancel)
    loading = asyncio.create_task(asyncio.to_thread(_load_application, settings))
    async with opened_database(settings, teller) as opened:
        await loading
        from app.application import serve_http

        await serve_http(
            opened.database,
            opened.server,
            settings,
            listener,
            demo=demo,
            say=teller.say,
            on_signals=_on_signals,
        )
        teller.say("stopping")


def _load_application(settings: Settings) -> None:
    # It takes about as long as Neo4j to boot.
    from app import application

    application.prepare(settings)


def _listener(settings: Settings) -> socket.socket:
    """The listening socket, taken before anything slow is started.

    Raises:
        Conflict: the address is taken or not ours.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise Conflict(
            f"cannot listen on {settings.host}:{settings.port} ({error.strerror}); choose another with --port or --host"
        ) from error
    return listener


def _on_signals(act: Callable[[], object]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, act)
