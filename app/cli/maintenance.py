"""Maintenance: plan, list and cancel windows in a running service."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.cli.answers import First, collected
from app.cli.client import Service
from app.cli.documents import CANCEL_MAINTENANCE, IMPORT_MAINTENANCE, MAINTENANCE_WINDOWS, PLAN_MAINTENANCE
from app.cli.drawing import answer_screen, print_json
from app.cli.options import DEFAULT_URL, AsJson, Token, Url, instant_option
from app.cli.reports import calendar_lines, cut_note, window_line, window_table

commands = typer.Typer(
    help="Plan, list and cancel maintenance: times in which items are meant to be out and their alerts wake nobody.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class Meant(StrEnum):
    """How an item may be meant to be; SILENT is as it is, with its alerts silenced."""

    DOWN = "DOWN"
    DEGRADED = "DEGRADED"
    SILENT = "SILENT"

    @property
    def state(self) -> str | None:
        """The state in GraphQL."""
        return None if self is Meant.SILENT else self.value


State = Annotated[Meant, typer.Option("--state", case_sensitive=False, help="How the items are then.")]
Hosted = Annotated[bool, typer.Option("--hosted", help="Silence what is hosted on the items as well.")]
Zone = Annotated[str, typer.Option("--time-zone", metavar="ZONE", help="Whose wall clock is meant, as Europe/Berlin.")]


@commands.command()
def plan(
    keys: Annotated[list[str], typer.Argument(metavar="KEY...", help="The items, no groups.", show_default=False)],
    until: Annotated[str, instant_option("--until", "When they are back.")],
    summary: Annotated[str, typer.Option("--summary", help="What is done, for whoever is on call.")],
    since: Annotated[str | None, instant_option("--from", "When it begins; now, if not given.")] = None,
    state: State = Meant.DOWN,
    hosted: Hosted = False,
    rule: Annotated[
        str | None, typer.Option("--rule", metavar="RRULE", help="It returns, as FREQ=WEEKLY;BYDAY=SU.")
    ] = None,
    time_zone: Zone = "UTC",
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Plan maintenance of items; `impact --planned` shows beforehand what that would hurt."""
    asked = {
        "keys": keys,
        "state": state.state,
        "startsAt": since,
        "endsAt": until,
        "summary": summary,
        "includeHosted": hosted,
        "recurrence": rule,
        "timeZone": time_zone,
    }
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
    occurrence: Annotated[str | None, instant_option("--occurrence", "Only the time that starts then.")] = None,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Cancel maintenance, or end it early; what is over stays as it is."""
    with Service(url, token) as service:
        window = service.graphql(CANCEL_MAINTENANCE, id=id, occurrence=occurrence)["cancelMaintenance"]
    if as_json:
        print_json(window)
    else:
        answer_screen().print(window_line(window), soft_wrap=True)


@commands.command("import")
def import_(
    path: Annotated[
        Path,
        typer.Argument(metavar="FILE.ics", exists=True, dir_okay=False, show_default=False, help="An iCalendar."),
    ],
    keys: Annotated[
        list[str] | None, typer.Option("--key", metavar="KEY", help="The items of events that name none; repeatable.")
    ] = None,
    state: State = Meant.DOWN,
    hosted: Hosted = False,
    time_zone: Zone = "UTC",
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Plan what a calendar says; importing it again changes nothing, a changed event is planned anew."""
    asked = {"keys": keys, "state": state.state, "includeHosted": hosted, "timeZone": time_zone}
    with Service(url, token) as service:
        ics = path.read_text(encoding="utf-8", errors="replace")
        report = service.graphql(IMPORT_MAINTENANCE, ics=ics, **asked)["importMaintenanceCalendar"]
    if as_json:
        print_json(report)
        return
    screen = answer_screen()
    for line in calendar_lines(report):
        screen.print(line, soft_wrap=True)
