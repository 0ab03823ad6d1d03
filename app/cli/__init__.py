"""The command line: `underpin up` runs the service, most other commands ask a running one over HTTP.

Decides how answers look in a terminal and which exit code a command has: 0 done, 1 failed, 2 wrong usage,
130 interrupted. What an answer says is left to the service; only `token` and `migrate` open the database themselves.
Decision: answers go to stdout and everything else to stderr, so that every command can be piped.
"""

import io
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperGroup

from app.cli import (
    answers,
    audit,
    bench,
    bulk,
    cypher,
    events,
    examples,
    gate,
    housekeeping,
    maintenance,
    notify,
    plan,
    report,
    status,
    tokens,
    up,
)
from app.cli.drawing import complain
from app.errors import UnderpinError

if TYPE_CHECKING:
    from typer._click import Context  # the class that TyperGroup is typed with; typer.Context is narrower


class _Commands(TyperGroup):
    """Turns what we tell on purpose into one sentence and exit code 1."""

    def invoke(self, ctx: "Context") -> object:
        try:
            return super().invoke(ctx)
        except UnderpinError as error:
            complain(error)
            raise typer.Exit(1) from error


program = typer.Typer(
    cls=_Commands,
    name="underpin",
    help="Shows what holds a business up: what each business process stands on, and what an event hurts.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # a usage error as plain lines, not in a box
    pretty_exceptions_enable=False,  # its traceback can show local variables, a token among them
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"underpin {version('underpin')}")
        raise typer.Exit


@program.callback()
def _options(
    _: Annotated[bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Print the version.")] = (
        False
    ),
) -> None: ...


program.command("up")(up.up)
program.command("import")(bulk.import_)
program.command("export")(bulk.export)
program.command("impact")(answers.impact)
program.command("reach")(answers.reach)
program.command("paths")(answers.paths)
program.command("plan")(plan.plan)
program.command("report")(report.report)
program.command("gate")(gate.gate)
program.command("events")(events.events)
program.command("send")(events.send)
program.command("bench")(bench.bench)
program.command("cypher")(cypher.cypher)
program.command("model")(cypher.model)
program.command("examples")(examples.examples)
program.command("audit")(audit.audit)
program.command("status")(status.status)
program.command("migrate")(housekeeping.migrate)
program.command("schema")(housekeeping.schema)
program.add_typer(maintenance.commands, name="maintenance")
program.add_typer(notify.commands, name="notify")
program.add_typer(tokens.commands, name="token")


def main() -> None:
    """Run the command that the process was started with, and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that cannot show a letter of somebody's name shows `?`, and we go on.
            stream.reconfigure(errors="replace")
    program(prog_name="underpin")
