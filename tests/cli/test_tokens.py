"""Tokens, from the outside, in a real Neo4j."""

from collections.abc import Callable

import orjson
import pytest
from typer.testing import CliRunner, Result

from app.auth.tokens import token_id
from app.cli import program
from app.database.client import Connection


@pytest.fixture
def token(empty: Connection) -> Callable[..., Result]:
    """`underpin token …` on the empty database."""
    environment = {
        "NEO4J_URI": empty.uri,
        "NEO4J_USERNAME": empty.username,
        "NEO4J_PASSWORD": empty.password,
        "NEO4J_DATABASE": empty.database,
    }
    return lambda *arguments: CliRunner().invoke(program, ("token", *arguments), env=environment)


def test_the_secret_alone_is_on_stdout(token: Callable[..., Result]) -> None:
    result = token("create", "ci", "--role", "editor", "--expires-days", "30")

    id = token_id(result.stdout.removesuffix("\n"))
    assert result.exit_code == 0
    assert id is not None
    assert result.stderr.startswith(f"token {id} for ci (editor), until ")
    assert result.stdout.strip() not in result.stderr


def test_the_list_shows_no_secret(token: Callable[..., Result]) -> None:
    secret = token("create", "ci", "--role", "reader").stdout.strip()

    listed = token("list")

    assert listed.exit_code == 0
    assert listed.stdout.splitlines()[1].split()[:3] == [token_id(secret), "ci", "reader"]
    assert secret not in listed.output


def test_a_token_is_limited_to_what_its_options_name(token: Callable[..., Result]) -> None:
    limits = ("--team", "pay", "--team", "shop", "--label", "env=prod", "--organisation", "acme")

    created = token("create", "wall", "--role", "reader", *limits)

    assert "(reader), for what belongs to pay, shop, env=prod, organisation=acme, until it is revoked" in created.stderr
    (listed,) = orjson.loads(token("list", "--json").stdout)
    assert (listed["teams"], listed["labels"]) == (["pay", "shop"], ["env=prod", "organisation=acme"])


def test_a_label_without_a_value_is_refused(token: Callable[..., Result]) -> None:
    refused = token("create", "wall", "--role", "reader", "--label", "prod")

    assert refused.exit_code == 1
    assert refused.stderr == "Error: the label 'prod' is not of the form name=value; write it as env=prod\n"
    assert token("list", "--json").stdout.strip() == "[]"


def test_a_revoked_token_stays_in_the_list_and_says_so(token: Callable[..., Result]) -> None:
    id = token_id(token("create", "ci", "--role", "reader").stdout.strip())
    assert id is not None

    assert token("revoke", id).stderr == f"token {id} for ci is revoked\n"

    (listed,) = orjson.loads(token("list", "--json").stdout)
    assert (listed["id"], listed["name"], listed["role"]) == (id, "ci", "reader")
    assert listed["revokedAt"] is not None


def test_revoking_what_is_not_there_fails(token: Callable[..., Result]) -> None:
    result = token("revoke", "0123456789abcdef")

    assert result.exit_code == 1
    assert result.stderr == ("Error: no token has the id '0123456789abcdef'; list them with `underpin token list`\n")
