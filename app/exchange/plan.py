"""Turns files into a plan: what an import would write, row by row checked, and what is wrong with the rest."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.continuity.assessment_rows import AssessmentRow, assessment_row
from app.continuity.assessment_rules import AssessmentLimits
from app.continuity.scenario_rows import ScenarioRow, scenario_row
from app.errors import InvalidInput, Problem
from app.exchange.csv_files import csv_rows
from app.exchange.model import Format, Plan, Row, RowKind, Rows, Source, unreadable
from app.exchange.native import json_rows, ndjson_rows
from app.exchange.repetitions import one_edge
from app.exchange.yaml_files import yaml_rows
from app.inventory.model import DependencyDraft, ItemDraft
from app.inventory.rules import dependency_draft, item_draft
from app.inventory.values import Problems
from app.settings import Settings

SUFFIXES: Mapping[str, Format] = {
    ".csv": Format.CSV,
    ".json": Format.JSON,
    ".jsonl": Format.NDJSON,
    ".ndjson": Format.NDJSON,
    ".yaml": Format.YAML,
    ".yml": Format.YAML,
}
_PACKED = (".gz", ".zip", ".bz2", ".xz", ".zst", ".7z")
_READERS: Mapping[Format, Callable[[Source], Rows]] = {
    Format.NDJSON: ndjson_rows,
    Format.JSON: json_rows,
    Format.YAML: yaml_rows,
    Format.CSV: csv_rows,
}
# The rules speak of an edge's ends; whoever wrote members.csv knows them as these columns.
_MEMBER_WORDS = {"from": "group", "to": "member"}


@dataclass(frozen=True, slots=True)
class RowLimits:
    """What rows may hold: of assessments, and how many keys of a scenario."""

    assessments: AssessmentLimits
    scenario_keys: int

    @classmethod
    def of(cls, settings: Settings) -> "RowLimits":
        """The limits of these settings."""
        return cls(AssessmentLimits.of(settings), settings.max_failures)


def sources_at(paths: Sequence[Path]) -> tuple[Source, ...]:
    """The files to read: each path, or for a folder the files in it with a known suffix, by name.

    Raises:
        InvalidInput: nothing is there, or a folder holds no such file.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(one for one in path.iterdir() if one.suffix.lower() in SUFFIXES and one.is_file())
            if not inside:
                raise InvalidInput(f"the folder {path} holds no {_suffixes()} file")
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise InvalidInput(f"there is no file or folder {path}")
    names = [path.name for path in found]
    return tuple(Source(path.name if names.count(path.name) == 1 else str(path), path) for path in found)


def read_sources(sources: Sequence[Source], *, max_rows: int, limits: RowLimits, form: Format | None = None) -> Plan:
    """Reads and checks every row; without `form` each file's suffix tells its format.

    A second row for the same item, version or scenario is a problem, and the first one stands. Rows for the same edge
    become one (`repetitions.one_edge`), unless they contradict each other.

    Raises:
        InvalidInput: a file cannot be read at all, or there are more than `max_rows` rows.
    """
    readers = [(source, _READERS[form or format_of(source)]) for source in sources]
    gathering = _Gathering(limits)
    rows = 0
    for source, reader in readers:
        try:
            for row in reader(source):
                rows += 1
                if rows > max_rows:
                    raise InvalidInput(f"the import has more than {max_rows:,} rows; split it")
                gathering.add(row)
        except OSError as error:
            raise unreadable(source.name, f"the file cannot be read: {error.strerror}") from error
    return gathering.plan()


def format_of(source: Source) -> Format:
    """The format a file's suffix tells.

    Raises:
        InvalidInput: it tells none.
    """
    suffix = Path(source.name).suffix.lower()
    if suffix in _PACKED:
        raise unreadable(source.name, f"packed files are not read; unpack it to a {_suffixes()} file first")
    if suffix not in SUFFIXES:
        raise unreadable(source.name, f"the suffix tells no format; use {_suffixes()}, or name the format")
    return SUFFIXES[suffix]


class _Gathering:
    """The plan while it grows."""

    def __init__(self, limits: RowLimits) -> None:
        self._limits = limits
        self._items: dict[str, ItemDraft] = {}
        self._dependencies: dict[tuple[str, str, str], DependencyDraft] = {}
        self._assessments: dict[tuple[str, int | None], AssessmentRow] = {}
        self._scenarios: dict[str, ScenarioRow] = {}
        self._problems = Problems()

    def add(self, row: Row | Problem) -> None:
        if isinstance(row, Problem):
            self._problems.found.append(row)
        elif row.kind is RowKind.ITEM:
            self._add_item(row)
        elif row.kind is RowKind.ASSESSMENT:
            self._add_assessment(row)
        elif row.kind is RowKind.SCENARIO:
            self._add_scenario(row)
        else:
            self._add_dependency(row)

    def plan(self) -> Plan:
        return Plan(
            tuple(self._items.values()),
            tuple(self._dependencies.values()),
            tuple(self._assessments.values()),
            tuple(self._scenarios.values()),
            tuple(self._problems.found),
        )

    def _add_item(self, row: Row) -> None:
        draft = item_draft(row.raw, row.where, self._problems)
        if draft is None:
            return
        first = self._items.setdefault(draft.key, draft)
        if first is not draft:
            self._twice(row.where, f"key {draft.key!r}", first.where)

    def _add_assessment(self, row: Row) -> None:
        draft = assessment_row(row.raw, row.where, self._limits.assessments, self._problems)
        if draft is None:
            return
        first = self._assessments.setdefault((draft.key, draft.version), draft)
        if first is not draft:
            what = f"version {draft.version}" if draft.version else "the next version"
            self._twice(row.where, f"{what} of the assessment of {draft.key!r}", first.where)

    def _add_scenario(self, row: Row) -> None:
        draft = scenario_row(row.raw, row.where, self._limits.scenario_keys, self._problems)
        if draft is None:
            return
        first = self._scenarios.setdefault(draft.name, draft)
        if first is not draft:
            self._twice(row.where, f"the scenario {draft.name!r}", first.where)

    def _add_dependency(self, row: Row) -> None:
        before = len(self._problems.found)
        draft = dependency_draft(row.raw, row.where, self._problems)
        if draft is None:
            if row.kind is RowKind.MEMBER:
                self._problems.found[before:] = map(_in_member_words, self._problems.found[before:])
            return
        # By the relation's text: an Enum hashes in Python, ten times slower.
        name = (draft.dependent, draft.provider, draft.relation.value)
        first = self._dependencies.setdefault(name, draft)
        if first is draft:
            return
        merged = one_edge(first, draft)
        if merged is not None:
            self._dependencies[name] = merged
            return
        self._twice(row.where, f"{name[2]} from {name[0]!r} to {name[1]!r}", first.where)

    def _twice(self, where: str, what: str, first: str) -> None:
        self._problems.found.append(Problem(where, f"{what} was already given in {first}; keep one"))


def _in_member_words(problem: Problem) -> Problem:
    field, _, rest = problem.message.partition(" ")
    return Problem(problem.where, f"{_MEMBER_WORDS.get(field, field)} {rest}")


def _suffixes() -> str:
    return " ".join(SUFFIXES)
