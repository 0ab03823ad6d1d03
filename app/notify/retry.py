"""When a notification is sent again, when a subscription is paused, and when either is given up.

The schedule, 410 and the statuses that throttle are those of Standard Webhooks, which also has every other status but
2xx tried again: what a receiver refuses today it may take after its next release.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from app.notify.model import Answer, NotificationStatus, Outcome

SCHEDULE: tuple[timedelta, ...] = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
"""How long after each failed attempt the next is made."""
MOST_ATTEMPTS = len(SCHEDULE) + 1
JITTER = 0.2
"""By which share of itself a delay grows at most, so that what failed together does not return together."""
LONGEST_RETRY_AFTER = timedelta(hours=24)
OPENS_AFTER = 5
"""Failures in a row after which a subscription is paused; then one attempt at a time finds out whether it is back."""
_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=1)
_FIRST_THROTTLE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from an attempt, for the notification and for its subscription; `due_at` is `None` where there is
    no further attempt."""

    status: NotificationStatus
    due_at: datetime | None
    failures: int
    paused_until: datetime | None
    disables: bool = False


def verdict(answer: Answer, *, attempts: int, failures: int, now: datetime, jitter: float) -> Verdict:
    """What follows from an answer.

    `attempts` counts this one; `failures` are those of the subscription before it; `jitter` is from 0 to 1.
    """
    if answer.outcome is Outcome.DELIVERED:
        return Verdict(NotificationStatus.DELIVERED, None, 0, None)
    if answer.outcome is Outcome.REFUSED:
        # The receiver answers, so the subscription is well; only this notification is not.
        return Verdict(NotificationStatus.DEAD, None, 0, None)
    if answer.outcome is Outcome.GONE:
        return Verdict(NotificationStatus.DEAD, None, failures + 1, None, disables=True)
    paused = _pause(answer, failures + 1)
    paused_until = now + paused if paused else None
    if attempts >= MOST_ATTEMPTS:
        return Verdict(NotificationStatus.DEAD, None, failures + 1, paused_until)
    delay = SCHEDULE[attempts - 1] * (1 + JITTER * jitter)
    due_at = now + max(delay, _asked_for(answer))
    return Verdict(NotificationStatus.PENDING, due_at, failures + 1, paused_until)


def is_probing(failures: int) -> bool:
    """Whether a subscription has failed so often that one attempt at a time has to do."""
    return failures >= OPENS_AFTER


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """What a header `Retry-After` asks for, at most a day; `None` when it asks for nothing we understand.

    Source: RFC 9110, 10.2.3: seconds, or a date.
    """
    if value is None:
        return None
    if value.strip().isdecimal():
        # Nothing longer than nine digits is worth reading.
        seconds = int(value.strip()[:9])
        return min(timedelta(seconds=seconds), LONGEST_RETRY_AFTER)
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    # A date without a zone is one in UTC.
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(at - now, timedelta(0)), LONGEST_RETRY_AFTER)


def _asked_for(answer: Answer) -> timedelta:
    return min(answer.retry_after or timedelta(0), LONGEST_RETRY_AFTER)


def _pause(answer: Answer, failures: int) -> timedelta:
    """How long the subscription is left alone: as long as it asks, and longer with every failure after a few."""
    throttle = timedelta(0)
    if answer.outcome is Outcome.THROTTLED:
        throttle = _asked_for(answer) or _FIRST_THROTTLE
    if failures < OPENS_AFTER:
        return throttle
    doubled: timedelta = _FIRST_PAUSE * 2 ** min(failures - OPENS_AFTER, 10)
    return max(throttle, min(doubled, _LONGEST_PAUSE))
