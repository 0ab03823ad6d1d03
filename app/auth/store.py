"""Access tokens and sessions in Neo4j: one wrapper for each query of `cypher/auth.cypher`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.auth.model import AccessToken, Caller, Credential, Role, Session
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
        **_scope_parts(token.scope),
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


async def session_by_id(reader: Reader, id: str) -> tuple[Session, str] | None:
    """The session and the hash of its secret, unless its token is no more."""
    rows = await reader.rows(_QUERIES["session_by_id"], id=id)
    return (_session(rows[0]["session"]), str(rows[0]["session"]["hash"])) if rows else None


async def sessions_over(reader: Reader, caller: str, most: int) -> tuple[Session, ...]:
    """The sessions of a caller but for the `most` that were used last."""
    return tuple(
        _session(row["session"]) for row in await reader.rows(_QUERIES["sessions_over"], caller=caller, most=most)
    )


async def create_session(transaction: Transaction, session: Session, *, hash: str) -> None:
    """Store a new session, used for the last time when it was opened."""
    await transaction.rows(
        _QUERIES["create_session"],
        id=session.id,
        hash=hash,
        caller=session.caller.name,
        role=session.caller.role.value,
        credential=session.credential.value,
        tokenId=session.token_id,
        openedAt=session.opened_at,
        expiresAt=session.expires_at,
        **_scope_parts(session.caller.scope),
    )


async def touch_session(transaction: Transaction, id: str, *, at: datetime) -> None:
    """Note the use, unless a later one is known."""
    await transaction.rows(_QUERIES["touch_session"], id=id, at=at)


async def end_session(transaction: Transaction, id: str) -> bool:
    """Delete a session; whether there was one."""
    return bool(await transaction.rows(_QUERIES["end_session"], id=id))


async def forget_sessions(transaction: Transaction, now: datetime, idle_since: datetime, at_most: int) -> int:
    """Delete what has expired by now or was not used since; how many."""
    rows = await transaction.rows(_QUERIES["forget_sessions"], now=now, idleSince=idle_since, atMost=at_most)
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


def _scope_parts(scope: Scope | None) -> dict[str, list[str] | None]:
    return {"teams": sorted(scope.teams) if scope else None, "labels": scope.label_words if scope else None}


def _session(stored: Mapping[str, Any]) -> Session:
    return Session(
        id=stored["id"],
        caller=Caller(stored["caller"], Role(stored["role"]), _scope(stored)),
        credential=Credential(stored["credential"]),
        token_id=stored.get("tokenId"),
        opened_at=utc(stored["openedAt"]),
        expires_at=utc(stored["expiresAt"]),
        used_at=utc(stored["usedAt"]),
    )
