"""Words of import and export: formats, a file to read, a row as it was read, an item as it is stored."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import NamedTuple, TypeAlias

from app.continuity.assessment_rows import AssessmentRow
from app.continuity.scenario_rows import ScenarioRow
from app.errors import InvalidInput, Problem
from app.inventory.model import DependencyDraft, Identifier, ItemDraft, ItemType, Relation


class Format(Enum):
    """The native formats, and CSV."""

    NDJSON = "ndjson"
    JSON = "json"
    YAML = "yaml"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read; `name` is what the caller calls it, and what messages call it."""

    name: str
    path: Path


class RowKind(Enum):
    """What a row describes. A member is a row of members.csv: an edge, told in other words."""

    ITEM = "item"
    DEPENDENCY = "dependency"
    MEMBER = "member"
    ASSESSMENT = "assessment"
    SCENARIO = "scenario"


class Row(NamedTuple):
    """A row in the words of the native format, not checked yet. A tuple, because an import holds many."""

    where: str
    kind: RowKind
    raw: Mapping[str, object]


Rows: TypeAlias = Iterator[Row | Problem]
"""What a reader yields: rows, and a problem for each row that is none; a file it cannot read is `InvalidInput`."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything an import would write, and what is wrong with the rest."""

    items: tuple[ItemDraft, ...]
    dependencies: tuple[DependencyDraft, ...]
    assessments: tuple[AssessmentRow, ...]
    scenarios: tuple[ScenarioRow, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class StoredEdge:
    """An edge that leaves an item, with everything it carries."""

    relation: Relation
    provider: str
    properties: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class StoredItem:
    """An item as export reads it: `properties` are all it carries, `attributes` still as JSON text."""

    key: str
    type: ItemType
    properties: Mapping[str, object]
    identifiers: tuple[Identifier, ...]
    edges: tuple[StoredEdge, ...]


def unreadable(where: str, message: str) -> InvalidInput:
    """The error for a file that cannot be read at all, at one place."""
    problem = Problem(where, message)
    return InvalidInput(str(problem), (problem,))


def undecodable(source: Source) -> InvalidInput:
    """The error for a file that is not UTF-8, at its first bad line."""
    with source.path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                line.decode()
            except UnicodeDecodeError:
                return unreadable(f"{source.name}:{number}", "this line is not valid UTF-8; save the file as UTF-8")
    return unreadable(source.name, "this file is not valid UTF-8; save it as UTF-8")
