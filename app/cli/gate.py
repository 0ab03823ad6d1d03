"""`underpin gate`: whether a change may pass, for a pipeline to act on and a pull request to show."""

from pathlib import Path
from typing import Annotated

import orjson
import typer

from app.cli.bulk import ImportFormat, opened_files
from app.cli.client import Service
from app.cli.drawing import Console
from app.cli.options import DEFAULT_URL, AsJson, Token, Url


def gate(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", exists=True, readable=True, show_default=False, help="Files and folders."),
    ],
    form: Annotated[ImportFormat | None, typer.Option("--format", help="Instead of each file's suffix.")] = None,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Compare what an import would change with the estate as it is; exit 1 if an important business item gets worse.

    Nothing is written. The report is Markdown.
    """
    parameters = {"format": form} if form else {}
    with Service(url, token) as service, Console("uploading") as console, opened_files(paths, console) as files:
        response = service.upload(files, parameters, to="/gate")
        console.close()
        if not response.is_success:
            raise service.refusal(response)
    report = orjson.loads(response.content)
    typer.echo(response.content if as_json else report["markdown"], nl=as_json)
    if not report["passed"]:
        raise typer.Exit(1)
