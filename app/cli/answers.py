"""Answers: `impact`, `reach` and `paths`, asked of a running service and drawn as trees."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated

import typer
from rich.text import Text

from app.cli.client import Json, Service
from app.cli.documents import IMPACT, PATHS, REACH
from app.cli.drawing import answer_screen, print_json
from app.cli.options import DEFAULT_URL, AsJson, Token, Url, instant_option
from app.cli.reports import (
    cut_note,
    impact_costs,
    impact_counts,
    impact_heading,
    impact_lines,
    impact_notes,
    impact_sentences,
    path_lines,
    reach_lines,
    risk_lines,
)
from app.cli.trees import ASCII, LINES
from app.errors import Unavailable

PAGE = 500
_ATTEMPTS = 3
First = Annotated[int, typer.Option("--first", min=1, metavar="N", help="Most items to draw.")]


class Failure(StrEnum):
    """How an item can fail."""

    DOWN = "DOWN"
    DEGRADED = "DEGRADED"
    UNKNOWN = "UNKNOWN"


class Way(StrEnum):
    """Which way to follow the edges."""

    DEPENDENTS = "dependents"
    DEPENDENCIES = "dependencies"


def impact(
    keys: Annotated[list[str], typer.Argument(metavar="KEY...", help="The items that fail.", show_default=False)],
    state: Annotated[Failure, typer.Option("--state", case_sensitive=False, help="How they fail.")] = Failure.DOWN,
    since: Annotated[str | None, instant_option("--since", "When they began to fail; now, if not given.")] = None,
    until: Annotated[str | None, instant_option("--until", "When they are expected to be back.")] = None,
    planned: Annotated[bool, typer.Option("--planned", help="They fail for maintenance; that wakes nobody.")] = False,
    as_of: Annotated[str | None, instant_option("--as-of", "Ask the estate as it was then.")] = None,
    first: First = 50,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Show what hurts when items fail, and why: a tree from cause to hurt."""
    how = {"state": state.value, "since": since, "until": until, "planned": planned}
    failures = [{"key": key, **how} for key in dict.fromkeys(keys)]
    with Service(url, token) as service:
        report = _whole_impact(service, {"failures": failures, "asOf": as_of}, None if as_json else first)
    if as_json:
        print_json(report)
        return
    screen = answer_screen()
    for line in (*impact_heading(report), *impact_sentences(report), *impact_costs(report["costs"])):
        screen.print(line, soft_wrap=True)
    screen.print(impact_counts(report["counts"]))
    screen.print()
    for line in impact_lines(report, ASCII if screen.options.ascii_only else LINES):
        screen.print(line, soft_wrap=True)
    for line in (*risk_lines(report), *impact_notes(report)):
        screen.print(line, soft_wrap=True)


def reach(
    key: Annotated[str, typer.Argument(metavar="KEY", help="Where to start.", show_default=False)],
    direction: Annotated[
        Way, typer.Option("--direction", case_sensitive=False, help="Who needs it, or what it needs.")
    ] = Way.DEPENDENTS,
    max_depth: Annotated[
        int | None, typer.Option("--max-depth", min=1, metavar="HOPS", help="How far to go.", show_default="no limit")
    ] = None,
    first: First = 50,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Show everything that needs an item, or that it needs, directly or not."""
    asked = {"key": key, "direction": direction.name, "maxDepth": max_depth}
    with Service(url, token) as service:
        reached = collected(
            lambda size, after: service.graphql(REACH, **asked, first=size, after=after)["reach"],
            None if as_json else first,
        )
    if as_json:
        print_json(reached)
        return
    screen = answer_screen()
    screen.print(Text(f"{reached['totalCount']:,} {direction.value}", "bold"))
    for line in reach_lines(key, reached, ASCII if screen.options.ascii_only else LINES):
        screen.print(line, soft_wrap=True)
    for line in cut_note(reached):
        screen.print(line, soft_wrap=True)


def paths(
    start: Annotated[str, typer.Argument(metavar="FROM", help="The item that depends.", show_default=False)],
    end: Annotated[str, typer.Argument(metavar="TO", help="The item it depends on.", show_default=False)],
    limit: Annotated[int, typer.Option("--limit", min=1, max=100, help="Most paths to show.")] = 10,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Show the shortest ways in which one item depends on another."""
    with Service(url, token) as service:
        found: list[Json] = service.graphql(PATHS, **{"from": start, "to": end, "limit": limit})["paths"]
    if as_json:
        print_json(found)
        return
    screen = answer_screen()
    for line in path_lines(found):
        screen.print(line, soft_wrap=True)
    if not found:
        screen.print(Text(f"{start} does not depend on {end}, directly or not."), soft_wrap=True)
    elif len(found) == limit:
        screen.print(Text("There may be more; use --limit.", "yellow"))


def _whole_impact(service: Service, asked: Mapping[str, object], limit: int | None) -> Json:
    """The report with up to `limit` impacted items, all pages of it from one graph version."""
    for _ in range(_ATTEMPTS):
        seen: list[Json] = []

        def page(size: int, after: str | None, seen: list[Json] = seen) -> Json:
            seen.append(service.graphql(IMPACT, **asked, first=size, after=after)["impact"])
            connection: Json = seen[-1]["impacted"]
            return connection

        impacted = collected(page, limit)
        if len({report["graphVersion"] for report in seen}) == 1:
            return seen[0] | {"impacted": impacted}
    raise Unavailable("the graph changed while the pages of the answer were fetched; try again in a quieter moment")


def collected(page: Callable[[int, str | None], Json], limit: int | None) -> Json:
    """`totalCount` and up to `limit` nodes of a connection, whose pages `page` fetches by size and cursor."""
    nodes: list[Json] = []
    after = None
    while True:
        connection = page(PAGE if limit is None else min(PAGE, limit - len(nodes)), after)
        nodes += [edge["node"] for edge in connection["edges"]]
        after = connection["pageInfo"]["endCursor"]
        more = connection["pageInfo"]["hasNextPage"] and connection["edges"]
        if not more or (limit is not None and len(nodes) >= limit):
            return {"totalCount": connection["totalCount"], "nodes": nodes}
