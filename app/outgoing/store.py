"""How far others were told, in Neo4j: one wrapper for each query of `cypher/outgoing.cypher`."""

from collections.abc import Collection, Sequence
from datetime import datetime

from app.database.client import Reader, Row, Transaction
from app.database.instants import utc, utc_or_none
from app.database.queries import load_queries
from app.events.model import Event
from app.events.rows import event_of
from app.impact.model import HealthState
from app.outgoing.impacts import Condition, ToldImpact

_QUERIES = load_queries("outgoing")


async def told_version(reader: Reader) -> int:
    """The version of the events up to which changes were told of, 0 before the first."""
    (row,) = await reader.rows(_QUERIES["told_version"])
    return int(row["version"])


async def move_told_version(transaction: Transaction, before: int, after: int) -> bool:
    """Say that all up to a version is told; whether nobody else has told of it since `before`.

    The first statement of who tells of changes, since it makes them wait for each other.
    """
    return bool(await transaction.rows(_QUERIES["move_told_version"], before=before, after=after))


async def events_taken_since(reader: Reader, version: int, at: datetime) -> tuple[Event, ...]:
    """The open events that have changed after a version and were acknowledged since an instant."""
    rows = await reader.rows(_QUERIES["events_taken_since"], version=version, at=at)
    return tuple(event_of(row["event"]) for row in rows)


async def tell_unmatched(transaction: Transaction, ids: Sequence[str], at: datetime) -> frozenset[str]:
    """Say that these groups of unmatched events are told of; those that were not."""
    rows = await transaction.rows(_QUERIES["tell_unmatched"], ids=list(ids), at=at)
    return frozenset(row["id"] for row in rows)


async def forget_told_unmatched(transaction: Transaction, *, before: datetime, first: int) -> None:
    """Forget groups that were told of before an instant."""
    await transaction.rows(_QUERIES["forget_told_unmatched"], before=before, first=first)


async def impact_turn(reader: Reader) -> int:
    """How often impacts were told of, 0 before the first time."""
    (row,) = await reader.rows(_QUERIES["impact_turn"])
    return int(row["turn"])


async def take_impact_turn(transaction: Transaction) -> tuple[int, tuple[int, int]]:
    """The next turn, and the versions of the graph and of the events up to which impacts were told of.

    The first statement of who tells of impacts, since it makes them wait for each other.
    """
    (row,) = await transaction.rows(_QUERIES["take_impact_turn"])
    return int(row["turn"]), (int(row["graph_version"]), int(row["event_version"]))


async def end_impact_turn(transaction: Transaction, versions: tuple[int, int]) -> None:
    """Note up to which versions of the graph and of the events impacts are told of."""
    await transaction.rows(_QUERIES["end_impact_turn"], graph_version=versions[0], event_version=versions[1])


async def told_impacts(reader: Reader) -> dict[str, ToldImpact]:
    """What was told last of each business item that is hurt, by its key."""
    return {row["told"]["key"]: _told(row["told"]) for row in await reader.rows(_QUERIES["told_impacts"])}


async def write_told_impacts(transaction: Transaction, told: Sequence[ToldImpact]) -> None:
    """Note what is told of business items."""
    await transaction.rows(_QUERIES["write_told_impacts"], rows=[_row(one) for one in told])


async def drop_told_impacts(transaction: Transaction, keys: Collection[str]) -> None:
    """Note that these business items are hurt no longer."""
    await transaction.rows(_QUERIES["drop_told_impacts"], keys=sorted(keys))


def _row(told: ToldImpact) -> dict[str, object]:
    now = told.condition
    properties = {
        "openedAt": told.opened_at,
        "state": now.state.name,
        "priority": now.priority,
        "breachAt": now.breach_at,
        "toldWith": list(told.told_with),
    }
    return {"key": told.key, "properties": properties}


def _told(stored: Row) -> ToldImpact:
    condition = Condition(HealthState[stored["state"]], stored.get("priority"), utc_or_none(stored.get("breachAt")))
    return ToldImpact(stored["key"], utc(stored["openedAt"]), condition, tuple(stored["toldWith"]))
