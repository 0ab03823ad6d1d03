"""Use cases of sessions: a page shows a token once, and a cookie of its browser stands for it from then on.

A session is worth no more than what it was opened with. It ends with the token at the latest, at once when that is
revoked, and when the admin token or the OpenID provider is another one: the stored hash is bound to these. Sessions are
in Neo4j, and looked up for every request, so every worker knows them, a restart keeps them, and an end is felt at once.

Limits of this: what a provider says of a caller counts until the session ends, and only the caller can end it before.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from app.auth import store
from app.auth.cookies import Cookie, is_secret_of, new_session, session_hash, session_id
from app.auth.model import Credential, Proof, Session
from app.database.client import Database, Transaction
from app.errors import NotAuthenticated
from app.rounds import every_second
from app.settings import Settings

# A session must not wait for the commit of an import.
_COUNTER = "sessions"
_FORGETS_EVERY_SECONDS = 600
_FORGOTTEN_AT_ONCE = 10_000
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session may be idle and how long it lasts at most, and how many one caller may have."""

    idle: timedelta
    longest: timedelta
    most: int

    @classmethod
    def of(cls, settings: Settings) -> "SessionLimits":
        """The limits that the settings say."""
        idle, longest = settings.session_idle_seconds, settings.session_max_seconds
        return cls(timedelta(seconds=idle), timedelta(seconds=longest), settings.session_max_open)


def bindings(settings: Settings) -> Mapping[Credential, str]:
    """What sessions are bound to beside what is stored, by what they were opened with; that which is missing is not
    taken any more."""
    bound = {Credential.STORED: ""}
    if settings.admin_token is not None:
        bound[Credential.CONFIGURED] = settings.admin_token.get_secret_value()
    if settings.oidc_issuer is not None:
        bound[Credential.OPENID] = f"{settings.oidc_issuer} {settings.oidc_audience}"
    return bound


class Sessions:
    """The sessions of one database."""

    def __init__(
        self,
        database: Database,
        limits: SessionLimits,
        bound: Mapping[Credential, str],
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._limits = limits
        self._bound = bound
        self._clock = clock

    async def open(self, database: Database, proof: Proof) -> tuple[Session, str]:
        """Store a new session and return it with its secret; `database` keeps account of it.

        A caller who has as many as they may loses the one that was not used for longest.

        Raises:
            NotAuthenticated: the token is about to expire.
        """
        now = self._clock().astimezone(UTC)
        ends = min(now + self._limits.longest, proof.expires_at or datetime.max.replace(tzinfo=UTC))
        if ends <= now:
            raise NotAuthenticated("the token expired; sign in again")
        id, secret = new_session()
        session = Session(id, proof.caller, proof.credential, proof.token_id, now, ends, now)
        stored_hash = session_hash(secret, self._bound[proof.credential])

        async def work(transaction: Transaction) -> None:
            for over in await store.sessions_over(transaction, proof.caller.name, self._limits.most - 1):
                await _end(transaction, over)
            await store.create_session(transaction, session, hash=stored_hash)
            transaction.account.tell(session.id, after=session)

        await database.write(work, counter=_COUNTER)
        return session, secret

    async def shown(self, cookie: Cookie) -> Session:
        """The session of a cookie, which is used by that.

        Raises:
            NotAuthenticated: there is none, or it has ended.
            NotAllowed: as `Cookie.require_csrf`.
        """
        now = self._clock()
        session = await self._known(cookie.secret)
        if session is None or not self._lasts(session, now):
            raise NotAuthenticated("the session has ended; open another one with POST /session and a token")
        cookie.require_csrf()
        if now - session.used_at >= self._limits.idle / 10:
            await self._touch(session, now)
        return session

    async def end(self, database: Database, session: Session) -> None:
        """End a session, for every worker at once; `database` keeps account of it."""

        async def work(transaction: Transaction) -> None:
            await _end(transaction, session)

        await database.write(work, counter=_COUNTER)

    async def run(self) -> None:
        """Forget what is over every ten minutes, until cancelled."""
        failed = "sessions that are over could not be forgotten"
        await every_second(self.forget, _log, waiting=None, failed=failed, pause=_FORGETS_EVERY_SECONDS)

    async def forget(self) -> None:
        """Delete the sessions that have ended by themselves.

        Raises:
            Unavailable: Neo4j did not answer.
        """
        now = self._clock().astimezone(UTC)

        async def work(transaction: Transaction) -> int:
            return await store.forget_sessions(transaction, now, now - self._limits.idle, _FORGOTTEN_AT_ONCE)

        while await self._database.write(work, counter=_COUNTER) == _FORGOTTEN_AT_ONCE:
            pass

    async def _known(self, secret: str) -> Session | None:
        id = session_id(secret)
        found = await store.session_by_id(self._database, id) if id else None
        if found is None:
            return None
        session, stored_hash = found
        bound = self._bound.get(session.credential)
        return session if bound is not None and is_secret_of(secret, bound, stored_hash) else None

    def _lasts(self, session: Session, now: datetime) -> bool:
        return now < session.expires_at and now < session.used_at + self._limits.idle

    async def _touch(self, session: Session, now: datetime) -> None:
        async def work(transaction: Transaction) -> None:
            await store.touch_session(transaction, session.id, at=now.astimezone(UTC))

        await self._database.write(work, counter=_COUNTER)


async def _end(transaction: Transaction, session: Session) -> None:
    if await store.end_session(transaction, session.id):
        transaction.account.tell(session.id, before=session)
