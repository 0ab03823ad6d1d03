"""Cypher: a query of your own, and what there is to ask about, asked of a running service."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.text import Text

from app.cli.client import Json, Service
from app.cli.documents import CYPHER, MODEL
from app.cli.drawing import Console, answer_screen, columns, print_json, printable
from app.cli.options import DEFAULT_URL, AsJson, Token, Url
from app.errors import InvalidInput


class Form(StrEnum):
    """How an answer is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def cypher(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="The query, or a file that holds it.")],
    param: Annotated[
        list[str] | None, typer.Option("--param", metavar="NAME=VALUE", help="A parameter, as JSON or else as text.")
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, metavar="N", help="Most rows.")] = None,
    form: Annotated[Form, typer.Option("--format", case_sensitive=False, help="How to print it.")] = Form.TABLE,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Ask the graph in Cypher of your own; it may only read, and only the model."""
    question = {"query": _text(query), "parameters": _parameters(param or []), "limit": limit}
    with Service(url, token) as service:
        if form is Form.CSV:
            text, cut = service.table(question)
            typer.echo(text, nl=False)
            if cut:
                Console().say(cut)
            return
        answer: Json = service.graphql(CYPHER, **question)["cypher"]
    if form is Form.JSON:
        print_json(answer)
        return
    table = columns(*(printable(name) for name in answer["columns"]))
    for row in answer["rows"]:
        table.add_row(*(Text(printable(_cell(value))) for value in row))
    answer_screen().print(table)
    Console().say(f"{answer['rowCount']:,} rows in {answer['elapsedMilliseconds']:,} ms")
    for note in answer["notes"]:
        Console().say(note)


def model(as_json: AsJson = False, url: Url = DEFAULT_URL, token: Token = None) -> None:
    """Show what can be explored: labels, properties and relationships, with counts and examples."""
    with Service(url, token) as service:
        found: Json = service.graphql(MODEL)["graphModel"]
    if as_json:
        print_json(found)
        return
    screen = answer_screen()
    for label in found["labels"]:
        table = columns(f":{label['name']}", f"{label['count']:,} nodes", "for example")
        for one in label["properties"]:
            table.add_row(one["name"], ", ".join(one["types"]), Text(printable(one["example"] or "")))
        screen.print(table)
    table = columns("relationship", "how many", "between")
    for one in found["types"]:
        table.add_row(one["name"], f"{one['count']:,}", Text("\n".join(one["between"])))
    screen.print(table)


def _text(query: str) -> str:
    """The query, or what is in the file of that name."""
    if "\n" in query or " " in query.strip():
        return query
    try:
        return Path(query).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise InvalidInput(
            f"{query!r} is neither a query nor a file that can be read; put a query in quotes"
        ) from error


def _parameters(given: list[str]) -> dict[str, object]:
    parameters: dict[str, object] = {}
    for one in given:
        name, equals, text = one.partition("=")
        if not equals or not name:
            raise typer.BadParameter(f"write a parameter as --param key=san-1, not {one!r}")
        try:
            parameters[name] = orjson.loads(text)
        except orjson.JSONDecodeError:
            parameters[name] = text
    return parameters


def _cell(value: object) -> str:
    """A value in one line: a node by its key, whatever is no text or number as JSON."""
    if isinstance(value, dict) and value.get("$type") == "node" and value.get("key"):
        return f"({value['key']})"
    if isinstance(value, dict) and isinstance(value.get("value"), str):
        return str(value["value"])
    return "" if value is None else value if isinstance(value, str) else orjson.dumps(value).decode()
