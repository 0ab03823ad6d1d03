"""What an entry says of a change, as bounded JSON without secrets. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import Field, fields, is_dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Any

import orjson

from app.account import Told

SECRET = "(secret)"  # noqa: S105  # what stands in the place of one


def changes_json(told: Iterable[Told], *, most_bytes: int) -> str:
    """What differs of each thing; those that do not fit are counted."""
    shown: list[dict[str, object]] = []
    omitted, left = 0, most_bytes
    for one in told:
        before, after = differences(one.before, one.after)
        change = {"key": one.key, "before": before, "after": after}
        size = len(orjson.dumps(change))
        if size > left:
            omitted += 1
            continue
        left -= size
        shown.append(change)
    return orjson.dumps({"changes": shown, "omitted": omitted}).decode()


def asked_json(asked: Mapping[str, object], *, most_bytes: int) -> str:
    """What was asked; an argument that does not fit is cut, and says so."""
    told: dict[str, object] = {}
    left = most_bytes
    for name, value in asked.items():
        text = orjson.dumps(plain(value))
        fits = len(text) <= left
        told[name] = plain(value) if fits else f"{text[:left].decode(errors='ignore')}… ({len(text)} bytes)"
        left = max(0, left - len(text))
    return orjson.dumps({"asked": told}).decode()


def differences(before: object, after: object) -> tuple[object, object]:
    """Both sides with only those parts in which they differ; one that is `None` leaves the other whole."""
    if before is None or after is None:
        return plain(before), plain(after)
    one, other = _parts(before), _parts(after)
    if one is None or other is None:
        return plain(before), plain(after)
    names = [name for name in {**one, **other} if one.get(name) != other.get(name)]
    return _shown(before, one, names), _shown(after, other, names)


def plain(value: object) -> object:
    """The value as JSON has it; of what a dataclass keeps from its `repr` only that it is there."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, set | frozenset):
        return sorted((plain(one) for one in value), key=str)
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    parts = _parts(value)
    return str(value) if parts is None else _shown(value, parts, parts)


def _parts(value: object) -> Mapping[str, object] | None:
    if isinstance(value, Mapping):
        return {str(name): part for name, part in value.items()}
    if is_dataclass(value):
        return {one.name: getattr(value, one.name) for one in fields(value)}
    return None


def _shown(value: object, parts: Mapping[str, object], names: Iterable[str]) -> dict[str, object]:
    hidden = {one.name for one in _fields(value) if not one.repr}
    present = [name for name in names if name in parts]
    return {_spelled(value, name): SECRET if name in hidden else plain(parts[name]) for name in present}


def _fields(value: object) -> tuple[Field[Any], ...]:
    return fields(value) if is_dataclass(value) else ()


def _spelled(value: object, name: str) -> str:
    """A field as the interface spells it; the names in a mapping are somebody's own."""
    if not is_dataclass(value):
        return name
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
