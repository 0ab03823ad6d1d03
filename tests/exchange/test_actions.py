"""Import and export against a real Neo4j, over HTTP where callers meet them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import orjson
import pytest
from fastapi import FastAPI

from app.auth.actions import open_gatekeeper
from app.bench.estates import make_estate, write_estate
from app.database.client import Database
from app.errors import InvalidInput
from app.events.own_sources import Sources
from app.events.standing import LiveStanding
from app.exchange import store
from app.exchange.actions import export_everything, import_files
from app.exchange.model import Format, Source, StoredEdge
from app.exchange.plan import sources_at
from app.history.store import graph_version
from app.intake.opening import open_intake
from app.inventory.actions import UpsertReport
from app.inventory.changes import Tally
from app.inventory.model import Identifier, ItemType, Relation
from app.runtime import Runtime
from app.settings import Settings
from app.topology.current import Topology
from app.web import downloads, imports, problems
from app.web.rate_limits import RateLimits
from tests.http_server import served

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
COMPANY = """\
items:
  - {key: checkout, type: BUSINESS_PROCESS, name: Checkout, owner: shop, tier: 0, attributes: {country: "NO"}}
  - {key: db, type: REDUNDANCY_GROUP, minAvailable: 1, members: [db-1, {key: db-2, weight: 2}]}
  - {key: db-1, type: COMPONENT, kind: DATABASE, identifiers: [{kind: fqdn, value: db-1.corp.example}]}
  - {key: db-2, type: COMPONENT, kind: DATABASE, lastTestedOn: 2026-11-01}
  - {key: shop, type: TEAM}
  - {key: zone-a, type: LOCATION}
dependencies:
  - {from: checkout, to: db, strength: SOFT, toleranceSeconds: 300, verifiedAt: "2026-11-01T09:00:00Z"}
  - {from: db-1, to: zone-a, relation: LOCATED_IN}
  - {from: db, to: db-2, relation: HAS_MEMBER, weight: 2, confidence: 0.5}
