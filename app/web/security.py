"""Security headers: what a browser may do with an answer. Pure ASGI, as the limits are.

An answer that says no policy of its own may load and run nothing. The pages of GraphiQL and of the API's documentation
come with their frameworks: they may run their own inline scripts, by hash, and load the very files that they name, for
anybody can publish something on a CDN.
"""

import re
from base64 import b64encode
from hashlib import sha256

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.settings import Settings

_NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_PAGES = frozenset({"/graphql", "/docs", "/redoc"})
_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_SCRIPTS = re.compile(rb"<script\s[^>]*?\bsrc=\"(https://[^\"?;,\s]+)")
_STYLES = re.compile(rb"<link\s(?=[^>]*\brel=\"stylesheet\")[^>]*?\bhref=\"(https://[^\"?;,\s]+)")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    # What an answer says depends on who asks, and a cookie keeps no cache from giving it to others.
    "Cache-Control": "no-store",
}
_HSTS = "max-age=31536000"


def install(app: FastAPI, settings: Settings) -> None:
    """Give every answer of `app` its headers, refusals by the limits too; call it after `problems.install`."""
    app.add_middleware(SecurityHeaders, settings=settings)


def is_secure(scope: Scope, settings: Settings) -> bool:
    """Whether browsers reach us over TLS, which may end at a proxy."""
    return (settings.public_url or "").startswith("https://") or scope["scheme"] in ("https", "wss")


class SecurityHeaders:
    """Adds what an answer does not say itself; that only TLS is to be used only where it is in use."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self.app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        secure = is_secure(scope, self._settings)
        waiting: list[Message] = []

        async def adding(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                _add(headers, secure=secure)
                if _is_page(scope, headers):
                    waiting.append(message)  # its policy is in its body, which comes in one piece
                    return
                headers.setdefault("Content-Security-Policy", _NOTHING)
            elif waiting:
                start = waiting.pop()
                MutableHeaders(scope=start).setdefault("Content-Security-Policy", page_policy(message["body"]))
                await send(start)
            await send(message)

        await self.app(scope, receive, adding)


def page_policy(page: bytes) -> str:
    """The policy of a page of a framework: styles may be inline, since its editors write them as they go."""
    hashes = [f"'sha256-{b64encode(sha256(one).digest()).decode()}'" for one in _INLINE.findall(page)]
    scripts = " ".join([*hashes, *_named(_SCRIPTS, page)])
    styles = " ".join(["'unsafe-inline'", *_named(_STYLES, page)])
    return (
        f"default-src 'none'; script-src {scripts}; style-src {styles}; connect-src 'self'; "
        "img-src 'self' data: https://fastapi.tiangolo.com; font-src data: https://fonts.gstatic.com; "
        "worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _named(pattern: re.Pattern[bytes], page: bytes) -> list[str]:
    return [address.decode("ascii") for address in pattern.findall(page)]


def _add(headers: MutableHeaders, *, secure: bool) -> None:
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    if secure:
        headers.setdefault("Strict-Transport-Security", _HSTS)


def _is_page(scope: Scope, headers: MutableHeaders) -> bool:
    return scope["path"] in _PAGES and headers.get("content-type", "").startswith("text/html")
