"""Cookies: what a session is known by, what is stored of it, and what a page must send with it. Pure, but for random
bits.

Decision: a fast hash, unlike that of tokens which may be kept for years: the secret has 256 random bits, so there is
nothing to guess, and every request of a page costs one.
Threat: another site makes a browser send its cookie with a change. It cannot read our answers, so it does not know the
CSRF token, which is derived from the secret: nobody has one for another's session, and a reloaded page gets the same.
"""

import hmac
import re
import secrets
from dataclasses import dataclass, field

from app.errors import NotAllowed

CSRF_HEADER = "X-CSRF-Token"
_SECRET = re.compile(r"ups_([0-9a-f]{16})_[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Cookie:
    """The session that a request shows, and the CSRF token that it sends; what changes something needs one."""

    secret: str = field(repr=False)
    csrf: str | None = field(default=None, repr=False)
    needs_csrf: bool = False

    def require_csrf(self) -> None:
        """Let a request pass that comes from our own page.

        Raises:
            NotAllowed: it needs the CSRF token of its session, and has not sent it.
        """
        if self.needs_csrf and not hmac.compare_digest((self.csrf or "").encode(), csrf_token(self.secret).encode()):
            raise NotAllowed(
                f"a change by the cookie of a session needs the header {CSRF_HEADER} with the csrfToken that "
                "GET /session tells; send it, or a token as `Authorization: Bearer <token>`"
            )


def new_session() -> tuple[str, str]:
    """A session's id and its secret, `ups_<id>_<43 url-safe characters>`."""
    id = secrets.token_hex(8)
    return id, f"ups_{id}_{secrets.token_urlsafe(32)}"


def session_id(secret: str) -> str | None:
    """The id of the session a secret belongs to; `None` when it is not one of ours."""
    match = _SECRET.fullmatch(secret)
    return match[1] if match else None


def csrf_token(secret: str) -> str:
    """What a page sends beside the cookie with this secret."""
    return _derived(secret, "csrf")


def session_hash(secret: str, bound_to: str) -> str:
    """What is stored of a secret; it is another one once what the session is bound to has changed."""
    return _derived(secret, f"stored {bound_to}")


def is_secret_of(secret: str, bound_to: str, stored_hash: str) -> bool:
    """Whether the hash was made of these, in constant time."""
    return hmac.compare_digest(session_hash(secret, bound_to), stored_hash)


def _derived(secret: str, purpose: str) -> str:
    return hmac.digest(secret.encode(), purpose.encode(), "sha256").hex()
