"""Access tokens in Neo4j: one wrapper for each query of `cypher/auth.cypher`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.auth.model import AccessToken, Role
from app.auth.scope import Scope, scope_of
from app.database.client import Reader, Transaction
from app.database.instants import utc, utc_or_none
from app.database.queries import load_queries

_QUERIES = load_queries("auth")


async def token_by_id(reader: Reader, id: str) -> tuple[AccessToken, str] | None:
    """The token and the hash of its secret."""
    rows = await reader.rows(_QUERIES["token_by_id"], id=id)
    return (_token(rows[0]["token"]), str(rows[0]["token"]["hash"])) if rows else None


async def tokens(reader: Reader) -> tuple[AccessToken, ...]:
    """Every token, oldest first, revoked and expired ones too."""
    return tuple(_token(row["token"]) for row in await reader.rows(_QUERIES["tokens"]))


async def create_token(transaction: Transaction, token: AccessToken, *, hash: str) -> None:
    """Store a new token, neither revoked nor used yet."""
    await transaction.rows(
        _QUERIES["create_token"],
        id=token.id,
        name=token.name,
        role=token.role.value,
        hash=hash,
        createdAt=token.created_at,
        expiresAt=token.expires_at,
        teams=sorted(token.scope.teams) if token.scope else None,
        labels=token.scope.label_words if token.scope else None,
    )


async def revoke_token(transaction: Transaction, id: str, *, at: datetime) -> AccessToken | None:
    """The token, revoked by now; one revoked earlier keeps its time."""
    rows = await transaction.rows(_QUERIES["revoke_token"], id=id, at=at)
    return _token(rows[0]["token"]) if rows else None


async def touch_token(transaction: Transaction, id: str, *, at: datetime) -> None:
    """Note the use, unless a later one is known."""
    await transaction.rows(_QUERIES["touch_token"], id=id, at=at)


async def usable_token_count(reader: Reader, now: datetime) -> int:
    """How many tokens are neither revoked nor expired."""
    rows = await reader.rows(_QUERIES["usable_token_count"], now=now)
    return int(rows[0]["count"])


def _token(stored: Mapping[str, Any]) -> AccessToken:
    return AccessToken(
        id=stored["id"],
        name=stored["name"],
        role=Role(stored["role"]),
        created_at=utc(stored["createdAt"]),
        expires_at=utc_or_none(stored.get("expiresAt")),
        revoked_at=utc_or_none(stored.get("revokedAt")),
        last_used_at=utc_or_none(stored.get("lastUsedAt")),
        scope=_scope(stored),
    )


def _scope(stored: Mapping[str, Any]) -> Scope | None:
    teams, labels = stored.get("scopeTeams"), stored.get("scopeLabels")
    return None if teams is None and labels is None else scope_of(teams or (), labels or ())
