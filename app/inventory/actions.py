"""Use cases that write the inventory: each is one transaction with its own graph version, or nothing at all."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from app.account import SHOWN, Told
from app.database.batches import BATCH_ROWS, batches
from app.database.client import Database, Reader, Transaction
from app.errors import Conflict, InvalidInput, Problem, one_message
from app.history import store as history
from app.inventory import store
from app.inventory.accounts import told_of
from app.inventory.admission import EdgeName, Stored, admit
from app.inventory.changes import Changes, Tally, changes
from app.inventory.images import Image, written
from app.inventory.model import Dependency, DependencyDraft, Item, ItemDraft, ItemType, Relation
from app.inventory.rules import check_source
from app.inventory.store import EdgeRow

T = TypeVar("T")
Progress = Callable[[int, int], None]
KEPT_CHANGES = 10_000
"""How many journal entries a write leaves behind by default; who is further behind reads the graph again."""


@dataclass(frozen=True, slots=True)
class UpsertReport:
    """What an upsert did, or with `dry_run` would do. `refused` is empty unless bad rows may be skipped."""

    items: Tally
    dependencies: Tally
    refused: tuple[Problem, ...]
    graph_version: int
    dry_run: bool


@dataclass(frozen=True, slots=True)
class Besides:
    """What else goes into the transaction of an upsert: what is refused of it, and what writes the rest, if any."""

    refused: tuple[Problem, ...] = ()
    write: Callable[[Transaction], Awaitable[None]] | None = None


Also = Callable[[Transaction, Mapping[str, ItemType]], Awaitable[Besides]]
"""Decides on what else is written; it is told the types of the items that are."""


@dataclass(frozen=True, slots=True)
class RemoveReport:
    """What a removal did; `missing` names what was not there."""

    removed: int
    missing: tuple[str, ...]
    graph_version: int


class _NothingWritten(Exception):
    """Leaves the transaction of an upsert with a result and without a commit."""

    def __init__(self, report: UpsertReport) -> None:
        self.report = report


class _NothingRemoved(Exception):
    """Leaves the transaction of a removal with a result and without a commit."""

    def __init__(self, report: RemoveReport) -> None:
        self.report = report


async def upsert(
    database: Database,
    items: Sequence[ItemDraft],
    dependencies: Sequence[DependencyDraft],
    *,
    caller: str,
    source: str | None,
    now: datetime,
    batch_rows: int = BATCH_ROWS,
    dry_run: bool = False,
    skip_bad_rows: bool = False,
    refused: Sequence[Problem] = (),
    progress: Progress | None = None,
    keep_changes: int = KEPT_CHANGES,
    also: Also | None = None,
) -> UpsertReport:
    """Create what is new and change what differs, in one transaction.

    `progress` is told the rows written and the rows to write. With `dry_run` the report is the same and nothing is
    written; like an upsert that changes nothing it takes no graph version. What `also` decides on is written in the
    same transaction, after the rows; what it refuses is like a bad row, and what it raises undoes everything.

    Raises:
        InvalidInput: a source that cannot be stored, or rows, unless `skip_bad_rows`; nothing was written.
        Conflict: a stored revision is not the one an edit expects; nothing was written.
    """
    check_source(source)

    async def work(transaction: Transaction) -> UpsertReport:
        version = await history.next_graph_version(transaction)
        stored = await stored_side(transaction, items, dependencies, batch_rows)
        accepted, edges, problems = admit(items, dependencies, stored)
        besides = await also(transaction, {draft.key: draft.type for draft in accepted}) if also else Besides()
        problems = [*refused, *problems, *besides.refused]
        if problems and not skip_bad_rows:
            raise refusal(problems, "nothing was written")
        plan = changes(accepted, edges, stored, source=source)
        report = UpsertReport(plan.items, plan.dependencies, tuple(problems), version, dry_run)
        if dry_run or not (plan.touched or besides.write):
            raise _NothingWritten(replace(report, graph_version=version - 1))
        await _write(transaction, plan, now, batch_rows, progress)
        if besides.write:
            await besides.write(transaction)
        touched = plan.touched
        transaction.account.tell_many(touched, told_of(touched[:SHOWN], plan, stored))
        await history.record_change(
            transaction, version, at=now, caller=caller, source=source, touched=touched, removed=()
        )
        await history.record_images(transaction, version, _images_of_replaced(plan, stored))
        await history.forget_changes(transaction, version - keep_changes)
        return report

    try:
        return await database.write(work)
    except _NothingWritten as done:
        return done.report


def refusal(problems: Sequence[Problem], consequence: str) -> InvalidInput | Conflict:
    """One error for what `admit` refused; it names the first."""
    message = one_message(problems, consequence)
    if all(problem.message.startswith("revision ") for problem in problems):
        return Conflict(message)
    return InvalidInput(message, problems)


def _images(keys: Iterable[str], items: Mapping[str, Item], edges: Mapping[EdgeName, Dependency]) -> list[str]:
    """How these items were, and the edges that left them; of one without `item` the edges alone change."""
    leaving: dict[str, list[Dependency]] = {key: [] for key in keys}
    for edge in edges.values():
        if edge.dependent in leaving:
            leaving[edge.dependent].append(edge)
    return [written(Image(key, items.get(key), tuple(mine))) for key, mine in leaving.items()]


def _images_of_replaced(plan: Changes, stored: Stored) -> list[str]:
    """What an upsert changes; of what it creates there is nothing to keep."""
    changed = {key: stored.items[key] for key in plan.changed_items}
    return _images((key for key in plan.touched if key not in plan.created_items), changed, stored.edges)


async def _images_of_removed(transaction: Transaction, keys: Sequence[str], batch_rows: int) -> list[str]:
    """The items that go, and those that lose an edge to them."""
    items: dict[str, Item] = {}
    dependents: set[str] = set()
    for batch in batches(keys, batch_rows):
        items |= await store.items_by_key(transaction, batch)
        dependents |= {*await store.dependents_of_each(transaction, batch)}
    losing = sorted({*keys} | dependents)
    return _images(losing, items, await edges_leaving(transaction, losing, batch_rows))


async def remove_items(
    database: Database,
    keys: Sequence[str],
    *,
    caller: str,
    now: datetime,
    batch_rows: int = BATCH_ROWS,
    keep_changes: int = KEPT_CHANGES,
) -> RemoveReport:
    """Remove items with their edges; groups that lose members are judged when impact is asked, not refused here."""

    async def work(transaction: Transaction) -> RemoveReport:
        version = await history.next_graph_version(transaction)
        present = await _existing(transaction, keys, batch_rows)
        missing = tuple(sorted({*keys} - present))
        if not present:
            raise _NothingRemoved(RemoveReport(0, missing, version - 1))
        shown = await store.items_by_key(transaction, sorted(present)[:SHOWN])
        transaction.account.tell_many(sorted(present), [Told(key, one, None) for key, one in shown.items()])
        images = await _images_of_removed(transaction, sorted(present), batch_rows)
        for batch in batches(sorted(present), batch_rows):
            await store.delete_items(transaction, batch)
        await history.record_change(
            transaction, version, at=now, caller=caller, source=None, touched=(), removed=sorted(present)
        )
        await history.record_images(transaction, version, images)
        await history.forget_changes(transaction, version - keep_changes)
        return RemoveReport(len(present), missing, version)

    return await _removal(database, work)


async def remove_dependencies(
    database: Database,
    edges: Sequence[EdgeName],
    *,
    caller: str,
    now: datetime,
    batch_rows: int = BATCH_ROWS,
    keep_changes: int = KEPT_CHANGES,
) -> RemoveReport:
    """Remove edges by their ends and relation."""

    async def work(transaction: Transaction) -> RemoveReport:
        version = await history.next_graph_version(transaction)
        dependents = sorted({dependent for dependent, _, _ in edges})
        stored = await edges_leaving(transaction, dependents, batch_rows)
        present = sorted({*edges} & stored.keys(), key=_edge_order)
        missing = tuple(arrow(name) for name in sorted({*edges} - stored.keys(), key=_edge_order))
        if not present:
            raise _NothingRemoved(RemoveReport(0, missing, version - 1))
        for batch in batches(present, batch_rows):
            await store.delete_edges(transaction, [EdgeRow(*name, {}) for name in batch])
        touched = sorted({dependent for dependent, _, _ in present})
        gone = [Told(name[0], {arrow(name): stored[name].properties}, None) for name in present[:SHOWN]]
        transaction.account.tell_many(touched, gone)
        await history.record_change(
            transaction, version, at=now, caller=caller, source=None, touched=touched, removed=()
        )
        await history.record_images(transaction, version, _images(touched, {}, stored))
        await history.forget_changes(transaction, version - keep_changes)
        return RemoveReport(len(present), missing, version)

    return await _removal(database, work)


async def _removal(database: Database, work: Callable[[Transaction], Awaitable[RemoveReport]]) -> RemoveReport:
    try:
        return await database.write(work)
    except _NothingRemoved as done:
        return done.report


def arrow(name: EdgeName) -> str:
    """The edge as a person writes it."""
    return f"{name[0]} -{name[2].value}-> {name[1]}"


def _edge_order(name: EdgeName) -> tuple[str, str, str]:
    return name[0], name[1], name[2].value


async def stored_side(
    reader: Reader, items: Sequence[ItemDraft], dependencies: Sequence[DependencyDraft], batch_rows: int = BATCH_ROWS
) -> Stored:
    """Everything an upsert of these rows has to be compared with."""
    named = {draft.key for draft in items}
    named |= {member.key for draft in items for member in draft.members or ()}
    named |= {str(owner) for draft in items if (owner := draft.fields.get("owner"))}
    named |= {end for edge in dependencies for end in (edge.dependent, edge.provider)}
    types: dict[str, ItemType] = {}
    for batch in batches(sorted(named), batch_rows):
        types |= await store.existing_keys(reader, batch)
    joined = {edge.dependent for edge in dependencies if edge.relation is Relation.HAS_MEMBER}
    wanted = sorted(({draft.key for draft in items} | joined) & types.keys())
    stored: dict[str, Item] = {}
    for batch in batches(wanted, batch_rows):
        stored |= await store.items_by_key(reader, batch)
    leaving = {*wanted, *(edge.dependent for edge in dependencies)} & types.keys()
    return Stored(stored, types, await edges_leaving(reader, sorted(leaving), batch_rows))


async def edges_leaving(
    reader: Reader, keys: Sequence[str], batch_rows: int = BATCH_ROWS
) -> dict[EdgeName, Dependency]:
    """Every edge that leaves these items, by its name."""
    found: dict[EdgeName, Dependency] = {}
    for batch in batches(keys, batch_rows):
        for edge in await store.edges_from(reader, batch):
            found[edge.dependent, edge.provider, edge.relation] = edge
    return found


async def _existing(transaction: Transaction, keys: Sequence[str], batch_rows: int) -> set[str]:
    present: set[str] = set()
    for batch in batches(sorted(set(keys)), batch_rows):
        present |= (await store.existing_keys(transaction, batch)).keys()
    return present


async def _write(
    transaction: Transaction, plan: Changes, now: datetime, batch_rows: int, progress: Progress | None
) -> None:
    """Write everything in batches, items before the edges between them."""
    new = [{"label": kind.value, "properties": values} for kind, values in plan.created_items.values()]
    changed = [{"key": key, "properties": values} for key, values in plan.changed_items.items()]
    created = [EdgeRow(*name, values) for name, values in plan.created_edges.items()]
    replaced = [EdgeRow(*name, values) for name, values in plan.changed_edges.items()]
    removed = [EdgeRow(*name, {}) for name in sorted(plan.removed_edges, key=_edge_order)]
    identifiers = len(plan.added_identifiers) + len(plan.removed_identifiers)
    total = len(new) + len(changed) + len(created) + len(replaced) + len(removed) + identifiers
    done = 0

    async def each(write: Callable[[Transaction, Sequence[T]], Awaitable[None]], rows: Sequence[T]) -> None:
        nonlocal done
        for batch in batches(rows, batch_rows):
            await write(transaction, batch)
            done += len(batch)
            if progress:
                progress(done, total)

    await each(partial(store.create_items, at=now), new)
    await each(partial(store.replace_items, at=now), changed)
    await each(partial(store.remove_identifiers, at=now), plan.removed_identifiers)
    await each(partial(store.add_identifiers, at=now), plan.added_identifiers)
    await each(store.delete_edges, removed)
    await each(store.create_edges, created)
    await each(store.replace_edges, replaced)
