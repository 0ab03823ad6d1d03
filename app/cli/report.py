"""`underpin report`: a continuity report as a page."""

from typing import Annotated
from urllib.parse import quote

import typer

from app.cli.bulk import write_document
from app.cli.client import Service
from app.cli.options import DEFAULT_URL, Output, Token, Url


def report(
    key: Annotated[str, typer.Argument(metavar="KEY", help="What the report is about.", show_default=False)],
    output: Output = None,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Write what a risk manager reads of an item, as one HTML page that prints and needs nothing else."""
    with Service(url, token) as service:
        page = service.document(f"/continuity/{quote(key, safe='/')}/report", {})
    write_document(page, output)
