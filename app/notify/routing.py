"""Which subscriptions want a notice, and when they may be told."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from app.notify.model import Notice, QuietHours, Subscription, Wanted


def wants(subscription: Subscription, notice: Notice, told: Collection[str] = ()) -> bool:
    """Whether a notice is for this subscription, which was `told` of these subjects.

    Who was told of a subject is told that it is over, however little it matters by then: an alert that was raised
    elsewhere would otherwise stay open there. Who was told of it in another notice is not told again, unless this
    type was asked for.
    """
    wanted = subscription.wanted
    if not subscription.enabled or (wanted.types and notice.type not in wanted.types):
        return False
    if notice.subject in told:
        return notice.type.ends or _passes(wanted, notice)
    told_otherwise = not wanted.types and any(subject in told for subject in notice.told_with)
    return not told_otherwise and _passes(wanted, notice)


def due_at(subscription: Subscription, notice: Notice, now: datetime) -> datetime:
    """When the subscription may be told: now, or when its quiet hours end."""
    quiet = subscription.quiet
    if quiet is None or _is_urgent(quiet, notice):
        return now
    return quiet_until(quiet, now) or now


def quiet_until(quiet: QuietHours, now: datetime) -> datetime | None:
    """When the quiet hours of this moment end, or `None` outside of them.

    An end that the clock leaves out, when it is put forward, is as much later; of one that it shows twice it is the
    first.
    """
    today = now.astimezone(quiet.zone).date()
    ends = []
    for day in (today - timedelta(days=1), today):
        if day.weekday() in quiet.weekdays:
            last = day if quiet.start < quiet.end else day + timedelta(days=1)
            # Compared in UTC: two times of one zone are compared as they stand on the clock.
            start = datetime.combine(day, quiet.start, quiet.zone).astimezone(UTC)
            end = datetime.combine(last, quiet.end, quiet.zone).astimezone(UTC)
            if start <= now < end:
                ends.append(end)
    return max(ends, default=None)


def _is_urgent(quiet: QuietHours, notice: Notice) -> bool:
    return quiet.urgent is not None and notice.priority is not None and notice.priority <= quiet.urgent


def _passes(wanted: Wanted, notice: Notice) -> bool:
    return (
        (not wanted.services or not wanted.services.isdisjoint((*notice.services, *notice.processes)))
        and (not wanted.teams or not wanted.teams.isdisjoint(notice.teams))
        and (
            wanted.least_priority is None or (notice.priority is not None and notice.priority <= wanted.least_priority)
        )
    )
