"""The report of the change gate as Markdown, as a pull request shows it. Pure."""

from collections.abc import Iterator, Sequence

from app.continuity.gate import BusinessChange, ConcentrationChange, GateReport

_ROWS = 50
_KEYS = 10


def gate_markdown(report: GateReport) -> str:
    """The whole report: the verdict, who gets worse and why, what else changes."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: GateReport) -> Iterator[str]:
    worse = [one for one in report.changes if one.worse]
    failing = [one for one in worse if one.is_important]
    yield f"# Change gate: {'passed' if report.passed else 'failed'}"
    yield ""
    if failing:
        yield f"{_counted(len(failing), 'important business item')} would get worse."
    elif report.changes:
        yield f"No important business item gets worse; {_counted(len(report.changes), 'business item')} would change."
    else:
        yield "No business item would change."
    yield f"Compared with graph version {report.graph_version}."
    yield from _section("Important business items that get worse", failing)
    yield from _section("Other business items that get worse", [one for one in worse if not one.is_important])
    yield from _section("Other changes", [one for one in report.changes if not one.worse])
    yield from _concentration(report.concentration)
    yield from _named("Business items that come", report.added)
    yield from _named("Business items that go", report.removed)


def _section(title: str, changes: Sequence[BusinessChange]) -> Iterator[str]:
    if not changes:
        return
    yield from ("", f"## {title}", "")
    for one in changes[:_ROWS]:
        yield f"- **{escaped(one.key)}**" + (f": {'; '.join(one.worse)}" if one.worse else "")
        if one.gained:
            yield f"  - new single points of failure: {_listed(one.gained)}"
        if one.lost:
            yield f"  - no longer single points of failure: {_listed(one.lost)}"
        if one.pairs_gained:
            yield f"  - new pairs that take it DOWN: {_listed([' + '.join(pair) for pair in one.pairs_gained])}"
        if one.before.overrun_seconds != one.after.overrun_seconds:
            yield f"  - recovers too late by {one.after.overrun_seconds} s, before {one.before.overrun_seconds} s"
    yield from _more(len(changes))


def _concentration(changes: Sequence[ConcentrationChange]) -> Iterator[str]:
    if not changes:
        return
    yield from ("", "## Concentration", "", "| on | knock-out before | after | dependency before | after |")
    yield "|---|---|---|---|---|"
    for one in changes[:_ROWS]:
        knockout = f"{one.knockout_share_before:.1%} | {one.knockout_share_after:.1%}"
        dependency = f"{one.dependency_share_before:.1%} | {one.dependency_share_after:.1%}"
        yield f"| {escaped(one.key)} | {knockout} | {dependency} |"
    yield from _more(len(changes))


def _named(title: str, keys: Sequence[str]) -> Iterator[str]:
    if keys:
        yield from ("", f"## {title}", "", _listed(keys))


def _more(count: int) -> Iterator[str]:
    if count > _ROWS:
        yield from ("", f"And {count - _ROWS} more; the JSON has them all.")


def _listed(keys: Sequence[str]) -> str:
    more = f" and {len(keys) - _KEYS} more" if len(keys) > _KEYS else ""
    return ", ".join(map(escaped, keys[:_KEYS])) + more


def _counted(count: int, words: str) -> str:
    return f"{count} {words}{'' if count == 1 else 's'}"


def escaped(text: str) -> str:
    """A key as Markdown shows it, whatever is in it."""
    plain = " ".join(text.split())
    return "".join(f"\\{one}" if one in "\\`*_[]<>|#" else one for one in plain)
