"""What the benchmark publishes: a table and a plot, between the README's marks."""

from xml.etree import ElementTree

import pytest

from app.bench.model import Figure
from tests.bench.plot import duration_text, plot
from tests.bench.publish import README, table, with_section

RUNS = {
    10_000: {"reach": Figure("reach", 10.0, "µs", 25.0, 2.5), "import": Figure("import", 9_000.0, "rows/s")},
    100_000: {"reach": Figure("reach", 1_234.5, "µs", 2_469.0, 2.0)},
}


def test_the_table_has_a_column_for_each_size_and_says_what_was_not_measured() -> None:
    assert table(RUNS, 50).splitlines()[2:] == [
        "| figure | 10,000 items | 100,000 items |",
        "|---|--:|--:|",
        "| reach | 10 µs (2.5x) | 1,234 µs (2x) |",
        "| import | 9,000 rows/s |  |",
    ]


def test_a_section_is_replaced_and_the_rest_stays() -> None:
    readme = "above\n<!-- bench: how -->\nold\n<!-- end of bench -->\nbelow\n"

    assert with_section(readme, "new") == "above\n<!-- bench: how -->\nnew\n<!-- end of bench -->\nbelow\n"


def test_the_readme_has_a_place_for_the_section() -> None:
    assert "\nnew\n" in with_section(README.read_text(encoding="utf-8"), "new")


def test_a_plot_is_an_image_with_a_line_for_each_series() -> None:
    image = ElementTree.fromstring(plot({"a & b": [(10_000, 1e-5), (100_000, 1e-4)], "c": [(10_000, 0.2)]}))

    assert len(image.findall("{*}polyline")) == 2
    assert {"a & b", "c", "10 µs", "1 s", "10,000", "100,000"} <= {text.text for text in image.findall("{*}text")}


@pytest.mark.parametrize(("seconds", "text"), [(1e-7, "100 ns"), (1e-5, "10 µs"), (1e-3, "1 ms"), (10.0, "10 s")])
def test_a_duration_is_told_in_the_unit_it_has(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text
