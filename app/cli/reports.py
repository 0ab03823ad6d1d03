"""Reports: the words and colours of impact, reach, paths and imports. Pure: from JSON to lines and tables."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from rich.table import Table
from rich.text import Text

from app.cli.client import Json
from app.cli.drawing import columns, counted, printable, problem_lines
from app.cli.trees import LINES, Guides, tree_lines, tree_of
from app.errors import Problem

COLOURS: Mapping[str, str] = {"DOWN": "bold red", "DEGRADED": "yellow", "UNKNOWN": "magenta", "OPERATIONAL": "green"}
_STATES = ("DOWN", "DEGRADED", "UNKNOWN")
_PROCESS = "businessprocess"
_BUSINESS = ("BUSINESS_PROCESS", "BUSINESS_SERVICE")
_TYPES = {
    _PROCESS: "business process",
    "businessservice": "business service",
    "itservice": "IT service",
    "thirdparty": "third party",
    "redundancygroup": "redundancy group",
}


def type_words(name: str) -> str:
    """A type as people say it, from `BusinessProcess` or `BUSINESS_PROCESS`."""
    plain = name.replace("_", "").lower()
    return _TYPES.get(plain, printable(plain))


def titled(item: Mapping[str, str]) -> str:
    """An item's name and key; a name that only repeats the key is left out."""
    key, name = printable(item["key"]), printable(item["name"])
    return key if name == key else f"{name} ({key})"


def impact_heading(report: Json) -> Iterator[Text]:
    """What was asked, and how urgent the answer is."""
    causes = report["causes"]
    named = ", ".join(f"{titled(one['item'])} {_planned(one)}{one['state']}" for one in causes[:5])
    others = f" and {len(causes) - 5} more" if len(causes) > 5 else ""
    yield Text(f"{named or 'Nothing failed'}{others}", "bold")
    yield Text(
        f"{_urgency(report)}; as of {instant_words(report['asOf'])}, graph version {report['graphVersion']}", "dim"
    )


def _urgency(report: Json) -> str:
    if report["priority"] is not None:
        return f"priority {report['priority']} of 1 to 5"
    if any(one["planned"] for one in report["causes"]) and any(one["type"] in _BUSINESS for one in report["counts"]):
        return "what is hurt of the business is planned and has no priority"
    return "no business process or service is hurt"


def impact_costs(costs: Sequence[Json]) -> Iterator[Text]:
    """What the outages will have cost, by currency."""
    sums = [f"{printable(one['currency'])} {Decimal(one['amount']):,}" for one in costs]
    if sums:
        yield Text(f"The outages cost {' and '.join(sums)} by their end")


def impact_sentences(report: Json) -> Iterator[Text]:
    """Why the business items that are hurt most are hurt, and what would clear them if it is not all that failed."""
    failed = {cause["item"]["key"] for cause in report["causes"]}
    for edge in report["worst"]["edges"]:
        sentence, repairs = printable(edge["node"]["sentence"]), edge["node"]["repairs"]
        if repairs and {one["key"] for one in repairs} < failed:
            sentence += f"; repair {', '.join(titled(one) for one in repairs)} to clear it"
        yield Text(sentence)


def impact_counts(counts: Sequence[Json]) -> Table:
    """How many items of each type are in each state, in the answer's order of types."""
    states = [state for state in _STATES if any(one["state"] == state for one in counts)]
    table = counted("", *states)
    for kind in dict.fromkeys(one["type"] for one in counts):
        found = {one["state"]: one["count"] for one in counts if one["type"] == kind}
        cells = [Text(f"{found[state]:,}", COLOURS[state]) if state in found else Text("") for state in states]
        table.add_row(type_words(kind), *cells)
    return table


