"""The managed server: a real Neo4j Community as our child process, booted, watched, restarted and stopped.

Decision: a child of ours and not a daemon, so that one command starts and ends everything; a lock on the folder keeps
two of us apart, and the port and password stay the same, so that a driver survives a crash without knowing.
"""

import asyncio
import threading
from asyncio.subprocess import Process
from collections.abc import Callable
from enum import StrEnum
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from app.database.client import Connection
from app.database.jar_download import Progress
from app.database.jars import default_cache, fetch_jars, jars_of
from app.database.server_config import LOG_RULES, ServerMemory, argument_file, java_arguments, memory_here, neo4j_conf
from app.database.server_folder import ServerFolder, end_orphan, write_private
from app.database.server_process import answers, end, ending_of, has_given_up, last_words, log_size, start_java
from app.errors import Unavailable

NEO4J_VERSION = "2026.08.1"

_USERNAME = "neo4j"
_DATABASE = "neo4j"
_ADMIN_CLASS = "org.neo4j.cli.AdminTool"
_BOOT_SECONDS = 120
_POLL_SECONDS = 0.2
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0
_STABLE_SECONDS = 60


class ServerState(StrEnum):
    """What a health check says about the managed server."""

    STARTING = "starting"
    RUNNING = "running"
    RESTARTING = "restarting"
    STOPPED = "stopped"


