"""Reads native JSON documents and NDJSON; which keys a row may have is decided by `inventory.rules`."""

import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

import orjson

from app.errors import Problem
from app.exchange.model import Row, RowKind, Rows, Source, undecodable, unreadable

SECTIONS: Mapping[str, RowKind] = {
    "items": RowKind.ITEM,
    "dependencies": RowKind.DEPENDENCY,
    "assessments": RowKind.ASSESSMENT,
    "scenarios": RowKind.SCENARIO,
}
SHAPE = "a document is {items: [...], dependencies: [...], assessments: [...], scenarios: [...]}"
_RECORDS: Mapping[str, RowKind] = {kind.value: kind for kind in SECTIONS.values()}
_RECORD_SHAPE = (
    'a line is {"item": {...}}, {"dependency": {...}}, such an object itself, {"assessment": {...}} or '
    '{"scenario": {...}}'
)
_BOM = b"\xef\xbb\xbf"
_NOT_NUMBERS = re.compile(r"-?(?:NaN|Infinity)")


def json_rows(source: Source) -> Rows:
    """The rows of a JSON document, items first; `where` is `company.json: items[3]`."""
    content = source.path.read_bytes().removeprefix(_BOM)
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        if not _is_utf8(content):
            raise undecodable(source) from error
        raise unreadable(f"{source.name}:{error.lineno}", _reason(error)) from error
    if not isinstance(document, dict):
        raise unreadable(source.name, f"the top level is {kind_of(document)}; {SHAPE}")
    for name, rows in document.items():
        if name not in SECTIONS:
            raise unreadable(source.name, f"the top-level key {name!r} is unknown; {SHAPE}")
        if not isinstance(rows, list | None):
            raise unreadable(source.name, f"{name} is {kind_of(rows)}; {SHAPE}")
    for name, kind in SECTIONS.items():
        for index, raw in enumerate(document.get(name) or ()):
            yield row_or_problem(f"{source.name}: {name}[{index}]", kind, raw)


def ndjson_rows(source: Source) -> Rows:
    """The rows of an NDJSON file, one a line, in any order; `where` is `estate.ndjson:17`. Blank lines are skipped."""
    with source.path.open("rb") as lines:
        for number, line in _numbered(lines):
            yield _record(f"{source.name}:{number}", line)


def _numbered(lines: BinaryIO) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(lines, 1):
        text = line.removeprefix(_BOM) if number == 1 else line
        if not text.isspace():
            yield number, text


def _record(where: str, line: bytes) -> Row | Problem:
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return Problem(where, _reason(error) if _is_utf8(line) else "this line is not valid UTF-8")
    if not isinstance(record, dict):
        return Problem(where, f"this line is {kind_of(record)}; {_RECORD_SHAPE}")
    if len(record) == 1:
        [(name, raw)] = record.items()
        if name in _RECORDS:
            return row_or_problem(where, _RECORDS[name], raw)
    if "from" in record and "to" in record:
        return Row(where, RowKind.DEPENDENCY, record)
    if "key" in record:
        return Row(where, RowKind.ITEM, record)
    return Problem(where, f"this line is neither an item nor a dependency; {_RECORD_SHAPE}")


def row_or_problem(where: str, kind: RowKind, raw: object) -> Row | Problem:
    """The row, if it is an object."""
    if isinstance(raw, dict):
        return Row(where, kind, raw)
    return Problem(where, f"this {kind.value} is {kind_of(raw)}; give an object of field names and values")


def kind_of(value: object) -> str:
    """What a value of a document is, for a sentence."""
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list) else f"the single value {str(value)[:40]!r}"


def _reason(error: orjson.JSONDecodeError) -> str:
    start = error.pos - error.doc.startswith("-", max(0, error.pos - 1))  # it may stop after the minus sign
    if match := _NOT_NUMBERS.match(error.doc, start):
        return f"{match[0]} is not JSON; leave the field out, or give a number"
    return f"this is not valid JSON: {error.msg} in column {error.colno}"


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
