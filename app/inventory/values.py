"""One value of a row: what it may be, and the sentence about one that may not. Pure."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from math import isfinite
from typing import TypeAlias, TypeVar

from app.errors import Problem
from app.inventory.model import Kind, Property, Scalar

Report: TypeAlias = Callable[[str, str], None]
"""Called with a field's name and a sentence about it."""

E = TypeVar("E")

MAX_TEXT = 1_000
_KEY = re.compile(r"[A-Za-z0-9_@][A-Za-z0-9._:/@+-]{0,199}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]+)?)\s*%")
# Control characters (Cc) and lone surrogates (Cs).
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_LARGEST = 2**53


class Problems:
    """Collects what is wrong, row by row."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def of(self, where: str) -> Report:
        """A reporter for one row."""
        return lambda field, message: self.found.append(Problem(where, f"{field} {message}"))


def checked_key(value: object, field: str, report: Report) -> str | None:
    """A key: 1-200 letters, digits and `. _ : / @ + -`, starting with a letter, a digit, `_` or `@`."""
    if isinstance(value, str) and _KEY.fullmatch(value):
        return value
    if value is None or value == "":
        report(field, "is missing")
    else:
        report(
            field,
            "must be 1-200 letters, digits or . _ : / @ + - and start with a letter, digit, _ or @, "
            f"not {shown(value)}",
        )
    return None


def checked_value(value: object, field: str, rule: Property, report: Report) -> Scalar | None:
    """The value if it is what the rule expects, else `None` and a report. `None` passes: it clears the field."""
    if value is None:
        return None
    checked = _CHECKS[rule.kind](value) if rule.kind is not Kind.CHOICE else _one_of(value, rule.choices)
    if checked is None:
        report(field, f"must be {rule.expectation}, not {shown(value)}")
    return checked


def checked_text(value: object, field: str, report: Report) -> str | None:
    """A short text, or `None` and a report; `None` passes."""
    if value is None:
        return None
    text = short_text(value)
    if text is None:
        report(field, f"must be 1-{MAX_TEXT} characters of text without control characters, not {shown(value)}")
    return text


def choice_of(members: Mapping[str, E], value: object, field: str, report: Report) -> E | None:
    """The member of this name, or `None` and a report that lists all; it may not be left out."""
    if isinstance(value, str) and value in members:
        return members[value]
    if value is None or value == "":
        report(field, f"is missing; use one of {', '.join(members)}")
    else:
        report(field, f"{shown(value)} is unknown; use one of {', '.join(members)}")
    return None


def refuse_unknown(
    raw: Mapping[str, object], known: set[str], report: Report, advice: str = "correct its name or leave it out"
) -> None:
    """Report each field that is not known, with what to do about it."""
    # Nearly every row is right, and there are millions of them.
    if raw.keys() <= known:
        return
    for name in sorted(str(name) for name in raw.keys() - known):
        report(name, f"is not a known field; {advice}")


def is_printable(text: str) -> bool:
    """Whether it holds neither control characters nor half a character."""
    return _UNPRINTABLE.search(text) is None


def shown(value: object) -> str:
    """How a refused value is shown: at most 60 characters of it."""
    try:
        text = repr(value)
    except ValueError:  # Python refuses to print an integer of more than 4300 digits.
        return "a number too long to show"
    return text if len(text) <= 60 else text[:57] + "…"


def whole_number(value: object) -> int | None:
    """A whole number from 0 to 2**53, also one that is written as 3.0; else `None`."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and 0 <= value <= _LARGEST else None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return None
    return float(value)


def _positive(value: object) -> float | None:
    number = _number(value)
    return number if number is not None and number > 0 else None


def _fraction(value: object) -> float | None:
    number = _number(value)
    return number if number is not None and 0 <= number <= 1 else None


def _tier(value: object) -> int | None:
    number = whole_number(value)
    return number if number is not None and number <= 4 else None


def _threshold(value: object) -> int | str | None:
    if isinstance(value, str):
        match = _PERCENT.fullmatch(value.strip())
        return f"{match[1]}%" if match and 0 < float(match[1]) <= 100 else None
    number = whole_number(value)
    return number if number else None


def _date(value: object) -> str | None:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    try:
        return date.fromisoformat(value).isoformat() if isinstance(value, str) else None
    except ValueError:
        return None


def _instant(value: object) -> str | None:
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return None
    return instant.isoformat() if isinstance(instant, datetime) and instant.tzinfo is not None else None


def short_text(value: object) -> str | None:
    """1-1000 characters without control characters; else `None`."""
    return value if isinstance(value, str) and 0 < len(value) <= MAX_TEXT and is_printable(value) else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _currency(value: object) -> str | None:
    return value if isinstance(value, str) and _CURRENCY.fullmatch(value) else None


def _one_of(value: object, choices: tuple[str, ...]) -> str | None:
    return value if isinstance(value, str) and value in choices else None


_CHECKS: Mapping[Kind, Callable[[object], Scalar | None]] = {
    Kind.TEXT: short_text,
    Kind.INTEGER: whole_number,
    Kind.SECONDS: whole_number,
    Kind.POSITIVE: _positive,
    Kind.FRACTION: _fraction,
    Kind.FLAG: _flag,
    Kind.DATE: _date,
    Kind.INSTANT: _instant,
    Kind.TIER: _tier,
    Kind.THRESHOLD: _threshold,
    Kind.CURRENCY: _currency,
}
