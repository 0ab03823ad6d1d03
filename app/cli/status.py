"""Status: whether a running service is ready, and what it knows."""

import typer

from app.cli.client import Service
from app.cli.documents import STATUS
from app.cli.drawing import answer_screen, print_json
from app.cli.options import DEFAULT_URL, AsJson, Token, Url
from app.cli.reports import status_table


def status(as_json: AsJson = False, url: Url = DEFAULT_URL, token: Token = None) -> None:
    """Show whether the service is ready, how much it knows and what is failing; exit code 1 when it is not ready."""
    with Service(url, token) as service:
        ready = service.ready()
        data = service.graphql(STATUS) if ready["ready"] else None
    if as_json:
        print_json(ready | (data or {}))
    else:
        answer_screen().print(status_table(ready, data))
    if not ready["ready"]:
        raise typer.Exit(1)
