"""Housekeeping: `migrate` an existing Neo4j, print the `schema`."""

import asyncio

import typer

from app.cli.drawing import Console
from app.cli.options import settings_with


def migrate() -> None:
    """Bring the Neo4j at NEO4J_URI up to date; the one that `underpin up` manages needs no help."""
    settings = settings_with()
    if not settings.neo4j_uri:
        raise typer.BadParameter(
            "it is not set; set it, or run `underpin up`, which migrates the Neo4j it manages", param_hint="NEO4J_URI"
        )
    from app.database.client import Connection
    from app.database.migrations import migrate as apply

    password = settings.neo4j_password.get_secret_value()
    connection = Connection(settings.neo4j_uri, settings.neo4j_username, password, settings.neo4j_database)
    with Console() as console:
        state = asyncio.run(apply(connection, console.say))
        console.say(f"the database is up to date, at V{state.applied}" if state.applied else "there are no migrations")


def schema() -> None:
    """Print the GraphQL schema."""
    from app.api.schema import sdl

    typer.echo(sdl(), nl=False)
