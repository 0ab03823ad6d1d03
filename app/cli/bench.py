"""Bench: the benchmark, as a table or as JSON."""

import asyncio
import signal
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from app.bench.model import Figure
from app.cli.drawing import Console, answer_screen, counted, print_json
from app.cli.options import AsJson

_INTERRUPTED = 130


def bench(
    items: Annotated[int, typer.Option("--items", min=100, max=2_000_000, help="Size of the estate.")] = 10_000,
    seeds: Annotated[int, typer.Option("--seeds", min=1, max=1_000, help="Items whose failure is measured.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Measure an estate of this size in a Neo4j of its own, beside baselines. Your data is not touched."""
    with Console() as console:
        try:
            figures = asyncio.run(_figures(items, seeds, console))
        except asyncio.CancelledError:
            raise typer.Exit(_INTERRUPTED) from None
    if as_json:
        print_json([asdict(one) for one in figures])
    else:
        answer_screen().print(figure_table(figures))


async def _figures(items: int, seeds: int, console: Console) -> list[Figure]:
    from app.bench.run import bench as run

    # Ctrl-C does the same by itself.
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await run(items, seeds, say=console.say, progress=console.progress)


def figure_table(figures: Sequence[Figure]) -> Table:
    """A row for each figure; a ratio above 1 is in our favour."""
    table = counted("figure", "value", "baseline", "unit", "ratio")
    for one in figures:
        table.add_row(one.figure, number_text(one.value), number_text(one.baseline), one.unit, number_text(one.ratio))
    return table


def number_text(number: float | None) -> str:
    """Three digits that count, or all of a larger number."""
    if number is None:
        return ""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"
