"""A recovery plan as a Gantt picture: inline SVG that prints, and reads in black and white. Pure.

Solid bars must not slip, hatched ones have slack, whose end a thin line shows, dashed ones only restore redundancy.
"""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from app.continuity.plan_document import PlanDocument, PlanRow, duration_words

_WIDTH, _LABELS, _ROW, _TOP, _FOOT = 1_000, 260, 22, 70, 40
# To the right of the last bar there is room for its team.
_CHART = _WIDTH - _LABELS - 60
_LABEL_LETTERS = 32
# Steps of a time axis that people read: seconds, minutes, hours, days.
_NICE = (
    1, 5, 15, 30, 60, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 14_400, 21_600, 43_200, 86_400, 172_800, 604_800,
)  # fmt: skip
_MOST_TICKS = 10
_HATCH = (
    '<defs><pattern id="slack" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="6" height="6" fill="#fff"/><line x1="0" y1="0" x2="0" y2="6" stroke="#555" stroke-width="2"/>'
    "</pattern></defs>"
)


def plan_gantt(document: PlanDocument) -> str:
    """The picture as one SVG element."""
    height = _TOP + _ROW * len(document.rows) + _FOOT
    last = max([1, document.answer.finish_seconds, *(_end(row) for row in document.rows)])
    title = escape(f"Recovery plan: {document.title}")
    finish = f"everything is up {document.finish_words} after the failure"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        'role="img" font-family="sans-serif" font-size="12">',
        f"<title>{title}</title>",
        _HATCH,
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="10" y="22" font-size="16" font-weight="bold">{title}</text>',
        f'<text x="10" y="40">{finish}</text>',
        *_axis(last, height),
        *(line for place, row in enumerate(document.rows) for line in _bar(row, _TOP + _ROW * place, last)),
        *_legend(height),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _end(row: PlanRow) -> int:
    """The last time of a row that is drawn: with its slack, which a schedule has used."""
    return row.finish_seconds if row.assignment else row.finish_seconds + (row.step.slack_seconds or 0)


def _x(seconds: int, last: int) -> float:
    return round(_LABELS + _CHART * seconds / last, 1)


def _axis(last: int, height: int) -> Iterator[str]:
    step = next((one for one in _NICE if last / one <= _MOST_TICKS), -(-last // _MOST_TICKS))
    for seconds in range(0, last + 1, step):
        x = _x(seconds, last)
        yield f'<line x1="{x}" y1="{_TOP - 6}" x2="{x}" y2="{height - _FOOT}" stroke="#ccc"/>'
        yield f'<text x="{x}" y="{_TOP - 10}" text-anchor="middle">{duration_words(seconds)}</text>'


def _bar(row: PlanRow, y: int, last: int) -> Iterator[str]:
    step = row.step
    begin, end = _x(row.start_seconds, last), _x(row.finish_seconds, last)
    label = row.name if len(row.name) <= _LABEL_LETTERS else f"{row.name[: _LABEL_LETTERS - 1]}…"
    weight = ' font-weight="bold"' if step.is_critical else ""
    yield f'<g><title>{escape(_told(row))}</title><text x="10" y="{y + 15}"{weight}>{escape(label)}</text>'
    style = 'fill="url(#slack)" stroke="#000"'
    if step.is_critical:
        style = 'fill="#000"'
    elif step.slack_seconds is None:
        style = 'fill="#fff" stroke="#000" stroke-dasharray="4 2"'
    yield f'<rect x="{begin}" y="{y + 4}" width="{max(1.5, round(end - begin, 1))}" height="{_ROW - 8}" {style}/>'
    if step.slack_seconds and row.assignment is None and not step.step.is_missing:
        yield f'<line x1="{end}" y1="{y + 11}" x2="{_x(_end(row), last)}" y2="{y + 11}" stroke="#000"/>'
    if row.assignment and row.assignment.team:
        yield f'<text x="{end + 4}" y="{y + 15}">team {row.assignment.team}</text>'
    if step.step.is_missing:
        yield f'<text x="{end + 4}" y="{y + 15}">time not known</text>'
    yield "</g>"


def _told(row: PlanRow) -> str:
    """What a reader is told who points at a bar."""
    begin, end = duration_words(row.start_seconds), duration_words(row.finish_seconds)
    return f"{row.name} ({row.step.key}): {begin} to {end}"


def _legend(height: int) -> Iterator[str]:
    y = height - 14
    samples = (
        ('fill="#000"', "must not slip"),
        ('fill="url(#slack)" stroke="#000"', "has slack, up to the end of the line"),
        ('fill="#fff" stroke="#000" stroke-dasharray="4 2"', "only restores redundancy"),
    )
    for place, (style, words) in enumerate(samples):
        x = 10 + 270 * place
        yield f'<rect x="{x}" y="{y - 10}" width="24" height="12" {style}/><text x="{x + 32}" y="{y}">{words}</text>'
