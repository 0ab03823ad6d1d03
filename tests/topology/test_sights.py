"""What a scope shows follows every write, and is what it would be if it were read for the first time."""

from collections.abc import Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from neo4j import GraphDatabase

from app.auth.scope import Scope, scope_of
from app.database.client import Connection, Database
from app.inventory.actions import remove_dependencies, remove_items
from app.inventory.model import Relation
from app.topology.current import Topology
from app.topology.sight import EVERYTHING
from app.topology.sights import Sights
from tests.neo4j_server import Loop
from tests.service import emptied
from tests.stored import NOW, Raw, item, needs, upserted

LAW = settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SCOPE = scope_of(["pay", "shop"], ["env=prod"], ["acme"])
TEAMS = ("pay", "shop", "other")
KEYS = st.sampled_from(["a", "b", "c", "d"])
_ITEMS = st.builds(
    lambda key, owner, attributes: item(key, owner=owner, attributes=attributes),
    KEYS,
    st.sampled_from([*TEAMS, None]),
    st.sampled_from([{}, {"env": "prod"}, {"env": "test"}, {"organisation": "acme"}, {"organisation": "prod"}]),
)
_UPSERTS = st.lists(_ITEMS, min_size=1, max_size=3).map(lambda rows: ("upsert", rows))
_REMOVALS = st.sampled_from([*"abcd", "pay"]).map(lambda key: ("remove", [key]))
STEPS = st.lists(_UPSERTS | _UPSERTS | _REMOVALS, min_size=3, max_size=8)


async def seen(topology: Topology, sights: Sights, scope: Scope = SCOPE) -> list[str] | None:
    await topology.current()
    return (await sights.of(scope)).parameter


async def read_anew(database: Database, scope: Scope = SCOPE) -> list[str] | None:
    topology = Topology(database, lambda: 0.0)
    return await seen(topology, Sights(database, topology), scope)


async def take(database: Database, step: tuple[str, Sequence[Raw] | list[str]]) -> None:
    match step:
        case ("upsert", rows):
            await upserted(database, [*(item(key, "TEAM") for key in TEAMS), *rows], skip_bad_rows=True)
        case (_, keys):
            await remove_items(database, [str(key) for key in keys], caller="tester", now=NOW)


@LAW
@given(STEPS)
def test_following_is_as_good_as_reading_anew(
    connection: Connection, steps: list[tuple[str, Sequence[Raw] | list[str]]]
) -> None:
    emptied(connection)
    loop = Loop()

    async def follow() -> None:
        database = Database(connection, read_timeout_seconds=30, write_timeout_seconds=30)
        topology = Topology(database, lambda: 0.0)
        sights = Sights(database, topology)
        for step in steps:
            await take(database, step)
            assert await seen(topology, sights) == await read_anew(database)
        await database.close()

    loop.run(follow())
    loop.close()


async def test_a_scope_shows_its_teams_what_they_own_and_what_is_labelled(database: Database) -> None:
    await upserted(
        database,
        [
            *(item(key, "TEAM") for key in TEAMS),
            item("owned", owner="pay"),
            item("labelled", attributes={"env": "prod"}),
            item("of-acme", owner="other", attributes={"organisation": "acme"}),
            item("needed"),
            item("elsewhere", owner="other", attributes={"env": "test", "note": "prod"}),
        ],
        [needs("owned", "needed")],
    )

    assert await read_anew(database) == ["labelled", "of-acme", "owned", "pay", "shop"]
    assert await read_anew(database, Scope()) == []


async def test_what_has_not_changed_is_not_read_again(database: Database) -> None:
    await upserted(database, [item("pay", "TEAM"), item("a", owner="pay"), item("b")])
    topology = Topology(database, lambda: 0.0)
    sights = Sights(database, topology)
    first = await seen(topology, sights)
    sent: list[str] = []
    database.listeners.append(sent.append)

    again = await seen(topology, sights)
    unread = [name for name in sent if "scope" in name]
    await upserted(database, [item("b", owner="pay")])
    then = await seen(topology, sights)

    assert (first, again, then) == (["a", "pay"], ["a", "pay"], ["a", "b", "pay"])
    assert (unread, [name for name in sent if "scope" in name]) == ([], ["scope_facts"])


async def test_what_lost_its_owner_is_hidden(database: Database) -> None:
    await upserted(database, [item("pay", "TEAM"), item("a", owner="pay"), item("b", owner="pay")])
    topology = Topology(database, lambda: 0.0)
    sights = Sights(database, topology)
    await seen(topology, sights)

    await remove_dependencies(database, [("a", "pay", Relation.OWNED_BY)], caller="tester", now=NOW)
    without_owner = await seen(topology, sights)
    await remove_items(database, ["pay"], caller="tester", now=NOW)

    assert (without_owner, await seen(topology, sights)) == (["b", "pay"], [])


async def test_what_another_program_changed_is_noticed(connection: Connection, database: Database) -> None:
    await upserted(database, [item("a", attributes={"env": "prod"})])
    topology = Topology(database, lambda: 0.0)
    sights = Sights(database, topology)
    before = await seen(topology, sights)

    with GraphDatabase.driver(connection.uri, auth=(connection.username, connection.password)) as driver:
        driver.execute_query("MATCH (item:ConfigurationItem {key: 'a'}) SET item.attributes = '{}'")

    assert (before, await seen(topology, sights)) == (["a"], [])


async def test_without_a_scope_everything_is_seen(database: Database) -> None:
    assert await Sights(database, Topology(database, lambda: 0.0)).of(None) is EVERYTHING
