"""Reports: answers drawn as exact text."""

import re
from collections.abc import Iterable
from io import StringIO

from rich.console import Console as Screen
from rich.table import Table
from rich.text import Text

from app.cli.reports import (
    impact_costs,
    impact_counts,
    impact_heading,
    impact_lines,
    impact_notes,
    impact_sentences,
    import_table,
    path_lines,
    reach_lines,
    refused_lines,
    risk_lines,
    status_table,
    type_words,
    window_line,
    window_table,
)
from tests.cli import answers
from tests.cli.answers import hurt, item, report

CHECKOUT = hurt(item("checkout", "BusinessProcess"), "DOWN", "HARD", "checkout", "pay", "db")
PAY = hurt(item("pay", "ITService"), "DEGRADED", "SOFT", "pay", "db")
DB = hurt(item("db"), "DOWN", "OWN", "db")


def plain(lines: Iterable[Text]) -> list[str]:
    return [line.plain for line in lines]


def drawn(table: Table) -> list[str]:
    screen = Screen(file=StringIO(), record=True, width=80)
    screen.print(table)
    return [line.rstrip() for line in screen.export_text().splitlines()]


def test_the_heading_says_what_failed_when_and_how_urgent_it_is() -> None:
    assert plain(impact_heading(report([DB]))) == [
        "Db (db) DOWN",
        "priority 1 of 1 to 5; as of 2026-11-24 10:00:00 UTC, graph version 7",
    ]


def test_the_heading_says_when_no_business_is_hurt() -> None:
    assert plain(impact_heading(report([DB], priority=None)))[1] == (
        "no business process or service is hurt; as of 2026-11-24 10:00:00 UTC, graph version 7"
    )


def test_the_heading_and_the_tree_say_what_is_planned() -> None:
    planned = report([{**DB, "planned": True}], priority=None, causes=[{**report([])["causes"][0], "planned": True}])

    assert plain(impact_heading(planned)) == [
        "Db (db) planned DOWN",
        "what is hurt of the business is planned and has no priority; as of 2026-11-24 10:00:00 UTC, graph version 7",
    ]
    assert plain(impact_lines(planned)) == ["DOWN Db (db), component, planned OWN"]


WINDOW = {
    "recurrence": None,
    "timeZone": None,
    "id": "w-1",
    "keys": ["db"],
    "state": "DOWN",
    "startsAt": "2026-11-24T22:00:00+00:00",
    "endsAt": "2026-11-25T04:00:00+00:00",
    "summary": "A new disk",
    "cancelledAt": None,
    "active": True,
}


def test_maintenance_windows_are_a_table() -> None:
    later = {**WINDOW, "id": "w-2", "keys": ["a", "b", "c", "d", "e"], "active": False}
    cancelled = {**WINDOW, "id": "w-3", "cancelledAt": "2026-11-24T21:00:00+00:00", "active": False}
    screen = Screen(file=StringIO(), record=True, width=150)

    screen.print(window_table([WINDOW, later, cancelled]))

    assert [line.split("  ") for line in _squeezed(screen.export_text())] == [
        ["id", "starts", "ends", "is", "state", "what", "items"],
        ["w-1", "2026-11-24 22:00:00 UTC", "2026-11-25 04:00:00 UTC", "active", "DOWN", "A new disk", "db"],
        ["w-2", "2026-11-24 22:00:00 UTC", "2026-11-25 04:00:00 UTC", "DOWN", "A new disk", "a, b, c and 2 more"],
        ["w-3", "2026-11-24 22:00:00 UTC", "2026-11-25 04:00:00 UTC", "cancelled", "DOWN", "A new disk", "db"],
    ]


def _squeezed(text: str) -> list[str]:
    return [re.sub(r" {2,}", "  ", line.strip()) for line in text.splitlines()]


