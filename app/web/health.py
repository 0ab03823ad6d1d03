"""How the service itself is doing: probes for whoever restarts it, metrics for Prometheus."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import perf_counter

import structlog
from fastapi import APIRouter, Depends
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.auth.model import Permission
from app.errors import UnderpinError
from app.web.access import requires

PROBE_SECONDS = 3
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Part:
    """Something we need to answer; `probe` returns a few words, or raises an `UnderpinError` when it is not ready."""

    name: str
    probe: Callable[[], Awaitable[str]]


class Metrics:
    """The figures of one application; a registry of its own, so that two in one process do not share them.

    `graph_version` and `item_count` are asked at every scrape and must not wait for anything.
    """

    def __init__(self, *, graph_version: Callable[[], int], item_count: Callable[[], int]) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.requests = Counter("underpin_http_requests", "Requests answered.", labels, registry=self.registry)
        self.seconds = Histogram(
            "underpin_http_request_seconds",
            "From a request to the end of its answer.",
            ("method", "route"),
            registry=self.registry,
        )
        self._statements = Counter(
            "underpin_cypher_statements", "Cypher statements sent, by query.", ("query",), registry=self.registry
        )
        version = Gauge("underpin_graph_version", "Version of the graph we answer from.", registry=self.registry)
        version.set_function(graph_version)
        items = Gauge("underpin_items", "Configuration items in that graph.", registry=self.registry)
        items.set_function(item_count)
        ProcessCollector(registry=self.registry)

    def count_statement(self, query: str) -> None:
        """Count one statement; made for `Database.listeners`."""
        self._statements.labels(query).inc()


class RequestMetrics:
    """Counts and times every HTTP request by its route's template, never by its path: those are without number.

    The status is `none` when the connection ended before an answer began.
    """

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self.app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = "none"

        async def noticing(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        begun = perf_counter()
        try:
            await self.app(scope, receive, noticing)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "OTHER"
            route = _template(scope)
            self._metrics.requests.labels(method, route, status).inc()
            self._metrics.seconds.labels(method, route).observe(perf_counter() - begun)


def _template(scope: Scope) -> str:
    # An included router's route knows only its own half of the path; FastAPI keeps the whole beside it.
    whole = scope.get("fastapi", {}).get("effective_route_context")
    path = getattr(whole, "path_format", None) or getattr(scope.get("route"), "path_format", None)
    return f"{scope.get('root_path', '')}{path}" if path else "other"


def health_router(parts: Sequence[Part], metrics: Metrics) -> APIRouter:
    """`/health/live`, `/health/ready` and, for those who may read, `/metrics`."""
    router = APIRouter(tags=["health"])

    @router.get("/health/live")
    async def live() -> dict[str, bool]:
        """Answers as long as the process does."""
        return {"live": True}

    @router.get(
        "/health/ready", responses={503: {"description": "A part is not ready.", "content": {"application/json": {}}}}
    )
    async def ready() -> Response:
        """Whether every part we need is ready, each asked for at most three seconds."""
        answers = await asyncio.gather(*(_asked(part) for part in parts))
        is_ready = all(answer["ready"] for answer in answers)
        named = {part.name: answer for part, answer in zip(parts, answers, strict=True)}
        return JSONResponse({"ready": is_ready, "parts": named}, status_code=200 if is_ready else 503)

    @router.get("/metrics", dependencies=[Depends(requires(Permission.READ))], response_class=PlainTextResponse)
    async def scrape() -> Response:
        """Every figure in the Prometheus text format."""
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return router


async def _asked(part: Part) -> dict[str, bool | str]:
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            return {"ready": True, "detail": await part.probe()}
    except UnderpinError as error:
        return {"ready": False, "detail": error.message}
    except TimeoutError:
        return {"ready": False, "detail": f"did not answer within {PROBE_SECONDS} s"}
    except Exception:
        # A bug in one probe must not hide the others' answers.
        _log.exception("a readiness probe failed", part=part.name)
        return {"ready": False, "detail": "failed unexpectedly; the log says why"}