class ManagedServer:
    """One Neo4j on one folder. Start and stop it in the same event loop, one that lives in the main thread."""

    def __init__(
        self,
        data_dir: Path,
        *,
        say: Callable[[str], None],
        version: str = NEO4J_VERSION,
        progress: Progress | None = None,
        jar_cache: Path | None = None,
        maven_url: str | None = None,
        memory: ServerMemory | None = None,
    ) -> None:
        self.version = version
        self._folder = ServerFolder(data_dir)
        self._say = say
        self._progress = progress
        self._jar_cache = jar_cache or default_cache()
        self._maven_url = maven_url
        self._memory = memory or memory_here()
        self._state = ServerState.STOPPED
        self._connection: Connection | None = None
        self._process: Process | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def state(self) -> ServerState:
        """Where it stands now."""
        return self._state

    @property
    def connection(self) -> Connection:
        """How to log in; the same for as long as this server is started, through crashes too.

        Raises:
            Unavailable: it has not been started.
        """
        if self._connection is None:
            raise Unavailable("the managed Neo4j is not started; run `underpin up`")
        return self._connection

    @property
    def pid(self) -> int | None:
        """The process id of Neo4j, for health checks."""
        return self._process.pid if self._process else None

    async def start(self) -> Connection:
        """Boot and wait until it answers; about ten seconds with a warm cache, plus the download before the first.

        Raises:
            Conflict: another process uses the folder, or a newer Neo4j did.
            InvalidInput: we have no jar list for this version.
            Unavailable: jars could not be fetched, or Neo4j did not come up; the message has its last words.
        """
        if self._connection is not None:
            return self._connection
        self._folder.hold()
        self._state = ServerState.STARTING
        try:
            connection = await self._prepare()
            await self._boot(connection)
        except BaseException:
            await self.stop()
            raise
        self._state = ServerState.RUNNING
        self._watch = asyncio.create_task(self._keep_running(connection), name="watch Neo4j")
        return connection

    async def stop(self) -> None:
        """Stop Neo4j in order, let go of the folder; a second call does nothing."""
        watch, self._watch = self._watch, None
        try:
            if watch is not None:
                watch.cancel()
                await asyncio.wait((watch,))
        finally:
            await self._end()

    async def _end(self) -> None:
        process, self._process = self._process, None
        try:
            if process is not None:
                await end(process)
        finally:
            self._connection = None
            self._state = ServerState.STOPPED
            self._folder.release()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _prepare(self) -> Connection:
        """Everything that must be true before a boot."""
        jars_of(self.version)  # an unknown version must leave no trace in the folder
        folder = self._folder
        orphan = folder.orphan()
        if orphan is not None:
            self._say(f"stopping the Neo4j that an earlier underpin left behind (pid {orphan.pid})")
            await asyncio.to_thread(end_orphan, orphan)
        folder.claim_for(self.version)
        self._connection = self._configure(await self._jars())
        await self._set_initial_password(self._connection.password)
        return self._connection

    async def _jars(self) -> tuple[Path, ...]:
        cancelled = threading.Event()
        fetch = partial(fetch_jars, maven_url=self._maven_url, progress=self._progress, cancelled=cancelled)
        try:
            return await asyncio.to_thread(fetch, jars_of(self.version), self._jar_cache)
        finally:
            # When we are cancelled too: the threads end at their next chunk.
            cancelled.set()

    def _configure(self, jars: tuple[Path, ...]) -> Connection:
        folder, port = self._folder, self._folder.port()
        write_private(folder.conf / "neo4j.conf", neo4j_conf(self.version, port, self._memory))
        write_private(folder.conf / "server-logs.xml", LOG_RULES)
        write_private(folder.java_arguments, argument_file(java_arguments(jars, self._memory.heap_mebibytes)))
        if folder.console_log.exists():
            folder.console_log.replace(folder.console_log.with_suffix(".previous.log"))
        return Connection(f"bolt://127.0.0.1:{port}", _USERNAME, folder.password(), _DATABASE)

    async def _set_initial_password(self, password: str) -> None:
        """Before the first boot only. A kill between this and the boot is fine: the next start does it again."""
        folder = self._folder
        if folder.has_store():
            return
        folder.forget_initial_password()
        # Through a file: a command line is readable by every user of the machine.
        secret = folder.java_arguments.with_name("password.args")
        write_private(secret, argument_file((_ADMIN_CLASS, "dbms", "set-initial-password", password)))
        try:
            process = await start_java(folder, (f"@{folder.java_arguments}", f"@{secret}"))
            try:
                await process.wait()
            finally:
                await end(process)
        finally:
            secret.unlink()
        if process.returncode != 0:
            raise Unavailable(self._failure("did not take its first password", 0))

    async def _boot(self, connection: Connection) -> None:
        """Start the process and wait for an answer; on failure no process is left."""
        since = log_size(self._folder.console_log)
        arguments = (_main_class(self.version), "--console-mode", self._folder.home_argument)
        self._process = await start_java(
            self._folder, (f"@{self._folder.java_arguments}", *arguments, f"--config-dir={self._folder.conf}")
        )
        try:
            self._folder.remember_process(self._process.pid)
            async with asyncio.timeout(_BOOT_SECONDS):
                await self._answered(self._process, connection, since)
        except TimeoutError as error:
            await end(self._process)
            raise Unavailable(self._failure(f"did not answer in {_BOOT_SECONDS} s", since)) from error
        except BaseException:
            await end(self._process)
            raise

    async def _answered(self, process: Process, connection: Connection, since: int) -> None:
        while not await answers(connection, self._folder.password_file):
            if process.returncode is not None:
                raise Unavailable(self._failure(f"ended while starting ({ending_of(process)})", since))
            if has_given_up(self._folder.console_log, since):
                raise Unavailable(self._failure("gave up starting", since))
            await asyncio.sleep(_POLL_SECONDS)

    def _failure(self, what: str, since: int) -> str:
        log = self._folder.console_log
        return f"Neo4j {self.version} {what}: {last_words(log, since)}; the whole story is in {log}"

    async def _keep_running(self, connection: Connection) -> None:
        loop = asyncio.get_running_loop()
        pause = _FIRST_PAUSE_SECONDS
        up_since = loop.time()
        while self._process is not None:
            await self._process.wait()
            if self._state is ServerState.RUNNING and loop.time() - up_since > _STABLE_SECONDS:
                pause = _FIRST_PAUSE_SECONDS
            self._state = ServerState.RESTARTING
            self._say(f"Neo4j ended unexpectedly ({ending_of(self._process)}); starting it again in {pause:g} s")
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
            try:
                await self._boot(connection)
            except (Unavailable, OSError) as error:
                self._say(str(error))
                continue
            up_since = loop.time()
            self._state = ServerState.RUNNING
            self._say("Neo4j is back; nothing that was committed is lost")


def _main_class(version: str) -> str:
    return "org.neo4j.server.CommunityEntryPoint" if version.startswith("5.") else "org.neo4j.server.Neo4jCommunity"