def test_a_window_is_told_in_a_sentence() -> None:
    cancelled = {**WINDOW, "keys": ["a", "b"], "cancelledAt": "2026-11-24T21:00:00+00:00"}

    assert window_line(WINDOW).plain == (
        "maintenance w-1: db DOWN from 2026-11-24 22:00:00 UTC until 2026-11-25 04:00:00 UTC"
    )
    assert window_line(cancelled).plain == "maintenance w-1 of 2 items was cancelled at 2026-11-24 21:00:00 UTC"


def test_what_the_outages_cost_is_told_by_currency() -> None:
    costs = [{"amount": "500.25", "currency": "CHF"}, {"amount": "1250000.00", "currency": "EUR"}]

    assert plain(impact_costs(costs)) == ["The outages cost CHF 500.25 and EUR 1,250,000.00 by their end"]
    assert plain(impact_costs([])) == []


def test_what_would_clear_an_item_is_said_if_it_is_not_all_that_failed() -> None:
    mail = {"item": {"key": "mail", "name": "Mail"}, "state": "DOWN"}

    assert plain(impact_sentences(report([DB]))) == ["Checkout is DOWN: it needs Db, which is DOWN"]
    assert plain(impact_sentences(report([DB], causes=[mail, {"item": answers.DB, "state": "DOWN"}]))) == [
        "Checkout is DOWN: it needs Db, which is DOWN; repair Db (db) to clear it"
    ]


def test_what_is_at_risk_names_the_losses_and_says_what_is_left_out() -> None:
    points = [item("db-2"), item("zone", name="Zone B")]
    node = {"item": item("shop"), "singlePointCount": 4, "singlePoints": points}

    assert plain(risk_lines(report([]))) == []
    assert plain(risk_lines(report([], atRisk={"totalCount": 9, "truncated": True, "edges": [{"node": node}]}))) == [
        "At risk: Shop (shop) would go DOWN with Db-2 (db-2), Zone B (zone) or 2 more",
        "8 more items at risk; use --json",
        "Finding what is at risk hit its limit (UNDERPIN_MAX_AT_RISK_EDGES); there may be more.",
    ]


def test_counts_are_a_table_of_types_and_states() -> None:
    assert drawn(impact_counts(report([])["counts"])) == [
        "                   DOWN  DEGRADED",
        "business process      1",
        "component         1,200         3",
    ]


def test_impact_reads_from_the_cause_to_who_is_hurt() -> None:
    assert plain(impact_lines(report([CHECKOUT, PAY, DB]))) == [
        "DOWN Db (db), component, OWN",
        "└── DEGRADED Pay (pay), IT service, SOFT",
        "    └── DOWN Checkout (checkout), business process, HARD",
    ]


def test_a_business_process_is_emphasised_and_a_state_has_its_colour() -> None:
    screen = Screen(file=StringIO(), record=True, width=80, force_terminal=True, color_system="standard")
    for line in impact_lines(report([CHECKOUT, PAY, DB])):
        screen.print(line)

    assert screen.export_text(styles=True).splitlines() == [
        "\x1b[1;31mDOWN\x1b[0m Db (db), component, OWN",
        "\x1b[2m└── \x1b[0m\x1b[33mDEGRADED\x1b[0m Pay (pay), IT service, SOFT",
        "\x1b[2m    └── \x1b[0m\x1b[1;31mDOWN\x1b[0m \x1b[1mCheckout (checkout), business process, HARD\x1b[0m",
    ]


def test_an_item_on_the_way_that_was_not_fetched_is_drawn_without_a_state() -> None:
    assert plain(impact_lines(report([CHECKOUT]))) == [
        "DOWN Db (db)",
        "└── Pay (pay)",
        "    └── DOWN Checkout (checkout), business process, HARD",
    ]


def test_a_cause_that_hurts_nobody_shown_is_drawn_all_the_same() -> None:
    causes = [{"item": {"key": key, "name": key}, "state": "DOWN"} for key in ("db", "fan")]

    assert plain(impact_lines(report([DB], causes=causes))) == ["DOWN Db (db), component, OWN", "DOWN fan"]


