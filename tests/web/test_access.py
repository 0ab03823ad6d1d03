"""Who may call an endpoint, over HTTP and websockets."""

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated

import httpx2
import orjson
import pytest
from fastapi import Depends, FastAPI, WebSocket
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from app.auth.actions import create_token, open_gatekeeper
from app.auth.model import Caller, Permission, Role
from app.database.client import Database
from app.settings import Settings
from app.web import problems
from app.web.access import caller, requires
from app.web.logs import RequestLog
from app.web.rate_limits import RateLimits
from tests.http_server import served

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def guarded_app(database: Database, written: list[str]) -> FastAPI:
    app = FastAPI()
    app.state.rate_limits = RateLimits(Settings())
    app.state.gatekeeper = open_gatekeeper(
        database,
        Settings.model_validate({"admin_token": "first contact"}),
        local_mode=False,
        clock=lambda: NOW,
    )

    @app.get("/me")
    async def me(asking: Annotated[Caller, Depends(caller)]) -> str:
        return asking.name

    @app.post("/write")
    async def write(asking: Annotated[Caller, Depends(requires(Permission.EDIT))]) -> str:
        written.append(asking.name)
        return asking.name

    @app.websocket("/talk")
    async def talk(websocket: WebSocket, asking: Annotated[Caller, Depends(caller)]) -> None:
        await websocket.accept()
        await websocket.send_text(asking.name)
        await websocket.close()

    problems.install(app)
    app.add_middleware(RequestLog)
    return app


async def request(
    database: Database, method: str, path: str, *, secret: str | None, written: list[str] | None = None
) -> httpx2.Response:
    app = guarded_app(database, [] if written is None else written)
    async with served(app) as url, httpx2.AsyncClient(base_url=url) as client:
        response = await client.request(method, path, headers=bearing(secret))
    await app.state.gatekeeper.close()
    return response


def bearing(secret: str | None) -> Mapping[str, str]:
    return {} if secret is None else {"Authorization": f"Bearer {secret}"}


async def token(database: Database, role: Role) -> str:
    _, secret = await create_token(database, "ci", role=role, expires_at=None, now=NOW)
    return secret


async def test_a_stored_token_tells_who_asks(database: Database) -> None:
    response = await request(database, "GET", "/me", secret=await token(database, Role.READER))

    assert (response.status_code, response.json()) == (200, "ci")


async def test_a_caller_without_a_token_is_asked_for_one(database: Database) -> None:
    response = await request(database, "GET", "/me", secret=None)

    assert (response.status_code, response.json()["code"]) == (401, "UNAUTHENTICATED")
    assert response.headers["www-authenticate"] == 'Bearer realm="underpin"'


async def test_a_permission_lets_those_pass_who_have_it(database: Database) -> None:
    written: list[str] = []
    secret = await token(database, Role.EDITOR)

    response = await request(database, "POST", "/write", secret=secret, written=written)

    assert (response.status_code, written) == (200, ["ci"])


@pytest.mark.parametrize("role", [Role.READER, Role.OPERATOR])
async def test_a_permission_keeps_others_out_and_they_change_nothing(database: Database, role: Role) -> None:
    written: list[str] = []
    secret = await token(database, role)

    response = await request(database, "POST", "/write", secret=secret, written=written)

    assert (response.status_code, response.json()["code"], written) == (403, "FORBIDDEN", [])


async def test_a_websocket_knows_its_caller(database: Database) -> None:
    async with (
        served(guarded_app(database, [])) as url,
        connect(url.replace("http", "ws") + "/talk", additional_headers=bearing("first contact")) as talk,
    ):
        assert await talk.recv() == "admin-token"


async def test_a_websocket_without_a_token_is_refused_with_a_problem(database: Database) -> None:
    async with served(guarded_app(database, [])) as url:
        with pytest.raises(InvalidStatus) as refused:
            await connect(url.replace("http", "ws") + "/talk")

    assert refused.value.response.status_code == 401
    assert orjson.loads(refused.value.response.body or b"")["code"] == "UNAUTHENTICATED"


async def test_the_log_line_of_a_request_names_its_caller(database: Database, log: io.StringIO) -> None:
    await request(database, "GET", "/me", secret="first contact")

    lines = [orjson.loads(line) for line in log.getvalue().splitlines()]
    assert [line["caller"] for line in lines if line["event"] == "request"] == ["admin-token"]
    assert "first contact" not in log.getvalue()
