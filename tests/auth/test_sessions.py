"""How long sessions last, what they are worth, and how many there are, against a real Neo4j."""

from datetime import UTC, datetime, timedelta

import pytest

from app.auth.actions import create_token, revoke_token
from app.auth.cookies import Cookie, csrf_token
from app.auth.model import Caller, Credential, Proof, Role, Session
from app.auth.scope import scope_of
from app.auth.sessions import SessionLimits, Sessions, bindings
from app.database.client import Database
from app.errors import NotAllowed, NotAuthenticated
from app.settings import Settings
from tests.stored import contents

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
LIMITS = SessionLimits(idle=HOUR, longest=12 * HOUR, most=3)
ADA = Caller("ada", Role.EDITOR, scope_of(["payments"], ["env=prod"]))
SETTINGS = {"admin_token": "first contact", "oidc_issuer": "https://login.example", "oidc_audience": "underpin"}


class Desk:
    """Sessions whose clock the test turns."""

    def __init__(self, database: Database, **settings: str) -> None:
        self.now = NOW
        self.database = database
        bound = bindings(Settings.model_validate(SETTINGS | settings))
        self.sessions = Sessions(database, LIMITS, bound, lambda: self.now)

    async def open(self, proof: Proof) -> tuple[Session, str]:
        return await self.sessions.open(self.database, proof)

    async def ended(self, secret: str) -> bool:
        try:
            await self.sessions.shown(Cookie(secret))
        except NotAuthenticated:
            return True
        return False


def signed_in(caller: Caller = ADA, *, until: datetime | None = None) -> Proof:
    """What a token of the OpenID provider shows."""
    return Proof(caller, Credential.OPENID, expires_at=until)


CONTACT = Proof(Caller("admin-token", Role.ADMIN), Credential.CONFIGURED)


async def stored_proof(database: Database) -> Proof:
    token, _ = await create_token(database, "wall", role=Role.READER, expires_at=None, now=NOW)
    return Proof(Caller("wall", Role.READER), Credential.STORED, token.id)


async def test_a_session_is_its_caller_with_role_and_scope(database: Database) -> None:
    desk = Desk(database)

    session, secret = await desk.open(signed_in())

    assert (session.caller, session.opened_at, session.expires_at) == (ADA, NOW, NOW + 12 * HOUR)
    assert await desk.sessions.shown(Cookie(secret)) == session


async def test_the_secret_is_not_stored_and_neither_is_what_it_is_bound_to(database: Database) -> None:
    _, secret = await Desk(database).open(CONTACT)

    everything = "".join(await contents(database))

    assert secret.rpartition("_")[2] not in everything
    assert csrf_token(secret) not in everything
    assert "first contact" not in everything


async def test_a_session_that_is_used_is_not_idle(database: Database) -> None:
    desk = Desk(database)
    _, secret = await desk.open(signed_in())

    for _ in range(3):
        desk.now += 50 * MINUTE
        assert not await desk.ended(secret)
    desk.now += HOUR

    assert await desk.ended(secret)


async def test_uses_in_quick_succession_are_written_once(database: Database) -> None:
    desk = Desk(database)
    _, secret = await desk.open(signed_in())
    sent: list[str] = []
    database.listeners.append(sent.append)

    for _ in range(3):
        desk.now += 3 * MINUTE
        await desk.sessions.shown(Cookie(secret))

    assert sent.count("touch_session") == 1
    assert (await desk.sessions.shown(Cookie(secret))).used_at == NOW + 6 * MINUTE


async def test_however_much_it_is_used_a_session_ends(database: Database) -> None:
    desk = Desk(database)
    _, secret = await desk.open(signed_in())

    for _ in range(23):
        desk.now += 30 * MINUTE
        assert not await desk.ended(secret)
    desk.now += 30 * MINUTE

    assert await desk.ended(secret)


