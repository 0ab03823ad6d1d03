"""Reads items.csv, dependencies.csv and members.csv into rows of the native format.

Column names are the native names in snake_case. Numbers and booleans are recognised by the property table; text that
is none stays text, so that the rules report it. An empty cell clears the field where the item's type has it. In
items.csv the identifier columns together replace an item's identifiers, and unknown columns together its attributes.
A cell of loss_bands lists seconds and what an outage of that length has cost, as `3600:12000.00; 14400:90000`.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from itertools import chain
from typing import TypeAlias

from app.errors import Problem
from app.exchange.model import Row, RowKind, Rows, Source, undecodable, unreadable
from app.inventory.model import DEPENDENCY_PROPERTIES, LOSS_TYPES, PROPERTIES, ItemType, Kind, Property

Raw: TypeAlias = dict[str, object]
RowReader: TypeAlias = Callable[[Sequence[str]], Raw]
Fields: TypeAlias = list[tuple[int, str, Callable[[str], object] | None]]
"""Where a field's cell is, its native name, and what turns its text into a value, if anything."""

IDENTIFIER_COLUMNS = ("fqdn", "ip", "serial", "mac", "hostname")
_REQUIRED: Mapping[RowKind, tuple[str, ...]] = {
    RowKind.ITEM: ("key", "type"),
    RowKind.DEPENDENCY: ("from", "to"),
    RowKind.MEMBER: ("group", "member"),
}
_BY_NAME = {"items.csv": RowKind.ITEM, "dependencies.csv": RowKind.DEPENDENCY, "members.csv": RowKind.MEMBER}
_ITEM_FIELDS = frozenset({"key", "type", "name", "kind", "lifecycle", "owner", "revision", "lossBands"})
_NOT_A_COLUMN = {
    "attributes": "give each attribute a column of its own",
    "identifiers": f"use the columns {', '.join(IDENTIFIER_COLUMNS)}",
    "members": "list the members in members.csv",
}
_CLEARED_ALWAYS = frozenset({"name", "kind", "lifecycle", "owner"})
_CLEARED: Mapping[str, frozenset[str]] = {
    one.name: _CLEARED_ALWAYS
    | {name for name, rule in PROPERTIES.items() if one in rule.types}
    | ({"lossBands"} if one in LOSS_TYPES else set())
    for one in ItemType
}
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?([eE][-+]?[0-9]{1,3})?")
_NUMERIC = {Kind.INTEGER, Kind.SECONDS, Kind.TIER, Kind.THRESHOLD, Kind.POSITIVE, Kind.FRACTION}
_FLAGS = {"true": True, "false": False}


def csv_rows(source: Source) -> Rows:
    """The rows of one file; `where` is `items.csv:12`, the physical line on which the row starts."""
    with source.path.open(encoding="utf-8-sig", newline="") as lines:
        try:
            yield from _table(source.name, lines)
        except UnicodeDecodeError as error:
            raise undecodable(source) from error


def _table(name: str, lines: Iterator[str]) -> Rows:
    first = next(lines, "")
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(chain((first,), lines), delimiter=delimiter, strict=True)
    try:
        columns = [cell.strip() for cell in next(reader, [])]
        kind = _kind(name, columns)
        read = _READERS[kind](name, columns)
        line = reader.line_num + 1
        for cells in reader:
            if any(cells):
                yield _row(f"{name}:{line}", kind, cells, columns, read)
            line = reader.line_num + 1
    except csv.Error as error:
        raise unreadable(f"{name}:{reader.line_num}", f"this is not valid CSV: {error}") from error


def _row(where: str, kind: RowKind, cells: list[str], columns: Sequence[str], read: RowReader) -> Row | Problem:
    if len(cells) != len(columns):
        return Problem(where, f"this row has {len(cells)} cells, but the header has {len(columns)} columns")
    return Row(where, kind, read(cells))


def _kind(name: str, columns: Sequence[str]) -> RowKind:
    """Which of the three tables it is: by its file name, else by its header."""
    found = f"the columns are {', '.join(columns)}" if any(columns) else "the first line is empty"
    for number, column in enumerate(columns, 1):
        if not column:
            raise unreadable(f"{name}:1", f"column {number} has no name; {found}")
        if column in columns[: number - 1]:
            raise unreadable(f"{name}:1", f"the column {column!r} is there twice; keep one")
    named = _BY_NAME.get(name.replace("\\", "/").rsplit("/", 1)[-1].lower())
    if named is not None:
        missing = [column for column in _REQUIRED[named] if column not in columns]
        if missing:
            raise unreadable(f"{name}:1", f"the column {missing[0]!r} is missing; {found}")
        return named
    for kind, required in _REQUIRED.items():
        if set(required) <= set(columns):
            return kind
    choices = " or ".join(f"{first} and {second}" for first, second in _REQUIRED.values())
    raise unreadable(f"{name}:1", f"a header needs the columns {choices}; {found}")


