"""Security headers over HTTP: on every answer, whatever its status, and a policy of their own for pages."""

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from app.settings import Settings
from app.web import problems, security
from tests.http_server import served

NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def app(**settings: str) -> FastAPI:
    made = FastAPI()

    @made.get("/fine")
    async def fine() -> int:
        return 1

    @made.get("/bug")
    async def bug() -> int:
        raise RuntimeError("a bug")

    @made.get("/own")
    async def own() -> HTMLResponse:
        return HTMLResponse("<p>", headers={"Content-Security-Policy": "sandbox"})

    problems.install(made)
    security.install(made, Settings.model_validate(settings))
    return made


@pytest.fixture(scope="module")
def http() -> Iterator[httpx2.Client]:
    with served(app()) as url, httpx2.Client(base_url=url) as client:
        yield client


@pytest.mark.parametrize(("path", "status"), [("/fine", 200), ("/nothing", 404), ("/bug", 500)])
def test_every_answer_may_load_nothing_and_be_framed_nowhere(http: httpx2.Client, path: str, status: int) -> None:
    answer = http.get(path)

    assert answer.status_code == status
    assert answer.headers["content-security-policy"] == NOTHING
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["permissions-policy"] == "camera=(), geolocation=(), microphone=()"
    assert answer.headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in answer.headers


def test_a_policy_of_its_own_stays(http: httpx2.Client) -> None:
    assert http.get("/own").headers["content-security-policy"] == "sandbox"


def test_the_page_of_the_documentation_runs_its_own_script_and_its_bundle_and_no_other(http: httpx2.Client) -> None:
    page = http.get("/docs")

    (script,) = re.findall(r"<script>(.*?)</script>", page.text, re.DOTALL)
    digest = b64encode(sha256(script.encode()).digest()).decode()
    (scripts,) = [part for part in page.headers["content-security-policy"].split("; ") if part.startswith("script-src")]
    bundle = "https://cdn.jsdelivr.net/npm/swagger-ui-dist@5/swagger-ui-bundle.js"
    assert scripts == f"script-src 'sha256-{digest}' {bundle}"


def test_only_behind_tls_it_is_said_that_tls_is_to_be_used() -> None:
    with served(app(public_url="https://map.corp.example")) as url, httpx2.Client(base_url=url) as client:
        assert client.get("/fine").headers["strict-transport-security"] == "max-age=31536000"


def test_pages_of_other_sites_are_told_nothing_of_what_they_may_read(http: httpx2.Client) -> None:
    answer = http.get("/fine", headers={"Origin": "https://evil.example"})

    assert not [name for name in answer.headers if name.startswith("access-control")]
