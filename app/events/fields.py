"""Reading what others wrote: strict JSON, and fields that are what they should be or are refused by name. Pure.

`where` is the place of a value in the body, as `alerts[3].labels`; every refusal begins with it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import orjson

from app.errors import InvalidInput

MAX_NESTING = 100
MAX_TEXT = 10_000
"""Characters of a text we keep; senders put whole logs into a description."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SHOWN = 60


def parsed_json(raw: bytes) -> object:
    """The value that this JSON text describes.

    Raises:
        InvalidInput: empty, not UTF-8, not JSON (RFC 8259: no NaN, no comments), or nested deeper than 100 levels.
    """
    text = raw.removeprefix(_BYTE_ORDER_MARK)
    if not text.strip():
        raise InvalidInput("the body is empty; send JSON")
    try:
        value: object = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _not_json(text, error) from error
    if _is_deeper(value, MAX_NESTING):
        raise _too_deep()
    return value


def json_object(raw: bytes, sender: str) -> Mapping[str, Any]:
    """The body as the JSON object that `sender` sends; raises as `parsed_json`."""
    return an_object(parsed_json(raw), f"the body must be the JSON object that {sender} sends")


def an_object(value: object, complaint: str) -> Mapping[str, Any]:
    """A JSON object.

    Raises:
        InvalidInput: it is none; the sentence is the complaint.
    """
    if isinstance(value, Mapping):
        return value
    raise InvalidInput(complaint)


def object_at(parent: Mapping[str, Any], name: str, where: str = "") -> Mapping[str, Any]:
    """The object in a field; empty if it is not there."""
    value = parent.get(name)
    return {} if value is None else an_object(value, f"{_place(where, name)} must be an object, not {shown(value)}")


def list_at(parent: Mapping[str, Any], name: str, where: str = "") -> list[object]:
    """The list in a field.

    Raises:
        InvalidInput: it is not there, or no list.
    """
    value = parent.get(name)
    if isinstance(value, list):
        return value
    raise InvalidInput(f"{_place(where, name)} must be a list, not {shown(value)}")


def text_at(parent: Mapping[str, Any], name: str, where: str = "", *, most: int = MAX_TEXT) -> str:
    """A text that has to be there, without the space around it.

    Raises:
        InvalidInput: it is missing, empty, too long, or no text.
    """
    value = parent.get(name)
    if isinstance(value, str) and 0 < len(text := value.strip()) <= most:
        return text
    raise InvalidInput(f"{_place(where, name)} must be a text of 1-{most} characters, not {shown(value)}")


def text_of(value: object) -> str:
    """What a value says as a text, cut at 10,000 characters; empty for what says nothing. Never raises."""
    if value is None or isinstance(value, Mapping | list):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip()[:MAX_TEXT]


def first_text(*values: object) -> str:
    """The first of these that says something."""
    return next((text for value in values if (text := text_of(value))), "")


def texts_of(value: object) -> dict[str, str]:
    """The members of an object as texts, without those that say nothing. Never raises."""
    if not isinstance(value, Mapping):
        return {}
    return {str(name): text for name, inner in value.items() if (text := text_of(inner))}


def instant_at(parent: Mapping[str, Any], name: str, where: str = "") -> datetime:
    """An instant that has to be there, in UTC: one instant has one spelling.

    Raises:
        InvalidInput: it is missing, or not an ISO 8601 instant with a time zone.
    """
    return instant(parent.get(name), _place(where, name))


def instant(value: object, where: str) -> datetime:
    """An ISO 8601 instant with a time zone, in UTC; raises as `instant_at`."""
    try:
        found = datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
        if found is not None and found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise InvalidInput(f"{where} must be an instant as 2026-11-30T09:00:00Z, not {shown(value)}")


def epoch(value: object, where: str) -> datetime:
    """An instant in seconds since 1970, or in thousandths, millionths or billionths of one, as a number or its text.

    Raises:
        InvalidInput: it is no number, or no instant.
    """
    try:
        number = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
        if number is not None:
            # Seconds reach this number in the year 5138, milliseconds did in 1973.
            while 1e11 <= abs(number) < 1e21:
                number /= 1000
            return datetime.fromtimestamp(number, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    raise InvalidInput(f"{where} must be seconds or milliseconds since 1970, not {shown(value)}")


def link_of(value: object, base: object = "") -> str | None:
    """The http(s) address a value holds, relative to `base` if it names no host; `None` for any other. Never raises."""
    try:
        address = urljoin(text_of(base), text_of(value))
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and parts.netloc else None


def shown(value: object) -> str:
    """A value in an error, cut short."""
    return f"{value!r:.{_SHOWN}}"


def _place(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _not_json(text: bytes, error: orjson.JSONDecodeError) -> InvalidInput:
    try:
        text.decode()
    except UnicodeDecodeError as wrong:
        before = text[: wrong.start].decode()
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        return InvalidInput(f"the body is not UTF-8 at line {line}, column {column}; send JSON in UTF-8")
    if error.msg == "depth limit exceeded":  # orjson's own limit is 1024
        return _too_deep()
    return InvalidInput(f"the body is not JSON at line {error.lineno}, column {error.colno}: {error.msg}")


def _too_deep() -> InvalidInput:
    return InvalidInput(f"the body is nested deeper than {MAX_NESTING} levels; send it flatter")


def _is_deeper(value: object, levels: int) -> bool:
    """Whether lists and objects lie in each other more than `levels` deep; level by level, never recursive."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(levels):
        level = [inner for outer in level for inner in _inside(outer) if isinstance(inner, dict | list)]
        if not level:
            return False
    return True


def _inside(outer: dict[str, object] | list[object]) -> list[object]:
    return list(outer.values()) if isinstance(outer, dict) else outer
