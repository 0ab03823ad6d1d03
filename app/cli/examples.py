"""Examples: the questions of `cypher/examples.cypher`, for people who ask Neo4j themselves."""

from typing import Annotated

import orjson
import typer
from rich.text import Text

from app.cli.drawing import answer_screen, columns
from app.database.queries import Query, load_queries
from app.errors import NotFound


def examples(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="The one to print.", show_default=False)] = None,
) -> None:
    """List questions to ask Neo4j in Cypher, or print one with example values, ready to paste into any Neo4j tool."""
    known = load_queries("examples")
    if name is None:
        table = columns("", "")
        for query in known.values():
            table.add_row(Text(query.name, "bold"), query.description)
        answer_screen().print(table)
    elif name in known:
        typer.echo(statement(known[name]))
    else:
        raise NotFound(f"no example is called {name!r}; `underpin examples` lists them")


def statement(query: Query) -> str:
    """The question as a comment, its parameters as Neo4j's tools set them, and the query."""
    values = orjson.loads(query.example or "{}")
    parameters = [f":param {name} => {orjson.dumps(value).decode()};" for name, value in values.items()]
    return "\n".join((f"// {query.description}", *parameters, f"{query.text};"))
