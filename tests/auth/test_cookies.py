"""What a session is known by, and the token that a page sends with its changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.auth.cookies import Cookie, csrf_token, is_secret_of, new_session, session_hash, session_id
from app.errors import NotAllowed


def test_a_secret_names_its_session_and_no_two_are_alike() -> None:
    (id, secret), (other_id, other) = new_session(), new_session()

    assert (session_id(secret), session_id(other)) == (id, other_id)
    assert id != other_id
    assert secret != other


@pytest.mark.parametrize("word", ["", "ups_", "upn_0123456789abcdef_" + "a" * 43, "ups_0123456789abcdef_" + "a" * 42])
def test_what_is_no_secret_of_a_session_names_none(word: str) -> None:
    assert session_id(word) is None


@given(some.text(), some.text())
def test_a_hash_is_of_its_secret_and_of_what_that_is_bound_to_and_of_nothing_else(bound: str, other: str) -> None:
    (_, secret), (_, another) = new_session(), new_session()
    stored = session_hash(secret, bound)

    assert is_secret_of(secret, bound, stored)
    assert not is_secret_of(another, bound, stored)
    assert is_secret_of(secret, other, stored) == (bound == other)
    assert stored != csrf_token(secret)


def test_what_changes_nothing_needs_no_csrf_token() -> None:
    Cookie(new_session()[1]).require_csrf()


def test_what_changes_something_needs_the_csrf_token_of_its_session() -> None:
    _, secret = new_session()

    Cookie(secret, csrf_token(secret), needs_csrf=True).require_csrf()


@pytest.mark.parametrize("sent", [None, "", "wrong", "ä", csrf_token(new_session()[1])])
def test_without_it_or_with_another_a_change_is_refused(sent: str | None) -> None:
    with pytest.raises(NotAllowed, match="needs the header X-CSRF-Token"):
        Cookie(new_session()[1], sent, needs_csrf=True).require_csrf()


def test_secrets_are_not_shown() -> None:
    assert repr(Cookie("secret", "token", needs_csrf=True)) == "Cookie(needs_csrf=True)"
