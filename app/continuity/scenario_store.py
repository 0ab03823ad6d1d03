"""Scenarios and their runs in Neo4j: one wrapper for each query of `cypher/scenarios.cypher`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from app.continuity.scenario import Lost, Outcome, Outcomes, Run, Saved, Scenario, ScenarioKind, Tolerance
from app.continuity.verdicts import ObjectiveStatus
from app.database.client import Reader, Row, Transaction
from app.database.instants import utc
from app.database.queries import load_queries

_QUERIES = load_queries("scenarios")


async def save_scenario(transaction: Transaction, name: str, scenario: Scenario, *, by: str, at: datetime) -> Saved:
    """Store a scenario under its name, as the next version if it is another one than before."""
    (row,) = await transaction.rows(
        _QUERIES["save_scenario"],
        name=name,
        kind=scenario.kind.value,
        keys=list(scenario.keys),
        duration_seconds=scenario.duration_seconds,
        by=by,
        at=at,
    )
    return _saved(row["scenario"])


async def scenarios_to_merge(transaction: Transaction, names: Sequence[str]) -> list[Saved]:
    """The newest versions of these scenarios; nobody else changes them until the transaction ends."""
    rows = await transaction.rows(_QUERIES["scenarios_to_merge"], names=list(names))
    return [_saved(row["scenario"]) for row in rows]


async def write_scenarios(transaction: Transaction, scenarios: Sequence[Saved]) -> None:
    """Write scenarios as they are to be, new ones and those that are there."""
    rows = [
        {
            "name": one.name,
            "version": one.version,
            "kind": one.scenario.kind.value,
            "keys": list(one.scenario.keys),
            "durationSeconds": one.scenario.duration_seconds,
            "createdAt": one.saved_at,
            "createdBy": one.saved_by,
        }
        for one in scenarios
    ]
    await transaction.rows(_QUERIES["write_scenarios"], rows=rows)


async def scenario_by_name(reader: Reader, name: str) -> Saved | None:
    """The newest version of a scenario, or `None`."""
    rows = await reader.rows(_QUERIES["scenario_by_name"], name=name)
    return _saved(rows[0]["scenario"]) if rows else None


async def scenarios(reader: Reader, *, after: str, first: int) -> list[Saved]:
    """The newest versions of scenarios behind a name, by name."""
    rows = await reader.rows(_QUERIES["scenarios"], after=after, first=first)
    return [_saved(row["scenario"]) for row in rows]


async def count_scenarios(reader: Reader) -> int:
    """How many there are."""
    (row,) = await reader.rows(_QUERIES["count_scenarios"])
    return int(row["count"])


async def add_scenario_run(transaction: Transaction, run: Run) -> None:
    """Keep a run as evidence."""
    properties = {
        "name": run.name,
        "version": run.version,
        "kind": run.scenario.kind.value,
        "keys": list(run.scenario.keys),
        "durationSeconds": run.scenario.duration_seconds,
        "graphVersion": run.graph_version,
        "createdAt": run.ran_at,
        "createdBy": run.ran_by,
        "outcomes": orjson.dumps(run.found).decode(),
    }
    await transaction.rows(_QUERIES["add_scenario_run"], id=run.id, properties=properties)


async def scenario_run_by_id(reader: Reader, id: str) -> Run | None:
    """One run, or `None`."""
    rows = await reader.rows(_QUERIES["scenario_run_by_id"], id=id)
    return _run(rows[0]["run"]) if rows else None


async def scenario_runs(reader: Reader, name: str, *, before: tuple[datetime, str] | None, first: int) -> list[Run]:
    """The runs of a scenario before a time and id, newest first."""
    before_at, before_id = before or (None, "")
    rows = await reader.rows(
        _QUERIES["scenario_runs"], name=name, before_at=before_at, before_id=before_id, first=first
    )
    return [_run(row["run"]) for row in rows]


async def count_scenario_runs(reader: Reader, name: str) -> int:
    """How many runs a scenario has."""
    (row,) = await reader.rows(_QUERIES["count_scenario_runs"], name=name)
    return int(row["count"])


def _saved(row: Row) -> Saved:
    return Saved(row["name"], row["version"], _scenario(row), utc(row["createdAt"]), row["createdBy"])


def _scenario(row: Row) -> Scenario:
    return Scenario(ScenarioKind(row["kind"]), tuple(row["keys"]), row["durationSeconds"])


def _run(row: Row) -> Run:
    return Run(
        id=row["id"],
        name=row["name"],
        version=row["version"],
        scenario=_scenario(row),
        graph_version=row["graphVersion"],
        ran_at=utc(row["createdAt"]),
        ran_by=row["createdBy"],
        found=_outcomes(orjson.loads(row["outcomes"])),
    )


def _outcomes(stored: Mapping[str, Any]) -> Outcomes:
    found = tuple(_outcome(one) for one in stored["outcomes"])
    return Outcomes(found, stored["unaffected_count"], tuple(stored["missing_keys"]), tuple(stored["unknown_keys"]))


def _outcome(stored: Mapping[str, Any]) -> Outcome:
    # Runs from before data were looked at do not tell of them.
    lost = stored.get("lost")
    told = Lost(**{**lost, "status": ObjectiveStatus(lost["status"])}) if lost else None
    return Outcome(**{**stored, "status": Tolerance(stored["status"]), "lost": told})
