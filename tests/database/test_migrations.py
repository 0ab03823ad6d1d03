"""Migrations: applied once and in order, recorded as neo4j-migrations does, refused when they are not ours."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pytest
from neo4j import Driver, GraphDatabase

from app.database.client import Connection
from app.database.migrations import MigrationState, migrate, migration_state
from app.errors import Conflict, Unavailable
from app.resources import resource_folder

ALL = (
    "V001 Unique keys",
    "V002 Look up indexes",
    "V003 Full text search",
    "V004 What was",
    "V005 Event versions",
    "V006 Write counters",
    "V006.1 Names in use",
    "V007 Health history",
    "V008 Maintenance windows",
    "V009 More names in use",
    "V010 Event intake",
    "V010.1 Event intake names",
    "V010.2 Event turns",
    "V011 Source mappings",
    "V011.1 Source mapping names",
    "V012 Matching",
    "V012.1 Matching names",
    "V013 Identifier history",
    "V015 Situations",
    "V016 Names of situations",
    "V017 Notifications",
    "V018 Names of notifications",
    "V019 Recurring and reported maintenance",
    "V020 Names of maintenance",
    "V021 When maintenance is over",
    "V022 What was told",
    "V023 Names of what was told",
    "V024 Assessments",
    "V024.1 Names of assessments",
    "V025 Findings",
    "V025.1 Names of findings",
    "V026 Recoveries",
    "V027 Names of recoveries",
    "V028 Scenarios",
    "V029 Names of scenarios",
    "V030 Saved queries",
    "V031 Names of saved queries",
    "V032 Names of scopes",
    "V033 Audit",
    "V034 Names of audit",
    "V035 Sessions",
    "V036 Names of sessions",
    "V037 Names of recovery teams",
    "V038 Names of whole versions",
)
VERSIONS = [name.split()[0].removeprefix("V") for name in ALL]
CHAIN = """
MATCH path = (:__Neo4jMigration {version: 'BASELINE'})-[:MIGRATED_TO*0..]->(last)
WHERE NOT (last)-[:MIGRATED_TO]->()
RETURN [one IN nodes(path) | properties(one)] AS nodes, [one IN relationships(path) | properties(one)] AS edges
"""


@pytest.fixture
def driver(empty: Connection) -> Iterator[Driver]:
    """A driver of the empty server, whose migrations the tests may break; they are put right again."""
    with GraphDatabase.driver(
        empty.uri, auth=(empty.username, empty.password), notifications_min_severity="OFF"
    ) as driver:
        yield driver
        wipe(driver)
        asyncio.run(migrate(empty))


def rows(driver: Driver, query: str) -> list[dict[str, object]]:
    return [record.data() for record in driver.execute_query(query).records]


def wipe(driver: Driver) -> None:
    """A server as it comes from the box."""
    for row in rows(driver, "SHOW CONSTRAINTS YIELD name"):
        driver.execute_query(f"DROP CONSTRAINT `{row['name']}`")
    for row in rows(driver, "SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name"):
        driver.execute_query(f"DROP INDEX `{row['name']}`")
    driver.execute_query("MATCH (n) DETACH DELETE n")


def schema(driver: Driver) -> set[object]:
    """The names of our indexes and constraints."""
    names = {row["name"] for row in rows(driver, "SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name")}
    return {name for name in names if not str(name).endswith("__Neo4jMigration")}


def applied(driver: Driver) -> list[object]:
    ((chain,),) = [rows(driver, CHAIN)]
    nodes = chain["nodes"]
    assert isinstance(nodes, list)
    return [node["version"] for node in nodes]


def test_a_new_database_gets_every_migration_in_order(driver: Driver, empty: Connection) -> None:
    wipe(driver)
    said: list[str] = []

    before = asyncio.run(migration_state(empty))
    after = asyncio.run(migrate(empty, said.append))

    assert before == MigrationState(None, ALL)
    assert after == MigrationState(VERSIONS[-1], ())
    assert said == [f"migrated to {name}" for name in ALL]
    assert applied(driver) == ["BASELINE", *VERSIONS]
    assert {"configuration_item_key", "event_fingerprint", "item_search"} <= schema(driver)


def test_asking_what_waits_writes_nothing(driver: Driver, empty: Connection) -> None:
    wipe(driver)

    asyncio.run(migration_state(empty))

    assert rows(driver, "MATCH (n) RETURN n") == []
    assert schema(driver) == set()


def test_migrating_again_changes_nothing(driver: Driver, empty: Connection) -> None:
    said: list[str] = []
    before = rows(driver, CHAIN)

    state = asyncio.run(migrate(empty, said.append))

    assert (state, said) == (MigrationState(VERSIONS[-1], ()), [])
    assert rows(driver, CHAIN) == before


def test_what_was_interrupted_goes_on_where_it_stopped(driver: Driver, empty: Connection) -> None:
    driver.execute_query(
        "MATCH (m:__Neo4jMigration) WHERE m.version > '001' AND m.version <> 'BASELINE' DETACH DELETE m"
    )
    said: list[str] = []

    asyncio.run(migrate(empty, said.append))

    assert said == [f"migrated to {name}" for name in ALL[1:]]
    assert applied(driver) == ["BASELINE", *VERSIONS]


def test_the_record_is_that_of_neo4j_migrations(driver: Driver, empty: Connection) -> None:
    ((chain,),) = [rows(driver, CHAIN)]
    nodes, edges = chain["nodes"], chain["edges"]
    assert isinstance(nodes, list)
    assert isinstance(edges, list)

    # Source: neo4j-migrations, "How it works": the nodes, their properties and the CRC-32 of the statements.
    assert nodes[0] == {"version": "BASELINE"}
    assert nodes[1:] == [
        {
            "version": version.replace("_", "."),
            "description": description.replace("_", " "),
            "type": "CYPHER",
            "source": path.name,
            "checksum": checksum(path),
        }
        for path in sorted(resource_folder("migrations").glob("V*.cypher"), key=lambda path: path.name.split("__"))
        for version, _, description in [path.stem.removeprefix("V").partition("__")]
    ]
    assert [sorted(edge) for edge in edges] == [["at", "by", "connectedAs", "in"]] * len(ALL)


def checksum(path: Path) -> str:
    value = 0
    for statement in path.read_text(encoding="utf-8").split(";"):
        value = crc32(statement.strip().encode(), value)
    return str(value)


def test_a_migration_that_was_changed_after_it_was_applied_is_refused(driver: Driver, empty: Connection) -> None:
    driver.execute_query("MATCH (m:__Neo4jMigration {version: '002'}) SET m.checksum = '1'")

    with pytest.raises(Conflict) as refused:
        asyncio.run(migrate(empty))

    assert refused.value.message == (
        "migration V002 is not the one that was applied to this database; bring back the file as it was then"
    )


def test_a_migration_of_a_newer_version_is_refused(driver: Driver, empty: Connection) -> None:
    driver.execute_query(
        "MATCH (last:__Neo4jMigration) WHERE NOT (last)-[:MIGRATED_TO]->() "
        "CREATE (last)-[:MIGRATED_TO]->(:__Neo4jMigration {version: '999', description: 'Later', type: 'CYPHER'})"
    )

    with pytest.raises(Conflict) as refused:
        asyncio.run(migration_state(empty))

    assert refused.value.message == (
        "the database holds migration V999, which this version does not know; use the newer Underpin"
    )


def test_a_migration_that_was_left_out_is_refused_and_nothing_is_applied(driver: Driver, empty: Connection) -> None:
    driver.execute_query("""
        MATCH (first:__Neo4jMigration {version: '001'})-->(second)-->(third)
        DETACH DELETE second
        CREATE (first)-[:MIGRATED_TO]->(third)
    """)

    with pytest.raises(Conflict) as refused:
        asyncio.run(migrate(empty))

    assert refused.value.message == (
        "migration V002 was left out of this database although a later one was applied; restore a backup"
    )
    assert applied(driver) == ["BASELINE", VERSIONS[0], *VERSIONS[2:]]


def test_a_server_that_does_not_answer_is_unavailable() -> None:
    nobody = Connection("bolt://127.0.0.1:9", "neo4j", "password", "neo4j")

    with pytest.raises(Unavailable) as refused:
        asyncio.run(migrate(nobody))

    assert refused.value.message.startswith("Neo4j did not take the migrations: ")
    assert refused.value.message.endswith("; check NEO4J_URI and try again")
