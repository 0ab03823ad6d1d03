"""Creating and revoking tokens, telling who asks, and refusing to listen unprotected, against a real Neo4j."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from pydantic import SecretStr

from app.auth import store
from app.auth.actions import create_token, is_local, open_gatekeeper, revoke_token
from app.auth.model import LOCAL_ADMINISTRATOR, AccessToken, Caller, Role
from app.database.client import Connection, Database, Transaction
from app.errors import Conflict, InvalidInput, NotAllowed, NotAuthenticated, NotFound, Unavailable
from app.settings import Settings

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
NO_SECRETS: Mapping[str, Sequence[SecretStr]] = {}


class Gate:
    """A gatekeeper whose clock the test turns, and the statements it has sent."""

    opened: ClassVar[list["Gate"]] = []

    def __init__(
        self,
        database: Database,
        *,
        local_mode: bool = False,
        admin_token: str | None = None,
        webhook_secrets: Mapping[str, Sequence[SecretStr]] = NO_SECRETS,
    ) -> None:
        self.now = NOW
        self.sent: list[str] = []
        database.listeners.append(self.sent.append)
        settings = Settings.model_validate({"admin_token": admin_token, "webhook_secrets": webhook_secrets})
        self.keeper = open_gatekeeper(database, settings, local_mode=local_mode, clock=lambda: self.now)
        self.opened.append(self)

    async def refusal(self, authorization: str | None) -> str:
        with pytest.raises(NotAuthenticated) as refused:
            await self.keeper.caller_of(authorization)
        return refused.value.message


@pytest.fixture
async def database(database: Database) -> AsyncIterator[Database]:
    """As everywhere, but closed only when every gate on it has written the uses it saw."""
    yield database
    for gate in Gate.opened:
        await gate.keeper.close()
    Gate.opened.clear()


async def token(database: Database, role: Role = Role.EDITOR, **kept: datetime) -> tuple[AccessToken, str]:
    return await create_token(database, "ci", role=role, expires_at=kept.get("expires_at"), now=NOW)


def wrong(secret: str) -> str:
    """The same token's secret with another last character."""
    return secret[:-1] + ("a" if secret[-1] != "a" else "b")


def basic(password: str) -> str:
    return f"Basic {b64encode(f'monitor:{password}'.encode()).decode()}"


async def test_a_created_token_opens_the_door_with_its_role(database: Database) -> None:
    created, secret = await token(database, Role.OPERATOR)

    assert await store.tokens(database) == (created,)
    assert await Gate(database).keeper.caller_of(f"Bearer {secret}") == Caller("ci", Role.OPERATOR)


async def test_the_secret_of_a_created_token_is_not_stored(database: Database) -> None:
    created, secret = await token(database)

    stored = await store.token_by_id(database, created.id)

    assert stored is not None
    assert stored[1].startswith("$argon2id$")
    assert secret.removeprefix(f"upn_{created.id}_") not in stored[1]


@pytest.mark.parametrize(
    ("name", "role", "expires_at"), [("", "admin", None), ("ci", "root", None), ("ci", "admin", NOW - SECOND)]
)
async def test_a_token_that_cannot_be_right_is_refused_and_not_stored(
    database: Database, name: str, role: str, expires_at: datetime | None
) -> None:
    with pytest.raises(InvalidInput):
        await create_token(database, name, role=role, expires_at=expires_at, now=NOW)

    assert await store.tokens(database) == ()


async def test_revoking_an_unknown_token_is_refused_and_changes_nothing(database: Database) -> None:
    created, _ = await token(database)

    with pytest.raises(NotFound, match="no token has the id 'ffff'"):
        await revoke_token(database, "ffff", now=NOW)

    assert await store.tokens(database) == (created,)


async def test_without_a_header_local_mode_gives_the_local_administrator(database: Database) -> None:
    assert await Gate(database, local_mode=True).keeper.caller_of(None) == LOCAL_ADMINISTRATOR


async def test_without_a_header_nobody_is_let_in_outside_of_local_mode(database: Database) -> None:
    refusal = await Gate(database).refusal(None)

    assert refusal == "this needs a token; send it as `Authorization: Bearer <token>`"


@pytest.mark.parametrize("local_mode", [True, False])
@pytest.mark.parametrize("header", ["", "Basic YTpi", "Bearer", "Bearer ", "secret"])
async def test_a_header_of_another_form_is_refused_in_every_mode(
    database: Database, header: str, local_mode: bool
) -> None:
    refusal = await Gate(database, local_mode=local_mode).refusal(header)

    assert refusal == "the Authorization header is not of the form `Bearer <token>`; send it so"


