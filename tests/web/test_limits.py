"""Limits, against a real server: browsers of other sites, large bodies, slow answers."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Protocol
from urllib.parse import urlsplit

import httpx2
import pytest
from fastapi import FastAPI, WebSocket
from fastapi.responses import StreamingResponse
from starlette.requests import Request
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from app.events.fields import parsed_json
from app.settings import Settings
from app.web import limits, problems
from tests.http_server import served

SETTINGS = Settings.model_validate(
    {
        "allowed_hosts": ["underpin.corp.example"],
        "public_url": "https://map.corp.example/underpin",
        "max_body_bytes": 100,
        "max_import_bytes": 1_000,
        "request_timeout_seconds": 1,
    }
)


class Place:
    """What the limited application has been told; a refused request must leave it as it was."""

    def __init__(self) -> None:
        self.told: list[int] = []
        self.stopped = asyncio.Event()


class Send(Protocol):
    def __call__(self, method: str, path: str, headers: Mapping[str, str] = {}) -> httpx2.Response: ...


def limited_app(place: Place, *, local_mode: bool = True) -> FastAPI:
    app = FastAPI()

    @app.get("/told")
    async def told() -> list[int]:
        return place.told

    @app.post("/tell")
    @app.post("/imports")
    @app.post("/importsnot")
    async def tell(request: Request) -> int:
        place.told.append(len(await request.body()))
        return place.told[-1]

    @app.post("/json")
    async def tell_json(request: Request) -> object:
        return parsed_json(await request.body())

    @app.get("/exports/slow")
    @app.get("/slow")
    async def slow() -> None:
        try:
            await asyncio.wait_for(asyncio.Event().wait(), timeout=1.5)
        finally:
            place.stopped.set()

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        async def chunks() -> AsyncIterator[bytes]:
            yield b"begun "
            try:
                await asyncio.wait_for(asyncio.Event().wait(), timeout=1.5)
            except TimeoutError:
                yield b"and ended"

        return StreamingResponse(chunks())

    @app.get("/own-timeout")
    async def own_timeout() -> None:
        raise TimeoutError

    @app.websocket("/talk")
    async def talk(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text("hello")
        await websocket.close()

    limits.install(app, SETTINGS, local_mode=local_mode)
    problems.install(app)
    return app


@contextmanager
def limited(place: Place, *, local_mode: bool = True) -> Iterator[Send]:
    with served(limited_app(place, local_mode=local_mode)) as url, httpx2.Client(base_url=url) as client:

        def send(method: str, path: str, headers: Mapping[str, str] = {}) -> httpx2.Response:
            return client.request(method, path, headers=dict(headers))

        yield send


@pytest.fixture
def place() -> Place:
    return Place()


EVIL = Origin("https://evil.example")
LOOPBACK_HOSTS = ["localhost", "LOCALHOST:1", "127.0.0.1:9", "[::1]", "[::1]:8000", "underpin.corp.example:80"]
FOREIGN_HOSTS = ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "10.0.0.1", "0.0.0.0", "a@localhost"]
FOREIGN_ORIGINS = ["https://evil.example", "null", "http://localhost.evil.example", "file://", "http://a@localhost"]


@pytest.mark.parametrize("host", LOOPBACK_HOSTS)
def test_local_mode_answers_to_loopback_and_allowed_hosts(place: Place, host: str) -> None:
    with limited(place) as send:
        assert send("POST", "/tell", {"Host": host}).status_code == 200


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_local_mode_refuses_a_foreign_host(place: Place, host: str) -> None:
    with limited(place) as send:
        response = send("POST", "/tell", {"Host": host})

    assert (response.status_code, response.json()["code"]) == (421, "MISDIRECTED")
    assert place.told == []


def test_local_mode_refuses_to_read_for_a_foreign_host_too(place: Place) -> None:
    with limited(place) as send:
        assert send("GET", "/told", {"Host": "evil.example"}).status_code == 421


@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
def test_local_mode_refuses_a_foreign_origin(place: Place, origin: str) -> None:
    with limited(place) as send:
        response = send("POST", "/tell", {"Origin": origin})

    assert (response.status_code, response.json()["code"]) == (403, "FORBIDDEN")
    assert place.told == []


@pytest.mark.parametrize(
    "origin", ["http://localhost:3000", "http://[::1]:1", "https://underpin.corp.example", "https://map.corp.example"]
)
def test_local_mode_admits_pages_of_loopback_and_allowed_hosts(place: Place, origin: str) -> None:
    with limited(place) as send:
        assert send("POST", "/tell", {"Origin": origin}).status_code == 200


def test_local_mode_refuses_a_websocket_of_another_site(place: Place) -> None:
    with served(limited_app(place)) as url, pytest.raises(InvalidStatus) as refused:
        connect(url.replace("http", "ws") + "/talk", origin=EVIL)

    assert refused.value.response.status_code == 403


def test_local_mode_refuses_a_websocket_by_a_rebound_name(place: Place) -> None:
    with served(limited_app(place)) as url:
        port = urlsplit(url).port
        to_us = socket.create_connection(("127.0.0.1", port))
        with pytest.raises(InvalidStatus) as refused:
            connect(f"ws://evil.example:{port}/talk", sock=to_us)

    assert refused.value.response.status_code == 421


def test_a_websocket_without_an_origin_is_admitted(place: Place) -> None:
    with served(limited_app(place)) as url, connect(url.replace("http", "ws") + "/talk") as talk:
        assert talk.recv() == "hello"


def test_outside_of_local_mode_any_host_is_answered(place: Place) -> None:
    with limited(place, local_mode=False) as send:
        assert send("POST", "/tell", {"Host": "anything.example"}).status_code == 200


@pytest.mark.parametrize("origin", [*FOREIGN_ORIGINS, "http://localhost:3000", "https://anything.example:1"])
def test_outside_of_local_mode_an_unsafe_request_of_another_site_is_refused(place: Place, origin: str) -> None:
    with limited(place, local_mode=False) as send:
        response = send("POST", "/tell", {"Host": "anything.example", "Origin": origin})

    assert response.status_code == 403
    assert place.told == []


def test_outside_of_local_mode_the_own_site_may_post(place: Place) -> None:
    with limited(place, local_mode=False) as send:
        response = send("POST", "/tell", {"Host": "anything.example:1", "Origin": "https://Anything.example:1"})

    assert response.status_code == 200


def test_outside_of_local_mode_a_read_needs_no_origin_of_ours(place: Place) -> None:
    with limited(place, local_mode=False) as send:
        assert send("GET", "/told", {"Origin": "https://evil.example"}).status_code == 200


def test_outside_of_local_mode_a_websocket_of_another_site_is_refused(place: Place) -> None:
    with served(limited_app(place, local_mode=False)) as url, pytest.raises(InvalidStatus) as refused:
        connect(url.replace("http", "ws") + "/talk", origin=EVIL)

    assert refused.value.response.status_code == 403


SITES_OF_OTHERS = ["cross-site", "same-site"]


@pytest.mark.parametrize("local_mode", [True, False])
@pytest.mark.parametrize("site", SITES_OF_OTHERS)
def test_what_a_browser_says_to_be_of_another_site_is_refused_without_an_origin_too(
    place: Place, site: str, local_mode: bool
) -> None:
    with limited(place, local_mode=local_mode) as send:
        response = send("POST", "/tell", {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate"})

    assert (response.status_code, response.json()["code"]) == (403, "FORBIDDEN")
    assert response.json()["detail"].startswith("pages of another site may not call this service; ")
    assert place.told == []


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_a_form_of_our_own_page_may_post_though_its_origin_is_kept_back(place: Place, site: str) -> None:
    with limited(place) as send:
        assert send("POST", "/tell", {"Origin": "null", "Sec-Fetch-Site": site}).status_code == 200


def test_an_allowed_page_may_post_from_its_own_site(place: Place) -> None:
    with limited(place) as send:
        headers = {"Origin": "https://underpin.corp.example", "Sec-Fetch-Site": "cross-site"}
        assert send("POST", "/tell", headers).status_code == 200


def test_another_site_may_link_to_what_is_read_in_local_mode_and_not_load_it(place: Place) -> None:
    with limited(place) as send:
        followed = send("GET", "/told", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"})
        loaded = send("GET", "/told", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"})

    assert (followed.status_code, loaded.status_code) == (200, 403)


def test_outside_of_local_mode_another_site_may_load_what_it_cannot_read(place: Place) -> None:
    with limited(place, local_mode=False) as send:
        headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
        assert send("GET", "/told", headers).status_code == 200


def in_pieces(size: int) -> Iterable[bytes]:
    """A body without a Content-Length."""
    return (b"x" * 10 for _ in range(size // 10))


def test_a_body_at_the_limit_passes(place: Place) -> None:
    with served(limited_app(place)) as url:
        declared = httpx2.post(f"{url}/tell", content=b"x" * 100)
        chunked = httpx2.post(f"{url}/tell", content=in_pieces(100))

    assert (declared.json(), chunked.json()) == (100, 100)


@pytest.mark.parametrize("path", ["/tell", "/importsnot", "/json"])
def test_a_body_that_declares_itself_too_large_is_refused(place: Place, path: str) -> None:
    with served(limited_app(place)) as url:
        response = httpx2.post(f"{url}{path}", content=b"x" * 101)

    assert (response.status_code, response.json()["code"]) == (413, "TOO_LARGE")
    assert response.json()["detail"].startswith("the body is larger than 100 bytes; ")
    assert place.told == []


@pytest.mark.parametrize("path", ["/tell", "/json"])
def test_a_body_that_grows_too_large_is_refused(place: Place, path: str) -> None:
    with served(limited_app(place)) as url:
        response = httpx2.post(f"{url}{path}", content=in_pieces(110))

    assert (response.status_code, response.json()["code"]) == (413, "TOO_LARGE")
    assert place.told == []


def test_a_body_that_declares_itself_too_large_is_refused_before_it_is_sent(place: Place) -> None:
    with served(limited_app(place)) as url, closing(socket.create_connection(("127.0.0.1", urlsplit(url).port))) as raw:
        raw.settimeout(10)
        raw.sendall(b"POST /tell HTTP/1.1\r\nHost: localhost\r\nContent-Length: 101\r\n\r\n")
        with raw.makefile("rb") as lines:
            answer = lines.read()  # to the end: the server closes the connection

    assert answer.startswith(b"HTTP/1.1 413 ")


def test_an_import_has_a_limit_of_its_own(place: Place) -> None:
    with served(limited_app(place)) as url:
        within = httpx2.post(f"{url}/imports", content=b"x" * 1_000)
        beyond = httpx2.post(f"{url}/imports", content=b"x" * 1_001)

    assert (within.status_code, beyond.status_code) == (200, 413)
    assert place.told == [1_000]


def test_a_request_that_takes_too_long_is_stopped(place: Place) -> None:
    with limited(place) as send:
        response = send("GET", "/slow")

    assert (response.status_code, response.json()["code"]) == (503, "UNAVAILABLE")
    assert response.headers["retry-after"] == "5"
    assert place.stopped.is_set()


def test_an_answer_that_has_begun_may_take_longer(place: Place) -> None:
    with limited(place) as send:
        assert send("GET", "/stream").text == "begun and ended"


@pytest.mark.usefixtures("log")
def test_an_export_may_take_longer(place: Place) -> None:
    with limited(place) as send:
        response = send("GET", "/exports/slow")

    assert response.json()["code"] == "INTERNAL"  # its own timeout, after ours


@pytest.mark.usefixtures("log")
def test_a_timeout_of_the_application_is_its_own(place: Place) -> None:
    with limited(place) as send:
        assert send("GET", "/own-timeout").json()["code"] == "INTERNAL"
