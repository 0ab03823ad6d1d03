"""Recoveries under way in Neo4j: one wrapper for each query of `cypher/recoveries.cypher`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.continuity.progress import DoneStep, Recovery
from app.database.client import Reader, Row, Transaction
from app.database.instants import utc
from app.database.queries import load_queries

_QUERIES = load_queries("recoveries")


async def store_recovery(transaction: Transaction, recovery: Recovery) -> None:
    """Store a recovery that begins, with nothing done."""
    properties: Mapping[str, object] = {
        "targetKeys": list(recovery.targets),
        "failedKeys": None if recovery.failed is None else list(recovery.failed),
        "durationKeys": list(recovery.seconds),
        "durationSeconds": list(recovery.seconds.values()),
        "teams": recovery.teams,
        "startedAt": recovery.started_at,
        "startedBy": recovery.started_by,
    }
    await transaction.rows(_QUERIES["store_recovery"], id=recovery.id, properties=properties)


async def complete_steps(transaction: Transaction, id: str, keys: Sequence[str], *, at: datetime, by: str) -> None:
    """Note that these items are up; of one that was before, the newer word counts."""
    await transaction.rows(_QUERIES["complete_steps"], id=id, keys=list(keys), at=at, by=by)


async def recovery_by_id(reader: Reader, id: str) -> Recovery | None:
    """One recovery, or `None`."""
    rows = await reader.rows(_QUERIES["recovery_by_id"], id=id)
    return _recovery(rows[0]) if rows else None


async def recoveries(reader: Reader, *, before: tuple[datetime, str] | None, first: int) -> tuple[Recovery, ...]:
    """The next recoveries before an instant and id, those that began last first."""
    at, id = before or (None, "")
    rows = await reader.rows(_QUERIES["recoveries"], before_at=at, before_id=id, first=first)
    return tuple(_recovery(row) for row in rows)


async def count_recoveries(reader: Reader) -> int:
    """How many recoveries there are."""
    rows = await reader.rows(_QUERIES["count_recoveries"])
    return int(rows[0]["count"])


def _recovery(row: Row) -> Recovery:
    stored: Mapping[str, Any] = row["recovery"]
    failed = stored.get("failedKeys")
    return Recovery(
        id=stored["id"],
        targets=tuple(stored["targetKeys"]),
        started_at=utc(stored["startedAt"]),
        started_by=stored["startedBy"],
        failed=None if failed is None else tuple(failed),
        seconds=dict(zip(stored["durationKeys"], stored["durationSeconds"], strict=True)),
        teams=stored.get("teams"),
        done=tuple(DoneStep(step["key"], utc(step["doneAt"]), step["doneBy"]) for step in row["steps"]),
    )