def test_a_name_cannot_steer_the_terminal() -> None:
    evil = hurt(item("db", name="\x1b[2J[red]boom\nDOWN"), "DOWN", "OWN", "db")

    assert plain(impact_lines(report([evil]))) == ["DOWN \ufffd[2J[red]boom\ufffdDOWN (db), component, OWN"]


def test_nothing_is_cut_silently() -> None:
    notes = impact_notes(
        report(
            [],
            impacted={"totalCount": 1120, "nodes": [DB]},
            truncated=True,
            hidden=2,
            unknown=1,
            assumptions=["the sky holds"],
            missing=["no umbrella is known of those who walk: 1 (we)"],
        )
    )

    assert plain(notes) == [
        "1,119 more; use --first or --json",
        "The walk stopped at depth 2; there may be more beyond it.",
        "2 items are hidden from this token.",
        "1 items may or may not be hurt: what they need is UNKNOWN.",
        "Assumed: the sky holds.",
        "Missing: no umbrella is known of those who walk: 1 (we).",
    ]


def test_a_whole_answer_has_no_notes() -> None:
    assert plain(impact_notes(report([DB]))) == []


def test_reach_is_a_tree_from_the_start() -> None:
    assert plain(reach_lines("db", {"totalCount": 2, "nodes": [PAY, CHECKOUT]})) == [
        "Db (db)",
        "└── Pay (pay), IT service",
        "    └── Checkout (checkout), business process",
    ]


def test_reach_of_nothing_is_the_start_alone() -> None:
    assert plain(reach_lines("db", {"totalCount": 0, "nodes": []})) == ["db"]


def test_a_path_points_to_what_is_needed() -> None:
    steps = [{"key": "checkout", "name": "Checkout"}, {"key": "db", "name": "db"}]

    assert plain(path_lines([{"length": 1, "items": steps}])) == ["1 hop: Checkout (checkout) -> db"]


def test_an_import_is_a_table_of_what_it_did() -> None:
    done = {
        "dryRun": False,
        "items": {"created": 1200, "changed": 0, "unchanged": 3},
        "dependencies": {"created": 2, "changed": 1, "unchanged": 0},
        "assessments": {"created": 0, "changed": 0, "unchanged": 4},
        "scenarios": {"created": 5, "changed": 0, "unchanged": 0},
    }

    assert drawn(import_table(done)) == [
        "              created  changed  unchanged",
        "items           1,200        0          3",
        "dependencies        2        1          0",
        "assessments         0        0          4",
        "scenarios           5        0          0",
    ]


def test_the_first_twenty_refused_rows_are_named_and_the_others_counted() -> None:
    refused = [{"where": f"items.csv:{line}", "message": "type is missing"} for line in range(2, 32)]

    lines = plain(refused_lines({"refused": refused, "refusedCount": 1500}))

    assert lines[0] == "1,500 rows refused:"
    assert lines[1] == "  items.csv:2: type is missing"
    assert lines[20] == "  items.csv:21: type is missing"
    assert lines[21:] == ["  and 1,480 more; --json shows the first 30"]


def test_status_names_each_part_and_the_figures_of_the_graph() -> None:
    ready = {
        "ready": False,
        "parts": {"neo4j": {"ready": True, "detail": "Neo4j 2026.08.1"}, "graph": {"ready": False, "detail": "late"}},
    }
    data = {
        "items": {"totalCount": 1251},
        "events": {"totalCount": 2},
        "currentImpact": {"graphVersion": "7", "priority": 2, "counts": report([])["counts"]},
    }

    assert drawn(status_table(ready, data)) == [
        "neo4j          ready      Neo4j 2026.08.1",
        "graph          not ready  late",
        "items          1,251",
        "graph version  7",
        "open events    2",
        "hurt items     1,204      priority 2",
    ]


def test_types_are_said_as_people_say_them() -> None:
    assert type_words("BUSINESS_PROCESS") == type_words("BusinessProcess") == "business process"
    assert type_words("IT_SERVICE") == type_words("ITService") == "IT service"
    assert type_words("Location") == "location"
