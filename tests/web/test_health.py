"""Probes and metrics, as an orchestrator and Prometheus ask for them."""

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx2
import pytest
from fastapi import APIRouter, FastAPI
from prometheus_client.parser import text_string_to_metric_families

from app.application import readiness
from app.auth import store
from app.auth.actions import open_gatekeeper
from app.database.client import Connection, Database
from app.errors import NotFound, Unavailable
from app.settings import Settings
from app.topology.current import Topology
from app.web import problems
from app.web.health import Metrics, Part, RequestMetrics, health_router
from app.web.rate_limits import RateLimits
from tests.http_server import served
from tests.stored import item, upserted


async def fine() -> str:
    return "2026.08.1"


async def away() -> str:
    raise Unavailable("Neo4j does not answer")


async def hung() -> str:
    await asyncio.Event().wait()
    return "never"


async def broken() -> str:
    raise ZeroDivisionError("hunter2")


def observed_app(metrics: Metrics, **probes: Callable[[], Awaitable[str]]) -> FastAPI:
    nowhere = Connection("bolt://127.0.0.1:1", "", "", "neo4j")
    unused = Database(nowhere, read_timeout_seconds=1, write_timeout_seconds=1)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await unused.close()

    app = FastAPI(lifespan=lifespan)
    app.state.rate_limits = RateLimits(Settings())
    app.state.gatekeeper = open_gatekeeper(
        unused,
        Settings.model_validate({"admin_token": "first contact"}),
        local_mode=False,
        clock=lambda: datetime.now(UTC),
    )
    app.include_router(health_router([Part(name, probe) for name, probe in probes.items()], metrics))
    items = APIRouter(prefix="/items")

    @items.get("/{key}")
    async def item(key: str) -> str:
        if key == "bug":
            raise ZeroDivisionError
        if key == "missing":
            raise NotFound("no such item")
        return key

    app.include_router(items, prefix="/api")
    problems.install(app)
    app.add_middleware(RequestMetrics, metrics=metrics)
    return app


def new_metrics() -> Metrics:
    return Metrics(graph_version=lambda: 7, item_count=lambda: 1_000)


def asked(path: str, **probes: Callable[[], Awaitable[str]]) -> httpx2.Response:
    with served(observed_app(new_metrics(), **probes)) as url:
        return httpx2.get(url + path)


def scraped(url: str) -> Mapping[tuple[str, str], float]:
    """Every sample by its name and its labels as text."""
    response = httpx2.get(f"{url}/metrics", headers={"Authorization": "Bearer first contact"})
    assert response.status_code == 200
    families = text_string_to_metric_families(response.text)
    return {(one.name, " ".join(one.labels.values())): one.value for family in families for one in family.samples}


def test_a_living_process_says_so_even_if_no_part_is_ready() -> None:
    response = asked("/health/live", neo4j=away)

    assert (response.status_code, response.json()) == (200, {"live": True})


def test_the_service_is_ready_when_every_part_is() -> None:
    response = asked("/health/ready", neo4j=fine, topology=fine)

    part = {"ready": True, "detail": "2026.08.1"}
    assert (response.status_code, response.json()) == (200, {"ready": True, "parts": {"neo4j": part, "topology": part}})


def test_one_part_that_is_not_ready_is_named_with_its_reason() -> None:
    response = asked("/health/ready", neo4j=away, topology=fine)

    assert response.status_code == 503
    assert response.json() == {
        "ready": False,
        "parts": {
            "neo4j": {"ready": False, "detail": "Neo4j does not answer"},
            "topology": {"ready": True, "detail": "2026.08.1"},
        },
    }


def test_a_part_that_does_not_answer_is_given_up_after_three_seconds() -> None:
    response = asked("/health/ready", neo4j=hung)

    assert response.status_code == 503
    assert response.json()["parts"]["neo4j"] == {"ready": False, "detail": "did not answer within 3 s"}


def test_a_bug_in_a_probe_is_logged_and_hidden(log: io.StringIO) -> None:
    response = asked("/health/ready", neo4j=broken, topology=fine)

    assert response.status_code == 503
    assert response.json()["parts"]["neo4j"] == {"ready": False, "detail": "failed unexpectedly; the log says why"}
    assert response.json()["parts"]["topology"]["ready"] is True
    assert "ZeroDivisionError: hunter2" in log.getvalue()


def test_metrics_are_for_those_who_may_read() -> None:
    response = asked("/metrics")

    assert (response.status_code, response.json()["code"]) == (401, "UNAUTHENTICATED")


def test_requests_are_counted_and_timed_by_the_template_of_their_route() -> None:
    with served(observed_app(new_metrics())) as url:
        httpx2.get(f"{url}/api/items/a")
        httpx2.get(f"{url}/api/items/b")
        httpx2.get(f"{url}/api/items/missing")
        samples = scraped(url)

    assert samples["underpin_http_requests_total", "GET /api/items/{key} 200"] == 2
    assert samples["underpin_http_requests_total", "GET /api/items/{key} 404"] == 1
    assert samples["underpin_http_request_seconds_count", "GET /api/items/{key}"] == 3


@pytest.mark.usefixtures("log")
def test_a_bug_is_counted_as_a_500() -> None:
    with served(observed_app(new_metrics())) as url:
        httpx2.get(f"{url}/api/items/bug")
        samples = scraped(url)

    assert samples["underpin_http_requests_total", "GET /api/items/{key} 500"] == 1


def test_unknown_paths_and_methods_share_one_series() -> None:
    with served(observed_app(new_metrics())) as url:
        httpx2.request("BREW", f"{url}/coffee")
        httpx2.request("PROPFIND", f"{url}/files/1")
        samples = scraped(url)

    assert samples["underpin_http_requests_total", "OTHER other 404"] == 2


def test_the_graph_and_the_process_are_measured() -> None:
    with served(observed_app(new_metrics())) as url:
        samples = scraped(url)

    assert samples["underpin_graph_version", ""] == 7
    assert samples["underpin_items", ""] == 1_000
    assert samples["process_resident_memory_bytes", ""] > 0


def test_two_applications_in_one_process_count_apart() -> None:
    first, second = new_metrics(), new_metrics()

    with served(observed_app(first)) as one, served(observed_app(second)) as other:
        httpx2.get(f"{one}/api/items/a")
        counted = scraped(one)
        not_counted = scraped(other)

    assert ("underpin_http_requests_total", "GET /api/items/{key} 200") in counted
    assert ("underpin_http_requests_total", "GET /api/items/{key} 200") not in not_counted


async def test_statements_are_counted_by_the_name_of_their_query(database: Database) -> None:
    metrics = new_metrics()
    database.listeners.append(metrics.count_statement)

    await store.tokens(database)
    await store.tokens(database)

    assert metrics.registry.get_sample_value("underpin_cypher_statements_total", {"query": "tokens"}) == 2


async def test_what_anybody_may_ask_does_not_tell_how_much_there_is(database: Database) -> None:
    await upserted(database, [item("a"), item("b")])

    parts = {one.name: await one.probe() for one in readiness(database, None, Topology(database, lambda: 0.0))}

    assert parts["topology"] == "version 1"
