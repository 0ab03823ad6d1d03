"""Limits on requests: who may send them from a browser, how large they are, how long they take.

Pure ASGI, because `BaseHTTPMiddleware` breaks streaming. Headers and slow clients are a matter of `connections`.
"""

import asyncio
import re
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.auth.model import is_loopback
from app.settings import Settings
from app.web.problems import problem

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""With these nothing is changed."""
# `none` is what a person does: an address that is typed, a bookmark.
_OWN_SITE = ("same-origin", "none")


def install(app: FastAPI, settings: Settings, *, local_mode: bool) -> None:
    """Put every limit around `app`; call it before `problems.install`."""
    app.add_middleware(RequestTimeout, settings=settings)
    app.add_middleware(BodySize, settings=settings)
    app.add_middleware(Origins, settings=settings, local_mode=local_mode)


class Origins:
    """Refuses what other sites make a browser send.

    In local mode no token protects us, and DNS rebinding and cross-site requests reach loopback: Host must be loopback
    or allowed, and of other sites only a link is followed. Otherwise they may send no unsafe method and open no
    websocket, for the cookie of a session would come with it. Which site asks, a browser says in Sec-Fetch-Site, or
    else in Origin, which is held against Host; what sends neither is no browser.
    """

    def __init__(self, app: ASGIApp, *, settings: Settings, local_mode: bool) -> None:
        self.app = app
        self._local_mode = local_mode
        public = urlsplit(settings.public_url or "").hostname
        self._allowed = {name.lower() for name in (*settings.allowed_hosts, public) if name}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if self._local_mode and not self._is_ours(host_name(host)):
            detail = f"this service does not answer to the host {host!r}; add it to UNDERPIN_ALLOWED_HOSTS"
            await problem(scope, 421, "MISDIRECTED", detail)(scope, receive, send)
        elif self._concerns(scope, headers) and self._is_foreign(headers, host):
            pages = ", ".join(headers.getlist("origin")) or "another site"
            detail = f"pages of {pages} may not call this service; add the host to UNDERPIN_ALLOWED_HOSTS"
            await problem(scope, 403, "FORBIDDEN", detail)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _concerns(self, scope: Scope, headers: Headers) -> bool:
        if scope["type"] == "websocket" or scope["method"] not in SAFE_METHODS:
            return True
        return self._local_mode and headers.get("sec-fetch-mode") != "navigate"

    def _is_foreign(self, headers: Headers, host: str) -> bool:
        addresses = [origin.partition("://")[2].lower() for origin in headers.getlist("origin")]
        if addresses and all(self._is_ours(host_name(address)) for address in addresses):
            return False
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site not in _OWN_SITE
        return any(address != host.lower() for address in addresses)

    def _is_ours(self, name: str | None) -> bool:
        return name is not None and (name in self._allowed or (self._local_mode and is_loopback(name)))


def host_name(host: str) -> str | None:
    """The name in a Host header, lower-case and without the port; `None` when it is not a Host header."""
    match = _HOST.fullmatch(host)
    return match[1].lower() if match else None


class BodySize:
    """Refuses a body over its path's limit: at once if it says so, else when it has grown past it."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self.app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        name = "max_import_bytes" if _is_under(scope, "/imports") else "max_body_bytes"
        limit: int = getattr(self._settings, name)
        detail = f"the body is larger than {limit} bytes; send it in parts, or raise UNDERPIN_{name.upper()}"
        # What is left of the body is not read, so the connection cannot be used again.
        closing = {"Connection": "close"}
        headers = Headers(scope=scope)
        declared = headers.get("content-length", "0")
        if "content-length" in headers and "transfer-encoding" in headers:
            # RFC 9112, 6.1: a proxy in front of us may believe the other, and take the rest for another request.
            both = "the body has a Content-Length and a Transfer-Encoding; send one of them"
            await problem(scope, 400, "INVALID_INPUT", both, headers=closing)(scope, receive, send)
            return
        if not declared.isdecimal() or int(declared) > limit:
            await problem(scope, 413, "TOO_LARGE", detail, headers=closing)(scope, receive, send)
            return
        received = 0

        async def counting() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                # The one error that FastAPI lets pass while it parses a body.
                raise HTTPException(413, detail, closing)
            return message

        await self.app(scope, counting, send)


class RequestTimeout:
    """Stops a request that has not begun to answer in time; imports, exports and websockets may take longer."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self.app = app
        self._seconds = settings.request_timeout_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _is_under(scope, "/imports") or _is_under(scope, "/exports"):
            await self.app(scope, receive, send)
            return
        begun = False
        try:
            async with asyncio.timeout(self._seconds) as timeout:

                async def releasing(message: Message) -> None:
                    nonlocal begun
                    begun = True
                    if not timeout.expired():
                        timeout.reschedule(None)  # what has begun may stream for as long as it takes
                    await send(message)

                await self.app(scope, receive, releasing)
        except TimeoutError:
            if begun or not timeout.expired():
                raise
            detail = (
                f"the request took longer than {self._seconds} s and was stopped; ask for less, look before you repeat "
                "a write, or raise UNDERPIN_REQUEST_TIMEOUT_SECONDS"
            )
            await problem(scope, 503, "UNAVAILABLE", detail)(scope, receive, send)


def _is_under(scope: Scope, folder: str) -> bool:
    path: str = scope["path"]
    return path == folder or path.startswith(f"{folder}/")
