"""`underpin plan`: a recovery plan as a document."""

from typing import Annotated, Literal
from urllib.parse import quote

import typer

from app.cli.bulk import write_document
from app.cli.client import Service
from app.cli.options import DEFAULT_URL, Output, Token, Url

PlanForm = Literal["md", "csv", "svg"]


def plan(
    key: Annotated[str, typer.Argument(metavar="KEY", help="What is to be up again.", show_default=False)],
    form: Annotated[PlanForm | None, typer.Option("--format", help="Markdown, CSV or a Gantt picture.")] = None,
    teams: Annotated[int | None, typer.Option("--teams", min=1, help="How many teams there are.")] = None,
    failed: Annotated[
        list[str] | None,
        typer.Option("--failed", metavar="KEY", help="What of it is lost; everything, if it is not given."),
    ] = None,
    output: Output = None,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Write the plan to bring an item up again; without --format as the suffix of --output says, else as Markdown."""
    suffix = output.suffix.lower().removeprefix(".") if output else ""
    chosen = form or (suffix if suffix in ("csv", "svg") else "md")
    with Service(url, token) as service:
        path = f"/continuity/{quote(key, safe='/')}/plan.{chosen}"
        document = service.document(path, {"teams": teams, "failed": failed or None})
    write_document(document, output)
