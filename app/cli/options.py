"""Options that several commands share, and the settings of those that run something themselves."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError

from app.settings import Settings

DEFAULT_URL = "http://127.0.0.1:8000"


def _checked_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or not url.isprintable():
        raise typer.BadParameter(f"give the address of an Underpin, as {DEFAULT_URL}")
    if parts.username is not None or parts.query or parts.fragment:
        raise typer.BadParameter("give scheme, host, port and path only; a token goes into --token")
    return url.rstrip("/")


def _checked_token(token: str | None) -> str | None:
    # Never quotes it: what stands on a terminal ends up in a ticket.
    token = (token or "").strip()
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise typer.BadParameter("it holds characters that no token has; copy it again")
    return token or None


def _checked_instant(text: str | None) -> str | None:
    """An instant in UTC; without a time zone it is the machine's own."""
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        raise typer.BadParameter("write an instant as 2026-11-30T09:00:00Z, or without Z in local time") from None


def instant_option(name: str, help: str) -> Any:
    """An option that takes an instant."""
    return typer.Option(name, callback=_checked_instant, metavar="INSTANT", help=help, show_default=False)


Url = Annotated[
    str, typer.Option("--url", envvar="UNDERPIN_URL", callback=_checked_url, help="Where the service answers.")
]
Token = Annotated[
    str | None,
    typer.Option("--token", envvar="UNDERPIN_TOKEN", callback=_checked_token, help="An access token of that service."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, whole and for programs.")]
DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        file_okay=False,
        help="Folder of the managed Neo4j.",
        show_default="UNDERPIN_DATA_DIR, else the user's data folder",
    ),
]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", dir_okay=False, show_default="stdout", help="The file to write.")
]


def settings_with(**overrides: object) -> Settings:
    """The settings of the environment, with every override that is not `None` put over them.

    Raises:
        typer.BadParameter: a variable holds what its setting cannot be; its value is not shown.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic checks what mypy cannot follow
    except ValidationError as error:
        wrong = {_variable(str(one["loc"][0])): one["msg"] for one in error.errors(include_input=False)}
        raise typer.BadParameter("; ".join(wrong.values()), param_hint=", ".join(wrong)) from None
    except SettingsError as error:
        raise typer.BadParameter(f"{error}; write it as JSON", param_hint="a setting") from None


def _variable(place: str) -> str:
    return place if place.isupper() else f"UNDERPIN_{place.upper()}"
