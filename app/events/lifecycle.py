"""What an event becomes when something is heard of it, when an operator acts, and when time passes. Pure.

A sender may repeat itself, be late, and send news in any order: of two occurrences the later one counts, of two pieces
of news about one the later counts, and where nothing says which is later, what is resolved stays resolved. So how an
event stands in the end does not depend on the order of what was heard, nor on how often.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from app.events.model import Alert, Event, EventStatus, Match, Turn

SENDER = "sender"
"""Who acknowledged or suppressed an event when it was done at the sender's."""
MAX_TURNS = 200
# Names our event ids among all UUIDs; never change it, stored ids derive from it.
_NAMESPACE = UUID("5f0a3b52-6a55-4a0e-9d0c-3f3f2f6f6a11")


@dataclass(frozen=True, slots=True)
class Policy:
    """What comes back within `reopens_within` is the same event. It flaps when it begins `flaps_at` times within
    `flaps_within`, until it has been steady for `steady_after`. Not heard of for `expires_after`, it is over."""

    reopens_within: timedelta = timedelta(hours=1)
    flaps_at: int = 5
    flaps_within: timedelta = timedelta(minutes=10)
    steady_after: timedelta = timedelta(minutes=10)
    expires_after: timedelta = timedelta(days=7)


def heard(known: Event | None, alert: Alert, match: Match, *, now: datetime, policy: Policy) -> Event:
    """The event after this alert; `known` is the newest event of the same sender and fingerprint.

    The same object comes back when nothing is new. An event stays with the item it was matched to, while that is there.
    """
    if known is None:
        return _first(alert, match, now, policy)
    if _is_stale(known, alert):
        return known
    began = _beginning(known, alert, now)
    if began is not None and _is_another(known, began, policy):
        return _first(alert, match, now, policy)
    if began is None and alert.status is known.status is EventStatus.RESOLVED and not known.expired:
        # Told again that it is over, later: it ended when it did.
        return _turned(known, replace(known, observed_at=alert.observed_at or known.observed_at), now)
    told = _told(known if began is None else _begun_again(known, began, now, policy), alert, now, policy)
    if alert.status is EventStatus.RESOLVED:
        told = _over(told, alert.ends_at or alert.observed_at or now)
    else:
        told = _matched(told, match)
    return _turned(known, told, now)


def _first(alert: Alert, match: Match, now: datetime, policy: Policy) -> Event:
    firing = alert.status is EventStatus.FIRING
    starts_at = alert.starts_at or (alert.observed_at if firing else alert.ends_at or alert.observed_at) or now
    event = Event(
        id=str(uuid5(_NAMESPACE, f"{alert.source}\n{alert.fingerprint}\n{starts_at.isoformat()}")),
        source=alert.source,
        fingerprint=alert.fingerprint,
        status=alert.status,
        severity=alert.severity,
        state=alert.state,
        summary=alert.summary,
        starts_at=starts_at,
        ends_at=alert.ends_at if firing else alert.ends_at or alert.observed_at or now,
        received_at=now,
        closed_at=None if firing else now,
        match=match,
        labels=alert.labels,
        clues=alert.clues,
        url=alert.url,
        observed_at=alert.observed_at,
        begun_at=(now,) if firing else (),
        expires_at=_expiry(None, alert, now, policy),
        acknowledged_by=SENDER if alert.acknowledged else None,
        acknowledged_at=now if alert.acknowledged else None,
        suppressed_by=SENDER if alert.suppressed else None,
    )
    return replace(event, turns=(_turn(event, now),) if event.speaks_of else ())


def _is_stale(known: Event, alert: Alert) -> bool:
    """Whether we know something newer."""
    over = known.status is EventStatus.RESOLVED and not known.expired
    if alert.observed_at is not None and known.observed_at is not None:
        # Of two news of one instant, that it is over is the later one.
        return alert.observed_at < known.observed_at or (over and alert.observed_at == known.observed_at)
    if alert.starts_at is None:
        return over and alert.status is EventStatus.RESOLVED
    return alert.starts_at < known.starts_at or (over and _is_within(known, alert.starts_at, alert.status))


def _is_within(known: Event, starts_at: datetime, status: EventStatus) -> bool:
    """Whether an occurrence is the one that is over, or said to begin while that lasted."""
    late = status is EventStatus.FIRING and known.ends_at is not None and starts_at <= known.ends_at
    return starts_at == known.starts_at or late


def _beginning(known: Event, alert: Alert, now: datetime) -> datetime | None:
    """When another occurrence began that this alert is about; `None` if it is about the one we know."""
    if alert.starts_at is not None and alert.starts_at > known.starts_at:
        return alert.starts_at
    if known.status is EventStatus.RESOLVED and not known.expired and alert.status is EventStatus.FIRING:
        return alert.observed_at or now
    return None


def _is_another(known: Event, began: datetime, policy: Policy) -> bool:
    if known.status is EventStatus.FIRING or known.ends_at is None:
        return False
    return began - known.ends_at > policy.reopens_within


def _begun_again(known: Event, began: datetime, now: datetime, policy: Policy) -> Event:
    """The event in its next occurrence, taken by nobody yet."""
    begun_at = tuple(at for at in (*known.begun_at, now) if at > now - policy.flaps_within)
    flapping = len(begun_at) >= policy.flaps_at or (known.flapping_until is not None and known.flapping_until > now)
    return replace(
        known,
        status=EventStatus.FIRING,
        expired=False,
        starts_at=began,
        ends_at=None,
        reopened=known.reopened + 1,
        begun_at=begun_at,
        flapping_until=now + policy.steady_after if flapping else known.flapping_until,
        # Whoever took a flapping event has it still.
        acknowledged_by=known.acknowledged_by if flapping else None,
        acknowledged_at=known.acknowledged_at if flapping else None,
        note=known.note if flapping else None,
    )


