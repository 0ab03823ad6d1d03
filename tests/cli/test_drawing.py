"""Drawing: what stderr shows while something takes long, and when it fails."""

from io import StringIO

import pytest
from rich.console import Console as Screen

from app.cli.drawing import Console, complain
from app.errors import InvalidInput, NotFound, Problem


def screen(*, terminal: bool = False) -> tuple[Screen, StringIO]:
    file = StringIO()
    return Screen(file=file, width=80, force_terminal=terminal, color_system=None, highlight=False), file


def test_without_a_terminal_a_transfer_is_told_in_tenths() -> None:
    where, file = screen()
    console = Console("fetching Neo4j", where)

    console.progress(1_000_000, 150_000_000)
    console.progress(15_000_000, 150_000_000)
    console.progress(16_000_000, 150_000_000)
    console.progress(150_000_000, 150_000_000)
    console.progress(150_000_000, 150_000_000)

    assert file.getvalue().splitlines() == [
        "fetching Neo4j: 10% of 150.0 MB",
        "fetching Neo4j: 100% of 150.0 MB",
    ]


def test_a_second_transfer_is_told_anew() -> None:
    where, file = screen()
    console = Console("fetching", where)

    console.progress(10, 10)
    console.progress(0, 10)
    console.progress(10, 10)

    assert file.getvalue().splitlines() == ["fetching: 100% of 0.0 MB"] * 2


def test_on_a_terminal_a_bar_shows_the_transfer_and_messages_stand_above_it() -> None:
    where, file = screen(terminal=True)

    with Console("fetching Neo4j", where) as console:
        console.progress(75_000_000, 150_000_000)
        console.say("still here")

    assert "75.0/150.0 MB" in file.getvalue()
    assert "still here" in file.getvalue()


def test_a_finished_transfer_leaves_no_bar() -> None:
    where, file = screen(terminal=True)
    console = Console("fetching Neo4j", where)

    console.progress(1, 2)
    console.progress(2, 2)
    drawn = len(file.getvalue())
    console.close()

    assert len(file.getvalue()) == drawn


def test_a_message_is_never_wrapped_or_taken_for_markup() -> None:
    where, file = screen()

    Console("", where).say("[bold]" + "x" * 200)

    assert file.getvalue() == "[bold]" + "x" * 200 + "\n"


def test_an_error_is_one_sentence_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    complain(NotFound("no item has the key 'a';\nlook it up"))

    assert capsys.readouterr() == ("", "Error: no item has the key 'a'; look it up\n")


def test_rows_at_fault_follow_the_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    complain(InvalidInput("2 rows are wrong", [Problem("items.csv:2", "no key"), Problem("items.csv:3", "no type")]))

    assert capsys.readouterr().err == "Error: 2 rows are wrong\n  items.csv:2: no key\n  items.csv:3: no type\n"


def test_the_only_row_at_fault_is_not_told_twice(capsys: pytest.CaptureFixture[str]) -> None:
    complain(InvalidInput("items.csv:2: no key; nothing was written", [Problem("items.csv:2", "no key")]))

    assert capsys.readouterr().err == "Error: items.csv:2: no key; nothing was written\n"
