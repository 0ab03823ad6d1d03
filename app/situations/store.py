"""Situations in Neo4j: one wrapper for each query of `cypher/situations.cypher`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from app.database.client import Reader, Row, Transaction
from app.database.instants import Instants, utc
from app.database.queries import load_queries
from app.situations import written
from app.situations.model import Held, Situation, Wanted

_QUERIES = load_queries("situations")
_INSTANTS = ("openedAt", "changedAt", "startedAt", "resolvedAt", "quietSince", "announcedAt")


async def situation_turn(reader: Reader) -> int:
    """How often the situations were written, 0 before the first time."""
    (row,) = await reader.rows(_QUERIES["situation_turn"])
    return int(row["turn"])


async def take_situation_turn(transaction: Transaction) -> tuple[int, tuple[int, int]]:
    """The next turn, and the versions of the graph and of the events up to which situations were written so far.

    The first statement of every write of situations, since it makes writers wait for each other.
    """
    (row,) = await transaction.rows(_QUERIES["take_situation_turn"])
    return int(row["turn"]), (int(row["graph_version"]), int(row["event_version"]))


async def end_situation_turn(transaction: Transaction, versions: tuple[int, int]) -> None:
    """Note up to which versions of the graph and of the events the situations are written."""
    await transaction.rows(_QUERIES["end_situation_turn"], graph_version=versions[0], event_version=versions[1])


async def held_situations(reader: Reader, after: datetime) -> tuple[Held, ...]:
    """The situations that are open or were resolved after an instant, those that were merged aside."""
    rows = await reader.rows(_QUERIES["held_situations"], after=after)
    return tuple(Held(_situation(row["situation"]), frozenset(row["events"]), frozenset(row["items"])) for row in rows)


async def write_situations(transaction: Transaction, situations: Sequence[Situation]) -> None:
    """Write situations as they are now."""
    instants = Instants()
    rows = [
        {
            "id": one.id,
            "properties": written.properties(one),
            "at": _places(one, instants),
            "causes": [
                {"key": cause.cause.key, "rank": rank} for rank, cause in enumerate(one.account.causes, start=1)
            ],
        }
        for one in situations
    ]
    await transaction.rows(_QUERIES["write_situations"], rows=rows, instants=instants.sent)


async def drop_situations(transaction: Transaction, ids: Collection[str]) -> None:
    """Drop situations, as if they had never been."""
    await transaction.rows(_QUERIES["drop_situations"], ids=list(ids))


async def release_events(transaction: Transaction, events: Mapping[str, Collection[str]], at: datetime) -> None:
    """Let events go, by the situation that gathered them."""
    await transaction.rows(_QUERIES["release_events"], rows=_pairs(events), at=at)


async def gather_events(transaction: Transaction, events: Mapping[str, Collection[str]]) -> None:
    """Add events, by the situation that gathers them; an event that is not stored is left out."""
    await transaction.rows(_QUERIES["gather_events"], rows=_pairs(events))


async def forget_situations(transaction: Transaction, before: datetime, most: int) -> None:
    """Drop what was resolved before an instant, at most so many."""
    await transaction.rows(_QUERIES["forget_situations"], before=before, most=most)


async def situations(
    reader: Reader, wanted: Wanted, *, before: tuple[datetime, str] | None, first: int
) -> list[Situation]:
    """Situations, the last to open first, then by id, after such a place."""
    rows = await reader.rows(
        _QUERIES["situations"],
        **_filter(wanted),
        before_at=before[0] if before else None,
        before_id=before[1] if before else "",
        first=first,
    )
    return [_situation(row["situation"]) for row in rows]


async def count_situations(reader: Reader, wanted: Wanted) -> int:
    """How many situations are wanted."""
    (row,) = await reader.rows(_QUERIES["count_situations"], **_filter(wanted))
    return int(row["count"])


async def situation_by_id(reader: Reader, id: str) -> Situation | None:
    """One situation, or `None`."""
    rows = await reader.rows(_QUERIES["situation_by_id"], id=id)
    return _situation(rows[0]["situation"]) if rows else None


async def situation_events(reader: Reader, id: str, *, after: str, first: int) -> list[str]:
    """The ids of the events that a situation gathers, or gathered last, after such an id."""
    rows = await reader.rows(_QUERIES["situation_events"], id=id, after=after, first=first)
    return [row["id"] for row in rows]


async def count_situation_events(reader: Reader, id: str) -> int:
    """How many events a situation gathers, or gathered last."""
    (row,) = await reader.rows(_QUERIES["count_situation_events"], id=id)
    return int(row["count"])


async def situations_of_events(reader: Reader, ids: Collection[str]) -> dict[str, str]:
    """The id of the situation that gathers each of these events, if one does."""
    rows = await reader.rows(_QUERIES["situations_of_events"], ids=sorted(ids))
    return {row["event"]: row["situation"] for row in rows}


async def situation_items(reader: Reader, id: str) -> list[str]:
    """The keys of the items that the events of a situation are about; nothing keeps this list short."""
    return [row["key"] for row in await reader.rows(_QUERIES["situation_items"], id=id)]


def _filter(wanted: Wanted) -> dict[str, object]:
    return {
        "status": wanted.status.value if wanted.status else None,
        "min_priority": wanted.min_priority,
        "key": wanted.key,
    }


def _pairs(events: Mapping[str, Collection[str]]) -> list[dict[str, str]]:
    # In the order of the ids: writers that lock the same events in one order do not stop each other.
    return [{"id": id, "event": event} for id, several in sorted(events.items()) for event in sorted(several)]


def _situation(stored: Row) -> Situation:
    return written.situation(stored, {name: utc(stored[name]) for name in _INSTANTS if stored.get(name)})


def _places(situation: Situation, instants: Instants) -> dict[str, int | None]:
    told = situation.announced
    return {
        "opened": instants.place(situation.opened_at),
        "changed": instants.place(situation.changed_at),
        "started": instants.place(situation.started_at),
        "resolved": instants.place(situation.resolved_at),
        "quiet": instants.place(situation.quiet_since),
        "announced": instants.place(told.at if told else None),
    }
