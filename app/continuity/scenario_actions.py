"""The use cases of scenarios: save one, run it, and compare two runs."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import uuid4

from app.account import SHOWN, Told
from app.continuity import scenario_store as store
from app.continuity.picture import ContinuityPicture
from app.continuity.scenario import MAX_NAME, OutcomeChange, Run, Saved, Scenario, checked, compared, outcomes
from app.continuity.scenario_rows import MergedScenarios, ScenarioRow, merged
from app.continuity.weak_points_store import corporate_parents
from app.database.batches import batches
from app.database.client import Database, Transaction
from app.errors import InvalidInput, NotFound
from app.inventory.model import ItemType
from app.inventory.store import existing_keys
from app.topology.graph import Graph


async def save(
    database: Database, graph: Graph, name: str, scenario: Scenario, *, by: str, at: datetime, most_keys: int
) -> Saved:
    """Save a scenario under a name; if it is another one than before, as the next version.

    Raises:
        InvalidInput: it cannot be run (`scenario.checked`), or the name is empty or too long.
    """
    if not 1 <= len(name.strip()) <= MAX_NAME:
        raise InvalidInput(f"name must have 1 to {MAX_NAME} characters, not {len(name.strip())}")
    fine = checked(graph, scenario, most_keys=most_keys)

    async def write(transaction: Transaction) -> Saved:
        before = await store.scenario_by_name(transaction, name.strip())
        saved = await store.save_scenario(transaction, name.strip(), fine, by=by, at=at)
        if saved != before:
            transaction.account.tell(saved.name, before=before, after=saved)
        return saved

    return await database.write(write)


async def merge_scenarios(
    transaction: Transaction,
    rows: Sequence[ScenarioRow],
    types: Mapping[str, ItemType],
    *,
    caller: str,
    now: datetime,
) -> MergedScenarios:
    """What rows of a file make of the scenarios that are there, which nobody else changes until the transaction ends.
    `types` are those of items that the same transaction writes."""
    stored, there = dict[str, Saved](), dict[str, ItemType]()
    for names in batches([row.name for row in rows]):
        stored |= {one.name: one for one in await store.scenarios_to_merge(transaction, names)}
    for keys in batches(sorted({key for row in rows for key in row.scenario.keys})):
        there |= await existing_keys(transaction, keys)
    return merged(rows, stored, {**there, **types}, caller=caller, now=now)


async def write_scenarios(transaction: Transaction, scenarios: Sequence[Saved]) -> None:
    """Write scenarios as they are to be."""
    told = [Told(one.name, None, one) for one in scenarios[:SHOWN]]
    transaction.account.tell_many([one.name for one in scenarios], told)
    for batch in batches(scenarios):
        await store.write_scenarios(transaction, batch)


async def run(database: Database, picture: ContinuityPicture, name: str, *, by: str, at: datetime) -> Run:
    """Run the newest version of a scenario and keep what came of it.

    Raises:
        NotFound: there is no such scenario.
    """
    saved = await store.scenario_by_name(database, name)
    if saved is None:
        raise NotFound(f"no scenario has the name {name!r}; list them with scenarios")
    found = await asyncio.to_thread(outcomes, picture, saved.scenario, await corporate_parents(database))
    done = Run(str(uuid4()), saved.name, saved.version, saved.scenario, picture.graph.version, at, by, found)

    async def write(transaction: Transaction) -> None:
        await store.add_scenario_run(transaction, done)
        transaction.account.tell(done.id, after={"name": done.name, "version": done.version, "by": done.ran_by})

    await database.write(write)
    return done


async def compare(database: Database, before: str, after: str) -> tuple[Run, Run, tuple[OutcomeChange, ...]]:
    """Two runs, and what changed from one to the other.

    Raises:
        NotFound: there is no such run.
        InvalidInput: they are of two scenarios.
    """
    runs = []
    for id in (before, after):
        found = await store.scenario_run_by_id(database, id)
        if found is None:
            raise NotFound(f"no scenario run has the id {id!r}; list them with scenarioRuns(name:)")
        runs.append(found)
    one, other = runs
    if one.name != other.name:
        raise InvalidInput(f"the runs are of {one.name!r} and {other.name!r}; compare two of one scenario")
    return one, other, compared(one.found.outcomes, other.found.outcomes)