def impact_lines(report: Json, guides: Guides = LINES) -> Iterator[Text]:
    """The tree from cause to hurt: each impacted item hangs below the next item on its path to a cause.

    An item on the way that is not on these pages has no state here and stands dimmed.
    """
    nodes: dict[str, Json] = {node["item"]["key"]: node for node in report["impacted"]["nodes"]}
    labels = _path_labels(nodes.values())
    causes = {cause["item"]["key"]: cause for cause in report["causes"]}
    for key, cause in causes.items():
        labels[key] = Text.assemble(state_words(cause["state"]), " ", titled(cause["item"]))
    labels |= {key: _impacted(node) for key, node in nodes.items()}
    paths = [_keys(node) for node in nodes.values()] + [[key] for key in causes]
    for guide, key in tree_lines(tree_of(paths), guides):
        yield Text.assemble((guide, "dim"), labels[key])


def risk_lines(report: Json) -> Iterator[Text]:
    """The first items that one more loss would take down, and which loss."""
    risk = report["atRisk"]
    shown = risk["edges"]
    for edge in shown:
        node = edge["node"]
        named = ", ".join(titled(one) for one in node["singlePoints"])
        more = node["singlePointCount"] - len(node["singlePoints"])
        others = f" or {more:,} more" if more > 0 else ""
        yield Text.assemble(("At risk: ", "yellow"), f"{titled(node['item'])} would go DOWN with {named}{others}")
    if risk["totalCount"] > len(shown):
        yield Text(f"{risk['totalCount'] - len(shown):,} more items at risk; use --json", "yellow")
    if risk["truncated"]:
        yield Text("Finding what is at risk hit its limit (UNDERPIN_MAX_AT_RISK_EDGES); there may be more.", "yellow")


def impact_notes(report: Json) -> Iterator[Text]:
    """What is cut, hidden, unknown, assumed or missing."""
    yield from cut_note(report["impacted"])
    if report["truncated"]:
        yield Text(f"The walk stopped at depth {report['depthReached']}; there may be more beyond it.", "yellow")
    if report["hidden"]:
        yield Text(f"{report['hidden']:,} items are hidden from this token.", "yellow")
    if report["unknown"]:
        yield Text(f"{report['unknown']:,} items may or may not be hurt: what they need is UNKNOWN.", "magenta")
    for sentence in report["assumptions"]:
        yield Text(f"Assumed: {printable(sentence)}.", "dim")
    for sentence in report["missing"]:
        yield Text(f"Missing: {printable(sentence)}.", "dim")


def reach_lines(start: str, reached: Json, guides: Guides = LINES) -> Iterator[Text]:
    """The tree from the start to everything reached, each item below the next one on its path to the start."""
    nodes: dict[str, Json] = {node["item"]["key"]: node for node in reached["nodes"]}
    labels = {start: Text(printable(start))} | _path_labels(nodes.values())
    labels |= {
        key: _emphasised(node["item"], f"{titled(node['item'])}, {type_words(node['item']['__typename'])}")
        for key, node in nodes.items()
    }
    for guide, key in tree_lines(tree_of([_keys(node) for node in nodes.values()] or [[start]]), guides):
        yield Text.assemble((guide, "dim"), labels[key])


def cut_note(connection: Json) -> Iterator[Text]:
    """How many items were not drawn, if any."""
    cut = connection["totalCount"] - len(connection["nodes"])
    if cut > 0:
        yield Text(f"{cut:,} more; use --first or --json", "yellow")


def path_lines(paths: Sequence[Json]) -> Iterator[Text]:
    """Each path on a line, with its length; an arrow points to what is needed."""
    for path in paths:
        hops = "1 hop" if path["length"] == 1 else f"{path['length']} hops"
        yield Text.assemble((f"{hops}: ", "dim"), " -> ".join(titled(item) for item in path["items"]))


def import_table(report: Json) -> Table:
    """What an import did, or would do."""
    table = counted("would be" if report["dryRun"] else "", "created", "changed", "unchanged")
    for what in ("items", "dependencies", "assessments", "scenarios"):
        table.add_row(what, *(f"{report[what][name]:,}" for name in ("created", "changed", "unchanged")))
    return table


