"""Events and identifier look-ups in Neo4j: one wrapper for each query of `cypher/events.cypher`."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from app.database.client import Database, Reader, Row, Transaction
from app.database.queries import load_queries
from app.events.model import Event, EventStatus, Match, MatchTier, OpenEvent
from app.impact.model import Failure, HealthState

_QUERIES = load_queries("events")


async def items_identified_by(
    reader: Reader, identifiers: Collection[tuple[str, str]]
) -> dict[tuple[str, str], tuple[str, ...]]:
    """The keys of the items that carry each (kind, value)."""
    wanted = [{"kind": kind, "value": value} for kind, value in sorted(identifiers)]
    rows = await reader.rows(_QUERIES["items_identified_by"], identifiers=wanted)
    return {(row["kind"], row["value"]): tuple(row["keys"]) for row in rows}


async def items_with_short_name(reader: Reader, names: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The keys of the items whose host name begins with each label."""
    rows = await reader.rows(_QUERIES["items_with_short_name"], names=sorted(names))
    return {row["name"]: tuple(row["keys"]) for row in rows}


async def items_with_keys(reader: Reader, keys: Collection[str]) -> frozenset[str]:
    """Which of these are keys of items."""
    rows = await reader.rows(_QUERIES["items_with_keys"], keys=sorted(keys))
    return frozenset(row["key"] for row in rows)


async def event_version(database: Database) -> int:
    """The version of the events, 0 before the first delivery."""
    newest = await database.newest(_QUERIES["event_version"])
    return int(newest.rows[0]["version"])


async def next_event_version(transaction: Transaction) -> int:
    """Take the next version; the first statement of every write of events, since it makes writers wait in turn."""
    rows = await transaction.rows(_QUERIES["next_event_version"])
    return int(rows[0]["version"])


async def events_changed_since(reader: Reader, version: int) -> dict[str, OpenEvent | None]:
    """How the events stand that changed after a version, by id; `None` for one that hurts nothing."""
    rows = await reader.rows(_QUERIES["events_changed_since"], version=version)
    standing = {row["id"]: row for row in rows if row["status"] == EventStatus.FIRING.value and row["key"] is not None}
    opened = {one.id: one for one in _opened(list(standing.values()))}
    return {row["id"]: opened.get(row["id"]) for row in rows}


async def store_events(transaction: Transaction, events: Sequence[Event], version: int) -> None:
    """Store events by id; what is resolved stays resolved."""
    await transaction.rows(_QUERIES["store_events"], rows=[_row(event) for event in events], version=version)


async def close_earlier_events(
    transaction: Transaction, events: Sequence[Event], version: int
) -> tuple[dict[str, EventStatus], bool]:
    """Close what the same alerts left open from an earlier time; how each of the events now stands, by id, and
    whether anything changed with this version."""
    rows = [
        {
            "id": event.id,
            "source": event.source,
            "fingerprint": event.fingerprint,
            "closedAt": event.received_at,
        }
        for event in events
    ]
    found = await transaction.rows(_QUERIES["close_earlier_events"], rows=rows, version=version)
    return {row["id"]: EventStatus(row["status"]) for row in found}, any(row["changed"] for row in found)


async def open_events(reader: Reader) -> tuple[OpenEvent, ...]:
    """What the open events say of their items, by event id."""
    return _opened(await reader.rows(_QUERIES["open_events"]))


async def open_events_at(reader: Reader, at: datetime) -> tuple[OpenEvent, ...]:
    """What the events that were open at an instant said of their items, by event id."""
    return _opened(await reader.rows(_QUERIES["open_events_at"], at=at))


def _opened(rows: Sequence[Row]) -> tuple[OpenEvent, ...]:
    return tuple(
        OpenEvent(row["id"], row["key"], Failure(HealthState[row["state"]], _instant(row["startsAt"]))) for row in rows
    )


async def events(
    reader: Reader,
    *,
    status: EventStatus | None,
    source: str | None,
    key: str | None,
    before: tuple[datetime, str] | None,
    first: int,
) -> list[Event]:
    """Events, newest first, received before a time and id."""
    rows = await reader.rows(
        _QUERIES["events"],
        status=status.value if status else None,
        source=source,
        key=key,
        before_at=before[0] if before else None,
        before_id=before[1] if before else "",
        first=first,
    )
    return [_event(row["event"]) for row in rows]


async def count_events(reader: Reader, *, status: EventStatus | None, source: str | None, key: str | None) -> int:
    """How many events pass the filter."""
    value = status.value if status else None
    rows = await reader.rows(_QUERIES["count_events"], status=value, source=source, key=key)
    return int(rows[0]["count"])


async def event_by_id(reader: Reader, id: str) -> Event | None:
    """One event, or `None`."""
    rows = await reader.rows(_QUERIES["event_by_id"], id=id)
    return _event(rows[0]["event"]) if rows else None


def _row(event: Event) -> dict[str, Any]:
    match = event.match
    closed_at = event.received_at if event.status is EventStatus.RESOLVED else None
    matched = {
        "matchKey": match.key,
        "matchTier": match.tier.value if match.tier else None,
        "matchIdentifier": match.identifier,
        "candidates": list(match.candidates),
    }
    properties = {
        "source": event.source,
        "fingerprint": event.fingerprint,
        "status": event.status.value,
        "severity": event.severity,
        "state": event.state.name,
        "summary": event.summary,
        "startsAt": event.starts_at,
        "endsAt": event.ends_at,
        "receivedAt": event.received_at,
        "closedAt": closed_at,
        "matchedAt": event.received_at if match.key is not None else None,
        "labels": orjson.dumps(dict(event.labels)).decode(),
        **matched,
    }
    return {
        "id": event.id,
        "properties": properties,
        "match": matched,
        "status": event.status.value,
        "endsAt": event.ends_at,
        "closedAt": closed_at,
        "key": match.key,
    }


def _event(stored: dict[str, Any]) -> Event:
    tier = stored.get("matchTier")
    return Event(
        id=stored["id"],
        source=stored["source"],
        fingerprint=stored["fingerprint"],
        status=EventStatus(stored["status"]),
        severity=stored.get("severity"),
        state=HealthState[stored["state"]],
        summary=stored["summary"],
        starts_at=_instant(stored["startsAt"]),
        ends_at=_instant(stored["endsAt"]) if stored.get("endsAt") else None,
        received_at=_instant(stored["receivedAt"]),
        match=Match(
            key=stored.get("matchKey"),
            tier=MatchTier(tier) if tier else None,
            identifier=stored.get("matchIdentifier"),
            candidates=tuple(stored.get("candidates", ())),
        ),
        labels=orjson.loads(stored.get("labels") or "{}"),
    )


def _instant(stored: Any) -> datetime:
    # Neo4j orders one instant of two time zones by the zone, and what it gives back as UTC is not the zone we sent.
    native: datetime = stored.to_native()
    return native.astimezone(UTC)