def _told(event: Event, alert: Alert, now: datetime, policy: Policy) -> Event:
    """The event with what the alert says of it now."""
    told = replace(
        event,
        status=alert.status,
        expired=False,
        observed_at=alert.observed_at or event.observed_at,
        expires_at=_expiry(event, alert, now, policy),
    )
    if alert.status is EventStatus.RESOLVED:
        return told
    told = replace(told, url=alert.url or event.url, ends_at=alert.ends_at)
    if alert.severity or alert.summary or alert.labels:
        # What only acknowledges an event does not say again what it is.
        told = replace(
            told,
            severity=alert.severity,
            state=alert.state,
            summary=alert.summary or event.summary,
            labels=alert.labels or event.labels,
        )
    return _suppressed_as_told(_acknowledged_as_told(told, alert.acknowledged, now), alert.suppressed)


def _acknowledged_as_told(event: Event, acknowledged: bool | None, now: datetime) -> Event:
    if acknowledged and event.acknowledged_by is None:
        return replace(event, acknowledged_by=SENDER, acknowledged_at=now)
    if acknowledged is False and event.acknowledged_by == SENDER:
        return replace(event, acknowledged_by=None, acknowledged_at=None)
    return event


def _suppressed_as_told(event: Event, suppressed: bool | None) -> Event:
    if suppressed and event.suppressed_by is None:
        return replace(event, suppressed_by=SENDER)
    if suppressed is False and event.suppressed_by == SENDER:
        return replace(event, suppressed_by=None, suppressed_until=None)
    return event


def _expiry(event: Event | None, alert: Alert, now: datetime, policy: Policy) -> datetime:
    """When the event is over if it is not heard of again; moved only when that is worth a write."""
    if alert.expires_at is not None:
        return alert.expires_at
    wanted = now + policy.expires_after
    if event is None or event.expires_at is None or wanted - event.expires_at > policy.expires_after / 20:
        return wanted
    return event.expires_at


def _over(event: Event, ended: datetime) -> Event:
    return replace(
        event,
        status=EventStatus.RESOLVED,
        ends_at=max(ended, event.starts_at),
        suppressed_by=None,
        suppressed_until=None,
    )


def acknowledged(event: Event, by: str, *, note: str | None, now: datetime) -> Event:
    """The event, taken by somebody; one that is over, or taken already, stays as it is."""
    if event.status is EventStatus.RESOLVED or event.acknowledged_by == by:
        return event
    return replace(event, acknowledged_by=by, acknowledged_at=now, note=note or event.note)


def unacknowledged(event: Event) -> Event:
    """The event, taken by nobody."""
    return replace(event, acknowledged_by=None, acknowledged_at=None) if event.acknowledged_by else event


def suppressed(event: Event, by: str, *, until: datetime | None, note: str | None, now: datetime) -> Event:
    """The event, not listened to until an instant, or until it is over; one that is over stays as it is."""
    if event.status is EventStatus.RESOLVED:
        return event
    return _turned(event, replace(event, suppressed_by=by, suppressed_until=until, note=note or event.note), now)


def unsuppressed(event: Event, now: datetime) -> Event:
    """The event, listened to again."""
    return _turned(event, replace(event, suppressed_by=None, suppressed_until=None), now)


def resolved(event: Event, by: str, *, note: str | None, now: datetime) -> Event:
    """The event, over because an operator says so; it opens again when the sender tells of a later occurrence."""
    if event.status is EventStatus.RESOLVED:
        return event
    return _turned(event, replace(_over(event, now), note=note or f"resolved by {by}"), now)


def aged(event: Event, now: datetime) -> Event:
    """The event as time has made it by now: expired, heard again after a suppression, steady again."""
    older = event
    if older.flapping_until is not None and older.flapping_until <= now:
        older = replace(older, flapping_until=None)
    if older.status is EventStatus.FIRING and older.suppressed_until is not None and older.suppressed_until <= now:
        older = replace(older, suppressed_by=None, suppressed_until=None)
    if older.status is EventStatus.FIRING and older.expires_at is not None and older.expires_at <= now:
        older = replace(_over(older, older.expires_at), expired=True)
    return _turned(event, older, now)


def rematched(event: Event, match: Match, now: datetime) -> Event:
    """The event, matched again; one that has an item keeps it."""
    return _turned(event, _matched(event, match), now)


def _matched(event: Event, match: Match) -> Event:
    has_item = event.match.key is not None and not event.orphaned
    if has_item or match == event.match or (event.orphaned and match.key is None):
        return event
    return replace(event, match=match, orphaned=False)


def _turned(before: Event, after: Event, now: datetime) -> Event:
    """The event after a change, with what it says from now on; the event itself when nothing has changed."""
    if after == before:
        return before
    if after.status is not before.status:
        after = replace(after, closed_at=now if after.status is EventStatus.RESOLVED else None)
    turn = _turn(after, now)
    last = before.turns[-1] if before.turns else Turn(now, None, turn.state, turn.since)
    if (turn.key, turn.state, turn.since) == (last.key, last.state, last.since) or turn.key is last.key is None:
        return after
    return replace(after, turns=(*after.turns, turn)[-MAX_TURNS:])


def _turn(event: Event, now: datetime) -> Turn:
    return Turn(now, event.speaks_of, event.state, event.starts_at)
