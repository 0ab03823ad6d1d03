"""The plot of the README: seconds over items, both logarithmic, as an SVG that reads on light and dark pages. Pure."""

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape

Series = Mapping[str, Sequence[tuple[float, float]]]
"""By name, points of items and seconds."""

_WIDTH, _HEIGHT = 760, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 210, 20, 50
_COLOURS = ("#0072b2", "#009e73", "#cc79a7", "#d55e00", "#e69f00", "#56b4e9", "#8c6bb1")
# Labels closer than this cannot be read.
_LINE_PIXELS = 15
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#24292f}.grid{stroke:#d0d7de}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.grid{stroke:#3d444d}}"
)


def plot(series: Series) -> str:
    """A line for each series, named at its right end."""
    points = [point for line in series.values() for point in line]
    scale = _Scale([items for items, _ in points], [seconds for _, seconds in points])
    lines = [*scale.grid(), *_lines(series, scale)]
    size = f'viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="Time over the size of the estate"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size}><style>{_STYLE}</style>'
    return "\n".join([head, *lines, "</svg>\n"])


class _Scale:
    """From items and seconds to pixels; the edges are powers of ten."""

    def __init__(self, items: Sequence[float], seconds: Sequence[float]) -> None:
        self._items = _decades(items)
        self._seconds = _decades(seconds)

    def x(self, items: float) -> float:
        return _place(items, self._items, _LEFT, _WIDTH - _RIGHT)

    def y(self, seconds: float) -> float:
        return _place(seconds, self._seconds, _HEIGHT - _BOTTOM, _TOP)

    def grid(self) -> Iterator[str]:
        """The decades, with what they are."""
        for power in range(self._seconds[0], self._seconds[1] + 1):
            y = self.y(10.0**power)
            yield f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            yield f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{duration_text(10.0**power)}</text>'
        for power in range(self._items[0], self._items[1] + 1):
            x, y = self.x(10.0**power), _HEIGHT - _BOTTOM + 20
            yield f'<text x="{x:.1f}" y="{y}" text-anchor="middle">{10**power:,}</text>'
        middle = (_LEFT + _WIDTH - _RIGHT) / 2
        yield f'<text x="{middle}" y="{_HEIGHT - 8}" text-anchor="middle">items in the estate</text>'


def _decades(values: Sequence[float]) -> tuple[int, int]:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def _place(value: float, decades: tuple[int, int], low: float, high: float) -> float:
    return low + (math.log10(value) - decades[0]) / (decades[1] - decades[0]) * (high - low)


def duration_text(seconds: float) -> str:
    """A power of ten of a second."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size * 0.999:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds * 1e9:.0f} ns"


def _lines(series: Series, scale: _Scale) -> Iterator[str]:
    ends = sorted((scale.y(line[-1][1]), name) for name, line in series.items())
    heights: dict[str, float] = {}
    lowest = -math.inf
    for y, name in ends:
        heights[name] = lowest = max(y, lowest + _LINE_PIXELS)
    for colour, (name, line) in zip(_COLOURS, series.items(), strict=False):
        path = " ".join(f"{scale.x(items):.1f},{scale.y(seconds):.1f}" for items, seconds in line)
        yield f'<polyline fill="none" stroke="{colour}" stroke-width="2.5" points="{path}"/>'
        for items, seconds in line:
            yield f'<circle fill="{colour}" r="3.5" cx="{scale.x(items):.1f}" cy="{scale.y(seconds):.1f}"/>'
        x, y = _WIDTH - _RIGHT + 12, heights[name]
        yield f'<circle fill="{colour}" r="4" cx="{x}" cy="{y:.1f}"/>'
        yield f'<text x="{x + 9}" y="{y + 4:.1f}">{escape(name)}</text>'