def _item_reader(name: str, columns: Sequence[str]) -> RowReader:
    fields: Fields = []
    attributes: list[tuple[int, str]] = []
    identifiers = [(at, column) for at, column in enumerate(columns) if column in IDENTIFIER_COLUMNS]
    for at, column in enumerate(columns):
        native = _native_name(column)
        if native in _NOT_A_COLUMN:
            raise unreadable(f"{name}:1", f"{column!r} cannot be a column; {_NOT_A_COLUMN[native]}")
        if native in _ITEM_FIELDS or native in PROPERTIES:
            fields.append((at, native, _parser(native, PROPERTIES)))
        elif column not in IDENTIFIER_COLUMNS:
            attributes.append((at, column))
    type_at = columns.index("type")

    def read(cells: Sequence[str]) -> Raw:
        cleared = _CLEARED.get(cells[type_at].strip(), _CLEARED_ALWAYS)
        raw = _filled(cells, fields, cleared)
        if identifiers:
            raw["identifiers"] = [
                {"kind": kind, "value": value}
                for at, kind in identifiers
                if cells[at]
                for value in cells[at].replace(";", " ").split()
            ]
        if attributes:
            raw["attributes"] = {column: text for at, column in attributes if (text := cells[at].strip())}
        return raw

    return read


def _dependency_reader(name: str, columns: Sequence[str]) -> RowReader:
    fields = _edge_fields(name, columns, {"from": "from", "to": "to", "relation": "relation"})

    def read(cells: Sequence[str]) -> Raw:
        raw = _filled(cells, fields, DEPENDENCY_PROPERTIES.keys())
        # A LOCATED_IN edge counts as HARD by itself, so a column that says so is right, not a mistake.
        if raw.get("relation") == "LOCATED_IN" and raw.get("strength") == "HARD":
            del raw["strength"]
        return raw

    return read


def _member_reader(name: str, columns: Sequence[str]) -> RowReader:
    fields = _edge_fields(name, columns, {"group": "from", "member": "to"})

    def read(cells: Sequence[str]) -> Raw:
        raw = _filled(cells, fields, DEPENDENCY_PROPERTIES.keys())
        raw["relation"] = "HAS_MEMBER"
        return raw

    return read


_READERS: Mapping[RowKind, Callable[[str, Sequence[str]], RowReader]] = {
    RowKind.ITEM: _item_reader,
    RowKind.DEPENDENCY: _dependency_reader,
    RowKind.MEMBER: _member_reader,
}


def _filled(cells: Sequence[str], fields: Fields, cleared: Set[str]) -> Raw:
    raw: Raw = {}
    for at, name, parse in fields:
        text = cells[at].strip()
        if text:
            raw[name] = parse(text) if parse else text
        elif name in cleared:
            raw[name] = None
    return raw


def _edge_fields(name: str, columns: Sequence[str], ends: Mapping[str, str]) -> Fields:
    fields: Fields = []
    for at, column in enumerate(columns):
        native = ends.get(column) or _native_name(column)
        if column not in ends and native not in DEPENDENCY_PROPERTIES:
            known = ", ".join([*ends, *map(_column_name, DEPENDENCY_PROPERTIES)])
            raise unreadable(f"{name}:1", f"the column {column!r} is unknown; use {known}")
        fields.append((at, native, _parser(native, DEPENDENCY_PROPERTIES)))
    return fields


def _parser(name: str, table: Mapping[str, Property]) -> Callable[[str], object] | None:
    rule = table.get(name)
    if name == "lossBands":
        return _bands
    if name == "revision" or (rule and rule.kind in _NUMERIC):
        return _number
    return _flag if rule and rule.kind is Kind.FLAG else None


def _number(text: str) -> int | float | str:
    if text.isascii() and text.isdecimal() and len(text) < 19:  # nearly every cell; the pattern is five times slower
        return int(text)
    match = _NUMBER.fullmatch(text)
    if match is None:
        return text
    return float(text) if match[1] or match[2] else int(text)


def _flag(text: str) -> bool | str:
    return _FLAGS.get(text.lower(), text)


def _bands(text: str) -> list[Raw]:
    """What the cell lists; the rules report what is no band."""
    pairs = (pair.partition(":") for pair in re.sub(r"\s*:\s*", ":", text).replace(";", " ").split())
    return [{"afterSeconds": _number(seconds), "cumulativeLoss": loss} for seconds, _, loss in pairs]


def _native_name(column: str) -> str:
    """`mtpd_seconds` gives `mtpdSeconds`; a native name stays as it is."""
    first, *rest = column.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _column_name(native: str) -> str:
    return re.sub(r"[A-Z]", lambda letter: "_" + letter[0].lower(), native)
