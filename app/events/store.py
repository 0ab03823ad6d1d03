"""Events and identifier look-ups in Neo4j: one wrapper for each query of `cypher/events.cypher`."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from app.database.client import Database, Reader, Transaction
from app.database.instants import Instants
from app.database.queries import load_queries
from app.events.model import Event, EventLifecycle, EventStatus, OpenEvent
from app.events.rows import event_of, row_of
from app.impact.model import Failure, HealthState
from app.inventory.browsing import Visible

_QUERIES = load_queries("events")


async def event_version(database: Database, *, whole: int = 0) -> int:
    """The newest version of the events of which everything can be read, 0 before the first delivery.

    What one has written oneself can be. It costs less with a version that is known to be `whole`.
    """
    newest = await database.newest(_QUERIES["event_version"], whole=whole)
    return int(newest.rows[0]["version"])


async def next_event_version(transaction: Transaction) -> int:
    """Take the next version; the first statement of every write of events, since it makes writers wait in turn."""
    rows = await transaction.rows(_QUERIES["next_event_version"])
    return int(rows[0]["version"])


async def events_changed_since(reader: Reader, version: int) -> dict[str, OpenEvent | None]:
    """What the events say that have changed after a version, by id; `None` for one that says nothing."""
    (row,) = await reader.rows(_QUERIES["events_changed_since"], version=version)
    return {id: None if key is None else _opened(id, key, *said) for id, key, *said in sorted(row["events"])}


async def newest_events(reader: Reader, wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], Event]:
    """The newest event of each (source, fingerprint) that has one."""
    named = [{"source": source, "fingerprint": fingerprint} for source, fingerprint in sorted(wanted)]
    rows = await reader.rows(_QUERIES["newest_events"], wanted=named)
    found = [event_of(row["event"], about=row["about"]) for row in rows]
    return {(event.source, event.fingerprint): event for event in found}


async def store_events(transaction: Transaction, events: Sequence[Event], version: int) -> None:
    """Store events by id as they are now."""
    instants = Instants()
    rows = [row_of(event, instants) for event in events]
    await transaction.rows(_QUERIES["store_events"], rows=rows, instants=instants.sent, version=version)


async def events_after(reader: Reader, place: tuple[int, str], upto: int, first: int) -> list[tuple[int, Event]]:
    """Events that changed after a version and id, up to a version, by their versions, each with its own."""
    version, id = place
    rows = await reader.rows(_QUERIES["events_after"], version=version, id=id, upto=upto, first=first)
    return [(row["event"]["version"], event_of(row["event"])) for row in rows]


async def due_events(reader: Reader, now: datetime, first: int) -> tuple[Event, ...]:
    """Events that time has changed by now, those first that are due first."""
    return tuple(event_of(row["event"]) for row in await reader.rows(_QUERIES["due_events"], now=now, first=first))


async def open_events(reader: Reader) -> tuple[OpenEvent, ...]:
    """What the open events say of their items, by event id."""
    (row,) = await reader.rows(_QUERIES["open_events"])
    return tuple(_opened(*said) for said in sorted(row["events"]))


async def open_events_at(reader: Reader, at: datetime) -> tuple[OpenEvent, ...]:
    """What the events that were open at an instant said of their items, by event id."""
    (row,) = await reader.rows(_QUERIES["open_events_at"], at=at)
    return tuple(_opened(*said) for said in sorted(row["events"]))


def _opened(id: str, key: str, state: str, second: int, microsecond: int) -> OpenEvent:
    since = datetime.fromtimestamp(second, UTC).replace(microsecond=microsecond)
    return OpenEvent(id, key, Failure(HealthState[state], since))


async def events(
    reader: Reader,
    *,
    status: EventStatus | None = None,
    lifecycle: EventLifecycle | None = None,
    source: str | None = None,
    key: str | None = None,
    before: tuple[datetime, str] | None = None,
    first: int,
    visible: Visible = None,
) -> list[Event]:
    """Events, newest first, received before a time and id; only those about items with the `visible` keys, if any."""
    rows = await reader.rows(
        _QUERIES["events"],
        status=status.value if status else None,
        lifecycle=lifecycle.name if lifecycle else None,
        source=source,
        key=key,
        visible=visible,
        before_at=before[0] if before else None,
        before_id=before[1] if before else "",
        first=first,
    )
    return [event_of(row["event"]) for row in rows]


async def count_events(
    reader: Reader,
    *,
    status: EventStatus | None = None,
    lifecycle: EventLifecycle | None = None,
    source: str | None = None,
    key: str | None = None,
    visible: Visible = None,
) -> int:
    """How many events pass the filter."""
    rows = await reader.rows(
        _QUERIES["count_events"],
        status=status.value if status else None,
        lifecycle=lifecycle.name if lifecycle else None,
        source=source,
        key=key,
        visible=visible,
    )
    return int(rows[0]["count"])


async def events_by_id(reader: Reader, ids: Collection[str]) -> dict[str, Event]:
    """Those of these events that there are."""
    rows = await reader.rows(_QUERIES["events_by_id"], ids=sorted(ids))
    return {row["event"]["id"]: event_of(row["event"], about=row["about"]) for row in rows}


async def open_events_of_each(
    reader: Reader, keys: Collection[str], *, before: tuple[datetime, str] | None, first: int
) -> dict[str, list[Event]]:
    """The open events about each of these items, newest first, received before a time and id."""
    rows = await reader.rows(
        _QUERIES["open_events_of_each"],
        keys=sorted(keys),
        before_at=before[0] if before else None,
        before_id=before[1] if before else "",
        first=first,
    )
    return {row["key"]: [event_of(one) for one in row["events"]] for row in rows}


async def count_open_events_of_each(reader: Reader, keys: Collection[str]) -> dict[str, int]:
    """How many open events each of these items has."""
    rows = await reader.rows(_QUERIES["count_open_events_of_each"], keys=sorted(keys))
    return {row["key"]: int(row["count"]) for row in rows}


async def forget_events(transaction: Transaction, before: datetime, first: int) -> None:
    """Forget so many events that were over before an instant."""
    await transaction.rows(_QUERIES["forget_events"], before=before, first=first)
