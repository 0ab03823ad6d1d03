"""Writing the inventory in Neo4j: all of it or nothing, one version for each write, and none for nothing new."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.database.client import Connection, Database
from app.errors import Conflict, InvalidInput, Problem
from app.history.store import changes_since, graph_version
from app.inventory.actions import RemoveReport, remove_dependencies, remove_items
from app.inventory.changes import Tally
from app.inventory.model import Dependency, Identifier, Item, ItemType, Lifecycle, Member, Relation
from app.inventory.store import edges_from, existing_keys, items_by_key
from tests.service import emptied
from tests.stored import NOW, Raw, contents, item, needs, upserted

LAW = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
LATER = NOW + timedelta(hours=1)
FQDN = {"kind": "fqdn", "value": "db-1.corp.example"}


async def stored(database: Database, key: str) -> Item:
    """One item as it is stored."""
    return (await items_by_key(database, [key]))[key]


async def edges(database: Database, *keys: str) -> list[Dependency]:
    """The edges that leave these items, in order."""
    found = await edges_from(database, keys)
    return sorted(found, key=lambda edge: (edge.dependent, edge.provider, edge.relation.value))


async def test_a_written_item_is_read_back_as_it_was_given(database: Database) -> None:
    await upserted(
        database,
        [
            item(
                "pay",
                "BUSINESS_PROCESS",
                name="Pay \U0001f4b6 'quoted' \\",
                kind="FUNCTION",
                lifecycle="PLANNED",
                owner="ops",
                tier=0,
                criticalityWeight=2.5,
                criticalOrImportant=False,
                identifiers=[FQDN, {"kind": "ip", "value": "::1"}],
                attributes={"country": "NO", "deep": {"list": [1, None, 2.5]}},
            ),
            item("ops", "TEAM"),
        ],
        source="cmdb",
    )

    assert await stored(database, "pay") == Item(
        key="pay",
        type=ItemType.BUSINESS_PROCESS,
        name="Pay \U0001f4b6 'quoted' \\",
        kind="FUNCTION",
        lifecycle=Lifecycle.PLANNED,
        owner="ops",
        source="cmdb",
        revision=1,
        created_at=NOW,
        updated_at=NOW,
        identifiers=(Identifier("fqdn", "db-1.corp.example"), Identifier("ip", "::1")),
        attributes={"country": "NO", "deep": {"list": [1, None, 2.5]}},
        properties={"tier": 0, "criticalityWeight": 2.5, "criticalOrImportant": False},
    )


async def test_a_change_keeps_the_rest_and_the_time_of_creation(database: Database) -> None:
    await upserted(database, [item("a", kind="COMPUTE", recoveryTimeSeconds=60, identifiers=[FQDN])])

    await upserted(database, [item("a", name="A", recoveryTimeSeconds=None)], now=LATER)

    found = await stored(database, "a")
    assert (found.name, found.kind, found.properties, found.identifiers) == (
        "A", "COMPUTE", {}, (Identifier("fqdn", "db-1.corp.example"),),
    )  # fmt: skip
    assert (found.created_at, found.updated_at, found.revision) == (NOW, LATER, 2)


async def test_edges_are_read_back_as_they_were_given(database: Database) -> None:
    await upserted(
        database,
        [item("a"), item("b"), item("z", "LOCATION")],
        [
            needs("a", "b", strength="SOFT", toleranceSeconds=300, verifiedAt="2026-11-01T09:00:00Z"),
            needs("a", "z", "LOCATED_IN"),
        ],
        source="cmdb",
    )

    assert await edges(database, "a") == [
        Dependency(
            "a",
            "b",
            Relation.DEPENDS_ON,
            "cmdb",
            {"strength": "SOFT", "toleranceSeconds": 300, "verifiedAt": "2026-11-01T09:00:00+00:00"},
        ),
        Dependency("a", "z", Relation.LOCATED_IN, "cmdb", {}),
    ]


async def test_a_group_is_read_back_with_its_members(database: Database) -> None:
    group = item("g", "REDUNDANCY_GROUP", minAvailable="60%", members=["a", {"key": "b", "weight": 3}])
    await upserted(database, [group, item("a"), item("b")])

    assert (await stored(database, "g")).members == (Member("a", 1), Member("b", 3))


async def test_the_report_counts_what_was_new_changed_and_already_so(database: Database) -> None:
    await upserted(database, [item("a"), item("b")], [needs("a", "b")])

    report = await upserted(
        database,
        [item("a"), item("b", name="B"), item("c")],
        [needs("a", "b"), needs("b", "c"), needs("c", "a", strength="SOFT")],
    )

    assert report.items == Tally(created=1, changed=1, unchanged=1)
    assert report.dependencies == Tally(created=2, changed=0, unchanged=1)
    assert (report.graph_version, report.refused, report.dry_run) == (2, (), False)


async def test_rows_that_change_nothing_take_no_version(database: Database) -> None:
    rows = [item("a", name="A", identifiers=[FQDN], attributes={"x": 1}), item("b")], [needs("a", "b")]
    await upserted(database, *rows)
    before = await contents(database)

    report = await upserted(database, *rows, now=LATER)

    assert await contents(database) == before
    assert (report.graph_version, await graph_version(database)) == (1, 1)
    assert (report.items, report.dependencies) == (Tally(unchanged=2), Tally(unchanged=1))


async def test_a_dry_run_reports_what_it_would_do_and_writes_nothing(database: Database) -> None:
    await upserted(database, [item("a"), item("b")])
    before = await contents(database)

    report = await upserted(database, [item("a", name="A"), item("c")], [needs("a", "b")], dry_run=True)

    assert await contents(database) == before
    assert (report.items, report.dependencies) == (Tally(created=1, changed=1), Tally(created=1))
    assert (report.dry_run, report.graph_version) == (True, 1)


async def test_one_bad_row_and_nothing_is_written(database: Database) -> None:
    await upserted(database, [item("a")])
    before = await contents(database)

    with pytest.raises(InvalidInput) as refused:
        await upserted(database, [item("b"), item("c", owner="nobody")], [needs("a", "gone"), needs("a", "b")])

    assert refused.value.problems == (
        Problem("items[1]", "owner names 'nobody', which does not exist; add that item or correct the key"),
        Problem("dependencies[0]", "to names 'gone', which does not exist; add that item or correct the key"),
    )
    assert refused.value.message == f"{refused.value.problems[0]} (and 1 more); nothing was written"
    assert await contents(database) == before


async def test_bad_rows_may_be_skipped(database: Database) -> None:
    found_before = Problem("file:3", "is no row")

    report = await upserted(
        database, [item("a"), item("b", owner="nobody")], [needs("a", "b")], skip_bad_rows=True, refused=[found_before]
    )

    assert [problem.where for problem in report.refused] == ["file:3", "items[1]", "dependencies[0]"]
    assert await existing_keys(database, ["a", "b"]) == {"a": ItemType.COMPONENT}


async def test_rows_that_were_refused_before_refuse_the_whole_upsert(database: Database) -> None:
    with pytest.raises(InvalidInput):
        await upserted(database, [item("a")], refused=[Problem("file:3", "is no row")])

    assert await contents(database) == []


async def test_an_edit_of_another_revision_is_a_conflict_and_writes_nothing(database: Database) -> None:
    await upserted(database, [item("a")])
    await upserted(database, [item("a", name="A", revision=1)])
    before = await contents(database)

    with pytest.raises(Conflict) as refused:
        await upserted(database, [item("a", name="Late", revision=1), item("b")])

    assert refused.value.message == (
        "items[0]: revision 1 was given but 'a' is at revision 2; read it again and repeat the edit; "
        "nothing was written"
    )
    assert await contents(database) == before


async def test_of_many_edits_of_one_revision_one_wins(database: Database) -> None:
    await upserted(database, [item("a")])

    outcomes = await asyncio.gather(
        *(upserted(database, [item("a", name=f"Edit {number}", revision=1)]) for number in range(6)),
        return_exceptions=True,
    )

    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 5
    assert ((await stored(database, "a")).revision, await graph_version(database)) == (2, 2)


async def test_an_upsert_in_small_batches_writes_the_same(database: Database, connection: Connection) -> None:
    rows = [item(f"c-{number}", identifiers=[{"kind": "serial", "value": f"s{number}"}]) for number in range(7)]
    group = item("g", "REDUNDANCY_GROUP", minAvailable=2, members=[f"c-{number}" for number in range(5)])
    lines = [needs(f"c-{number}", f"c-{(number + 1) % 7}") for number in range(7)]
    told: list[tuple[int, int]] = []
    await upserted(database, [*rows, group], lines)
    whole = await contents(database)
    emptied(connection)

    await upserted(database, [*rows, group], lines, batch_rows=2, progress=lambda *done: told.append(done))

    assert await contents(database) == whole
    # 8 items, 7 identifiers, 12 edges.
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert (told[-1], {total for _, total in told}) == ((27, 27), {27})


async def test_members_and_owners_are_replaced(database: Database) -> None:
    team = [item("t", "TEAM"), item("u", "TEAM")]
    group = item("g", "REDUNDANCY_GROUP", minAvailable=1, owner="t", members=["a", "b"])
    await upserted(database, [item("a"), item("b"), item("c"), *team, group])

    await upserted(
        database, [item("g", "REDUNDANCY_GROUP", owner="u", members=["c", {"key": "b", "weight": 2}])], now=LATER
    )

    found = await stored(database, "g")
    assert (found.members, found.owner, found.revision) == ((Member("b", 2), Member("c", 1)), "u", 2)
    assert [edge.provider for edge in await edges(database, "g")] == ["b", "c", "u"]


async def test_an_identifier_moves_to_another_item_in_one_write(database: Database) -> None:
    await upserted(database, [item("old", identifiers=[FQDN]), item("new")])

    await upserted(database, [item("new", identifiers=[FQDN]), item("old", identifiers=[])])

    assert (await stored(database, "old")).identifiers == ()
    assert (await stored(database, "new")).identifiers == (Identifier("fqdn", "db-1.corp.example"),)


async def test_two_items_may_share_an_identifier_and_one_may_give_it_up(database: Database) -> None:
    await upserted(database, [item("a", identifiers=[FQDN]), item("b", identifiers=[FQDN])])

    await upserted(database, [item("a", identifiers=[])])

    assert (await stored(database, "b")).identifiers == (Identifier("fqdn", "db-1.corp.example"),)


async def test_until_when_an_item_had_an_identifier_is_remembered_as_long_as_the_item_is_there(
    database: Database,
) -> None:
    await upserted(database, [item("a", identifiers=[FQDN])])
    await upserted(database, [item("a", identifiers=[])])
    await upserted(database, [item("b", identifiers=[FQDN])])
    await remove_items(database, ["b"], caller="tester", now=NOW)

    (kept,) = [line for line in await contents(database) if line.startswith("['Identifier']")]
    assert ("IDENTIFIED" in kept, "IDENTIFIES" in kept) == (True, False)

    await remove_items(database, ["a"], caller="tester", now=NOW)
    assert [line for line in await contents(database) if line.startswith("['Identifier']")] == []


async def test_a_removed_item_is_gone_with_its_edges(database: Database) -> None:
    await upserted(database, [item("a"), item("b"), item("c")], [needs("a", "b"), needs("b", "c")])

    report = await remove_items(database, ["b", "nobody", "b"], caller="tester", now=NOW)

    assert report == RemoveReport(removed=1, missing=("nobody",), graph_version=2)
    assert await edges(database, "a", "b", "c") == []
    assert sorted(await existing_keys(database, ["a", "b", "c"])) == ["a", "c"]


async def test_removing_an_item_keeps_the_identifier_it_shares(database: Database) -> None:
    await upserted(database, [item("a", identifiers=[FQDN]), item("b", identifiers=[FQDN])])

    await remove_items(database, ["a"], caller="tester", now=NOW)

    assert (await stored(database, "b")).identifiers == (Identifier("fqdn", "db-1.corp.example"),)


async def test_a_group_may_lose_its_members(database: Database) -> None:
    await upserted(database, [item("g", "REDUNDANCY_GROUP", minAvailable=1, members=["a"]), item("a")])

    await remove_items(database, ["a"], caller="tester", now=NOW)

    assert (await stored(database, "g")).members == ()


async def test_removing_nothing_takes_no_version(database: Database) -> None:
    await upserted(database, [item("a"), item("b")], [needs("a", "b")])

    items = await remove_items(database, ["x"], caller="tester", now=NOW)
    lines = await remove_dependencies(database, [("b", "a", Relation.DEPENDS_ON)], caller="tester", now=NOW)

    assert items == RemoveReport(0, ("x",), 1)
    assert lines == RemoveReport(0, ("b -DEPENDS_ON-> a",), 1)
    assert await graph_version(database) == 1


async def test_an_edge_is_removed_by_its_ends_and_relation(database: Database) -> None:
    await upserted(database, [item("a"), item("z", "LOCATION")], [needs("a", "z"), needs("a", "z", "LOCATED_IN")])

    report = await remove_dependencies(
        database,
        [("a", "z", Relation.DEPENDS_ON), ("a", "z", Relation.PART_OF)],
        caller="tester",
        now=NOW,
    )

    assert report == RemoveReport(1, ("a -PART_OF-> z",), 2)
    assert [edge.relation for edge in await edges(database, "a")] == [Relation.LOCATED_IN]


async def test_the_journal_names_what_each_write_touched(database: Database) -> None:
    await upserted(database, [item("a"), item("b"), item("c")], [needs("a", "b")])
    await upserted(database, [item("b")], [needs("c", "a")])
    await remove_dependencies(database, [("a", "b", Relation.DEPENDS_ON)], caller="tester", now=NOW)
    await remove_items(database, ["c", "a"], caller="tester", now=NOW)

    assert [(change.version, change.touched, change.removed) for change in await changes_since(database, 0)] == [
        (1, ("a", "b", "c"), ()),
        (2, ("c",), ()),
        (3, ("a",), ()),
        (4, (), ("a", "c")),
    ]


KEYS = st.sampled_from(["a", "b", "c", "g"])
NAMES = st.lists(st.sampled_from([FQDN, {"kind": "ip", "value": "10.0.0.5"}]), max_size=2)
ROW = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["One", "Two", None]),
        "lifecycle": st.sampled_from(["LIVE", "RETIRED"]),
        "attributes": st.dictionaries(st.sampled_from("xy"), st.integers(0, 1), max_size=2),
        "identifiers": NAMES,
        "owner": st.sampled_from(["t", None]),
    },
)
GROUP = st.fixed_dictionaries(
    {"minAvailable": st.just(1), "members": st.lists(st.sampled_from("abc"), min_size=1, unique=True)}
)
ITEMS = st.dictionaries(KEYS, st.tuples(ROW, GROUP), max_size=4).map(
    lambda rows: [
        item("t", "TEAM"),
        *(
            {**item(key, "REDUNDANCY_GROUP"), **row, **group} if key == "g" else {**item(key), **row}
            for key, (row, group) in rows.items()
        ),
    ]
)
LINES = st.dictionaries(
    st.tuples(KEYS, KEYS).filter(lambda ends: ends[0] != ends[1]), st.sampled_from(["HARD", "SOFT", None]), max_size=4
).map(lambda lines: [needs(*ends, strength=strength) for ends, strength in lines.items()])
UPSERTS = st.tuples(ITEMS, LINES)


@LAW
@given(st.lists(UPSERTS, max_size=3), UPSERTS)
async def test_a_second_time_the_same_rows_change_nothing(
    connection: Connection,
    database: Database,
    before: Sequence[tuple[list[Raw], list[Raw]]],
    rows: tuple[list[Raw], list[Raw]],
) -> None:
    emptied(connection)
    for one in before:
        await upserted(database, *one, skip_bad_rows=True)
    first = await upserted(database, *rows, skip_bad_rows=True)
    written = await contents(database)

    second = await upserted(database, *rows, skip_bad_rows=True, now=LATER)

    assert await contents(database) == written
    assert (second.items.created, second.items.changed) == (0, 0)
    assert (second.dependencies.created, second.dependencies.changed) == (0, 0)
    assert (second.graph_version, second.refused) == (first.graph_version, first.refused)


@LAW
@given(st.lists(UPSERTS, max_size=2), UPSERTS)
async def test_a_dry_run_foretells_the_report(
    connection: Connection,
    database: Database,
    before: Sequence[tuple[list[Raw], list[Raw]]],
    rows: tuple[list[Raw], list[Raw]],
) -> None:
    emptied(connection)
    for one in before:
        await upserted(database, *one, skip_bad_rows=True)
    untouched = await contents(database)

    foretold = await upserted(database, *rows, skip_bad_rows=True, dry_run=True)

    assert await contents(database) == untouched
    done = await upserted(database, *rows, skip_bad_rows=True)
    assert (foretold.items, foretold.dependencies, foretold.refused) == (done.items, done.dependencies, done.refused)