@pytest.mark.parametrize("local_mode", [True, False])
async def test_a_wrong_secret_and_an_unknown_token_get_the_same_answer(database: Database, local_mode: bool) -> None:
    _, secret = await token(database)
    gate = Gate(database, local_mode=local_mode)

    wrong_secret = await gate.refusal(f"Bearer {wrong(secret)}")
    unknown_token = await gate.refusal("Bearer upn_0123456789abcdef_" + "s" * 43)
    no_token_at_all = await gate.refusal("Bearer hunter2")

    assert wrong_secret == unknown_token == no_token_at_all
    assert wrong_secret == "the token is not one of ours; check it, or create one with `underpin token create`"


async def test_a_refused_secret_leaves_no_trace_on_the_token(database: Database) -> None:
    created, secret = await token(database)
    gate = Gate(database)

    await gate.refusal(f"Bearer {wrong(secret)}")
    await gate.keeper.close()

    assert await store.tokens(database) == (created,)


async def test_an_expired_token_is_refused_even_while_it_is_trusted(database: Database) -> None:
    _, secret = await token(database, expires_at=NOW + 5 * SECOND)
    gate = Gate(database)
    await gate.keeper.caller_of(f"Bearer {secret}")

    gate.now = NOW + 5 * SECOND

    assert await gate.refusal(f"Bearer {secret}") == "the token 'ci' expired; use another one"


async def test_a_revoked_token_is_refused(database: Database) -> None:
    created, secret = await token(database)

    await revoke_token(database, created.id, now=NOW)

    assert await Gate(database).refusal(f"Bearer {secret}") == "the token 'ci' was revoked; use another one"


async def test_a_revocation_is_felt_after_ten_seconds_at_the_latest(database: Database) -> None:
    created, secret = await token(database)
    gate = Gate(database)
    await gate.keeper.caller_of(f"Bearer {secret}")
    await revoke_token(database, created.id, now=NOW)

    gate.now = NOW + 10 * SECOND

    assert await gate.refusal(f"Bearer {secret}") == "the token 'ci' was revoked; use another one"


async def test_a_verified_token_is_not_looked_up_again_for_ten_seconds(database: Database) -> None:
    _, secret = await token(database)
    gate = Gate(database)
    await gate.keeper.caller_of(f"Bearer {secret}")
    gate.now = NOW + 9 * SECOND
    await gate.keeper.caller_of(f"Bearer {secret}")
    await gate.keeper.close()

    assert gate.sent.count("token_by_id") == 1


async def test_requests_that_come_together_share_one_look_up(database: Database) -> None:
    _, secret = await token(database)
    gate = Gate(database)

    callers = await asyncio.gather(*(gate.keeper.caller_of(f"Bearer {secret}") for _ in range(10)))
    await gate.keeper.close()

    assert set(callers) == {Caller("ci", Role.EDITOR)}
    assert gate.sent.count("token_by_id") == 1


async def test_the_last_use_is_written_once_a_minute(database: Database) -> None:
    created, secret = await token(database)
    gate = Gate(database)

    await gate.keeper.caller_of(f"Bearer {secret}")
    gate.now = NOW + 59 * SECOND
    await gate.keeper.caller_of(f"Bearer {secret}")
    await gate.keeper.close()
    (within,) = await store.tokens(database)
    gate.now = NOW + 60 * SECOND
    await gate.keeper.caller_of(f"Bearer {secret}")
    await gate.keeper.close()
    (after,) = await store.tokens(database)

    assert within == replace(created, last_used_at=NOW)
    assert after == replace(created, last_used_at=NOW + 60 * SECOND)
    assert gate.sent.count("touch_token") == 2


async def test_a_last_use_that_cannot_be_written_fails_no_request(database: Database) -> None:
    created, secret = await token(database)
    impatient = Database(database.connection, read_timeout_seconds=10, write_timeout_seconds=1)
    gate = Gate(impatient)

    async def while_the_token_is_locked(transaction: Transaction) -> Caller:
        await store.touch_token(transaction, created.id, at=NOW - SECOND)
        caller = await gate.keeper.caller_of(f"Bearer {secret}")
        await gate.keeper.close()
        return caller

    assert await database.write(while_the_token_is_locked) == Caller("ci", Role.EDITOR)
    assert "touch_token" in gate.sent
    assert await store.tokens(database) == (replace(created, last_used_at=NOW - SECOND),)
    await impatient.close()


async def test_the_admin_token_is_an_administrator_without_asking_the_database(database: Database) -> None:
    gate = Gate(database, admin_token="first contact")

    assert await gate.keeper.caller_of("Bearer first contact") == Caller("admin-token", Role.ADMIN)
    assert gate.sent == []


async def test_an_empty_admin_token_opens_nothing(database: Database) -> None:
    gate = Gate(database, admin_token="")

    await gate.refusal("Bearer ")
    await gate.refusal("Bearer x")


async def test_a_token_that_cannot_be_looked_up_is_not_called_wrong() -> None:
    nowhere = Database(
        Connection("bolt://127.0.0.1:1", "", "", "neo4j"), read_timeout_seconds=5, write_timeout_seconds=5
    )

    with pytest.raises(Unavailable):
        await Gate(nowhere).keeper.caller_of("Bearer upn_0123456789abcdef_" + "s" * 43)
    await nowhere.close()


