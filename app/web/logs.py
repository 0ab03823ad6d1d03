"""Logs: one structured line per request, each with an id that the caller gets back."""

import logging
import re
import sys
from time import perf_counter
from typing import TextIO
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

from app.settings import Settings

HEADER = "X-Request-Id"
_SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SECRET = re.compile(r"(up[ns]_[0-9a-f]{16}_)[A-Za-z0-9_-]{43}")
_log = structlog.get_logger(__name__)


def configure_logs(settings: Settings, stream: TextIO | None = None) -> None:
    """Send every log line, libraries' too, to `stream` (stderr) as text or JSON.

    Run uvicorn with `log_config=None, access_log=False`: its own access log repeats ours, with query strings.
    """
    target = stream or sys.stderr
    shared: list[Processor] = [
        merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[ProcessorFormatter.remove_processors_meta, *_rendering(settings, target)],
        )
    )
    level = logging.getLevelNamesMapping()[settings.log_level]
    logging.basicConfig(handlers=[handler], level=level, force=True)
    _quieten_libraries(level)


def _quieten_libraries(level: int) -> None:
    # They log headers and query parameters at DEBUG; at INFO, httpx2 logs whole URLs and uvicorn those of websockets.
    logging.getLogger().setLevel(max(level, logging.INFO))
    logging.getLogger("app").setLevel(level)
    for name in ("httpx2", "uvicorn.error"):
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = name != "uvicorn.access"


def _rendering(settings: Settings, target: TextIO) -> list[Processor]:
    if settings.log_format == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(), _without_secrets]
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=target.isatty(), exception_formatter=plain), _without_secrets]


def _without_secrets(_: WrappedLogger, __: str, line: EventDict | str) -> str:
    # A last net: an error's text may quote the header it choked on.
    return _SECRET.sub(r"\1…", str(line))


def request_id(scope: Scope) -> str | None:
    """The id of this request; `None` outside of `RequestLog`."""
    state: dict[str, object] = scope.get("state") or {}
    found = state.get("request_id")
    return found if isinstance(found, str) else None


class RequestLog:
    """Gives each request an id, returns it in `X-Request-Id`, and logs one line when it ends.

    An id that came with the request is kept if it is sane. The line has no query string, header or body; its `status`
    is missing when the connection ended before an answer began. `caller` is there once `access` knows it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        sent = Headers(scope=scope).get(HEADER, "")
        id = sent if _SANE_ID.fullmatch(sent) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = id
        seen: dict[str, object] = {}

        async def tagging(message: Message) -> None:
            _notice(message, seen, id)
            await send(message)

        begun = perf_counter()
        with bound_contextvars(request_id=id):
            try:
                await self.app(scope, receive, tagging)
            finally:
                _log.info("request", **_line(scope), **seen, duration_ms=round((perf_counter() - begun) * 1000, 1))


def _notice(message: Message, seen: dict[str, object], id: str) -> None:
    kind = message["type"]
    if kind in ("http.response.start", "websocket.http.response.start"):
        seen["status"] = message["status"]
        MutableHeaders(scope=message)[HEADER] = id
    elif kind == "websocket.accept":
        seen["status"] = 101
    elif kind == "websocket.close":
        seen.setdefault("status", 403)  # closed before it was accepted


def _line(scope: Scope) -> dict[str, object]:
    # The raw path is still percent-encoded, so it cannot break a line in two.
    path = scope.get("raw_path") or scope["path"].encode("unicode_escape")
    line: dict[str, object] = {"method": scope.get("method", "WEBSOCKET"), "path": path.decode("ascii", "replace")}
    caller = scope["state"].get("caller")
    return line if caller is None else {**line, "caller": caller.name}