def refused_lines(report: Json) -> Iterator[Text]:
    """The rows that were left out, the first of them by name."""
    count = report["refusedCount"]
    if count:
        yield Text(f"{count:,} {'row' if count == 1 else 'rows'} refused:", "yellow")
        yield from problem_lines([Problem(one["where"], one["message"]) for one in report["refused"]], count)


def window_table(windows: Sequence[Json]) -> Table:
    """A line for each maintenance window."""
    table = columns("id", "starts", "ends", "is", "state", "what", "items")
    for one in windows:
        standing = "cancelled" if one["cancelledAt"] else "active" if one["active"] else ""
        named = ", ".join(printable(key) for key in one["keys"][:3])
        more = f" and {len(one['keys']) - 3:,} more" if len(one["keys"]) > 3 else ""
        starts, ends = (instant_words(one[name]) for name in ("startsAt", "endsAt"))
        table.add_row(
            printable(one["id"]),
            starts,
            ends,
            standing,
            Text(*state_words(one["state"] or "silent")),
            printable(one["summary"]),
            f"{named}{more}",
        )
    return table


def window_line(window: Json) -> Text:
    """A maintenance window in a sentence."""
    count = len(window["keys"])
    items = printable(window["keys"][0]) if count == 1 else f"{count:,} items"
    span = f"from {instant_words(window['startsAt'])} until {instant_words(window['endsAt'])}"
    if window["cancelledAt"]:
        return Text(f"maintenance {window['id']} of {items} was cancelled at {instant_words(window['cancelledAt'])}")
    again = f", again by {window['recurrence']} in {window['timeZone']}" if window["recurrence"] else ""
    return Text(printable(f"maintenance {window['id']}: {items} {window['state'] or 'silent'} {span}{again}"))


def calendar_lines(report: Json) -> Iterator[Text]:
    """What became of the events of a calendar, and why some were left out."""
    counts = (f"{report[name]:,} {name}" for name in ("planned", "changed", "cancelled", "unchanged"))
    yield Text(f"maintenance: {', '.join(counts)}")
    for problem in report["problems"]:
        yield Text(printable(problem), "yellow")


def status_table(ready: Json, data: Json | None) -> Table:
    """Each part and what it says, then the graph's figures and what is failing."""
    table = columns("", "", "")
    for name, part in (ready.get("parts") or {}).items():
        word = Text("ready", "green") if part.get("ready") else Text("not ready", "bold red")
        table.add_row(printable(name), word, printable(str(part.get("detail", ""))))
    if data is not None:
        impact = data["currentImpact"]
        hurt = sum(one["count"] for one in impact["counts"])
        table.add_row("items", f"{data['items']['totalCount']:,}", "")
        table.add_row("graph version", printable(str(impact["graphVersion"])), "")
        table.add_row("open events", f"{data['events']['totalCount']:,}", "")
        table.add_row("hurt items", f"{hurt:,}", f"priority {impact['priority']}" if impact["priority"] else "")
    return table


def instant_words(written: str) -> str:
    """An instant in UTC, to the second."""
    return f"{datetime.fromisoformat(written).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _impacted(node: Json) -> Text:
    item = node["item"]
    words = f"{titled(item)}, {type_words(item['__typename'])}, {_planned(node)}{node['rule']}"
    return Text.assemble(state_words(node["state"]), " ", _emphasised(item, words))


def _planned(answer: Json) -> str:
    return "planned " if answer["planned"] else ""


def _emphasised(item: Json, words: str) -> Text:
    return Text(words, "bold" if item["__typename"].lower() == _PROCESS else "")


def state_words(state: str) -> tuple[str, str]:
    """A state and its colour."""
    return printable(state), COLOURS.get(state, "")


def _path_labels(nodes: Iterable[Json]) -> dict[str, Text]:
    return {step["key"]: Text(titled(step), "dim") for node in nodes for step in node["path"]}


def _keys(node: Json) -> list[str]:
    return [step["key"] for step in node["path"]]
