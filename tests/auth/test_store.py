"""The token queries against a real Neo4j."""

from datetime import UTC, datetime, timedelta

from app.auth import store
from app.auth.model import AccessToken, Role
from app.auth.scope import Scope, scope_of
from app.database.client import Database, Transaction

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def stored(database: Database, *tokens: AccessToken) -> None:
    async def work(transaction: Transaction) -> None:
        for token in tokens:
            await store.create_token(transaction, token, hash=f"hash of {token.id}")

    await database.write(work)


async def revoked(database: Database, id: str, at: datetime) -> AccessToken | None:
    async def work(transaction: Transaction) -> AccessToken | None:
        return await store.revoke_token(transaction, id, at=at)

    return await database.write(work)


async def touched(database: Database, id: str, at: datetime) -> None:
    async def work(transaction: Transaction) -> None:
        await store.touch_token(transaction, id, at=at)

    await database.write(work)


async def test_a_stored_token_is_found_with_its_hash(database: Database) -> None:
    token = AccessToken("a1", "ci", Role.EDITOR, NOW, expires_at=NOW + HOUR)

    await stored(database, token)

    assert await store.token_by_id(database, "a1") == (token, "hash of a1")


async def test_a_stored_token_keeps_its_scope(database: Database) -> None:
    limited = AccessToken("a1", "wall", Role.READER, NOW, scope=scope_of(["pay"], ["env=a=b"], ["acme"]))
    blind = AccessToken("a2", "blind", Role.READER, NOW, scope=Scope())

    await stored(database, limited, blind)

    assert await store.tokens(database) == (limited, blind)


async def test_an_unknown_id_finds_nothing(database: Database) -> None:
    assert await store.token_by_id(database, "a1") is None


async def test_tokens_are_listed_oldest_first_and_by_id_at_the_same_time(database: Database) -> None:
    newer = AccessToken("a0", "newer", Role.READER, NOW + HOUR)
    second = AccessToken("b2", "second", Role.READER, NOW)
    first = AccessToken("b1", "first", Role.READER, NOW)

    await stored(database, newer, second, first)

    assert await store.tokens(database) == (first, second, newer)


async def test_revoking_twice_keeps_the_first_time(database: Database) -> None:
    await stored(database, AccessToken("a1", "ci", Role.EDITOR, NOW))

    await revoked(database, "a1", NOW + HOUR)
    token = await revoked(database, "a1", NOW + 2 * HOUR)

    assert token == AccessToken("a1", "ci", Role.EDITOR, NOW, revoked_at=NOW + HOUR)
    assert await store.tokens(database) == (token,)


async def test_revoking_an_unknown_token_changes_nothing(database: Database) -> None:
    token = AccessToken("a1", "ci", Role.EDITOR, NOW)
    await stored(database, token)

    assert await revoked(database, "a2", NOW + HOUR) is None
    assert await store.tokens(database) == (token,)


async def test_the_latest_use_is_kept_in_whatever_order_uses_are_written(database: Database) -> None:
    await stored(database, AccessToken("a1", "ci", Role.EDITOR, NOW))

    await touched(database, "a1", NOW + 2 * HOUR)
    await touched(database, "a1", NOW + HOUR)

    assert await store.tokens(database) == (AccessToken("a1", "ci", Role.EDITOR, NOW, last_used_at=NOW + 2 * HOUR),)


async def test_revoked_and_expired_tokens_are_not_usable(database: Database) -> None:
    await stored(
        database,
        AccessToken("a1", "for ever", Role.READER, NOW),
        AccessToken("a2", "for two hours", Role.READER, NOW, expires_at=NOW + 2 * HOUR),
        AccessToken("a3", "for one hour", Role.READER, NOW, expires_at=NOW + HOUR),
        AccessToken("a4", "revoked", Role.READER, NOW),
    )
    await revoked(database, "a4", NOW)

    assert await store.usable_token_count(database, NOW + HOUR) == 2
