"""What intake keeps in Neo4j: one wrapper for each query of `cypher/intake.cypher`."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import orjson

from app.database.client import Reader, Row, Transaction
from app.database.instants import utc
from app.database.queries import load_queries
from app.intake.model import QuarantinedDelivery

_QUERIES = load_queries("intake")


async def take_intake(transaction: Transaction, journal: str, upto: int) -> int:
    """Up to which number a journal had been processed before; from now on it is up to this one."""
    rows = await transaction.rows(_QUERIES["take_intake"], journal=journal, upto=upto)
    return int(rows[0]["before"])


async def take_deliveries(transaction: Transaction, ids: Collection[str], at: datetime) -> frozenset[str]:
    """Note that these deliveries were received; those that had been received before."""
    rows = await transaction.rows(_QUERIES["take_deliveries"], ids=sorted(ids), at=at)
    return frozenset(row["id"] for row in rows if row["seen"])


async def forget_deliveries(transaction: Transaction, before: datetime, first: int) -> None:
    """Forget so many deliveries that were received before an instant."""
    await transaction.rows(_QUERIES["forget_deliveries"], before=before, first=first)


async def quarantine(transaction: Transaction, deliveries: Sequence[QuarantinedDelivery]) -> None:
    """Keep deliveries that could not be read."""
    rows = [{"id": one.id, "properties": _properties(one)} for one in deliveries]
    await transaction.rows(_QUERIES["quarantine"], rows=rows)


async def quarantined(
    reader: Reader, *, before: tuple[datetime, str] | None, first: int
) -> tuple[QuarantinedDelivery, ...]:
    """Kept deliveries, newest first, received before a time and id."""
    rows = await reader.rows(
        _QUERIES["quarantined"],
        before_at=before[0] if before else None,
        before_id=before[1] if before else "",
        first=first,
    )
    return _kept(rows)


async def count_quarantined(reader: Reader) -> int:
    """How many deliveries are kept."""
    rows = await reader.rows(_QUERIES["count_quarantined"])
    return int(rows[0]["count"])


async def quarantined_by_id(reader: Reader, ids: Collection[str]) -> tuple[QuarantinedDelivery, ...]:
    """Those of these that are kept, in the order of their arrival."""
    return _kept(await reader.rows(_QUERIES["quarantined_by_id"], ids=sorted(ids)))


async def discard_quarantined(transaction: Transaction, ids: Collection[str]) -> int:
    """Drop kept deliveries; how many there were."""
    rows = await transaction.rows(_QUERIES["discard_quarantined"], ids=sorted(ids))
    return int(rows[0]["count"])


def _properties(one: QuarantinedDelivery) -> dict[str, Any]:
    return {
        "source": one.source,
        "receivedAt": one.received_at,
        "headers": orjson.dumps(dict(one.headers)).decode(),
        "parameters": orjson.dumps(dict(one.parameters)).decode(),
        "body": one.body,
        "size": len(one.body),
        "problems": list(one.problems),
    }


def _kept(rows: Sequence[Row]) -> tuple[QuarantinedDelivery, ...]:
    return tuple(
        QuarantinedDelivery(
            id=stored["id"],
            source=stored["source"],
            received_at=utc(stored["receivedAt"]),
            headers=orjson.loads(stored["headers"]),
            parameters=orjson.loads(stored["parameters"]),
            body=bytes(stored["body"]),
            problems=tuple(stored["problems"]),
        )
        for stored in (row["delivery"] for row in rows)
    )
