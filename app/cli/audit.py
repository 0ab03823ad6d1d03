"""Audit: who changed or read what, and whether the chain of entries holds."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from app.audit.chain import verified
from app.audit.model import Link
from app.cli.client import Json, Service
from app.cli.documents import AUDIT
from app.cli.drawing import Console, answer_screen, columns, print_json, printable
from app.cli.options import DEFAULT_URL, AsJson, Token, Url
from app.errors import Conflict, InvalidInput

_KEYS_SHOWN = 3


def audit(
    caller: Annotated[str | None, typer.Option("--caller", metavar="NAME", help="Only what this one did.")] = None,
    action: Annotated[str | None, typer.Option("--action", metavar="WORD", help="Only this, as upsertItems.")] = None,
    key: Annotated[str | None, typer.Option("--key", metavar="KEY", help="Only what changed this.")] = None,
    first: Annotated[int, typer.Option("--first", min=1, max=500, metavar="N", help="So many entries.")] = 50,
    verify: Annotated[
        bool, typer.Option("--verify", help="Check the whole chain instead; exit code 1: broken.")
    ] = False,
    expect: Annotated[
        str | None, typer.Option("--expect", metavar="NUMBER:HASH", help="A head that an earlier check printed.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", exists=True, dir_okay=False, help="Check this export, not a service's.")
    ] = None,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = None,
) -> None:
    """Show who changed what or read what is sensitive, the last first; or verify that nobody rewrote it.

    A chain that holds proves that no entry in it was changed, dropped or slipped in. That none was cut off its end,
    and that it was not made anew as a whole, only an earlier head proves that was kept elsewhere: give it with
    --expect.
    """
    if verify or expect or file:
        _verify(url, token, file, _link(expect) if expect else None)
        return
    with Service(url, token) as service:
        found: Json = service.graphql(AUDIT, filter={"caller": caller, "action": action, "key": key}, first=first)
    entries = [edge["node"] for edge in found["audit"]["edges"]]
    if as_json:
        print_json(entries)
        return
    table = columns("number", "at", "caller", "from", "action", "what")
    for one in entries:
        named = [printable(value) for value in (one["caller"], one["origin"], one["action"], _what(one))]
        table.add_row(str(one["number"]), one["at"], *(Text(value) for value in named))
    answer_screen().print(table)


def _what(entry: Json) -> str:
    more = entry["keyCount"] - _KEYS_SHOWN
    return ", ".join(entry["keys"][:_KEYS_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _verify(url: str, token: str | None, file: Path | None, expected: Link | None) -> None:
    if file is not None:
        with file.open(encoding="utf-8") as lines:
            found = verified(lines, expected)
    else:
        with Service(url, token) as service, service.export("audit") as chunks:
            found = verified(_lines(chunks), expected)
    if found.broken:
        raise Conflict(f"the audit is broken: {found.broken}")
    start, head = found.chain.start, found.chain.head
    Console().say(f"entries {start.number + 1} to {head.number} are as they were written; keep this head elsewhere:")
    typer.echo(f"{head.number}:{head.hash}")


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (line.decode() for line in whole)


def _link(text: str) -> Link:
    number, colon, hash = text.partition(":")
    if not colon or not number.isdecimal():
        raise InvalidInput("--expect takes a head as NUMBER:HASH, as `underpin audit --verify` prints it")
    return Link(int(number), hash.strip())
