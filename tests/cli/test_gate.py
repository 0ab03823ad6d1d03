"""`underpin gate`, against a running service: its exit code is what a pipeline acts on."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from app.database.client import Connection
from tests.journeys.up import underpin
from tests.service import emptied, running


@pytest.fixture(scope="module")
def url(connection: Connection) -> Iterator[str]:
    """A service that knows an important process and the database it needs."""
    with running(emptied(connection)) as service:
        service.client().add(
            [{"key": "pay", "type": "BUSINESS_PROCESS", "tier": 0}, {"key": "db", "type": "COMPONENT"}], "pay -> db"
        )
        yield service.url


def test_a_change_that_makes_an_important_item_worse_exits_1(url: str, tmp_path: Path) -> None:
    change = tmp_path / "change.yaml"
    change.write_text("items:\n- {key: x, type: COMPONENT}\ndependencies:\n- {from: pay, to: x}\n", encoding="utf-8")

    report, document = underpin("gate", str(change), url=url), underpin("gate", str(change), "--json", url=url)

    assert (report.returncode, document.returncode) == (1, 1)
    assert report.stdout.splitlines()[0] == "# Change gate: failed"
    assert [one["key"] for one in orjson.loads(document.stdout)["changes"]] == ["pay"]


def test_a_change_that_makes_nothing_worse_exits_0(url: str, tmp_path: Path) -> None:
    change = tmp_path / "items.csv"
    change.write_text("key,type\nx,COMPONENT\n", encoding="utf-8")

    ran = underpin("gate", str(tmp_path), url=url)

    assert (ran.returncode, ran.stdout.splitlines()[0]) == (0, "# Change gate: passed")
