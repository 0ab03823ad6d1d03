"""The history of health in Neo4j: one wrapper for each query of `cypher/health.cypher`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.database.client import Reader, Row, Transaction
from app.database.instants import utc
from app.database.queries import load_queries
from app.health.model import Condition, HealthPeriod, Wanted
from app.impact.model import HealthState
from app.inventory.model import ItemType

_QUERIES = load_queries("health")


async def health_turn(reader: Reader) -> int:
    """How often the history was written, 0 before the first time."""
    (row,) = await reader.rows(_QUERIES["health_turn"])
    return int(row["turn"])


async def take_health_turn(transaction: Transaction) -> tuple[int, tuple[int, int]]:
    """The next turn, and the versions of the graph and of the events up to which the history was written so far.

    The first statement of every write of the history, since it makes writers wait for each other.
    """
    (row,) = await transaction.rows(_QUERIES["take_health_turn"])
    return int(row["turn"]), (int(row["graph_version"]), int(row["event_version"]))


async def end_health_turn(transaction: Transaction, versions: tuple[int, int]) -> None:
    """Note up to which versions of the graph and of the events the history is written."""
    await transaction.rows(_QUERIES["end_health_turn"], graph_version=versions[0], event_version=versions[1])


async def open_health_periods(reader: Reader) -> dict[str, Condition]:
    """How the items are whose periods last, by key."""
    rows = await reader.rows(_QUERIES["open_health_periods"])
    return {row["key"]: Condition(HealthState[row["state"]], row["planned"]) for row in rows}


async def end_health_periods(transaction: Transaction, keys: Sequence[str], at: datetime) -> None:
    """End what lasts of these items."""
    await transaction.rows(_QUERIES["end_health_periods"], keys=list(keys), at=at)


async def begin_health_periods(transaction: Transaction, periods: Sequence[HealthPeriod]) -> None:
    """Write periods that last."""
    await transaction.rows(_QUERIES["begin_health_periods"], rows=[_row(one) for one in periods])


async def forget_health_periods(transaction: Transaction, before: datetime, most: int) -> None:
    """Drop what ended before an instant, at most so many."""
    await transaction.rows(_QUERIES["forget_health_periods"], before=before, most=most)


async def health_periods(
    reader: Reader, wanted: Wanted, *, before: tuple[datetime, str, str] | None, first: int
) -> list[HealthPeriod]:
    """Periods, the latest to begin first, then by key and id, after such a place."""
    rows = await reader.rows(
        _QUERIES["health_periods"],
        **_filter(wanted),
        before_at=before[0] if before else None,
        before_key=before[1] if before else "",
        before_id=before[2] if before else "",
        first=first,
    )
    return [_period(row) for row in rows]


async def count_health_periods(reader: Reader, wanted: Wanted) -> int:
    """How many periods are wanted."""
    (row,) = await reader.rows(_QUERIES["count_health_periods"], **_filter(wanted))
    return int(row["count"])


def _filter(wanted: Wanted) -> dict[str, object]:
    return {
        "key": wanted.key,
        "types": [one.value for one in wanted.types],
        "states": [one.name for one in wanted.states],
        "from_at": wanted.from_at,
        "until_at": wanted.until_at,
    }


def _row(period: HealthPeriod) -> dict[str, Any]:
    return {
        "key": period.key,
        "properties": {
            "id": period.id,
            "key": period.key,
            "name": period.name,
            "type": period.type.value,
            "state": period.state.name,
            "planned": period.planned,
            "since": period.since,
            "observedAt": period.observed_at,
            "causes": list(period.causes),
            "sentence": period.sentence,
            "graphVersion": period.graph_version,
            "lasts": True,
        },
    }


def _period(row: Row) -> HealthPeriod:
    stored = row["period"]
    return HealthPeriod(
        id=stored["id"],
        key=stored["key"],
        name=stored["name"],
        type=ItemType(stored["type"]),
        state=HealthState[stored["state"]],
        planned=stored["planned"],
        since=utc(stored["since"]),
        observed_at=utc(stored["observedAt"]),
        ended_at=utc(stored["endedAt"]) if stored.get("endedAt") else None,
        causes=tuple(stored["causes"]),
        sentence=stored["sentence"],
        graph_version=stored["graphVersion"],
    )
