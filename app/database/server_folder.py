"""The managed server's folder: who holds it, its password, port, version and files, across restarts and crashes."""

import os
import random
import secrets
import socket
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from app.errors import Conflict, Unavailable

# Below the range that Linux and macOS take outgoing ports from, so that the port is still ours after a crash.
_PORTS = range(20_000, 30_000)
_STOP_SECONDS = 60


class ServerFolder:
    """`<data_dir>/neo4j` and the lock beside it; everything in it is readable by its owner only."""

    def __init__(self, data_dir: Path) -> None:
        self.root = data_dir.expanduser().resolve()
        self.home = self.root / "neo4j"
        self.conf = self.home / "conf"
        self.console_log = self.home / "logs" / "console.log"
        self.password_file = self.home / "password"
        self.java_arguments = self.home / "run" / "java.args"
        self._port_file = self.home / "port"
        self._version_file = self.home / "version"
        self._pid_file = self.home / "run" / "neo4j.pid"
        self._owner_file = self.root / "underpin.pid"
        # Released from whatever thread the event loop then runs in.
        self._lock = FileLock(self.root / "underpin.lock", thread_local=False)

    def hold(self) -> None:
        """Take the folder for this process, and make its parts.

        Raises:
            Conflict: another process holds it.
            Unavailable: it cannot be written to.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(blocking=False)
            for folder in (self.home, self.conf, self.console_log.parent, self.java_arguments.parent):
                folder.mkdir(mode=0o700, exist_ok=True)
            self._owner_file.write_text(str(os.getpid()), encoding="utf-8")
        except Timeout as error:
            owner = _read(self._owner_file) or "unknown"
            raise Conflict(
                f"another underpin is using {self.root} (pid {owner}); stop it or give another --data-dir"
            ) from error
        except OSError as error:
            self._lock.release()
            raise Unavailable(f"cannot use the folder {self.root} ({error}); give another --data-dir") from error

    def release(self) -> None:
        """Let others use the folder; a second call does nothing."""
        if self._lock.is_locked:
            self._owner_file.unlink(missing_ok=True)
            self._lock.release()

    def claim_for(self, version: str) -> None:
        """Note that `version` opens the store from now on.

        Raises:
            Conflict: a newer version did, and stores do not go back.
        """
        last = _read(self._version_file)
        if last and _ordered(last) > _ordered(version):
            raise Conflict(
                f"Neo4j {last} wrote {self.home}, which {version} cannot open; "
                f"set UNDERPIN_NEO4J_VERSION={last} or give another --data-dir"
            )
        write_private(self._version_file, version)

    def password(self) -> str:
        """The password of the store in this folder; made up for a new one.

        Raises:
            Conflict: the store exists but its password is gone.
        """
        known = _read(self.password_file)
        if known:
            return known
        if self.has_store():
            raise Conflict(f"{self.password_file} is missing; put it back from a backup or give another --data-dir")
        # Never a leading dash, which Neo4j's command line would take for an option.
        write_private(self.password_file, "p" + secrets.token_urlsafe(32))
        return _read(self.password_file)

    def has_store(self) -> bool:
        """Whether Neo4j has booted here, be it for a moment; from then on an initial password is refused."""
        return (self.home / "data" / "databases" / "system").exists()

    def forget_initial_password(self) -> None:
        """Undo a `set-initial-password` that no boot has used."""
        (self.home / "data" / "dbms" / "auth.ini").unlink(missing_ok=True)

    def port(self) -> int:
        """The port of the last time if it is free, else a new one; architects bookmark it."""
        known = _read(self._port_file)
        if known.isdigit() and _is_free(int(known)):
            return int(known)
        port = next(each for each in random.sample(_PORTS, len(_PORTS)) if _is_free(each))
        write_private(self._port_file, str(port))
        return port

    def remember_process(self, pid: int) -> None:
        """Keep the child's id, for a start that finds it orphaned."""
        write_private(self._pid_file, str(pid))

    def orphan(self) -> psutil.Process | None:
        """A Neo4j on this folder that outlived the process that started it."""
        try:
            process = psutil.Process(int(_read(self._pid_file) or -1))
            return process if self.home_argument in process.cmdline() else None
        except (psutil.Error, ValueError):
            return None

    @property
    def home_argument(self) -> str:
        """The argument by which a process is known to be ours."""
        return f"--home-dir={self.home}"


def end_orphan(process: psutil.Process) -> None:
    """Stop it in order, or after a minute at once. Blocks."""
    try:
        process.terminate()
        process.wait(_STOP_SECONDS)
    except psutil.TimeoutExpired:
        process.kill()
        process.wait()
    except psutil.NoSuchProcess:
        return


def write_private(path: Path, text: str) -> None:
    """Write whole or not at all, mode 0600 from the first byte."""
    temporary = path.with_name(f"{path.name}.new")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""


def _ordered(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As Neo4j does itself, so that connections just closed do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
