"""Use cases of people, and of time, on events: take one, silence one, say that one is over, let what is due pass."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from app.account import SHOWN, Told
from app.database.client import Database, Transaction
from app.errors import InvalidInput, NotFound
from app.events import lifecycle, store
from app.events.model import Event

MAX_NOTE = 1_000
_DUE_AT_ONCE = 1_000

Step = Callable[[Event], Event]


async def acknowledge_events(
    database: Database, ids: Sequence[str], *, by: str, note: str | None, now: datetime
) -> tuple[Event, ...]:
    """The events, taken by somebody; those that are over stay as they are.

    Raises:
        NotFound: an id names no event; none was changed.
        InvalidInput: the note is too long.
    """
    kept = _checked(note)
    return await _changed(database, ids, lambda event: lifecycle.acknowledged(event, by, note=kept, now=now))


async def unacknowledge_events(database: Database, ids: Sequence[str]) -> tuple[Event, ...]:
    """The events, taken by nobody; raises as `acknowledge_events`."""
    return await _changed(database, ids, lifecycle.unacknowledged)


async def suppress_events(
    database: Database, ids: Sequence[str], *, by: str, until: datetime | None, note: str | None, now: datetime
) -> tuple[Event, ...]:
    """The events, not listened to until an instant or until they are over; raises as `acknowledge_events`, and
    `InvalidInput` when the instant has passed."""
    kept = _checked(note)
    if until is not None and until.tzinfo is None:
        raise InvalidInput(f"until has no time zone; write it as {until.isoformat()}Z")
    if until is not None and until <= now:
        raise InvalidInput(f"until {until.isoformat()} has passed; give an instant to come, or none")
    end = until.astimezone(UTC) if until else None
    return await _changed(database, ids, lambda event: lifecycle.suppressed(event, by, until=end, note=kept, now=now))


async def unsuppress_events(database: Database, ids: Sequence[str], *, now: datetime) -> tuple[Event, ...]:
    """The events, listened to again; raises as `acknowledge_events`."""
    return await _changed(database, ids, lambda event: lifecycle.unsuppressed(event, now))


async def resolve_events(
    database: Database, ids: Sequence[str], *, by: str, note: str | None, now: datetime
) -> tuple[Event, ...]:
    """The events, over because somebody says so, until their sender tells of a later occurrence; raises as
    `acknowledge_events`."""
    kept = _checked(note)
    return await _changed(database, ids, lambda event: lifecycle.resolved(event, by, note=kept, now=now))


async def pass_time(database: Database, now: datetime) -> int:
    """Let time pass for the events that are due, at most a thousand; how many are due no longer."""
    due = await store.due_events(database, now, _DUE_AT_ONCE)
    if not due:
        return 0
    older = await _changed(database, [event.id for event in due], lambda event: lifecycle.aged(event, now))
    return sum(event.due_at is None or event.due_at > now for event in older)


async def _changed(database: Database, ids: Sequence[str], step: Step) -> tuple[Event, ...]:
    """The events after a step each, in the order of their ids; stored in one transaction if any is another now."""
    wanted = tuple(dict.fromkeys(ids))

    async def work(transaction: Transaction) -> tuple[Event, ...]:
        version = await store.next_event_version(transaction)
        known = await store.events_by_id(transaction, wanted)
        if missing := [id for id in wanted if id not in known]:
            raise NotFound(f"no event has the id {missing[0]!r}; list them with events, nothing was changed")
        after = {id: step(known[id]) for id in wanted}
        if changed := [event for id, event in after.items() if event is not known[id]]:
            await store.store_events(transaction, changed, version)
            shown = [Told(one.id, known[one.id], one) for one in changed[:SHOWN]]
            transaction.account.tell_many([one.id for one in changed], shown)
        return tuple(after.values())

    return await database.write(work, counter="events") if wanted else ()


def _checked(note: str | None) -> str | None:
    text = (note or "").strip()
    if len(text) > MAX_NOTE:
        raise InvalidInput(f"note has {len(text)} characters, at most {MAX_NOTE} are kept; shorten it")
    return text or None
