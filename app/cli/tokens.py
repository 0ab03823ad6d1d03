"""Tokens: create, list and revoke access tokens, in the database itself, so that the first one needs none."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.text import Text

from app.cli.drawing import Console, answer_screen, columns, print_json, printable
from app.cli.options import AsJson, DataDir, settings_with
from app.errors import Conflict

if TYPE_CHECKING:
    from app.audit.ledger import Ledger
    from app.audit.model import Act
    from app.auth.model import AccessToken

# app.auth.model.Role; a literal keeps the choices in the help in this order.
RoleWord = Literal["reader", "operator", "editor", "admin"]

_TEAM = "Limit what it sees to this team and what it owns; may be repeated."
_LABEL = "Limit what it sees to items with this attribute; may be repeated."
_OWNER = "Limit what it sees to items whose attribute `organisation` says so; may be repeated."

commands = typer.Typer(
    help="Create, list and revoke access tokens, in the Neo4j at NEO4J_URI or else in the managed one.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@commands.command()
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who will use it.", show_default=False)],
    role: Annotated[RoleWord, typer.Option("--role", help="What it may do.", show_default=False)],
    expires_days: Annotated[
        int | None, typer.Option("--expires-days", min=1, max=36_500, metavar="N", show_default="never")
    ] = None,
    team: Annotated[list[str] | None, typer.Option("--team", metavar="KEY", help=_TEAM)] = None,
    label: Annotated[list[str] | None, typer.Option("--label", metavar="NAME=VALUE", help=_LABEL)] = None,
    organisation: Annotated[list[str] | None, typer.Option("--organisation", metavar="NAME", help=_OWNER)] = None,
    data_dir: DataDir = None,
) -> None:
    """Create a token. Its secret goes to stdout, this once; nobody can show it again.

    With teams, labels or organisations it only reads, and sees only what belongs to any of them.
    """
    now = datetime.now(UTC)
    expires_at = now + timedelta(days=expires_days) if expires_days else None

    async def work() -> "tuple[AccessToken, str]":
        from app.auth.actions import create_token
        from app.auth.scope import checked_scope

        scope = checked_scope(team or (), label or (), organisation or ())
        async with _ledger(data_dir) as ledger:
            return await create_token(
                ledger.writing(_act("createToken")), name, role=role, expires_at=expires_at, now=now, scope=scope
            )

    token, secret = asyncio.run(work())
    until = f"until {_day(token.expires_at)}" if token.expires_at else "until it is revoked"
    limits = f", for what belongs to {_seen(token)}" if token.scope else ""
    Console().say(
        f"token {token.id} for {token.name} ({token.role.value}){limits}, {until}; "
        "keep its secret, this is its only copy:"
    )
    typer.echo(secret)


@commands.command("list")
def list_(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """List every token, revoked and expired ones too; never a secret."""

    async def work() -> "tuple[AccessToken, ...]":
        from app.auth.store import tokens

        async with _ledger(data_dir) as ledger:
            await ledger.note(_act("tokens"), {})
            return await tokens(ledger.database)

    found = asyncio.run(work())
    if as_json:
        print_json([_document(one) for one in found])
        return
    table = columns("id", "name", "role", "sees", "created", "last used", "state")
    now = datetime.now(UTC)
    for one in found:
        used = _day(one.last_used_at) if one.last_used_at else "never"
        table.add_row(
            one.id,
            Text(printable(one.name)),
            one.role.value,
            Text(printable(_seen(one))),
            _day(one.created_at),
            used,
            _standing(one, now),
        )
    answer_screen().print(table)


@commands.command()
def revoke(
    id: Annotated[str, typer.Argument(metavar="ID", help="As `list` shows it.", show_default=False)],
    data_dir: DataDir = None,
) -> None:
    """Revoke a token; within ten seconds nothing takes it any more."""

    async def work() -> "AccessToken":
        from app.auth.actions import revoke_token

        async with _ledger(data_dir) as ledger:
            return await revoke_token(ledger.writing(_act("revokeToken")), id, now=datetime.now(UTC))

    token = asyncio.run(work())
    Console().say(f"token {token.id} for {token.name} is revoked")


@asynccontextmanager
async def _ledger(data_dir: Path | None) -> "AsyncIterator[Ledger]":
    from app.audit.ledger import Ledger
    from app.main import opened_database

    settings = settings_with(data_dir=data_dir)
    with Console() as console:
        try:
            async with opened_database(settings, console) as opened:
                yield Ledger(opened.database, lambda: datetime.now(UTC), most_bytes=settings.audit_max_bytes)
        except Conflict as error:
            if settings.neo4j_uri:
                raise
            raise Conflict(
                f"{error.message}; or, if an `underpin up` runs there, set NEO4J_URI to the Neo4j that it named at its "
                f"start and NEO4J_PASSWORD to what is in {settings.data_dir / 'neo4j' / 'password'}"
            ) from error


def _act(action: str) -> "Act":
    from app.audit.model import CLI, Act
    from app.auth.model import Caller, Role

    # Whoever reaches the database itself may do everything.
    return Act(Caller(CLI, Role.ADMIN), CLI, action)


def _standing(token: "AccessToken", now: datetime) -> str:
    if token.revoked_at is not None:
        return f"revoked {_day(token.revoked_at)}"
    if token.expires_at is None:
        return "usable"
    return f"{'usable until' if token.expires_at > now else 'expired'} {_day(token.expires_at)}"


def _seen(token: "AccessToken") -> str:
    """What a token shows: the teams and labels of its scope."""
    return ", ".join((*sorted(token.scope.teams), *token.scope.label_words)) if token.scope else "everything"


def _document(token: "AccessToken") -> dict[str, object]:
    return {
        "id": token.id,
        "name": token.name,
        "role": token.role.value,
        "teams": sorted(token.scope.teams) if token.scope else None,
        "labels": token.scope.label_words if token.scope else None,
        "createdAt": token.created_at,
        "expiresAt": token.expires_at,
        "revokedAt": token.revoked_at,
        "lastUsedAt": token.last_used_at,
    }


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
