"""Events: list those of a running service, and send it the body of a monitoring tool to see what it makes of it."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer
from rich.text import Text

from app.cli.answers import First, collected
from app.cli.client import Json, Service
from app.cli.documents import EVENTS
from app.cli.drawing import answer_screen, columns, print_json, printable
from app.cli.options import DEFAULT_URL, AsJson, Token, Url
from app.cli.reports import cut_note, instant_words, state_words
from app.errors import InvalidInput

_LISTED = 5


class Standing(StrEnum):
    """How an event stands."""

    OPEN = "open"
    REOPENED = "reopened"
    ACKNOWLEDGED = "acknowledged"
    SUPPRESSED = "suppressed"
    RESOLVED = "resolved"
    EXPIRED = "expired"


def events(
    lifecycle: Annotated[
        Standing | None, typer.Option("--lifecycle", case_sensitive=False, help="Only those that stand so.")
    ] = None,
    source: Annotated[str | None, typer.Option("--source", help="Only of this monitoring tool.")] = None,
    key: Annotated[str | None, typer.Option("--key", metavar="KEY", help="Only about this item.")] = None,
    firing: Annotated[bool, typer.Option("--firing", help="Only what is not over.")] = False,
    first: First = 50,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """List events, newest first."""
    wanted = {
        "status": "FIRING" if firing else None,
        "lifecycle": lifecycle.name if lifecycle else None,
        "source": source,
        "itemKey": key,
    }
    with Service(url, token) as service:
        found = collected(
            lambda size, after: service.graphql(EVENTS, filter=wanted, first=size, after=after)["events"],
            None if as_json else first,
        )
    if as_json:
        print_json(found)
        return
    screen = answer_screen()
    table = columns("since", "is", "state", "item", "what", "from")
    for one in found["nodes"]:
        table.add_row(
            instant_words(one["startsAt"]),
            one["lifecycle"].lower() + (", flapping" if one["flapping"] else ""),
            Text(*state_words(one["state"])),
            _about(one),
            printable(one["summary"]),
            printable(one["source"]),
        )
    screen.print(table)
    for line in cut_note(found):
        screen.print(line, soft_wrap=True)


def _about(event: Json) -> str:
    if event["item"]:
        return printable(event["item"]["key"])
    candidates = event["match"]["candidates"]
    return printable(" or ".join(candidates[:_LISTED]) + "?") if candidates else "unmatched"


def send(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="As in /webhooks/SOURCE.", show_default=False)],
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="The body; - reads it from stdin.", exists=True, dir_okay=False, allow_dash=True
        ),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only look up what it means; store nothing.")] = False,
    header: Annotated[
        list[str] | None, typer.Option("--header", metavar="NAME: VALUE", help="A header to send with it.")
    ] = None,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Send a monitoring tool's payload, and say what was made of it."""
    body = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    path = f"/{'lookup' if dry_run else 'webhooks'}/{quote(source, safe='')}"
    with Service(url, token) as service:
        answer = service.deliver(path, body, dict(_header(one) for one in header or ()))
    if as_json:
        print_json(answer)
        return
    screen = answer_screen()
    for line in _answer_lines(answer):
        screen.print(line, soft_wrap=True)


def _header(written: str) -> tuple[str, str]:
    name, colon, value = written.partition(":")
    if not colon or not name.strip():
        raise typer.BadParameter('write a header as "Name: value"', param_hint="--header")
    return name.strip(), value.strip()


def _answer_lines(answer: Json) -> list[Text]:
    received, stored = answer.get("received"), answer.get("stored")
    if received is None or stored is None:
        raise InvalidInput("the answer is none of ours; check the address in --url")
    lines = [Text(f"{received:,} received, {stored:,} stored")]
    lines += [Text(f"could not be read: {printable(one)}", "yellow") for one in answer.get("problems", ())]
    for event in answer["events"]:
        lines += _event_lines(event)
    return lines


def _event_lines(event: Json) -> list[Text]:
    match, impact = event["match"], event["impact"]
    if match["key"] is None:
        candidates = " or ".join(match["candidates"][:_LISTED])
        about = f"ambiguous: {candidates}" if candidates else "about no known item"
        return [Text(f"{event['status']} {printable(about)}", "yellow")]
    found = printable(f"{match['key']}, by its {match['tier']} {match['identifier'] or ''}")
    lines = [Text(f"{event['status']} {found}")]
    if impact is None:
        return lines
    if impact["priority"] is not None:
        lines.append(Text(f"  priority {impact['priority']}"))
    for hurt in (*impact["businessProcesses"], *impact["businessServices"])[:_LISTED]:
        because = " > ".join(printable(key) for key in hurt["because"])
        lines.append(Text.assemble("  ", state_words(hurt["state"]), f" {printable(hurt['name'])}: {because}"))
    return lines
