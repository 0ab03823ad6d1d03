"""Request ids and the log line of a request, as a client of a real server causes them."""

import io
import logging
import re
from collections.abc import Mapping

import httpx2
import orjson
import pytest
import structlog
from fastapi import FastAPI, WebSocket
from starlette.requests import Request
from websockets.sync.client import connect

from app.auth.model import Caller, Role
from app.settings import Settings
from app.web.logs import RequestLog, configure_logs
from tests.http_server import served


def logging_app() -> FastAPI:
    app = FastAPI()
    app.add_middleware(RequestLog)

    @app.post("/greet/{name}", status_code=201)
    async def greet(name: str, request: Request) -> str:
        structlog.get_logger("greeting").info("greeted")
        request.state.caller = Caller("ann", Role.READER)
        return name

    @app.websocket("/talk")
    async def talk(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.close()

    return app


def post(path: str, headers: Mapping[str, str] | None = None) -> httpx2.Response:
    with served(logging_app()) as url:
        return httpx2.post(url + path, headers=dict(headers or {}), content=b"the body")


def lines(log: io.StringIO, event: str) -> list[dict[str, object]]:
    every = [orjson.loads(line) for line in log.getvalue().splitlines()]
    return [line for line in every if line["event"] == event]


def test_a_request_without_an_id_gets_one() -> None:
    response = post("/greet/bob")

    assert re.fullmatch(r"[0-9a-f]{32}", response.headers["x-request-id"])


def test_a_sane_id_that_came_with_the_request_is_kept() -> None:
    response = post("/greet/bob", {"X-Request-Id": "trace_1.a-b"})

    assert response.headers["x-request-id"] == "trace_1.a-b"


@pytest.mark.parametrize("sent", ["two words", "x" * 65, '{"a":1}', ""])
def test_an_id_that_is_not_sane_is_replaced(sent: str) -> None:
    response = post("/greet/bob", {"X-Request-Id": sent})

    assert re.fullmatch(r"[0-9a-f]{32}", response.headers["x-request-id"])


def test_a_request_is_one_line_with_what_was_asked_and_answered(log: io.StringIO) -> None:
    post("/greet/bob", {"X-Request-Id": "r-1"})

    (line,) = lines(log, "request")
    assert isinstance(line.pop("duration_ms"), float)
    assert line.pop("timestamp")
    assert line == {
        "event": "request",
        "level": "info",
        "logger": "app.web.logs",
        "request_id": "r-1",
        "method": "POST",
        "path": "/greet/bob",
        "status": 201,
        "caller": "ann",
    }


def test_every_line_logged_for_a_request_carries_its_id(log: io.StringIO) -> None:
    post("/greet/bob", {"X-Request-Id": "r-1"})

    assert [line["request_id"] for line in lines(log, "greeted")] == ["r-1"]


def test_query_strings_headers_and_bodies_are_not_logged(log: io.StringIO) -> None:
    post("/greet/bob?token=hunter2", {"Authorization": "Bearer hunter3"})

    assert len(lines(log, "request")) == 1
    assert "hunter2" not in log.getvalue()
    assert "hunter3" not in log.getvalue()
    assert "the body" not in log.getvalue()


@pytest.mark.parametrize("kind", ["upn", "ups"])
def test_a_token_or_a_session_that_slips_into_a_message_is_masked(log: io.StringIO, kind: str) -> None:
    secret = f"{kind}_0123456789abcdef_" + "s" * 43

    structlog.get_logger("somewhere").info(f"cannot read {secret}")

    assert f"cannot read {kind}_0123456789abcdef_…" in log.getvalue()
    assert secret not in log.getvalue()


@pytest.mark.usefixtures("log_settings_kept")
def test_a_line_break_in_a_path_does_not_break_the_line() -> None:
    stream = io.StringIO()
    configure_logs(Settings.model_validate({"log_format": "text"}), stream)

    post("/greet/bob%0AFORGED")

    (line,) = [one for one in stream.getvalue().splitlines() if "FORGED" in one]
    assert "/greet/bob%0AFORGED" in line
    assert "status=201" in line


def test_a_websocket_is_one_line_without_its_query_string(log: io.StringIO) -> None:
    with served(logging_app()) as url, connect(url.replace("http", "ws") + "/talk?token=hunter2"):
        pass

    assert "hunter2" not in log.getvalue()
    assert [(line["method"], line["path"], line["status"]) for line in lines(log, "request")] == [
        ("WEBSOCKET", "/talk", 101)
    ]


@pytest.mark.usefixtures("log_settings_kept")
def test_a_line_below_the_level_is_left_out() -> None:
    stream = io.StringIO()
    configure_logs(Settings.model_validate({"log_level": "WARNING"}), stream)

    structlog.get_logger("app.somewhere").info("quiet")
    structlog.get_logger("app.somewhere").warning("loud")

    assert "loud" in stream.getvalue()
    assert "quiet" not in stream.getvalue()


@pytest.mark.usefixtures("log_settings_kept")
def test_debug_is_for_our_own_lines_because_libraries_show_secrets_there() -> None:
    stream = io.StringIO()
    configure_logs(Settings.model_validate({"log_level": "DEBUG"}), stream)

    structlog.get_logger("app.somewhere").debug("ours")
    logging.getLogger("neo4j").debug("theirs")

    assert "ours" in stream.getvalue()
    assert "theirs" not in stream.getvalue()
