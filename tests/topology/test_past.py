"""The estate as of an instant is the one that was there then."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.database.client import Connection, Database
from app.errors import InvalidInput
from app.inventory import store as inventory
from app.inventory.actions import remove_dependencies, remove_items
from app.inventory.admission import EdgeName
from app.inventory.model import Item, Relation
from app.topology.current import Topology
from app.topology.past import as_of
from tests.service import emptied
from tests.stored import NOW, Raw, contents, item, needs, upserted
from tests.topology.reading import Snapshot, snapshot
from tests.topology.rows import ENDS, GROUPS, KEYS, RELATIONS, ROWS, TYPES

LAW = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ALL = (*TYPES, *GROUPS)
Step = tuple[str, object, object]
_UPSERTS = ROWS.map(lambda rows: ("upsert", *rows))
_REMOVALS = st.sets(KEYS, min_size=1, max_size=2).map(lambda keys: ("remove", sorted(keys), None))
_CUTS = st.tuples(st.just("cut"), ENDS, st.sampled_from(RELATIONS))
STEPS = st.lists(_UPSERTS | _UPSERTS | _REMOVALS | _CUTS, min_size=4, max_size=9)


def topology_of(database: Database) -> Topology:
    return Topology(database, lambda: 0.0)


def minute(number: int) -> datetime:
    return NOW + timedelta(minutes=number)


async def take(step: Step, database: Database, now: datetime) -> None:
    match step:
        case ("upsert", list(items), list(edges)):
            await upserted(database, items, edges, skip_bad_rows=True, now=now)
        case ("remove", list(keys), _):
            await remove_items(database, keys, caller="tester", now=now)
        case ("cut", (str(dependent), str(provider)), str(relation)):
            name: EdgeName = (dependent, provider, Relation(relation))
            await remove_dependencies(database, [name], caller="tester", now=now)


async def seen(database: Database) -> tuple[Snapshot, dict[str, Item]]:
    return snapshot(await topology_of(database).current()), await inventory.items_by_key(database, ALL)


@LAW
@given(steps=STEPS)
async def test_the_estate_as_of_an_instant_is_what_it_was(
    connection: Connection, database: Database, steps: list[Step]
) -> None:
    emptied(connection)
    then = [await seen(database)]
    for number, step in enumerate(steps, start=1):
        await take(step, database, minute(number))
        then.append(await seen(database))
    topology, written = topology_of(database), await contents(database)

    for number, (graph, items) in enumerate(then):
        estate = await as_of(database, topology, minute(number) + timedelta(seconds=59), most_items=100)

        assert snapshot(estate.graph) == graph
        now = {key: one for key, one in then[-1][1].items() if key in estate.graph.number}
        assert _told({**now, **estate.items}) == _told(items)
    assert await contents(database) == written


def _told(items: dict[str, Item]) -> dict[str, Item]:
    """The items without the revision, which an item whose edges alone changed does not remember."""
    return {key: replace(one, revision=0, updated_at=NOW) for key, one in items.items()}


async def test_before_the_first_write_there_was_nothing(database: Database) -> None:
    await upserted(database, [item("a")])

    estate = await as_of(database, topology_of(database), NOW - timedelta(days=1), most_items=100)

    assert (estate.graph.version, estate.graph.item_count) == (0, 0)


async def test_what_the_journal_has_forgotten_is_not_guessed(database: Database) -> None:
    for number in range(4):
        await upserted(database, [item(f"c-{number}")], now=minute(number), keep_changes=2)

    estate = await as_of(database, topology_of(database), minute(2), most_items=100)
    with pytest.raises(InvalidInput) as caught:
        await as_of(database, topology_of(database), minute(1), most_items=100)

    assert sorted(estate.graph.number) == ["c-0", "c-1", "c-2"]
    assert str(caught.value) == (
        "asOf is 2026-11-23T12:01:00+00:00, but the history of the graph begins at 2026-11-23T12:02:00+00:00; "
        "ask for a later instant, or keep more of it (UNDERPIN_CHANGE_RETENTION)"
    )


async def test_an_instant_since_which_too_much_has_changed_is_refused(database: Database) -> None:
    several: list[Raw] = [item(f"c-{number}") for number in range(5)]
    await upserted(database, [item("a"), item("b")], [needs("a", "b")])
    await upserted(database, several, now=minute(1))

    with pytest.raises(InvalidInput) as caught:
        await as_of(database, topology_of(database), NOW, most_items=4)

    assert str(caught.value) == (
        "more than 4 items have changed since asOf; ask for a later instant, or raise UNDERPIN_MAX_HISTORY_ITEMS"
    )
