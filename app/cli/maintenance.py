"""Maintenance: plan, list and cancel windows in a running service."""

from enum import StrEnum
from typing import Annotated

import typer

from app.cli.answers import First, collected
from app.cli.client import Service
from app.cli.documents import CANCEL_MAINTENANCE, MAINTENANCE_WINDOWS, PLAN_MAINTENANCE
from app.cli.drawing import answer_screen, print_json
from app.cli.options import DEFAULT_URL, AsJson, Token, Url, instant_option
from app.cli.reports import cut_note, window_line, window_table

commands = typer.Typer(
    help="Plan, list and cancel maintenance: times in which items are meant to be out and their alerts wake nobody.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class Meant(StrEnum):
    """How an item may be meant to be."""

    DOWN = "DOWN"
    DEGRADED = "DEGRADED"


@commands.command()
def plan(
    keys: Annotated[list[str], typer.Argument(metavar="KEY...", help="The items, no groups.", show_default=False)],
    until: Annotated[str, instant_option("--until", "When they are back.")],
    summary: Annotated[str, typer.Option("--summary", help="What is done, for whoever is on call.")],
    since: Annotated[str | None, instant_option("--from", "When it begins; now, if not given.")] = None,
    state: Annotated[Meant, typer.Option("--state", case_sensitive=False, help="How they are then.")] = Meant.DOWN,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Plan maintenance of items; `impact --planned` shows beforehand what that would hurt."""
    asked = {"keys": keys, "state": state.value, "startsAt": since, "endsAt": until, "summary": summary}
    with Service(url, token) as service:
        window = service.graphql(PLAN_MAINTENANCE, input=asked)["planMaintenance"]
    if as_json:
        print_json(window)
    else:
        answer_screen().print(window_line(window), soft_wrap=True)


@commands.command("list")
def list_(
    key: Annotated[str | None, typer.Option("--key", metavar="KEY", help="Only of this item.")] = None,
    active_at: Annotated[str | None, instant_option("--active-at", "Only what is under way then.")] = None,
    first: First = 50,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """List maintenance windows, those that start last first; cancelled ones and those that are over too."""
    asked = {"key": key, "activeAt": active_at}
    with Service(url, token) as service:
        found = collected(
            lambda size, after: service.graphql(MAINTENANCE_WINDOWS, **asked, first=size, after=after)[
                "maintenanceWindows"
            ],
            None if as_json else first,
        )
    if as_json:
        print_json(found)
        return
    screen = answer_screen()
    screen.print(window_table(found["nodes"]))
    for line in cut_note(found):
        screen.print(line, soft_wrap=True)


@commands.command()
def cancel(
    id: Annotated[str, typer.Argument(metavar="ID", help="As `list` shows it.", show_default=False)],
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Cancel maintenance, or end it early; what is over stays as it is."""
    with Service(url, token) as service:
        window = service.graphql(CANCEL_MAINTENANCE, id=id)["cancelMaintenance"]
    if as_json:
        print_json(window)
    else:
        answer_screen().print(window_line(window), soft_wrap=True)
