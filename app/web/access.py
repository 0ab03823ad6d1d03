"""Access: FastAPI dependencies that tell who asks and hold them to a permission."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from app.auth.actions import Gatekeeper
from app.auth.model import Caller, Permission


async def caller(connection: HTTPConnection) -> Caller:
    """Who sent this request or opened this websocket; asks the gatekeeper in `app.state.gatekeeper`.

    Raises:
        NotAuthenticated: as `Gatekeeper.caller_of`.
    """
    found = await _gatekeeper(connection).caller_of(connection.headers.get("authorization"))
    return _noted(connection, found)


async def webhook_caller(connection: HTTPConnection, source: str) -> Caller:
    """Who sent events as the source in the path, by its own secret or as a caller who may operate.

    Raises:
        NotAuthenticated, NotAllowed: as `Gatekeeper.webhook_caller`.
    """
    found = await _gatekeeper(connection).webhook_caller(source, connection.headers.get("authorization"))
    return _noted(connection, found)


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


def _gatekeeper(connection: HTTPConnection) -> Gatekeeper:
    gatekeeper: Gatekeeper = connection.app.state.gatekeeper
    return gatekeeper


def _noted(connection: HTTPConnection, found: Caller) -> Caller:
    connection.state.caller = found  # for the request's log line
    return found
