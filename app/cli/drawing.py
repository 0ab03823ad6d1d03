"""Drawing: what every command shows in the same way. Messages, bars and errors go to stderr, answers to stdout."""

from collections.abc import Sequence
from types import TracebackType
from typing import Self

import orjson
import typer
from rich.console import Console as Screen
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.status import Status
from rich.table import Table
from rich.text import Text

from app.errors import InvalidInput, Problem, UnderpinError

MAX_SHOWN_PROBLEMS = 20
_PIPE_WIDTH = 200


class Console:
    """Messages on stderr with one moving thing below them, a bar or a spinner; plain lines without a terminal.

    `say` and `progress` are what the managed server asks for. Not for two threads at once.
    """

    def __init__(self, doing: str = "fetching Neo4j", screen: Screen | None = None) -> None:
        self._doing = doing
        self._screen = screen or Screen(stderr=True, highlight=False)
        self._moving: Progress | Status | None = None
        self._told_tenths = 0

    @property
    def is_terminal(self) -> bool:
        """Whether anything can move."""
        return self._screen.is_terminal

    def say(self, message: str) -> None:
        """One message, above whatever moves."""
        self._screen.print(Text("\n".join(map(printable, message.splitlines()))), soft_wrap=True)

    def progress(self, done_bytes: int, total_bytes: int) -> None:
        """How far a transfer is: a bar that goes away at its end, or a line for every tenth."""
        if not self.is_terminal:
            self._tell_tenths(done_bytes, total_bytes)
        elif done_bytes >= total_bytes:
            self.close()
        else:
            bar = self._moving if isinstance(self._moving, Progress) else self._new_bar(total_bytes)
            bar.update(bar.task_ids[0], completed=done_bytes, total=total_bytes)

    def wait_for(self, what: str) -> None:
        """Show a spinner until `close`; nothing without a terminal."""
        self.close()
        if self.is_terminal:
            self._moving = Status(Text(what), console=self._screen)
            self._moving.start()

    def close(self) -> None:
        """Take away what moves; a second call does nothing."""
        moving, self._moving = self._moving, None
        if moving is not None:
            moving.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _new_bar(self, total_bytes: int) -> Progress:
        self.close()
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
        bar = Progress(*columns, TimeRemainingColumn(), console=self._screen, transient=True)
        bar.add_task(self._doing, total=total_bytes)
        bar.start()
        self._moving = bar
        return bar

    def _tell_tenths(self, done_bytes: int, total_bytes: int) -> None:
        tenths = 10 * done_bytes // total_bytes if total_bytes else 10
        if tenths != self._told_tenths and tenths:
            self.say(f"{self._doing}: {tenths * 10}% of {total_bytes / 1_000_000:.1f} MB")
        self._told_tenths = tenths


def answer_screen() -> Screen:
    """Where answers are drawn. A pipe has no width; ours keeps the columns of a table apart."""
    screen = Screen(highlight=False)
    return screen if screen.is_terminal else Screen(highlight=False, width=_PIPE_WIDTH)


def columns(*titles: str) -> Table:
    """A table without lines: the first column is text, the others are numbers or words."""
    table = Table(box=None, pad_edge=False, header_style="dim", show_header=any(titles))
    for title in titles:
        table.add_column(title, overflow="fold")
    return table


def counted(*titles: str) -> Table:
    """A table of numbers, with words in the first column."""
    table = columns(*titles)
    for column in table.columns[1:]:
        column.justify = "right"
    return table


def print_json(value: object) -> None:
    """JSON on stdout, indented, in UTF-8 whatever the terminal's encoding."""
    typer.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2))


def complain(error: UnderpinError) -> None:
    """The error's sentence on stderr, and the first rows at fault."""
    screen = Screen(stderr=True, highlight=False)
    screen.print(
        Text.assemble(("Error: ", "bold red"), printable(" ".join(error.message.splitlines()))), soft_wrap=True
    )
    if isinstance(error, InvalidInput):
        told = len(error.problems) == 1 and str(error.problems[0]) in error.message
        for line in problem_lines([] if told else error.problems):
            screen.print(line, soft_wrap=True)


def problem_lines(problems: Sequence[Problem], total: int | None = None) -> list[Text]:
    """A line for each of the first problems, and one that says how many more of `total` there are."""
    lines = [Text(f"  {printable(str(one))}") for one in problems[:MAX_SHOWN_PROBLEMS]]
    total = len(problems) if total is None else total
    if total > len(lines):
        known = "them" if total == len(problems) else f"the first {len(problems):,}"
        lines.append(Text(f"  and {total - len(lines):,} more; --json shows {known}", "dim"))
    return lines


def printable(text: str) -> str:
    """The text on one line, with a mark in place of whatever could steer a terminal; names come from anywhere."""
    return text if text.isprintable() else "".join(one if one.isprintable() else "\ufffd" for one in text)
