"""The journal: deliveries on this machine's disk, from before they are acknowledged until they are processed.

One SQLite file in the data folder. What `append` has returned for survives a crash of the machine.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import orjson
from filelock import FileLock, Timeout

from app.errors import Conflict, Unavailable
from app.events.delivery import Delivery

_SCHEMA = """
CREATE TABLE IF NOT EXISTS journal (id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  source TEXT NOT NULL,
  received_at TEXT NOT NULL,
  headers BLOB NOT NULL,
  parameters BLOB NOT NULL,
  body BLOB NOT NULL
);
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery that waits to be processed, and its number in the journal."""

    number: int
    delivery: Delivery


class Journal:
    """Deliveries that wait, in the order of their arrival. Every call blocks on the disk; one thread at a time.

    Raises from every method:
        Unavailable: the disk is full or broken.
    """

    def __init__(self, folder: Path, *, max_bytes: int) -> None:
        """Open the journal in a folder, or make it.

        Raises:
            Conflict: another service uses it.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(folder / "journal.lock", thread_local=False)
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise Conflict(
                f"another service keeps its events in {folder}; give each its own UNDERPIN_DATA_DIR"
            ) from error
        self._max_bytes = max_bytes
        self._open(folder / "journal.sqlite3")

    def _open(self, path: Path) -> None:
        self._file = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        # FULL: a commit is on the disk, not only on its way there.
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL"):
            self._file.execute(statement)
        self._file.executescript(_SCHEMA)
        if self._file.execute("SELECT count(*) FROM journal").fetchone() == (0,):
            self._file.execute("INSERT INTO journal VALUES (?)", (str(uuid4()),))
        (self.id,) = self._file.execute("SELECT id FROM journal").fetchone()
        self.count, self.bytes = self._file.execute(
            "SELECT count(*), coalesce(sum(length(body)), 0) FROM deliveries"
        ).fetchone()

    def append(self, deliveries: Sequence[Delivery]) -> tuple[int | None, ...]:
        """Write deliveries down, all in one commit; the number of each, `None` for what is beyond the bound."""
        rows, taken = [], []
        size = self.bytes
        for delivery in deliveries:
            fits = size + len(delivery.body) <= self._max_bytes
            taken.append(fits)
            if fits:
                size += len(delivery.body)
                rows.append(_row(delivery))
        numbers = iter(self._written(rows))
        self.count, self.bytes = self.count + len(rows), size
        return tuple(next(numbers) if fits else None for fits in taken)

    def _written(self, rows: Sequence[tuple[object, ...]]) -> list[int]:
        if not rows:
            return []
        numbers: list[int] = []
        try:
            with self._file:
                self._file.execute("BEGIN IMMEDIATE")
                for row in rows:
                    added = self._file.execute("INSERT INTO deliveries VALUES (NULL, ?, ?, ?, ?, ?)", row)
                    numbers.append(int(added.lastrowid or 0))
        except sqlite3.Error as error:
            raise _broken(error) from error
        return numbers

    def waiting(self, *, after: int, max_bytes: int) -> tuple[Waiting, ...]:
        """The first deliveries after a number, one at least and no more than fit into so many bytes."""
        found: list[Waiting] = []
        size = 0
        try:
            rows = self._file.execute(
                "SELECT number, source, received_at, headers, parameters, body FROM deliveries"
                " WHERE number > ? ORDER BY number",
                (after,),
            )
            for row in rows:
                size += len(row[5])
                if found and size > max_bytes:
                    break
                found.append(_waiting(row))
            rows.close()
        except sqlite3.Error as error:
            raise _broken(error) from error
        return tuple(found)

    def forget(self, upto: int) -> None:
        """Drop what is processed, up to a number and with it."""
        try:
            with self._file:
                self._file.execute("BEGIN IMMEDIATE")
                (count, size) = self._file.execute(
                    "SELECT count(*), coalesce(sum(length(body)), 0) FROM deliveries WHERE number <= ?", (upto,)
                ).fetchone()
                self._file.execute("DELETE FROM deliveries WHERE number <= ?", (upto,))
        except sqlite3.Error as error:
            raise _broken(error) from error
        self.count, self.bytes = self.count - count, self.bytes - size

    def close(self) -> None:
        """Let another service have it."""
        self._file.close()
        self._lock.release()


def _row(delivery: Delivery) -> tuple[object, ...]:
    headers, parameters = orjson.dumps(dict(delivery.headers)), orjson.dumps(dict(delivery.parameters))
    return delivery.source, delivery.received_at.astimezone(UTC).isoformat(), headers, parameters, delivery.body


def _waiting(row: tuple[int, str, str, bytes, bytes, bytes]) -> Waiting:
    number, source, received_at, headers, parameters, body = row
    delivery = Delivery(
        source=source,
        body=body,
        received_at=datetime.fromisoformat(received_at),
        headers=orjson.loads(headers),
        parameters=orjson.loads(parameters),
    )
    return Waiting(number, delivery)


def _broken(error: sqlite3.Error) -> Unavailable:
    return Unavailable(
        f"the journal of events cannot be written or read ({error}); nothing was taken, look at the disk"
    )
