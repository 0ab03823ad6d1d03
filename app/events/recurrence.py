"""Recurrence: when a window returns, by a rule of RFC 5545 in the wall clock of a time zone. Pure.

Every occurrence lasts equally long, also across a change of the clocks. A start that the clocks skip is as late as if
they had not yet changed; of one that happens twice the first counts.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from app.errors import InvalidInput

MAX_COUNT = 5_000
_WRITTEN = re.compile(r"[A-Z0-9=;,+-]{1,500}")
_LOCAL = "%Y%m%dT%H%M%S"
_OFTEN = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH", "BYHOUR"})
# What else a rule may say. Nothing by which it could return every minute, or be searched for ages in vain.
_PARTS: Mapping[str, frozenset[str]] = {
    "DAILY": _OFTEN,
    "WEEKLY": _OFTEN,
    "MONTHLY": _OFTEN | {"BYMONTHDAY", "BYSETPOS"},
    "YEARLY": _OFTEN | {"BYMONTHDAY", "BYSETPOS", "BYYEARDAY", "BYWEEKNO"},
}


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule as `FREQ=WEEKLY;BYDAY=SU`, and the IANA name of the zone in whose wall clock it counts."""

    rule: str
    time_zone: str

    def starts(self, first: datetime, *, after: datetime) -> Iterator[datetime]:
        """The starts later than an instant, in order and in UTC, of a series that begins with `first` at the
        earliest."""
        zone = ZoneInfo(self.time_zone)
        # The clocks may be set by hours between the two: look from a day before, and leave out what is too early.
        before = after.astimezone(zone).replace(tzinfo=None) - timedelta(days=1)
        local = _expanded(self, first.astimezone(zone).replace(tzinfo=None))
        # In order still: what the clocks skip falls at most on the start that follows.
        starts = (one.replace(tzinfo=zone).astimezone(UTC) for one in local.xafter(before, inc=True))
        return (start for start in starts if start > after)

    def last(self, first: datetime) -> datetime | None:
        """The last start of a series, or one that none is later than; `None` if it never ends."""
        parts = _parts(_local(self))
        if "UNTIL" in parts:
            local = datetime.strptime(parts["UNTIL"], _LOCAL)
            return local.replace(tzinfo=ZoneInfo(self.time_zone)).astimezone(UTC)
        if "COUNT" not in parts:
            return None
        *_, last = self.starts(first, after=first - timedelta(days=1))
        return last


@lru_cache(maxsize=1024)
def _expanded(recurrence: Recurrence, first: datetime) -> rrule:
    """The occurrences in the wall clock, each worked out once."""
    found = rrulestr(_local(recurrence), dtstart=first, cache=True)
    assert isinstance(found, rrule), "no other rule passes the check"
    return found


def _local(recurrence: Recurrence) -> str:
    """The rule with an UNTIL in UTC, as RFC 5545 wants it beside a time zone, in the wall clock."""
    parts = _parts(recurrence.rule)
    if (until := parts.get("UNTIL", "")).endswith("Z"):
        instant = datetime.strptime(until, f"{_LOCAL}Z").replace(tzinfo=UTC)
        parts["UNTIL"] = instant.astimezone(ZoneInfo(recurrence.time_zone)).strftime(_LOCAL)
    elif len(until) == len("20261130"):
        # A date: the whole of it.
        parts["UNTIL"] = f"{until}T235959"
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _parts(rule: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in rule.split(";") if "=" in part)


def recurrence_of(rule: str, time_zone: str, first: datetime) -> Recurrence:
    """The rule and zone, put right, for a series that begins at `first` at the earliest.

    Raises:
        InvalidInput: the zone or the rule means nothing, returns more often than daily, is without end in vain, or
            has no occurrence.
    """
    try:
        ZoneInfo(time_zone)
    except (OSError, KeyError, ValueError):
        raise InvalidInput(f"timeZone {time_zone!r:.60} is not known; give an IANA name, as Europe/Berlin") from None
    found = Recurrence(_checked_rule(rule.strip().removeprefix("RRULE:").upper().rstrip(";")), time_zone)
    try:
        happens = _ever_happens(found, first.astimezone(ZoneInfo(time_zone)).replace(tzinfo=None))
        start = next(found.starts(first, after=first - timedelta(days=1)), None) if happens else None
    except (ValueError, TypeError, OverflowError) as error:
        raise InvalidInput(f"recurrence {found.rule!r} is no rule of RFC 5545: {error}") from None
    if start is None:
        raise InvalidInput(f"recurrence {found.rule!r} never happens after {first.isoformat()}; check its days")
    return found


def _ever_happens(recurrence: Recurrence, first: datetime) -> bool:
    """Whether a rule without its end meets any day.

    What never does is searched for until the year 9999, and the calendar repeats itself every 400 years: begun late,
    the search is ten times shorter and finds the same.
    """
    parts = {name: value for name, value in _parts(recurrence.rule).items() if name not in ("UNTIL", "COUNT")}
    endless = ";".join(f"{name}={value}" for name, value in parts.items())
    return next(iter(rrulestr(endless, dtstart=first.replace(year=9200 + first.year % 400))), None) is not None


def _checked_rule(rule: str) -> str:
    parts = _parts(rule)
    if not _WRITTEN.fullmatch(rule) or len(parts) != len(rule.split(";")):
        raise InvalidInput("recurrence must be a rule of RFC 5545, as FREQ=WEEKLY;BYDAY=SU, with each part once")
    allowed = _PARTS.get(parts.get("FREQ", ""))
    if allowed is None:
        raise InvalidInput(f"recurrence must say FREQ={', '.join(_PARTS)}; nothing else returns seldom enough")
    if strange := sorted(parts.keys() - allowed):
        raise InvalidInput(f"recurrence with FREQ={parts['FREQ']} cannot say {', '.join(strange)}; leave it out")
    _check_number(parts, "INTERVAL", 1_000)
    _check_number(parts, "COUNT", MAX_COUNT)
    if "COUNT" in parts and "UNTIL" in parts:
        raise InvalidInput("recurrence says both COUNT and UNTIL; leave one of them out")
    return rule


def _check_number(parts: Mapping[str, str], name: str, most: int) -> None:
    number = parts.get(name, "1")
    if not (number.isascii() and number.isdigit() and 1 <= int(number) <= most):
        raise InvalidInput(f"recurrence must say {name}= a number from 1 to {most}, not {number!r:.20}")
