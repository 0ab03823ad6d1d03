"""Reads native YAML documents, event by event.

A plain scalar is what JSON would make of it (`true`, `false`, `null`, a number), `~` and nothing are null, and anything
else is text: `NO` stays Norway, `2026-11-30` stays the text the rules expect, and the MAC 10:20:30:40:50:55 does not
turn into a sexagesimal number as YAML 1.1 would have it. Anchors, aliases and tags are refused; so no document is
larger than its file.
"""

import re
from collections.abc import Iterator
from typing import TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from app.errors import InvalidInput
from app.exchange.model import Rows, Source, undecodable, unreadable
from app.exchange.native import SECTIONS, SHAPE, row_or_problem

MAX_NESTING = 50
Value: TypeAlias = "str | int | float | bool | list[Value] | dict[str, Value] | None"

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,99})(\.[0-9]+)?([eE][-+]?[0-9]{1,9})?")
_NOT_NUMBERS = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)|NaN|[-+]?Infinity")


def yaml_rows(source: Source) -> Rows:
    """The rows of a YAML document in file order; `where` is `company.yaml:12: items[3]`."""
    try:
        text = source.path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise undecodable(source) from error
    reader = _Reader(source.name, text)
    try:
        yield from reader.rows()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{source.name}:{mark.line + 1}" if mark else source.name
        detail = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be parsed"
        raise unreadable(where, f"this is not valid YAML: {detail}") from error


class _Reader:
    """One document; `rows` may be asked for once."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._next = _Loader(text).get_event

    def rows(self) -> Rows:
        self._next()  # the stream starts
        start = self._next()
        if isinstance(start, StreamEndEvent):
            raise unreadable(self._name, f"the file is empty; {SHAPE}")
        top = self._node_event()
        if not isinstance(top, MappingStartEvent):
            raise self._error(top, f"the top level is {_kind_of(top)}; {SHAPE}")
        seen: set[str] = set()
        while not isinstance(event := self._node_event(), MappingEndEvent):
            section = self._key(event, seen)
            if section not in SECTIONS:
                raise self._error(event, f"the top-level key {section!r} is unknown; {SHAPE}")
            yield from self._section(section)
        self._next()
        if not isinstance(event := self._next(), StreamEndEvent):
            raise self._error(event, "a second document starts here; put one document in a file")

    def _section(self, section: str) -> Rows:
        event = self._node_event()
        if isinstance(event, ScalarEvent) and self._scalar(event) is None:
            return
        if not isinstance(event, SequenceStartEvent):
            raise self._error(event, f"{section} is {_kind_of(event)}; {SHAPE}")
        kind = SECTIONS[section]
        for index, event in enumerate(self._until_end()):
            where = f"{self._name}:{_line(event)}: {section}[{index}]"
            yield row_or_problem(where, kind, self._value(event, 1))

    def _until_end(self) -> Iterator[Event]:
        while not isinstance(event := self._node_event(), SequenceEndEvent):
            yield event

    def _value(self, event: Event, depth: int) -> Value:
        if isinstance(event, ScalarEvent):
            return self._scalar(event)
        if depth > MAX_NESTING:
            raise self._error(event, f"values are nested deeper than {MAX_NESTING} levels")
        if isinstance(event, SequenceStartEvent):
            return [self._value(inner, depth + 1) for inner in self._until_end()]
        found: dict[str, Value] = {}
        while not isinstance(event := self._node_event(), MappingEndEvent):
            key = self._key(event, found)
            found[key] = self._value(self._node_event(), depth + 1)
        return found

    def _key(self, event: Event, taken: dict[str, Value] | set[str]) -> str:
        if not isinstance(event, ScalarEvent):
            raise self._error(event, f"a field name is {_kind_of(event)}; use a word")
        if event.value in taken:
            raise self._error(event, f"{event.value!r} is given twice here; keep one")
        if isinstance(taken, set):
            taken.add(event.value)
        return str(event.value)

    def _scalar(self, event: ScalarEvent) -> str | int | float | bool | None:
        text: str = event.value
        if event.style:  # quoted or a block
            return text
        if text in _WORDS:
            return _WORDS[text]
        if match := _NUMBER.fullmatch(text):
            number = float(text) if match[1] or match[2] else int(text)
            if number not in (float("inf"), float("-inf")):
                return number
        elif not _NOT_NUMBERS.fullmatch(text):
            return text
        raise self._error(event, f"{text} is not a finite number; leave the field out, or quote it if it is text")

    def _node_event(self) -> Event:
        event: Event = self._next()
        if isinstance(event, AliasEvent):
            raise self._error(event, f"the alias *{event.anchor} is not supported; write the value out")
        if isinstance(event, NodeEvent) and event.anchor is not None:
            raise self._error(event, f"the anchor &{event.anchor} is not supported; leave it out")
        if getattr(event, "tag", None) is not None:
            raise self._error(event, "tags are not supported; leave it out, and quote the value if it is text")
        return event

    def _error(self, event: Event, message: str) -> InvalidInput:
        return unreadable(f"{self._name}:{_line(event)}", message)


def _line(event: Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _kind_of(event: Event) -> str:
    if isinstance(event, ScalarEvent):
        return f"the single value {event.value[:40]!r}" if event.value else "empty"
    return "a list" if isinstance(event, SequenceStartEvent) else "an object"
