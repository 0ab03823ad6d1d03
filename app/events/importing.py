"""Use case: import maintenance from a calendar."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.database.client import Database, Reader, Transaction
from app.errors import InvalidInput
from app.events import windows
from app.events.calendars import CalendarEvent, read_calendar
from app.events.maintenance import MAX_SUMMARY, MaintenanceDraft, Origin, Skip, checked, window_of
from app.events.reported import Notice, Outcome, take_notices
from app.events.store import next_event_version
from app.impact.model import HealthState

SOURCE = "icalendar"


@dataclass(frozen=True, slots=True)
class CalendarOptions:
    """What a calendar does not say: the items of events that name none, how items are meant to be meanwhile, and the
    zone of times without one."""

    keys: tuple[str, ...] = ()
    state: HealthState | None = HealthState.DOWN
    include_hosted: bool = False
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class CalendarImport:
    """What became of the events of a calendar; those in `problems` were left as they were."""

    counts: Mapping[Outcome, int]
    problems: tuple[str, ...]


async def import_calendar(
    database: Database,
    ics: str,
    options: CalendarOptions,
    *,
    caller: str,
    now: datetime,
    most_items: int,
    longest: timedelta,
) -> CalendarImport:
    """Plan what a calendar says, event by event; importing it again changes nothing.

    Raises:
        InvalidInput: it is no calendar.
    """
    reading = read_calendar(ics, time_zone=options.time_zone)
    coverable = await _coverable(database, reading.events, options)
    notices: list[Notice] = []
    problems = list(reading.problems)
    for event in reading.events:
        try:
            draft = None if event.cancelled else _draft(event, _keys(event, options, coverable), options)
            # One that is over is right; it only changes nothing any more.
            right = draft and checked(draft, event.starts_at, most_items=most_items, longest=longest)
        except InvalidInput as error:
            problems.append(f"the event {event.id:.100}: {error.message}")
        else:
            notices.append(_notice(event, right, caller, now))

    async def work(transaction: Transaction) -> tuple[Outcome, ...]:
        version = await next_event_version(transaction)
        return await take_notices(transaction, notices, version=version, now=now)

    outcomes = await database.write(work, counter="events") if notices else ()
    return CalendarImport(Counter(outcomes), tuple(problems))


async def _coverable(reader: Reader, events: Iterable[CalendarEvent], options: CalendarOptions) -> frozenset[str]:
    words = {word for event in events for words in (event.named, *event.hints) for word in words}
    groups = await windows.coverable_items(reader, sorted(words.union(options.keys)))
    return frozenset(key for key, is_group in groups.items() if not is_group)


def _keys(event: CalendarEvent, options: CalendarOptions, coverable: frozenset[str]) -> Sequence[str]:
    """The keys of the items that an event is about.

    Raises:
        InvalidInput: it names what no window can cover, or nothing.
    """
    hinted = (tuple(word for word in words if word in coverable) for words in event.hints)
    keys = event.named or next(filter(None, hinted), ()) or options.keys
    if wrong := [key for key in keys if key not in coverable]:
        raise InvalidInput(
            f"{wrong[0]!r:.100} is the key of no item, or of a redundancy group; name items by their keys"
        )
    if not keys:
        raise InvalidInput("it names no item; write the keys into X-UNDERPIN-KEYS, or as [db-1, db-2] into its summary")
    return keys


def _draft(event: CalendarEvent, keys: Sequence[str], options: CalendarOptions) -> MaintenanceDraft:
    return MaintenanceDraft(
        keys=keys,
        state=options.state,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        summary=event.summary[:MAX_SUMMARY],
        include_hosted=options.include_hosted,
        recurrence=event.recurrence,
        time_zone=event.time_zone,
    )


def _notice(event: CalendarEvent, right: MaintenanceDraft | None, caller: str, now: datetime) -> Notice:
    origin = Origin(SOURCE, event.id)
    if right is None:
        return Notice(origin, None)
    skipped = [Skip(start, now) for start in event.skipped]
    return Notice(origin, window_of(right, caller=caller, now=now, origin=origin, skipped=skipped))
