"""Problem documents, as a client of a real server sees them."""

import io
import socket
import threading
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx2
import orjson
import pytest
from fastapi import FastAPI, HTTPException
from fastapi.responses import StreamingResponse
from starlette.requests import Request

from app.errors import Conflict, InvalidInput, NotAllowed, NotAuthenticated, NotFound, Problem, Unavailable
from app.web import problems
from app.web.logs import RequestLog
from tests.http_server import served


def failing_app() -> FastAPI:
    app = FastAPI()
    app.state.reached = threading.Event()
    problems.install(app)
    app.add_middleware(RequestLog)
    errors = {
        "invalid": InvalidInput("two rows are wrong", [Problem("items[3].tier", "must be 0-4, not 9")]),
        "unauthenticated": NotAuthenticated("this needs a token"),
        "forbidden": NotAllowed("you may not"),
        "missing": NotFound("no item has the key 'x'"),
        "conflict": Conflict("it is in use"),
        "unavailable": Unavailable("Neo4j does not answer"),
        "teapot": HTTPException(418, "short and stout"),
        "bug": ZeroDivisionError("the password is hunter2"),
    }

    @app.get("/fail/{name}")
    async def fail(name: str) -> None:
        raise errors[name]

    @app.get("/page")
    async def page(first: int, limit: int) -> int:
        return first + limit

    @app.post("/upload")
    async def upload(request: Request) -> None:
        app.state.reached.set()
        await request.body()

    @app.get("/half")
    async def half() -> StreamingResponse:
        async def chunks() -> AsyncIterator[bytes]:
            yield b"half"
            raise ZeroDivisionError

        return StreamingResponse(chunks())

    return app


def answer(path: str, method: str = "GET") -> httpx2.Response:
    with served(failing_app()) as url:
        return httpx2.request(method, url + path, headers={"X-Request-Id": "r-1"})


def test_an_error_is_a_problem_document_with_its_code_and_request_id() -> None:
    response = answer("/fail/missing")

    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "no item has the key 'x'",
        "code": "NOT_FOUND",
        "requestId": "r-1",
    }


def test_invalid_input_lists_every_row_at_fault() -> None:
    response = answer("/fail/invalid")

    assert (response.status_code, response.json()["code"]) == (422, "INVALID_INPUT")
    assert response.json()["problems"] == [{"where": "items[3].tier", "message": "must be 0-4, not 9"}]


def test_an_unknown_caller_is_told_how_to_authenticate() -> None:
    response = answer("/fail/unauthenticated")

    assert response.status_code == 401
    assert response.headers["www-authenticate"] == 'Bearer realm="underpin"'


def test_unavailable_says_when_to_try_again() -> None:
    response = answer("/fail/unavailable")

    assert (response.status_code, response.headers["retry-after"]) == (503, "5")


@pytest.mark.parametrize(("name", "status", "code"), [("forbidden", 403, "FORBIDDEN"), ("conflict", 409, "CONFLICT")])
def test_the_taxonomy_gives_status_and_code(name: str, status: int, code: str) -> None:
    response = answer(f"/fail/{name}")

    assert (response.status_code, response.json()["code"]) == (status, code)


def test_a_wrong_parameter_is_named_in_the_sentence_and_its_value_is_not_repeated() -> None:
    response = answer("/page?first=hunter2")

    assert response.status_code == 422
    assert response.json()["detail"] == "the request is wrong in query.first, query.limit; problems says how"
    assert [one["where"] for one in response.json()["problems"]] == ["query.first", "query.limit"]
    assert "hunter2" not in response.text


def test_an_unknown_path_is_a_problem_that_points_to_the_docs() -> None:
    response = answer("/nothing")

    assert (response.status_code, response.json()["code"]) == (404, "NOT_FOUND")
    assert response.json()["detail"] == "there is nothing at /nothing; /docs lists what there is"


def test_a_wrong_method_is_a_problem_that_names_the_right_ones() -> None:
    response = answer("/page", "DELETE")

    assert (response.status_code, response.json()["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert response.headers["allow"] == "GET"
    assert response.json()["detail"] == "/page does not take DELETE; use GET"


def test_another_http_error_keeps_its_own_sentence() -> None:
    response = answer("/fail/teapot")

    assert (response.status_code, response.json()["code"]) == (418, "REFUSED")
    assert response.json()["detail"] == "short and stout"


def test_a_bug_shows_the_caller_the_request_id_and_nothing_else(log: io.StringIO) -> None:
    response = answer("/fail/bug")

    assert (response.status_code, response.json()["code"]) == (500, "INTERNAL")
    assert response.json()["requestId"] == response.headers["x-request-id"] == "r-1"
    assert "hunter2" not in response.text
    assert "ZeroDivisionError" not in response.text


def test_a_bug_is_logged_once_with_its_traceback_and_request_id(log: io.StringIO) -> None:
    answer("/fail/bug")

    lines = [orjson.loads(line) for line in log.getvalue().splitlines()]
    errors = [line for line in lines if line["level"] == "error"]
    assert [line["request_id"] for line in errors] == ["r-1"]
    assert "ZeroDivisionError: the password is hunter2" in errors[0]["exception"]
    assert [line["status"] for line in lines if line["event"] == "request"] == [500]


def test_a_bug_in_the_middle_of_an_answer_breaks_the_connection(log: io.StringIO) -> None:
    with pytest.raises(httpx2.RemoteProtocolError):
        answer("/half")

    assert "ZeroDivisionError" in log.getvalue()


def test_a_caller_who_hangs_up_while_sending_is_no_bug(log: io.StringIO) -> None:
    app = failing_app()

    with served(app) as url, socket.create_connection(("127.0.0.1", urlsplit(url).port)) as caller:
        caller.sendall(b"POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf")
        assert app.state.reached.wait(timeout=10)
        caller.close()

    (line,) = [orjson.loads(one) for one in log.getvalue().splitlines() if '"event": "request"' in one]
    assert "status" not in line
    assert '"level": "error"' not in log.getvalue()
