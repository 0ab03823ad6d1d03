"""Notifications: list what was sent, try a subscription, and send again."""

from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table

from app.cli.answers import First, collected
from app.cli.client import Json, Service
from app.cli.documents import NOTIFICATIONS, REPLAY_NOTIFICATION, TEST_SUBSCRIPTION
from app.cli.drawing import answer_screen, columns, print_json, printable
from app.cli.options import DEFAULT_URL, AsJson, Token, Url
from app.cli.reports import cut_note
from app.errors import Unavailable

commands = typer.Typer(
    help="List what was sent to whom and what became of it, try a subscription, and send a notification again.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class Became(StrEnum):
    """What became of a notification."""

    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    DEAD = "DEAD"


@commands.command("list")
def list_(
    status: Annotated[
        Became | None, typer.Option("--status", case_sensitive=False, help="Only what became of it so.")
    ] = None,
    subscription: Annotated[str | None, typer.Option("--subscription", metavar="ID", help="Only to this one.")] = None,
    first: First = 50,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """List notifications, newest first."""
    wanted = {"status": status.value if status else None, "subscriptionId": subscription}
    with Service(url, token) as service:
        found = collected(
            lambda size, after: service.graphql(NOTIFICATIONS, filter=wanted, first=size, after=after)["notifications"],
            None if as_json else first,
        )
    if as_json:
        print_json(found)
        return
    screen = answer_screen()
    screen.print(notification_table(found["nodes"]))
    for line in cut_note(found):
        screen.print(line, soft_wrap=True)


@commands.command("test")
def try_(
    id: Annotated[str, typer.Argument(metavar="ID", help="The subscription's id.", show_default=False)],
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Send a test to a subscription now; fails when it is not taken."""
    with Service(url, token) as service:
        answer = service.graphql(TEST_SUBSCRIPTION, id=id)["testSubscription"]
    if as_json:
        print_json(answer)
    elif answer["delivered"]:
        answer_screen().print(f"the test was delivered: {answer['detail']}", soft_wrap=True, markup=False)
    if not answer["delivered"]:
        raise Unavailable(f"the test was not delivered: {answer['detail']}")


@commands.command()
def replay(
    id: Annotated[str, typer.Argument(metavar="ID", help="As `list` shows it.", show_default=False)],
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Send a notification again, with the same id, whatever became of it."""
    with Service(url, token) as service:
        notification = service.graphql(REPLAY_NOTIFICATION, id=id)["replayNotification"]
    if as_json:
        print_json(notification)
    else:
        answer_screen().print(f"{notification['id']} will be sent again", soft_wrap=True, markup=False)


def notification_table(notifications: list[Json]) -> Table:
    """Notifications, a line each, with what the last attempt came to."""
    table = columns("id", "status", "attempts", "type", "title", "last attempt")
    for one in notifications:
        last = one["log"][-1]["detail"] if one["log"] else ""
        shown = (one["id"], one["status"], str(one["attempts"]), one["type"], one["title"], last)
        table.add_row(*(printable(each) for each in shown))
    return table