"""

BANDS = "[{afterSeconds: 3600, cumulativeLoss: 12000.1}, {afterSeconds: 7200, cumulativeLoss: '100000.00'}]"
PRICED = COMPANY.replace("tier: 0", f"tier: 0, lossCurrency: EUR, lossBands: {BANDS}")


async def imported(
    database: Database, folder: Path, text: str, *, name: str = "company.yaml", dry_run: bool = False
) -> UpsertReport:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    report = await import_files(
        database,
        [Source(name, path)],
        settings=Settings(),
        caller="test",
        source="cmdb",
        now=NOW,
        dry_run=dry_run,
    )
    return report.inventory


async def exported(database: Database, form: Format) -> bytes:
    with await export_everything(database, form, page_rows=2) as file:
        return file.read()


@pytest.fixture
async def url(database: Database, tmp_path: Path) -> AsyncIterator[str]:
    app = FastAPI()
    problems.install(app)
    app.include_router(imports.router)
    app.include_router(downloads.router)
    settings = Settings(max_import_bytes=10_000, data_dir=tmp_path)
    app.state.rate_limits = RateLimits(Settings())
    app.state.gatekeeper = open_gatekeeper(database, settings, local_mode=True, clock=lambda: NOW)
    topology = Topology(database, lambda: 0.0)
    sources = Sources(database, settings.sources)
    intake = await open_intake(database, settings, sources, lambda: NOW)
    app.state.runtime = Runtime(
        settings, database, topology, LiveStanding(database, topology), intake, sources, lambda: NOW
    )
    async with served(app) as address:
        yield address
    await intake.close()


async def test_an_export_page_holds_items_with_what_belongs_to_them(database: Database, tmp_path: Path) -> None:
    await imported(database, tmp_path, COMPANY)

    [db, first] = await store.export_page(database, "checkout", 2)

    assert (db.key, db.type, db.properties["minAvailable"]) == ("db", ItemType.REDUNDANCY_GROUP, 1)
    assert db.edges == (
        StoredEdge(Relation.HAS_MEMBER, "db-1", {"weight": 1, "source": "cmdb"}),
        StoredEdge(Relation.HAS_MEMBER, "db-2", {"weight": 2, "confidence": 0.5, "source": "cmdb"}),
    )
    assert (first.key, first.identifiers) == ("db-1", (Identifier("fqdn", "db-1.corp.example"),))


@pytest.mark.parametrize("form", [Format.NDJSON, Format.JSON, Format.YAML])
async def test_importing_an_export_changes_nothing(database: Database, tmp_path: Path, form: Format) -> None:
    first = await imported(database, tmp_path, PRICED)
    whole = await exported(database, form)

    again = await imported(database, tmp_path, whole.decode(), name=f"export.{form.value}")

    assert first.items == Tally(created=6)
    assert again.items == Tally(unchanged=6)
    assert again.dependencies == Tally(unchanged=3)
    assert again.graph_version == first.graph_version
    assert await exported(database, form) == whole


async def test_an_export_is_ordered_by_key_items_first(database: Database, tmp_path: Path) -> None:
    await imported(database, tmp_path, COMPANY)

    records = [orjson.loads(line) for line in (await exported(database, Format.NDJSON)).splitlines()]

    assert [record["item"]["key"] for record in records[:6]] == ["checkout", "db", "db-1", "db-2", "shop", "zone-a"]
    assert [record["dependency"]["from"] for record in records[6:]] == ["checkout", "db", "db-1"]


async def test_an_estate_survives_export_and_import(database: Database, tmp_path: Path) -> None:
    write_estate(make_estate(200), tmp_path)
    sources = sources_at([tmp_path])
    await import_files(database, sources, settings=Settings(), caller="test", source="cmdb", now=NOW)

    again = await import_files(database, sources, settings=Settings(), caller="test", source="cmdb", now=NOW)

    assert (again.inventory.items.created, again.inventory.items.changed) == (0, 0)
    assert (again.inventory.dependencies.created, again.inventory.dependencies.changed) == (0, 0)


async def test_a_dry_run_tells_the_changes_and_makes_none(database: Database, tmp_path: Path) -> None:
    report = await imported(database, tmp_path, COMPANY, dry_run=True)

    assert report.items == Tally(created=6)
    assert await graph_version(database) == 0
    assert await store.export_page(database, "", 10) == ()


async def test_one_bad_row_stops_the_whole_import(database: Database, tmp_path: Path) -> None:
    text = COMPANY + "  - {from: checkout, to: nowhere}\n  - {from: checkout, to: db-1, strength: FIRM}\n"

    with pytest.raises(InvalidInput) as refused:
        await imported(database, tmp_path, text)

    assert [problem.where for problem in refused.value.problems] == [
        "company.yaml:13: dependencies[4]",
        "company.yaml:12: dependencies[3]",
    ]
    assert await store.export_page(database, "", 10) == ()


async def test_an_upload_is_imported_and_comes_back_as_a_download(url: str) -> None:
    files = [
        ("files", ("items.csv", "key,type,name\na,TEAM,A\nb,TEAM,B\n")),
        ("files", ("dependencies.csv", "from,to\na,b\n")),
    ]
    async with httpx2.AsyncClient(base_url=url, timeout=60) as client:
        answer = await client.post("/imports?source=cmdb", files=files)
        download = await client.get("/exports/ndjson")

    assert (answer.status_code, answer.json()) == (
        200,
        {
            "dryRun": False,
            "items": {"created": 2, "changed": 0, "unchanged": 0},
            "dependencies": {"created": 1, "changed": 0, "unchanged": 0},
            "assessments": {"created": 0, "changed": 0, "unchanged": 0},
            "scenarios": {"created": 0, "changed": 0, "unchanged": 0},
            "refused": [],
            "refusedCount": 0,
            "graphVersion": "1",
        },
    )
    assert download.headers["content-disposition"] == 'attachment; filename="underpin.ndjson"'
    assert download.headers["content-type"] == "application/x-ndjson"
    assert [orjson.loads(line) for line in download.text.splitlines()] == [
        {"item": {"key": "a", "type": "TEAM", "name": "A", "lifecycle": "LIVE"}},
        {"item": {"key": "b", "type": "TEAM", "name": "B", "lifecycle": "LIVE"}},
        {"dependency": {"from": "a", "to": "b", "relation": "DEPENDS_ON", "strength": "HARD"}},
    ]


async def test_a_raw_body_may_skip_its_bad_rows(url: str) -> None:
    async with httpx2.AsyncClient(base_url=url, timeout=60) as client:
        answer = await client.post(
            "/imports?skipBadRows=true&dryRun=true&name=teams.csv",
            content="key,type\na,TEAM\nb,TEEM\n",
            headers={"Content-Type": "text/csv"},
        )

    assert answer.status_code == 200
    assert answer.json()["dryRun"] is True
    assert answer.json()["items"] == {"created": 1, "changed": 0, "unchanged": 0}
    assert [one["where"] for one in answer.json()["refused"]] == ["teams.csv:3"]
    assert answer.json()["refusedCount"] == 1


async def test_a_refused_upload_is_a_problem_document_and_changes_nothing(url: str, database: Database) -> None:
    async with httpx2.AsyncClient(base_url=url, timeout=60) as client:
        answer = await client.post(
            "/imports", content=b'{"key": "a", "type": "TEAM"}\n{}', headers={"Content-Type": "application/x-ndjson"}
        )

    assert answer.status_code == 422
    assert [one["where"] for one in answer.json()["problems"]] == ["body.ndjson:2"]
    assert await store.export_page(database, "", 10) == ()


@pytest.mark.parametrize(
    ("headers", "content", "detail"),
    [
        ({"Content-Type": "application/zip"}, b"x", "the content type tells no format"),
        ({"Content-Type": "multipart/form-data"}, b"x", "the multipart body cannot be read"),
        ({"Content-Type": "application/json"}, b" " * 10_001, "the import is larger than 10,000 bytes; split it"),
    ],
)
async def test_a_body_that_cannot_be_taken_is_refused(
    url: str, headers: dict[str, str], content: bytes, detail: str
) -> None:
    async with httpx2.AsyncClient(base_url=url, timeout=60) as client:
        answer = await client.post("/imports", content=content, headers=headers)

    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(detail)


async def test_an_export_as_csv_is_refused_with_what_there_is(url: str) -> None:
    async with httpx2.AsyncClient(base_url=url, timeout=60) as client:
        answer = await client.get("/exports/csv")

    assert (answer.status_code, answer.json()["detail"]) == (
        422,
        "there is no export as csv; use ndjson, json, yaml",
    )
