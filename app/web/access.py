"""Access: FastAPI dependencies that tell who asks and hold them to a permission."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection, Request

from app.audit.model import Act
from app.auth.actions import Gatekeeper
from app.auth.cookies import CSRF_HEADER, Cookie
from app.auth.model import Caller, Permission, Proof
from app.web.answers import runtime_of
from app.web.limits import SAFE_METHODS
from app.web.rate_limits import RateLimits
from app.web.security import is_secure


async def caller(connection: HTTPConnection) -> Caller:
    """Who sent this request or opened this websocket; asks the gatekeeper in `app.state.gatekeeper`.

    Raises:
        NotAuthenticated, NotAllowed: as `Gatekeeper.caller_of`.
        HTTPException: 429, as `RateLimits`.
    """
    limits, authorization = rate_limits_of(connection), connection.headers.get("authorization")
    with limits.guesses_counted(origin(connection), authorization):
        found = await gatekeeper_of(connection).caller_of(authorization, cookie_of(connection))
    limits.admit_caller(found.name)
    return _told_to_log(connection, found)


async def proof(connection: HTTPConnection) -> Proof:
    """What the token of a request shows, for who opens a session with it.

    Raises:
        NotAuthenticated, NotAllowed: as `Gatekeeper.proof_of`.
        HTTPException: 429, as `RateLimits`.
    """
    limits, authorization = rate_limits_of(connection), connection.headers.get("authorization")
    with limits.guesses_counted(origin(connection), authorization):
        found = await gatekeeper_of(connection).proof_of(authorization)
    limits.admit_caller(found.caller.name)
    _told_to_log(connection, found.caller)
    return found


def requires(permission: Permission, *, scoped: bool = False) -> Callable[[Caller], Awaitable[Caller]]:
    """A dependency that gives the caller, if they have the permission.

    A caller with a scope is refused unless the route says that it is `scoped`: that it tells of nothing outside of it.
    """

    async def allowed(known: Annotated[Caller, Depends(caller)]) -> Caller:
        known.require(permission)
        if not scoped:
            known.require_everything("this address")
        return known

    return allowed


def origin(connection: HTTPConnection) -> str:
    """The address that a connection comes from, as the proxies tell it that UNDERPIN_TRUSTED_PROXIES names."""
    return connection.client.host if connection.client else ""


def acting(connection: HTTPConnection, known: Caller, action: str) -> Act:
    """What a caller is about to do by this request."""
    return Act(known, origin(connection), action)


def noted(permission: Permission, action: str) -> Callable[[Request, Caller], Awaitable[Caller]]:
    """As `requires`, for what is sensitive to read: it is written down who asks, and for what, before the answer."""

    async def written_down(request: Request, known: Annotated[Caller, Depends(requires(permission))]) -> Caller:
        asked = {**request.path_params, **request.query_params}
        await runtime_of(request).ledger.note(acting(request, known, action), asked)
        return known

    return written_down


def rate_limits_of(connection: HTTPConnection) -> RateLimits:
    """The rate limits of this service."""
    limits: RateLimits = connection.app.state.rate_limits
    return limits


def gatekeeper_of(connection: HTTPConnection) -> Gatekeeper:
    """The gatekeeper of this service."""
    gatekeeper: Gatekeeper = connection.app.state.gatekeeper
    return gatekeeper


def cookie_of(connection: HTTPConnection) -> Cookie | None:
    """The session that a request shows, if it shows nothing else.

    A websocket shows it only with its `Origin`, which the limits have held against ours: it cannot send a CSRF token.
    """
    headers, is_websocket = connection.headers, connection.scope["type"] == "websocket"
    if "authorization" in headers or "cookie" not in headers or (is_websocket and "origin" not in headers):
        return None
    secret = connection.cookies.get(cookie_name(connection))
    needs_csrf = not is_websocket and connection.scope["method"] not in SAFE_METHODS
    return Cookie(secret, headers.get(CSRF_HEADER), needs_csrf) if secret else None


def cookie_name(connection: HTTPConnection) -> str:
    """What the cookie of a session is called; over TLS so that only this very host, over TLS, can have set it."""
    prefix = "__Host-" if is_secure(connection.scope, runtime_of(connection).settings) else ""
    return f"{prefix}underpin_session"


def _told_to_log(connection: HTTPConnection, found: Caller) -> Caller:
    connection.state.caller = found
    return found
