"""Mappings: a source that somebody defines without code, as JMESPath expressions for the parts of an alert. Pure.

    {"name": "smoke", "title": "Smoke detectors", "alerts": "readings[]", "fingerprint": "sensor.id",
     "status": "state", "resolved": ["clear"], "severity": "level", "severities": {"red": "DOWN", "yellow": "DEGRADED"},
     "summary": "text", "startsAt": "since", "labels": "sensor.tags", "url": "link",
     "identifiers": {"fqdn": "sensor.host", "service": "sensor.service"}}

Source: https://jmespath.org/specification.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions

from app.errors import InvalidInput
from app.events.delivery import Delivery, Reading, Source, read_each
from app.events.fields import epoch, instant, link_of, name_of, parsed_json, shown, text_of, texts_of
from app.events.gathering import distinct
from app.events.identifiers import clues_of_labels, host_clues, typed_clues
from app.events.model import Alert, Clue, EventStatus, MatchTier
from app.events.severity import state_of_severity
from app.impact.model import HealthState

MAX_EXPRESSION = 500
MAX_IDENTIFIERS = 20
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,49}")
_EXPRESSIONS = ("alerts", "fingerprint", "status", "severity", "summary", "starts_at", "ends_at", "url", "labels")
_HOSTS = ("host", "fqdn", "hostname", "ip")
# What evaluating an expression raises where a value is not what it expects: ceil(to_number('inf')) among others.
_CANNOT = (JMESPathError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class SourceMapping:
    """How a body becomes alerts; every part but the lists of words is an expression.

    `alerts` gives a list or one object, within which the others are evaluated; empty: the body is the alert. A status
    among `resolved` says that it is over. `severities` gives the state of a severity where its word is not known.
    `identifiers` are expressions by kind: `key`, `host`, `service`, or any kind of identifier.
    """

    name: str
    fingerprint: str
    identifiers: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    alerts: str = ""
    status: str = ""
    resolved: tuple[str, ...] = ("resolved", "ok", "closed", "recovered", "clear", "cleared")
    severity: str = ""
    severities: Mapping[str, HealthState] = field(default_factory=dict)
    summary: str = ""
    starts_at: str = ""
    ends_at: str = ""
    url: str = ""
    labels: str = ""


def checked_mapping(mapping: SourceMapping) -> SourceMapping:
    """The mapping, if it can be used.

    Raises:
        InvalidInput: a name that cannot stand in a path, no fingerprint, or an expression that is none.
    """
    if not _NAME.fullmatch(mapping.name):
        raise InvalidInput(f"name must be 1-50 of a-z, 0-9, - and _, a letter first, not {shown(mapping.name)}")
    if not mapping.fingerprint.strip():
        raise InvalidInput("fingerprint must say which field names the trouble, the same when it is over")
    if len(mapping.identifiers) > MAX_IDENTIFIERS:
        raise InvalidInput(f"identifiers has {len(mapping.identifiers)} kinds, at most {MAX_IDENTIFIERS} are taken")
    for name, text in _expressions(mapping):
        _compiled(text, name)
    return mapping


def _expressions(mapping: SourceMapping) -> Iterator[tuple[str, str]]:
    for name in _EXPRESSIONS:
        if text := getattr(mapping, name):
            yield name, text
    yield from ((f"identifiers.{kind}", text) for kind, text in mapping.identifiers.items())


def _compiled(text: str, name: str) -> jmespath.parser.ParsedResult:
    if len(text) > MAX_EXPRESSION:
        raise InvalidInput(f"{name} has {len(text)} characters, at most {MAX_EXPRESSION} are taken")
    try:
        expression = jmespath.compile(text)
    except (JMESPathError, RecursionError) as error:
        told = " ".join(str(error).split())
        raise InvalidInput(f"{name} is no JMESPath expression: {told:.200}") from error
    if unknown := _functions(expression.parsed) - Functions.FUNCTION_TABLE.keys():
        raise InvalidInput(f"{name} calls {min(unknown)}(), which is no function of JMESPath")
    return expression


def _functions(node: Any) -> set[str]:
    """The functions that a parsed expression calls."""
    called = {str(node["value"])} if node["type"] == "function_expression" else set()
    return called.union(*map(_functions, node["children"]))


def source_of(mapping: SourceMapping) -> Source:
    """The source that reads as the mapping says; raises as `checked_mapping`."""
    reader = _Reader(checked_mapping(mapping))
    return Source(mapping.name, mapping.title or mapping.name, reader.read)


class _Reader:
    """Reads one kind of body; the expressions are compiled once."""

    def __init__(self, mapping: SourceMapping) -> None:
        self._mapping = mapping
        self._compiled = {name: _compiled(text, name) for name, text in _expressions(mapping)}
        self._resolved = frozenset(word.casefold() for word in mapping.resolved)
        self._states = {word.casefold(): state for word, state in mapping.severities.items()}

    def read(self, delivery: Delivery) -> Reading:
        """What a body says."""
        body = parsed_json(delivery.body)
        found = self._value("alerts", body) if "alerts" in self._compiled else body
        listed: Sequence[object] = found if isinstance(found, list) else [] if found is None else [found]
        return read_each(listed, "alerts", self._alert)

    def _alert(self, entry: object, where: str) -> Alert:
        fingerprint = self._text("fingerprint", entry)
        if not fingerprint:
            raise InvalidInput(f"{where} has no fingerprint by {self._mapping.fingerprint!r}")
        over = self._text("status", entry).casefold() in self._resolved
        severity = self._text("severity", entry) or None
        labels = texts_of(self._value("labels", entry))
        ends_at = self._instant("ends_at", entry, where)
        return Alert(
            source=self._mapping.name,
            fingerprint=name_of(fingerprint),
            status=EventStatus.RESOLVED if over else EventStatus.FIRING,
            severity=severity,
            state=self._states.get((severity or "").casefold(), state_of_severity(severity)),
            summary=self._text("summary", entry),
            starts_at=self._instant("starts_at", entry, where),
            ends_at=ends_at if over else None,
            clues=distinct((*self._clues(entry), *clues_of_labels(labels))),
            labels=labels,
            url=link_of(self._text("url", entry)),
        )

    def _clues(self, entry: object) -> Iterator[Clue]:
        for kind in self._mapping.identifiers:
            name = f"identifiers.{kind}"
            for text in self._texts(name, entry):
                if kind == "key":
                    yield Clue(MatchTier.KEY, text, origin=name)
                elif kind in _HOSTS:
                    yield from host_clues(text, origin=name)
                else:
                    yield from typed_clues(kind, text, origin=name)

    def _texts(self, name: str, entry: object) -> list[str]:
        value = self._value(name, entry)
        return [text for one in (value if isinstance(value, list) else [value]) if (text := text_of(one))]

    def _text(self, name: str, entry: object) -> str:
        return text_of(self._value(name, entry))

    def _value(self, name: str, entry: object) -> object:
        expression = self._compiled.get(name)
        if expression is None:
            return None
        try:
            value: object = expression.search(entry)
        except (
            JMESPathError,
            ArithmeticError,
            AttributeError,
            LookupError,
            RecursionError,
            TypeError,
            ValueError,
        ) as error:
            raise InvalidInput(f"{name} cannot be evaluated here: {' '.join(str(error).split()):.200}") from error
        return value

    def _instant(self, name: str, entry: object, where: str) -> datetime | None:
        value = self._value(name, entry)
        if value is None or value == "":
            return None
        try:
            return instant(value, f"{where} {name}")
        except InvalidInput:
            return epoch(value, f"{where} {name}")