SOURCES = {
    "alertmanager": [SecretStr("hunter1"), SecretStr("hunter2")],
    "zabbix": [SecretStr("hunter3")],
    "unset": [SecretStr("")],
}


@pytest.mark.parametrize("header", ["Bearer hunter2", basic("hunter2")])
async def test_a_webhook_source_is_known_by_its_own_secret(database: Database, header: str) -> None:
    gate = Gate(database, webhook_secrets=SOURCES)

    caller = await gate.keeper.webhook_caller("alertmanager", header)

    assert caller == Caller("webhook:alertmanager", Role.OPERATOR)
    assert gate.sent == []


@pytest.mark.parametrize("source", ["zabbix", "unset", "unknown"])
@pytest.mark.parametrize("header", ["Bearer hunter2", basic("hunter2"), basic(""), None])
async def test_the_secret_of_one_source_does_not_open_another(
    database: Database, source: str, header: str | None
) -> None:
    with pytest.raises(NotAuthenticated):
        await Gate(database, webhook_secrets=SOURCES).keeper.webhook_caller(source, header)


@pytest.mark.parametrize("header", [None, "Bearer hunter2"])
async def test_a_sender_without_its_secret_is_told_which_one_and_how_to_send_it(
    database: Database, header: str | None
) -> None:
    with pytest.raises(
        NotAuthenticated,
        match="UNDERPIN_WEBHOOK_SECRETS has for zabbix, so or as the password",
    ):
        await Gate(database, webhook_secrets=SOURCES).keeper.webhook_caller("zabbix", header)


async def test_the_secret_of_a_source_opens_nothing_else(database: Database) -> None:
    await Gate(database, webhook_secrets=SOURCES).refusal("Bearer hunter2")


async def test_a_caller_who_may_operate_may_send_events_as_any_source(database: Database) -> None:
    _, secret = await token(database, Role.OPERATOR)

    caller = await Gate(database, webhook_secrets=SOURCES).keeper.webhook_caller("zabbix", f"Bearer {secret}")

    assert caller == Caller("ci", Role.OPERATOR)


async def test_a_caller_who_may_not_operate_may_not_send_events(database: Database) -> None:
    _, secret = await token(database, Role.EDITOR)

    with pytest.raises(NotAllowed, match="use a token with the role operator or admin"):
        await Gate(database, webhook_secrets=SOURCES).keeper.webhook_caller("zabbix", f"Bearer {secret}")


async def test_local_mode_takes_events_without_a_header(database: Database) -> None:
    caller = await Gate(database, local_mode=True).keeper.webhook_caller("zabbix", None)

    assert caller == LOCAL_ADMINISTRATOR


def listening(host: str, **given: str | None) -> Settings:
    return Settings.model_validate({"host": host, **given})


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
async def test_loopback_is_local_mode_until_somebody_has_a_token(database: Database, host: str) -> None:
    assert await is_local(database, listening(host), now=NOW)

    await token(database, expires_at=NOW + SECOND)

    assert not await is_local(database, listening(host), now=NOW)
    assert await is_local(database, listening(host), now=NOW + SECOND)


@pytest.mark.parametrize(
    "given", [{"admin_token": "first contact"}, {"oidc_issuer": "https://login.example", "oidc_audience": "underpin"}]
)
async def test_loopback_is_no_local_mode_where_callers_can_show_who_they_are(
    database: Database, given: dict[str, str]
) -> None:
    assert not await is_local(database, listening("127.0.0.1", **given), now=NOW)


@pytest.mark.parametrize("admin_token", [None, ""])
async def test_any_other_host_is_refused_without_a_token_and_told_what_to_do(
    database: Database, admin_token: str | None
) -> None:
    with pytest.raises(Conflict) as refused:
        await is_local(database, listening("0.0.0.0", admin_token=admin_token), now=NOW)

    assert refused.value.message == (
        "anyone who reaches 0.0.0.0 would be an administrator; create a token with "
        "`underpin token create --role admin`, set UNDERPIN_ADMIN_TOKEN or UNDERPIN_OIDC_ISSUER, or listen on 127.0.0.1"
    )


async def test_any_host_may_be_listened_on_with_an_admin_token(database: Database) -> None:
    assert not await is_local(database, listening("0.0.0.0", admin_token="first contact"), now=NOW)

    assert await store.usable_token_count(database, NOW) == 0


async def test_any_host_may_be_listened_on_while_a_stored_token_is_usable(database: Database) -> None:
    await token(database, expires_at=NOW + SECOND)

    assert not await is_local(database, listening("0.0.0.0"), now=NOW)

    with pytest.raises(Conflict):
        await is_local(database, listening("0.0.0.0"), now=NOW + SECOND)