async def test_a_session_ends_with_its_token(database: Database) -> None:
    desk = Desk(database)
    session, secret = await desk.open(signed_in(until=NOW + 5 * MINUTE))

    assert session.expires_at == NOW + 5 * MINUTE
    desk.now += 5 * MINUTE

    assert await desk.ended(secret)


async def test_a_token_that_has_expired_by_our_clock_opens_none(database: Database) -> None:
    with pytest.raises(NotAuthenticated, match="the token expired; sign in again"):
        await Desk(database).open(signed_in(until=NOW))


async def test_a_revoked_token_ends_its_sessions_at_once(database: Database) -> None:
    desk, proof = Desk(database), await stored_proof(database)
    _, secret = await desk.open(proof)
    _, other = await desk.open(await stored_proof(database))
    assert proof.token_id is not None

    await revoke_token(database, proof.token_id, now=NOW)

    assert await desk.ended(secret)
    assert not await desk.ended(other)


@pytest.mark.parametrize(
    ("proof", "changed"),
    [
        (CONTACT, {"admin_token": "another"}),
        (signed_in(), {"oidc_issuer": "https://evil.example"}),
        (signed_in(), {"oidc_audience": "others"}),
    ],
)
async def test_a_session_is_worth_nothing_once_what_it_was_opened_with_is_not_taken_any_more(
    database: Database, proof: Proof, changed: dict[str, str]
) -> None:
    _, secret = await Desk(database).open(proof)

    assert not await Desk(database).ended(secret)
    assert await Desk(database, **changed).ended(secret)


async def test_another_secret_of_a_known_id_is_nobodys(database: Database) -> None:
    desk = Desk(database)
    _, secret = await desk.open(signed_in())

    assert await desk.ended(secret[:-1] + ("a" if secret[-1] != "a" else "b"))
    assert await desk.ended("ups_0123456789abcdef_" + "a" * 43)
    with pytest.raises(
        NotAuthenticated, match="the session has ended; open another one with POST /session and a token"
    ):
        await desk.sessions.shown(Cookie("nonsense"))


async def test_a_change_without_the_csrf_token_is_refused_and_is_no_use_of_the_session(database: Database) -> None:
    desk = Desk(database)
    session, secret = await desk.open(signed_in())
    desk.now += 30 * MINUTE

    with pytest.raises(NotAllowed, match="X-CSRF-Token"):
        await desk.sessions.shown(Cookie(secret, needs_csrf=True))

    assert await desk.sessions.shown(Cookie(secret, csrf_token(secret), needs_csrf=True)) == session


async def test_whoever_has_as_many_sessions_as_they_may_loses_the_one_unused_for_longest(database: Database) -> None:
    desk = Desk(database)
    opened = []
    for _ in range(3):
        desk.now += 10 * MINUTE
        opened.append((await desk.open(signed_in()))[1])
    await desk.open(signed_in(Caller("bob", Role.READER)))
    desk.now += 10 * MINUTE
    await desk.sessions.shown(Cookie(opened[0]))

    await desk.open(signed_in())

    assert [await desk.ended(secret) for secret in opened] == [False, True, False]


async def test_an_ended_session_is_nobodys_and_may_be_ended_again(database: Database) -> None:
    desk = Desk(database)
    session, secret = await desk.open(signed_in())

    await desk.sessions.end(database, session)
    await desk.sessions.end(database, session)

    assert await desk.ended(secret)


async def test_what_is_over_is_forgotten_and_the_rest_is_kept(database: Database) -> None:
    desk = Desk(database)
    await desk.open(signed_in(until=NOW + 59 * MINUTE))
    await desk.open(signed_in(Caller("idle", Role.READER)))
    desk.now += SECOND
    _, kept = await desk.open(signed_in(Caller("bob", Role.READER)))
    desk.now = NOW + HOUR

    await desk.sessions.forget()

    names = [line for line in await contents(database) if line.startswith("['Session']")]
    assert len(names) == 1
    assert not await desk.ended(kept)
