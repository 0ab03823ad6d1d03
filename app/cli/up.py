"""Up: everything in one command, a managed Neo4j included."""

from typing import Annotated

import typer

from app.cli.drawing import Console
from app.cli.options import DataDir, settings_with


def up(
    demo: Annotated[bool, typer.Option("--demo", help="Load a small made-up company first.")] = False,
    host: Annotated[
        str | None, typer.Option("--host", help="Address to listen on.", show_default="UNDERPIN_HOST, else 127.0.0.1")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", min=0, max=65535, help="0 picks a free one.", show_default="UNDERPIN_PORT, else 8000"),
    ] = None,
    data_dir: DataDir = None,
    neo4j_version: Annotated[
        str | None, typer.Option("--neo4j-version", metavar="VERSION", help="2026.08.1 or 5.26.30.", show_default=False)
    ] = None,
) -> None:
    """Start everything: Neo4j (or use the one at NEO4J_URI), the API and the page. Ctrl-C stops it."""
    settings = settings_with(host=host, port=port, data_dir=data_dir, neo4j_version=neo4j_version)
    from app.main import serve

    with Console() as console:
        serve(settings, demo=demo, teller=console)
