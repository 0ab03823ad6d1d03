"""Runs the benchmark at each size and writes what it finds into the README: a table and a plot.

    uv run python -m tests.bench.publish [--sizes 10000 100000 1000000] [--seeds 50]

Each size is a process of its own, so that none finds the memory of another. A million items take about half an hour.
"""

import argparse
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import orjson
import psutil

from app.bench.model import Figure
from app.cli.bench import number_text
from app.database.server import NEO4J_VERSION
from tests.bench.plot import Series, plot

SIZES = (10_000, 100_000, 1_000_000)
README = Path(__file__).parents[2] / "README.md"
PLOT = Path(__file__).with_name("reach.svg")
_SECTION = re.compile(r"(<!-- bench: [^\n]*-->\n).*?(<!-- end of bench -->)", re.DOTALL)
_SCALE = {"s": 1.0, "ms": 1e-3, "µs": 1e-6}
# The name in the plot, the figure, and whether its baseline is meant.
_LINES = (
    ("underpin, reach", "reach, wide seeds, against scipy", False),
    ("underpin, states of all items", "propagation, wide seeds, against reach", False),
    ("underpin, GraphQL impact", "GraphQL impact, wide seeds, against Cypher reach", False),
    ("scipy, reach", "reach, wide seeds, against scipy", True),
    ("rustworkx, reach", "reach, wide seeds, against rustworkx", True),
    ("plain Python, reach", "reach, wide seeds, against plain Python", True),
    ("Cypher, reach", "reach, wide seeds, against Cypher", True),
)

Run = Mapping[str, Figure]
"""The figures of one size by name."""


def measured(items: int, seeds: int) -> Run:
    """The figures of `underpin bench` at this size."""
    command = [str(Path(sys.executable).parent / "underpin"), "bench", f"--items={items}", f"--seeds={seeds}", "--json"]
    printed = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    return {one["figure"]: Figure(**one) for one in orjson.loads(printed)}


def table(runs: Mapping[int, Run], seeds: int) -> str:
    """A row for each figure, a column for each size; behind a value its ratio to the baseline."""
    names = dict.fromkeys(name for run in runs.values() for name in run)
    lines = [f"| figure | {' | '.join(f'{items:,} items' for items in runs)} |", "|---" + "|--:" * len(runs) + "|"]
    lines += [f"| {name} | {' | '.join(_cell(run.get(name)) for run in runs.values())} |" for name in names]
    return "\n".join([_conditions(seeds), "", *lines])


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return ""
    ratio = "" if figure.ratio is None else f" ({number_text(figure.ratio)}x)"
    return f"{number_text(figure.value)} {figure.unit}{ratio}"


def _conditions(seeds: int) -> str:
    memory = round(psutil.virtual_memory().total / 2**30)
    return (
        f"Medians over {seeds} seeds of each kind; {os.cpu_count()} processors ({platform.machine()}), {memory} GiB, "
        f"Python {platform.python_version()}, Neo4j {NEO4J_VERSION}."
    )


def lines_of(runs: Mapping[int, Run]) -> Series:
    """What is plotted."""
    return {label: list(_points(runs, name, baseline)) for label, name, baseline in _LINES}


def _points(runs: Mapping[int, Run], name: str, baseline: bool) -> Iterator[tuple[float, float]]:
    for items, run in runs.items():
        value = run[name].baseline if baseline else run[name].value
        assert value is not None
        yield items, value * _SCALE[run[name].unit]


def with_section(readme: str, section: str) -> str:
    """The README with this between the marks."""
    text, count = _SECTION.subn(lambda found: f"{found[1]}{section}\n{found[2]}", readme)
    assert count == 1, "the README has no marks to write between"
    return text


def publish(sizes: Sequence[int], seeds: int) -> None:
    """Measure, then write both files."""
    runs = {items: measured(items, seeds) for items in sizes}
    PLOT.write_text(plot(lines_of(runs)), encoding="utf-8")
    README.write_text(with_section(README.read_text(encoding="utf-8"), table(runs, seeds)), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench.publish", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--seeds", type=int, default=50)
    given = parser.parse_args()
    publish(given.sizes, given.seeds)
