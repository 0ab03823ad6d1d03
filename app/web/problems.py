"""Problem documents (RFC 9457): every error outside GraphQL is one `application/problem+json`."""

from collections.abc import Mapping, Sequence
from http.client import responses
from typing import Any

import orjson
import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import InvalidInput, Problem, UnderpinError
from app.web.logs import request_id

MEDIA_TYPE = "application/problem+json"

_CODES = {
    400: "INVALID_INPUT",
    401: "UNAUTHENTICATED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    413: "TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    422: "INVALID_INPUT",
    429: "TOO_MANY_REQUESTS",
    503: "UNAVAILABLE",
}
_TEXT = {"type": "string"}
_PLACE = {"type": "object", "properties": {"where": _TEXT, "message": _TEXT}}
_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        **dict.fromkeys(("type", "title", "detail", "code", "requestId"), _TEXT),
        "status": {"type": "integer"},
        "problems": {"type": "array", "items": _PLACE},
    },
}
_CONTENT = {MEDIA_TYPE: {"schema": _SCHEMA}}
DESCRIBED: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "Refused; the problem says why, and what to do.", "content": _CONTENT},
    503: {"description": "Not possible at the moment; try again after Retry-After.", "content": _CONTENT},
}
"""What every route may answer besides, for its description."""
_ALWAYS = {401: {"WWW-Authenticate": 'Bearer realm="underpin"'}, 503: {"Retry-After": "5"}}
_log = structlog.get_logger(__name__)


def install(app: FastAPI) -> None:
    """Answer every error of `app` with a problem document.

    Call it after the limits and before metrics and logs are added: the last middleware added is the outermost, and
    those two must see the answer to an unexpected error.
    """
    app.add_exception_handler(UnderpinError, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused)
    app.add_middleware(UnexpectedErrors)


def problem(
    scope: Scope,
    status: int,
    code: str,
    detail: str,
    *,
    problems: Sequence[Problem] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The document as a response, with WWW-Authenticate for 401 and Retry-After for 503."""
    # RFC 9457, 4.2.1: with `about:blank` the title is the status in words, and `code` says what kind it is.
    document: dict[str, object] = {
        "type": "about:blank",
        "title": responses.get(status, "Error"),
        "status": status,
        "detail": detail,
        "code": code,
        "requestId": request_id(scope),
    }
    if problems:
        document["problems"] = [{"where": one.where, "message": one.message} for one in problems]
    every = {**_ALWAYS.get(status, {}), **(headers or {})}
    return Response(orjson.dumps(document), status, every, media_type=MEDIA_TYPE)


class UnexpectedErrors:
    """Answers a bug with a 500 that shows nothing but the request id; the traceback goes to the log.

    Not an exception handler: Starlette runs that one outside of every middleware and raises the error again.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def noticing(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, noticing)
        except ClientDisconnect:
            return  # nobody is left to answer
        except Exception:
            _log.exception("unexpected error")
            if begun:
                raise  # the server then breaks the connection, so that half an answer is not taken for a whole one
            detail = "something went wrong on our side; give the request id to whoever runs Underpin"
            await problem(scope, 500, "INTERNAL", detail)(scope, receive, send)


async def _known(request: Request, error: Exception) -> Response:
    assert isinstance(error, UnderpinError)
    problems = error.problems if isinstance(error, InvalidInput) else ()
    return problem(request.scope, error.status, error.code, error.message, problems=problems)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    # Only place and message: what was sent may be a secret.
    problems = [Problem(".".join(map(str, one["loc"])), str(one["msg"])) for one in error.errors()]
    fields = ", ".join(dict.fromkeys(one.where for one in problems))
    detail = f"the request is wrong in {fields}; problems says how"
    return problem(request.scope, 422, InvalidInput.code, detail, problems=problems)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = _CODES.get(error.status_code, "INTERNAL" if error.status_code >= 500 else "REFUSED")
    return problem(request.scope, error.status_code, code, _sentence(request.scope, error), headers=error.headers)


def _sentence(scope: Scope, error: HTTPException) -> str:
    if error.detail != responses.get(error.status_code):
        return error.detail
    if error.status_code == 404:
        return f"there is nothing at {scope['path']}; /docs lists what there is"
    if error.status_code == 405:
        return f"{scope['path']} does not take {scope['method']}; use {(error.headers or {}).get('Allow', 'another')}"
    return f"the request was refused: {error.detail}"
