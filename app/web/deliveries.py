"""Deliveries over HTTP: what arrived, from whom, and what is answered when it is safe."""

from collections.abc import Mapping
from dataclasses import replace

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request

from app.auth.actions import sender
from app.auth.model import Caller
from app.errors import NotAuthenticated, UnderpinError
from app.events.delivery import Delivery, Source
from app.web.access import cookie_of, gatekeeper_of, origin, rate_limits_of
from app.web.answers import runtime_of
from app.web.sns import SnsGate

_ALWAYS_KEPT = ("content-type", "user-agent")
# SNS shows the password of its URL only when asked like this.
_CHALLENGE = {"WWW-Authenticate": 'Basic realm="underpin"'}
_log = structlog.get_logger(__name__)


async def authenticated_delivery(request: Request, source: Source, authorization: str | None = None) -> Delivery:
    """What a request delivers, if its sender may: by a signature over the body as it came, by the secret of the source,
    or as a caller who may operate. `authorization` stands for the header, where a tool sends its secret elsewhere.

    Raises:
        NotAllowed, Unavailable: as `Gatekeeper.webhook_caller` and `SnsGate.admits`.
        HTTPException: 401, nobody or a signature that does not hold; 429, as `RateLimits`.
    """
    limits = rate_limits_of(request)
    try:
        with limits.guesses_counted(origin(request), authorization or request.headers.get("authorization")):
            delivery = await _delivery(request, source)
            request.state.caller = await _sender(request, source, delivery, authorization)  # for the request's log line
    except UnderpinError as error:
        # Most senders show nobody what they were answered.
        _log.warning("a delivery was refused", source=source.name, reason=error.message)
        if isinstance(error, NotAuthenticated):
            raise HTTPException(error.status, error.message, _CHALLENGE) from error
        raise
    limits.admit_source(source.name)
    return delivery


async def _delivery(request: Request, source: Source) -> Delivery:
    runtime = runtime_of(request)
    # What a source does not look at is not kept: an Authorization header has no place on a disk.
    kept = (*_ALWAYS_KEPT, *source.headers)
    return Delivery(
        source=source.name,
        body=await request.body(),
        received_at=runtime.clock(),
        headers={name: value for name in kept if (value := request.headers.get(name)) is not None},
        parameters=dict(request.query_params),
    )


async def _sender(request: Request, source: Source, delivery: Delivery, authorization: str | None) -> Caller:
    gatekeeper = gatekeeper_of(request)
    signature, secrets = source.signature, gatekeeper.signing_secrets(source.name)
    if signature is not None and secrets and signature.header in request.headers:
        # A sender may sign its other headers too, none of which has to be kept for that.
        signature.verify(replace(delivery, headers=dict(request.headers)), secrets)
        return sender(source.name)
    gates: Mapping[str, SnsGate] = request.app.state.gates
    gate = gates.get(source.name)
    if gate is not None and await gate.admits(delivery):
        return sender(source.name)
    header = authorization or request.headers.get("authorization")
    try:
        return await gatekeeper.webhook_caller(source.name, header, cookie_of(request))
    except NotAuthenticated as error:
        if gate is None or header is not None:
            raise
        raise NotAuthenticated(error.message + SnsGate.ADVICE) from error
