"""Scenarios as rows of a file: what is read is checked and merged, and what is written is read back. Pure.

Only the newest version of a scenario stands, so a row is that or the next one. A row that says what is there already
changes nothing. An item that is not there is no mistake: scenarios outlive their items, and every run names those.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.continuity.scenario import MAX_NAME, Saved, Scenario, ScenarioKind, ill_typed
from app.errors import Problem
from app.inventory.changes import Tally
from app.inventory.model import ItemType, Kind, Property
from app.inventory.values import Problems, Report, checked_key, checked_value

_RULES: Mapping[str, Property] = {
    "name": Property(Kind.TEXT, frozenset()),
    "version": Property(Kind.INTEGER, frozenset()),
    "kind": Property(Kind.CHOICE, frozenset(), tuple(ScenarioKind.__members__)),
    "durationSeconds": Property(Kind.SECONDS, frozenset()),
    "savedAt": Property(Kind.INSTANT, frozenset()),
    "savedBy": Property(Kind.TEXT, frozenset()),
}
_WANTED = ("name", "kind", "keys", "durationSeconds")


@dataclass(frozen=True, slots=True)
class ScenarioRow:
    """A scenario as a file tells it. Without a `version` it is the next one; what else is `None` happens now, by the
    caller."""

    where: str
    name: str
    version: int | None
    scenario: Scenario
    saved_at: datetime | None = None
    saved_by: str | None = None


@dataclass(frozen=True, slots=True)
class MergedScenarios:
    """The scenarios to write, how many rows did what, and what is wrong with others."""

    written: tuple[Saved, ...]
    tally: Tally
    refused: tuple[Problem, ...]


def scenario_row(raw: Mapping[str, object], where: str, most_keys: int, problems: Problems) -> ScenarioRow | None:
    """The scenario that a row describes, or `None` with the reasons in `problems`."""
    before, report = len(problems.found), problems.of(where)
    for field in sorted(raw.keys() - _RULES.keys() - {"keys"}):
        report(field, f"is no field of a scenario; use {', '.join((*_WANTED, 'version', 'savedAt', 'savedBy'))}")
    for field in _WANTED:
        if raw.get(field) is None:
            report(field, "is missing")
    told = {field: checked_value(raw.get(field), field, rule, report) for field, rule in _RULES.items()}
    name = str(told["name"] or "").strip()
    if told["name"] is not None and not 1 <= len(name) <= MAX_NAME:
        report("name", f"must have 1 to {MAX_NAME} characters, not {len(name)}")
    for field in ("version", "durationSeconds"):
        if told[field] == 0:
            report(field, "must be 1 or more")
    keys = _keys(raw.get("keys"), most_keys, report)
    if len(problems.found) > before:
        return None
    scenario = Scenario(ScenarioKind(told["kind"]), keys, int(told["durationSeconds"] or 0))
    saved_at = told["savedAt"] and datetime.fromisoformat(str(told["savedAt"]))
    saved_by = told["savedBy"] and str(told["savedBy"])
    version = told["version"] and int(told["version"])
    return ScenarioRow(where, name, version or None, scenario, saved_at or None, saved_by or None)


def _keys(value: object, most_keys: int, report: Report) -> tuple[str, ...]:
    """The keys in order, each once."""
    if value is None:
        return ()
    if not isinstance(value, list) or not 1 <= len(value) <= most_keys:
        report("keys", f"must be a list of 1 to {most_keys} keys")
        return ()
    found = (checked_key(one, f"keys[{place}]", report) for place, one in enumerate(value))
    return tuple(sorted({key for key in found if key is not None}))


def native_scenario(saved: Saved) -> dict[str, object]:
    """A scenario as an import takes it."""
    return {
        "name": saved.name,
        "version": saved.version,
        "kind": saved.scenario.kind.value,
        "keys": list(saved.scenario.keys),
        "durationSeconds": saved.scenario.duration_seconds,
        "savedAt": saved.saved_at.isoformat(),
        "savedBy": saved.saved_by,
    }


def merged(
    rows: Iterable[ScenarioRow],
    stored: Mapping[str, Saved],
    types: Mapping[str, ItemType],
    *,
    caller: str,
    now: datetime,
) -> MergedScenarios:
    """What these rows, each of another name, make of the `stored` scenarios; `types` are those of items that are
    there."""
    written, refused = list[Saved](), list[Problem]()
    count = created = 0
    for row in rows:
        known = stored.get(row.name)
        if reason := ill_typed(row.scenario, types) or _contradiction(row, known):
            refused.append(Problem(row.where, reason))
            continue
        count += 1
        if known is None or not _says(known, row):
            version = row.version or (known.version if known else 0) + 1
            written.append(Saved(row.name, version, row.scenario, row.saved_at or now, row.saved_by or caller))
            created += known is None
    return MergedScenarios(tuple(written), Tally(created, len(written) - created, count - len(written)), tuple(refused))


def _says(known: Saved, row: ScenarioRow) -> bool:
    """Whether what is there is what the row says."""
    return known.scenario == row.scenario and (row.version or 0) <= known.version


def _contradiction(row: ScenarioRow, known: Saved | None) -> str | None:
    if known is None or row.version is None or row.version > known.version or _says(known, row):
        return None
    return (
        f"version {known.version} of {row.name!r} is there and says something else; leave version out to save the next "
        "one"
    )
