"""Secrets, their hashes, and the header that carries them."""

import re
from base64 import b64encode
from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import SecretStr

from app.auth.model import Role
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
from app.errors import InvalidInput

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def basic(credentials: bytes) -> str:
    return f"Basic {b64encode(credentials).decode()}"


def test_a_secret_names_its_token_and_carries_256_random_bits() -> None:
    id, secret = new_secret()

    assert re.fullmatch(rf"upn_{id}_[A-Za-z0-9_-]{{43}}", secret)
    assert token_id(secret) == id
    assert new_secret()[1] != secret


def test_a_secret_whose_random_part_holds_underscores_still_names_its_token() -> None:
    assert token_id("upn_0123456789abcdef_" + "_" * 43) == "0123456789abcdef"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "upn_",
        "upn_0123456789abcdef_" + "s" * 42,
        "upn_0123456789abcdef_" + "s" * 44,
        "upn_0123456789abcdef_" + "s" * 42 + "+",
        "upn_0123456789ABCDEF_" + "s" * 43,
        "upn_0123456789abcdef_" + "s" * 43 + "\n",
    ],
)
def test_anything_else_names_no_token(text: str) -> None:
    assert token_id(text) is None


def test_a_hash_shows_nothing_of_its_secret_and_knows_it_again() -> None:
    _, secret = new_secret()

    stored = secret_hash(secret)

    assert stored.startswith("$argon2id$")
    assert secret not in stored
    assert is_secret_of(secret, stored)
    assert not is_secret_of(secret[:-1] + ("a" if secret[-1] != "a" else "b"), stored)


def test_a_broken_hash_knows_no_secret() -> None:
    assert not is_secret_of("secret", "not a hash")


def test_a_configured_secret_is_known_only_in_full() -> None:
    expected = SecretStr("schlüssel")

    assert is_same("schlüssel", expected)
    assert not is_same("schlüsse", expected)


@pytest.mark.parametrize("expected", [None, SecretStr("")])
def test_a_secret_that_is_not_configured_is_never_the_same(expected: SecretStr | None) -> None:
    assert not is_same("", expected)


@pytest.mark.parametrize("header", ["Bearer abc", "bearer abc", "  BEARER   abc "])
def test_a_bearer_header_gives_its_secret(header: str) -> None:
    assert bearer_secret(header) == "abc"


@pytest.mark.parametrize("header", ["", "abc", "Bearer", "Bearer ", "Basic abc", "Bearerabc"])
def test_any_other_header_gives_no_bearer_secret(header: str) -> None:
    assert bearer_secret(header) is None


def test_a_basic_header_gives_its_password_colons_included() -> None:
    assert basic_password(basic(b"anyone:a:b")) == "a:b"


@pytest.mark.parametrize("header", ["", "Basic", "Basic %%%", basic(b"no-colon"), basic(b"a:"), basic(b"a:\xff")])
def test_any_other_header_gives_no_basic_password(header: str) -> None:
    assert basic_password(header) is None


def test_a_name_is_stored_without_outer_spaces() -> None:
    assert checked_name("  ci pipeline ") == "ci pipeline"


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "two\nlines", "bell\x07"])
def test_a_name_that_is_empty_too_long_or_unprintable_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="1-100 printable characters"):
        checked_name(name)


def test_a_role_is_known_by_its_word() -> None:
    assert (checked_role("editor"), checked_role(Role.ADMIN)) == (Role.EDITOR, Role.ADMIN)


def test_an_unknown_role_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match="'root' is unknown; use one of reader, operator, editor, admin"):
        checked_role("root")


def test_an_expiry_is_kept_in_utc() -> None:
    east = datetime(2026, 11, 24, 2, tzinfo=timezone(timedelta(hours=2)))

    expiry = checked_expiry(east, NOW)

    assert expiry is not None
    assert expiry.isoformat() == "2026-11-24T00:00:00+00:00"


def test_no_expiry_is_for_ever() -> None:
    assert checked_expiry(None, NOW) is None


@pytest.mark.parametrize("expiry", [NOW, NOW - timedelta(days=1), datetime(2027, 1, 1)])
def test_an_expiry_that_is_not_ahead_or_has_no_time_zone_is_refused(expiry: datetime) -> None:
    with pytest.raises(InvalidInput, match="the expiry of a token"):
        checked_expiry(expiry, NOW)
