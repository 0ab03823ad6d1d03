"""The benchmark on a small estate: every figure is there, and none of a wrong answer."""

import sys
from pathlib import Path

import pytest

from app.bench.engines import check_agreement, check_installed, engines_of
from app.bench.estates import make_estate
from app.bench.model import Figure, WrongAnswer
from app.bench.run import measured, memory_for
from app.bench.seeds import chosen_seeds, reached_items
from app.cli.bench import figure_table, number_text
from app.database.client import Connection
from app.errors import InvalidInput
from app.topology.graph import Graph
from tests.graphs import graph

ENGINES = ("Cypher", "scipy", "rustworkx", "plain Python")
OF_SEEDS = (
    *(f"reach, {{}} seeds, against {name}" for name in ENGINES),
    "items reached, {} seeds",
    "propagation, {} seeds, against reach",
    "GraphQL impact, {} seeds, against Cypher reach",
    "one event raised and cleared, {} seeds",
    "one event, {} seeds, for each state changed",
)
FIGURES = {one.format(width) for one in OF_SEEDS for width in ("wide", "narrow")} | {
    "import",
    "bare load",
    "memory of a worker with the graph",
    "topology load, against counting its edges",
    "mixed alarms, one at a time",
    "mixed alarms, by the thousand",
    "states changed by a thousand mixed alarms",
    "one location down",
    "one location up again",
    "one location, states changed",
    "one location down, for each state changed",
    "committed edit in an answer, same worker",
    "committed edit in the graph, another worker",
    "webhook alerts until they are stored",
    "webhook alert alone, with its impact, beside 100/s",
    "single points of 2 business items, against failing all in turn",
    "RTA and required RTO of all items, against one location down",
    "GraphQL recoveryGaps while it is worked out anew, against the same in peace",
    "GraphQL singlePoints while it is worked out anew, against the same in peace",
}
SHELTERED = "checkout -> db{1 of db-1, db-2}; db-1 -> zone; db-2 -> zone; report -> db-1"


async def test_a_run_measures_every_figure_and_the_engines_agree(empty: Connection, tmp_path: Path) -> None:
    found = await measured(empty, make_estate(300), tmp_path, imports=True, seeds=2, say=lambda _: None)

    figures = {one.figure: one for one in found}
    assert figures.keys() == FIGURES
    assert [one.figure for one in figures.values() if one.value <= 0] == []
    assert {name for name, one in figures.items() if one.ratio} == {
        "import",
        "webhook alerts until they are stored",
        *(name for name in FIGURES if "against" in name),
    }


def drawn() -> Graph:
    return graph(SHELTERED).graph


def test_every_engine_finds_the_same() -> None:
    world = drawn()
    zone = world.number["zone"]

    check_agreement(world, zone, [(one.name, one.search(zone)) for one in engines_of(world)])

    assert reached_items(world, zone) == 6


def test_a_wrong_answer_ends_the_run() -> None:
    world = drawn()
    zone = world.number["zone"]

    with pytest.raises(WrongAnswer, match="of zone underpin reaches 5 items and other 4, of which 1 differ"):
        check_agreement(world, zone, [("underpin", range(6)), ("other", range(5))])


def test_seeds_can_fail_by_themselves_and_are_the_same_each_time() -> None:
    world = drawn()

    seeds = chosen_seeds(world, 2)

    assert seeds == chosen_seeds(world, 2)
    assert world.keys[seeds.wide[0]] == "zone"
    assert world.number["db"] not in {*seeds.wide, *seeds.narrow}


def test_a_missing_library_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rustworkx", None)

    with pytest.raises(InvalidInput, match=r"the benchmark compares with rustworkx; install underpin\[bench\]"):
        check_installed()


def test_the_server_grows_with_the_estate() -> None:
    assert memory_for(10_000).heap_mebibytes == 2048
    assert memory_for(1_000_000).page_cache_mebibytes == 1500


def test_numbers_are_told_with_three_digits_that_count() -> None:
    assert [number_text(one) for one in (0.03912, 3.14159, 1234.5, None)] == ["0.0391", "3.14", "1,234", ""]


def test_a_figure_is_a_row() -> None:
    table = figure_table([Figure("reach", 1.5, "ms", 3.0, 2.0), Figure("memory", 700.0, "MiB")])

    assert [list(column.cells) for column in table.columns] == [
        ["reach", "memory"],
        ["1.5", "700"],
        ["3", ""],
        ["ms", "MiB"],
        ["2", ""],
    ]
