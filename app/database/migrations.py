"""Schema migrations: `migrations/V*.cypher` in the neo4j-migrations format, applied in order, once."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from neo4j import GraphDatabase
from neo4j.exceptions import DriverError, Neo4jError
from neo4j_python_migrations.analyzer import InvalidVersionStatus
from neo4j_python_migrations.executor import Executor
from neo4j_python_migrations.migration import Migration

from app.database.client import Connection
from app.errors import Conflict, Unavailable
from app.resources import resource_folder

_REFUSALS = {
    InvalidVersionStatus.MISSED_LOCALLY: (
        "the database holds migration V{version}, which this version does not know; use the newer Underpin"
    ),
    InvalidVersionStatus.DIFFERENT: (
        "migration V{version} is not the one that was applied to this database; bring back the file as it was then"
    ),
    InvalidVersionStatus.MISSED_REMOTELY: (
        "migration V{version} was left out of this database although a later one was applied; restore a backup"
    ),
}


@dataclass(frozen=True, slots=True)
class MigrationState:
    """The newest version that is applied, as `003`, and what waits, as `V001 Unique keys`."""

    applied: str | None
    pending: tuple[str, ...]


async def migrate(connection: Connection, say: Callable[[str], None] = lambda _: None) -> MigrationState:
    """Apply what is pending.

    Raises:
        Conflict: an applied migration is not ours, has changed, or was left out before a later one.
        Unavailable: Neo4j did not answer.
    """
    return await asyncio.to_thread(_run, connection, say, True)


async def migration_state(connection: Connection) -> MigrationState:
    """What `migrate` would do; writes nothing."""
    return await asyncio.to_thread(_run, connection, lambda _: None, False)


def _run(connection: Connection, say: Callable[[str], None], apply: bool) -> MigrationState:
    # The library asks for labels that do not exist yet on its first run; its notifications would only alarm.
    with GraphDatabase.driver(
        connection.uri,
        auth=(connection.username, connection.password),
        notifications_min_severity="OFF",
        connection_timeout=5,
    ) as driver:
        try:
            executor = Executor(driver, resource_folder("migrations"), database=connection.database)
            if invalid := executor.analyze().invalid_versions:
                raise Conflict(_REFUSALS[invalid[0].status].format(version=invalid[0].version))
            if apply:
                executor.migrate(on_apply=lambda migration: say(f"migrated to {_named(migration)}"))
            state = executor.analyze()
        except (Neo4jError, DriverError) as error:
            raise Unavailable(f"Neo4j did not take the migrations: {error}; check NEO4J_URI and try again") from error
    return MigrationState(state.latest_applied_version, tuple(_named(one) for one in state.pending_migrations))


def _named(migration: Migration) -> str:
    return f"V{migration.version} {migration.description}"
