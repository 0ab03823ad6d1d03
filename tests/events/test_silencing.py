"""Silences of an Alertmanager that is asked again and again, here a server with a list of them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.database.client import Database
from app.errors import InvalidInput
from app.events import windows
from app.events.maintenance import MaintenanceWindow
from app.events.silencing import SilencePoller
from app.events.store import event_version
from tests.events.test_silences import INSTANCE, silence
from tests.http_server import served
from tests.stored import item, upserted

DURING = datetime.fromisoformat("2026-11-23T21:00:00+00:00")


@dataclass
class Alertmanager:
    """Answers with what it is given."""

    answer: object = field(default_factory=list)
    url: str = ""

    async def respond(self, request: Request) -> Response:
        return JSONResponse(self.answer)


@pytest.fixture
async def alertmanager() -> AsyncIterator[Alertmanager]:
    """An Alertmanager without silences."""
    known = Alertmanager()
    async with served(Starlette(routes=[Route("/am/api/v2/silences", known.respond)])) as url:
        known.url = f"{url}/am/"
        yield known


@pytest.fixture
async def estate(database: Database) -> Database:
    """One host."""
    await upserted(database, [item("db-1", identifiers=[{"kind": "fqdn", "value": "db-1.corp.example"}])])
    return database


async def stored(database: Database) -> list[MaintenanceWindow]:
    return list(await windows.windows(database, key=None, active_at=None, before=None, first=99))


async def test_silences_become_windows_and_go_with_them(estate: Database, alertmanager: Alertmanager) -> None:
    poller = SilencePoller(estate, [alertmanager.url], lambda: DURING)
    async with httpx2.AsyncClient() as http:
        alertmanager.answer = [silence(INSTANCE)]
        await poller.poll(http, alertmanager.url)
        (window,) = await stored(estate)
        alertmanager.answer = [silence(INSTANCE, state="expired")]
        await poller.poll(http, alertmanager.url)

    (over,) = await stored(estate)
    assert (window.keys, window.state, window.created_by) == (("db-1",), None, "jane")
    assert (window.in_effect(DURING), window.in_effect(DURING + timedelta(hours=1))) == (True, False)
    assert (over.id, over.cancelled_at) == (window.id, DURING)


async def test_asking_again_writes_nothing(estate: Database, alertmanager: Alertmanager) -> None:
    poller = SilencePoller(estate, [alertmanager.url], lambda: DURING)
    alertmanager.answer = [silence(INSTANCE)]
    async with httpx2.AsyncClient() as http:
        await poller.poll(http, alertmanager.url)
        version = await event_version(estate)
        await poller.poll(http, alertmanager.url)

    assert await event_version(estate) == version


async def test_what_cannot_be_taken_is_told_and_what_is_no_answer_changes_nothing(
    estate: Database, alertmanager: Alertmanager
) -> None:
    poller = SilencePoller(estate, [alertmanager.url], lambda: DURING)
    async with httpx2.AsyncClient() as http:
        alertmanager.answer = [silence({**INSTANCE, "isRegex": True})]
        problems = await poller.poll(http, alertmanager.url)
        alertmanager.answer = {"status": "error"}
        with pytest.raises(InvalidInput):
            await poller.poll(http, alertmanager.url)
        with pytest.raises(httpx2.HTTPError):
            await poller.poll(http, f"{alertmanager.url}nowhere")

    assert len(problems) == 1
    assert await stored(estate) == []
