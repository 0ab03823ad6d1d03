"""What a token is and how it is shown: secrets, their hashes, the Authorization header. Pure, but for random bits."""

import base64
import binascii
import re
import secrets
from datetime import UTC, datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pydantic import SecretStr

from app.auth.model import Role
from app.errors import InvalidInput

MAX_NAME = 100

# OWASP's least cost for Argon2id. More would buy little: the secret has 256 random bits, no dictionary holds it.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)

# The id is hexadecimal because `_` separates the parts and may occur in the last one.
_SECRET = re.compile(r"upn_([0-9a-f]{16})_([A-Za-z0-9_-]{43})")


def new_secret() -> tuple[str, str]:
    """A token id and its secret, `upn_<id>_<43 url-safe characters>`."""
    id = secrets.token_hex(8)
    return id, f"upn_{id}_{secrets.token_urlsafe(32)}"


def token_id(secret: str) -> str | None:
    """The id of the token a secret belongs to; `None` when it is not one of our secrets."""
    match = _SECRET.fullmatch(secret)
    return match[1] if match else None


def secret_hash(secret: str) -> str:
    """What is stored of a secret; takes about 50 ms and 20 MB, on purpose."""
    return _HASHER.hash(secret)


def is_secret_of(secret: str, stored_hash: str) -> bool:
    """Whether the hash was made of this secret; as slow as `secret_hash`."""
    try:
        return _HASHER.verify(stored_hash, secret)
    except (VerificationError, InvalidHashError):
        return False


def is_same(presented: str, expected: SecretStr | None) -> bool:
    """Whether a configured secret was presented, in constant time; one that is absent or empty never was."""
    known = expected.get_secret_value() if expected else ""
    return bool(known) and secrets.compare_digest(presented.encode(), known.encode())


def bearer_secret(authorization: str) -> str | None:
    """The secret in `Bearer <secret>`; `None` when the header is anything else."""
    scheme, _, secret = authorization.strip().partition(" ")
    return secret.strip() or None if scheme.lower() == "bearer" else None


def basic_password(authorization: str) -> str | None:
    """The password in `Basic <base64 of name:password>`; `None` when the header is anything else."""
    scheme, _, encoded = authorization.strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        _, _, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    return password or None


def checked_name(name: str) -> str:
    """A token's name without outer spaces.

    Raises:
        InvalidInput: not 1-100 printable characters.
    """
    trimmed = name.strip()
    if not 0 < len(trimmed) <= MAX_NAME or not trimmed.isprintable():
        raise InvalidInput(f"the name of a token must be 1-{MAX_NAME} printable characters; give it another one")
    return trimmed


def checked_role(role: Role | str) -> Role:
    """The role of that name.

    Raises:
        InvalidInput: there is none.
    """
    try:
        return Role(role)
    except ValueError as error:
        words = ", ".join(one.value for one in Role)
        raise InvalidInput(f"the role {str(role)!r} is unknown; use one of {words}") from error


def checked_expiry(expires_at: datetime | None, now: datetime) -> datetime | None:
    """The expiry in UTC; `None` for never.

    Raises:
        InvalidInput: it has no time zone or is not after `now`.
    """
    if expires_at is None:
        return None
    if expires_at.tzinfo is None:
        raise InvalidInput("the expiry of a token needs a time zone, as 2026-11-30T09:00:00Z")
    if expires_at <= now:
        raise InvalidInput(f"the expiry of a token must be ahead, not {expires_at.isoformat()}; give a later one")
    return expires_at.astimezone(UTC)
