"""Commands: exit codes and sentences, from the outside; nothing here needs a service."""

import socket
from pathlib import Path
from typing import get_args

import pytest
from graphql import build_schema, parse, validate
from typer.testing import CliRunner, Result

from app.auth.model import Role
from app.cli import program
from app.cli.bulk import ExportFormat, ImportFormat
from app.cli.documents import DOCUMENTS
from app.cli.tokens import RoleWord
from app.exchange.model import Format
from app.exchange.writing import LAYOUTS
from app.resources import resource_folder


def run(*arguments: str, **environment: str) -> Result:
    unset = dict.fromkeys(("UNDERPIN_URL", "UNDERPIN_TOKEN", "NEO4J_URI"))
    return CliRunner().invoke(program, arguments, env={**unset, **environment}, prog_name="underpin")


def last_line(result: Result) -> str:
    return result.stderr.splitlines()[-1]


@pytest.fixture
def closed_url() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def nobody(url: str) -> str:
    return f"Error: no Underpin answers at {url}; start it with `underpin up`, or say where it is with --url\n"


@pytest.mark.parametrize(
    "command",
    [
        ("impact", "db"),
        ("reach", "db"),
        ("paths", "a", "b"),
        ("maintenance", "list"),
        ("maintenance", "cancel", "x"),
        ("maintenance", "plan", "db", "--until", "2126-01-01T00:00:00Z", "--summary", "a new disk"),
        ("status",),
        ("export",),
        ("plan", "db"),
        ("gate", __file__),
        ("import", __file__),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_a_service_that_is_not_there_fails_with_what_to_do(command: tuple[str, ...], closed_url: str) -> None:
    # The suffix of this file is not checked here: what a service takes is the service's business.
    result = run(*command, "--url", closed_url)

    assert (result.exit_code, result.stdout, result.stderr) == (1, "", nobody(closed_url))


def test_the_address_may_come_from_the_environment(closed_url: str) -> None:
    assert run("status", UNDERPIN_URL=f"{closed_url}/").stderr == nobody(closed_url)


@pytest.mark.parametrize(
    "command",
    [
        ("impact",),
        ("impact", "db", "--state", "BROKEN"),
        ("impact", "db", "--first", "0"),
        ("impact", "db", "--since", "yesterday"),
        ("impact", "db", "--as-of", "2026-13-01"),
        ("reach", "db", "--direction", "up"),
        ("paths", "a"),
        ("maintenance", "plan", "db", "--summary", "no end"),
        ("maintenance", "plan", "db", "--until", "tomorrow", "--summary", "a new disk"),
        ("maintenance", "plan", "--until", "2126-01-01T00:00:00Z", "--summary", "nothing"),
        ("maintenance", "cancel"),
        ("import",),
        ("import", "/nowhere/items.csv"),
        ("export", "--format", "csv"),
        ("status", "--url", "localhost:8000"),
        ("status", "--url", "http://me:secret@localhost"),
        ("token", "create", "ci"),
        ("token", "create", "ci", "--role", "king"),
        ("up", "--port", "70000"),
        ("migrate",),
        ("explode",),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_told_apart_from_failure(command: tuple[str, ...]) -> None:
    result = run(*command)

    assert (result.exit_code, result.stdout) == (2, "")
    assert last_line(result)


def test_a_state_may_be_written_small(closed_url: str) -> None:
    assert run("impact", "db", "--state", "degraded", "--url", closed_url).exit_code == 1


def test_a_token_is_never_quoted() -> None:
    result = run("status", UNDERPIN_TOKEN="upn_sec ret")

    assert result.exit_code == 2
    assert "sec" not in result.output


def test_migrate_without_a_server_points_to_up() -> None:
    assert last_line(run("migrate")) == (
        "Error: Invalid value for NEO4J_URI: it is not set; "
        "set it, or run `underpin up`, which migrates the Neo4j it manages"
    )


def test_a_setting_that_cannot_be_is_named_without_its_value() -> None:
    result = run("migrate", UNDERPIN_PORT="hunter2")

    assert result.exit_code == 2
    assert "UNDERPIN_PORT" in last_line(result)
    assert "hunter2" not in result.output


def test_an_empty_folder_is_no_import(tmp_path: Path, closed_url: str) -> None:
    result = run("import", str(tmp_path), "--url", closed_url)

    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: the folder {tmp_path} holds no ")


def test_an_export_that_fails_writes_no_file(tmp_path: Path, closed_url: str) -> None:
    assert run("export", "--output", str(tmp_path / "all.json"), "--url", closed_url).exit_code == 1
    assert [*tmp_path.iterdir()] == []


def test_the_choices_are_those_of_the_features() -> None:
    assert set(get_args(ImportFormat)) == {one.value for one in Format}
    assert set(get_args(ExportFormat)) == {one.value for one in LAYOUTS}
    assert get_args(RoleWord) == tuple(role.value for role in Role)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_the_commands_ask_is_in_the_schema(name: str) -> None:
    schema = build_schema((resource_folder("graphql") / "schema.graphql").read_text(encoding="utf-8"))

    assert validate(schema, parse(DOCUMENTS[name])) == []
