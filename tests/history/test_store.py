"""The graph version and the journal: one order for all writers, no gaps, and no more than is to be kept."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.database.client import Connection, Database, Transaction
from app.database.queries import Query
from app.errors import Conflict
from app.history import store
from app.history.model import Change
from tests.service import emptied
from tests.stored import NOW, contents, item, upserted

JOURNAL = Query(
    "journal",
    "MATCH (change:Change) RETURN properties(change) AS change ORDER BY change.version",
    "The journal as it is stored.",
    frozenset(),
    ("change",),
)


async def versions(database: Database) -> list[int]:
    """The versions the journal still holds."""
    return [change.version for change in await store.changes_since(database, 0)]


async def test_an_empty_database_has_version_zero(database: Database) -> None:
    assert await store.graph_version(database) == 0
    assert await store.changes_since(database, 0) == ()


async def test_every_write_of_many_writers_at_once_has_its_own_version_and_place_in_the_journal(
    connection: Connection, database: Database
) -> None:
    others = [Database(connection, read_timeout_seconds=30, write_timeout_seconds=60) for _ in range(3)]

    reports = await asyncio.gather(
        *(
            upserted(writer, [item(f"w-{number}"), item(f"w-{number}-{round}")])
            for number, writer in enumerate((database, *others))
            for round in range(5)
        )
    )
    for other in others:
        await other.close()

    assert sorted(report.graph_version for report in reports) == list(range(1, 21))
    assert await versions(database) == list(range(1, 21))
    assert await store.graph_version(database) == 20


async def test_a_later_version_sees_everything_an_earlier_one_wrote(database: Database) -> None:
    async def append(transaction: Transaction) -> None:
        version = await store.next_graph_version(transaction)
        # As a lost update would show: each writer must find the note of the one before it.
        (row,) = await transaction.rows(LAST)
        assert row["last"] == version - 1
        await transaction.rows(NOTE, version=version)

    await asyncio.gather(*(database.write(append) for _ in range(10)))

    assert await store.graph_version(database) == 10


LAST = Query("last", "OPTIONAL MATCH (n:Note) RETURN coalesce(max(n.version), 0) AS last", "", frozenset(), ("last",))
NOTE = Query("note", "CREATE (:Note {version: $version})", "", frozenset(), ())


async def test_a_write_that_fails_takes_no_version(database: Database) -> None:
    await upserted(database, [item("a")])
    before = await contents(database)

    async def work(transaction: Transaction) -> None:
        await store.next_graph_version(transaction)
        raise Conflict("somebody was faster")

    with pytest.raises(Conflict):
        await database.write(work)
    await upserted(database, [item("b")])

    assert len(before) == 4  # the item, the version, its journal entry, and the count of our writes
    assert await versions(database) == [1, 2]


async def test_an_entry_says_who_changed_what_and_when(database: Database) -> None:
    await upserted(database, [item("b"), item("a")], source="cmdb", now=NOW + timedelta(hours=1))

    (row,) = await database.rows(JOURNAL)
    change = row["change"]
    mark = change.pop("mark")

    assert mark == (await store.graph_position(database)).mark
    assert {**change, "at": change["at"].to_native()} == {
        "version": 1,
        "at": NOW + timedelta(hours=1),
        "caller": "tester",
        "source": "cmdb",
        "touched": ["a", "b"],
        "removed": [],
    }


async def test_the_journal_after_a_version_begins_with_the_next(database: Database) -> None:
    for key in ("a", "b", "c"):
        await upserted(database, [item(key)])

    second, third = await store.changes_since(database, 1)
    assert second == Change(2, ("b",), (), second.mark, second.follows)
    assert third == Change(3, ("c",), (), third.mark, follows=second.mark)
    assert await store.changes_since(database, 3) == ()
    assert await store.changes_since(database, 99) == ()


@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=7))
async def test_a_write_leaves_as_many_entries_as_it_was_told_to(
    connection: Connection, database: Database, kept: list[int]
) -> None:
    emptied(connection)
    left: list[int] = []

    for number, keep_changes in enumerate(kept, start=1):
        await upserted(database, [item(f"c-{number}")], keep_changes=keep_changes)
        left = [*left, number][-keep_changes:]

        assert await versions(database) == left
