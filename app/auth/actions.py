"""Use cases of access: create and revoke tokens, tell who asks, and refuse to listen unprotected."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import structlog
from pydantic import SecretStr

from app.auth import store
from app.auth.cookies import Cookie
from app.auth.issuer import OpenIdProvider, openid_provider
from app.auth.model import (
    LOCAL_ADMINISTRATOR,
    AccessToken,
    Caller,
    Credential,
    Permission,
    Proof,
    Role,
    is_loopback,
)
from app.auth.scope import Scope
from app.auth.sessions import SessionLimits, Sessions, bindings
from app.auth.tokens import (
    basic_password,
    bearer_secret,
    checked_expiry,
    checked_name,
    checked_role,
    is_same,
    is_secret_of,
    new_secret,
    secret_hash,
    token_id,
)
from app.database.client import Database, Transaction
from app.errors import Conflict, NotAuthenticated, NotFound
from app.settings import Settings

_TRUSTED_FOR = timedelta(seconds=10)
_USE_NOTED_EVERY = timedelta(minutes=1)
_log = structlog.get_logger(__name__)


async def create_token(
    database: Database,
    name: str,
    *,
    role: Role | str,
    expires_at: datetime | None,
    now: datetime,
    scope: Scope | None = None,
) -> tuple[AccessToken, str]:
    """Store a new token and return it with its secret, which cannot be shown again.

    Raises:
        InvalidInput: the name is not 1-100 printable characters, the role is unknown, or the expiry is not ahead.
    """
    id, secret = new_secret()
    token = AccessToken(
        id,
        checked_name(name),
        checked_role(role),
        now.astimezone(UTC),
        expires_at=checked_expiry(expires_at, now),
        scope=scope,
    )
    stored_hash = await asyncio.to_thread(secret_hash, secret)

    async def work(transaction: Transaction) -> None:
        await store.create_token(transaction, token, hash=stored_hash)
        transaction.account.tell(token.id, after=token)

    await database.write(work)
    return token, secret


async def revoke_token(database: Database, id: str, *, now: datetime) -> AccessToken:
    """End a token, within ten seconds for every worker; revoking it again changes nothing.

    Raises:
        NotFound: no token has this id.
    """

    async def work(transaction: Transaction) -> AccessToken | None:
        before = await store.token_by_id(transaction, id)
        revoked = await store.revoke_token(transaction, id, at=now.astimezone(UTC))
        if before and revoked != before[0]:
            transaction.account.tell(id, before=before[0], after=revoked)
        return revoked

    token = await database.write(work)
    if token is None:
        raise NotFound(f"no token has the id {id!r}; list them with `underpin token list`")
    return token


async def is_local(database: Database, settings: Settings, *, now: datetime) -> bool:
    """Whether everybody who reaches the service is the administrator: on loopback, while nobody could show a token.

    Raises:
        Conflict: others could reach it, and there is no token, and no OpenID provider, to ask them for.
    """
    named = settings.admin_token is not None and settings.admin_token.get_secret_value()
    if named or settings.oidc_issuer or await store.usable_token_count(database, now):
        return False
    if is_loopback(settings.host):
        return True
    raise Conflict(
        f"anyone who reaches {settings.host} would be an administrator; create a token with "
        "`underpin token create --role admin`, set UNDERPIN_ADMIN_TOKEN or UNDERPIN_OIDC_ISSUER, or listen on 127.0.0.1"
    )


def sender(source: str) -> Caller:
    """A source that has shown that it is one."""
    return Caller(f"webhook:{source}", Role.OPERATOR)


class Gatekeeper:
    """Tells who asks from the Authorization header, or from the cookie of a session.

    In local mode a request without either is the administrator's; what is shown is checked in every mode.
    """

    def __init__(
        self,
        database: Database,
        *,
        local_mode: bool,
        admin_token: SecretStr | None,
        webhook_secrets: Mapping[str, Sequence[SecretStr]],
        clock: Callable[[], datetime],
        sessions: Sessions,
        provider: OpenIdProvider | None = None,
    ) -> None:
        self.sessions = sessions
        self._database = database
        self._provider = provider
        self._local_mode = local_mode
        self._admin_token = admin_token
        self._webhook_secrets = webhook_secrets
        self._clock = clock
        self._trusted: dict[bytes, tuple[AccessToken, datetime]] = {}
        self._checks: dict[bytes, asyncio.Task[AccessToken]] = {}
        self._noted: dict[str, datetime] = {}
        self._notes: set[asyncio.Task[None]] = set()

    async def caller_of(self, authorization: str | None, cookie: Cookie | None = None) -> Caller:
        """The caller whose bearer token or session this is; beside a token a cookie does not count.

        Raises:
            NotAuthenticated, NotAllowed: as `proof_of`, or as `Sessions.shown`.
            Unavailable: it could not be looked up.
        """
        if authorization is None and cookie is not None:
            return (await self.sessions.shown(cookie)).caller
        if authorization is None and self._local_mode:
            return LOCAL_ADMINISTRATOR
        return (await self.proof_of(authorization)).caller

    async def proof_of(self, authorization: str | None) -> Proof:
        """What a header shows: a bearer token that is one of ours, or one of the OpenID provider.

        Raises:
            NotAuthenticated: no header, another scheme, or a token that is not usable.
            NotAllowed: the token is good, and grants no role.
            Unavailable: the token could not be looked up.
        """
        if authorization is None:
            raise NotAuthenticated("this needs a token; send it as `Authorization: Bearer <token>`")
        secret = bearer_secret(authorization)
        if secret is None:
            raise NotAuthenticated("the Authorization header is not of the form `Bearer <token>`; send it so")
        if is_same(secret, self._admin_token):
            return Proof(Caller("admin-token", Role.ADMIN), Credential.CONFIGURED)
        if self._provider is not None and token_id(secret) is None:
            return await self._provider.proof_of(secret)
        token = await self._usable_token(secret)
        self._note_use(token.id)
        return Proof(Caller(token.name, token.role, token.scope), Credential.STORED, token.id, token.expires_at)

    async def webhook_caller(self, source: str, authorization: str | None, cookie: Cookie | None = None) -> Caller:
        """The source itself, by its own secret as bearer token or Basic password, or a caller who may operate.

        Raises:
            NotAuthenticated: as `caller_of`.
            NotAllowed: a known caller without OPERATE, or with a scope: what they send may be about anything.
        """
        header = authorization or ""
        presented = bearer_secret(header) or basic_password(header) or ""
        if any(is_same(presented, secret) for secret in self._webhook_secrets.get(source, ())):
            return sender(source)
        try:
            caller = await self.caller_of(authorization, cookie)
        except NotAuthenticated as error:
            raise NotAuthenticated(
                f"{error.message}; or send a secret that UNDERPIN_WEBHOOK_SECRETS has for {source}, "
                "so or as the password in the URL"
            ) from error
        caller.require(Permission.OPERATE)
        caller.require_everything("what events are about")
        return caller

    def signing_secrets(self, source: str) -> tuple[bytes, ...]:
        """The secrets with which a source may sign."""
        return tuple(secret.get_secret_value().encode() for secret in self._webhook_secrets.get(source, ()))

    async def close(self) -> None:
        """Wait until every use seen so far is written, or has failed to be."""
        while self._notes:
            await asyncio.gather(*self._notes)

    async def _usable_token(self, secret: str) -> AccessToken:
        digest = sha256(secret.encode()).digest()
        known = self._trusted.get(digest)
        fresh = known is not None and self._clock() < known[1]
        token = known[0] if known and fresh else await self._check_once(secret, digest)
        if token.revoked_at is not None:
            raise NotAuthenticated(f"the token {token.name!r} was revoked; use another one")
        if token.expires_at is not None and token.expires_at <= self._clock():
            raise NotAuthenticated(f"the token {token.name!r} expired; use another one")
        return token

    async def _check_once(self, secret: str, digest: bytes) -> AccessToken:
        # Requests that arrive together share one check: each would cost 20 MB and 50 ms of processor time.
        check = self._checks.get(digest)
        if check is None:
            check = self._checks[digest] = asyncio.create_task(self._checked(secret, digest))
            check.add_done_callback(lambda _: self._checks.pop(digest, None))
        return await asyncio.shield(check)

    async def _checked(self, secret: str, digest: bytes) -> AccessToken:
        id = token_id(secret)
        stored = await store.token_by_id(self._database, id) if id else None
        # An id is no secret, so it may be told from timing that one exists; an unknown one must not cost us a hash.
        if stored is None or not await asyncio.to_thread(is_secret_of, secret, stored[1]):
            raise NotAuthenticated("the token is not one of ours; check it, or create one with `underpin token create`")
        now = self._clock()
        self._trusted = {one: kept for one, kept in self._trusted.items() if kept[1] > now}
        self._trusted[digest] = (stored[0], now + _TRUSTED_FOR)
        return stored[0]

    def _note_use(self, id: str) -> None:
        now = self._clock()
        if id in self._noted and now < self._noted[id] + _USE_NOTED_EVERY:
            return
        self._noted[id] = now
        note = asyncio.create_task(self._write_use(id, now))
        self._notes.add(note)
        note.add_done_callback(self._notes.discard)

    async def _write_use(self, id: str, at: datetime) -> None:
        async def work(transaction: Transaction) -> None:
            await store.touch_token(transaction, id, at=at)

        try:
            await self._database.write(work)
        except Exception:
            # Whoever used the token has their answer by now, and nobody waits for this one.
            _log.warning("a token's last use was not written", token=id, exc_info=True)


def open_gatekeeper(
    database: Database, settings: Settings, *, local_mode: bool, clock: Callable[[], datetime]
) -> Gatekeeper:
    """The gatekeeper that the settings describe.

    Raises:
        InvalidInput: as `openid_provider`.
    """
    return Gatekeeper(
        database,
        local_mode=local_mode,
        admin_token=settings.admin_token,
        webhook_secrets=settings.webhook_secrets,
        clock=clock,
        sessions=Sessions(database, SessionLimits.of(settings), bindings(settings), clock),
        provider=openid_provider(settings),
    )
