"""Plans as documents: what a person reads in them, and that names of items cannot become anything else."""

import csv
import io
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from app.continuity.plan_csv import plan_csv
from app.continuity.plan_document import Named, PlanDocument, duration_words, plan_document
from app.continuity.plan_gantt import plan_gantt
from app.continuity.plan_markdown import plan_markdown
from app.continuity.planning import PlanLimits, planned
from app.continuity.recovery import Assumed
from tests.continuity.drawing import Recovery, recovering

MADE = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
SVG = "{http://www.w3.org/2000/svg}"
NAMES = {"shop": Named("Web shop", "shop-team"), "x": Named("Database one", None)}


def shop() -> Recovery:
    return recovering("shop{service} -> g{1 of x, y}; shop -> net", {"shop": 0.5, "x": 1, "y": 2.25, "net": 0.5})


def document(
    world: Recovery, *, teams: int | None = None, names: dict[str, Named] | None = None, target: str = "shop"
) -> PlanDocument:
    answer = planned(world.picture, Assumed((target,)), limits=PlanLimits(10, 100), teams=teams)
    return plan_document(answer, NAMES if names is None else names, MADE)


def test_markdown_tells_the_end_the_critical_path_and_every_step() -> None:
    assert plan_markdown(document(shop())) == (
        """\
# Recovery plan: Web shop (shop)

- Everything is up **1 h 30 min** after the failure.
- Redundancy is whole again after 2 h 15 min.
- Weakest evidence on the critical path: DEFAULT.
- Worked out 2026-11-26 09:30 UTC of version 1 of the inventory.

## Critical path

1. Database one: 1 h, up after 1 h
2. g: 0 s, up after 1 h
3. Web shop: 30 min, up after 1 h 30 min

## Steps

| Begins | Done | Wave | Step | Key | Owner | Takes | Slack | Waits for | Evidence |
|---|---|---|---|---|---|---|---|---|---|
| 0 s | 30 min | 1 | net | net |  | 30 min | 30 min |  | DEFAULT |
| 0 s | 1 h | 1 | **Database one** | x |  | 1 h | 0 s |  | DEFAULT |
| 0 s | 2 h 15 min | 1 | y | y |  | 2 h 15 min | only redundancy |  | DEFAULT |
| 1 h | 1 h 30 min | 2 | **Web shop** | shop | shop-team | 30 min | 0 s | net, x | DEFAULT |

## Redundancy

- g is up after 1 h and whole after 2 h 15 min
"""
    )


def test_markdown_for_teams_says_whose_turn_it_is() -> None:
    text = plan_markdown(document(shop(), teams=1))

    assert "- Everything is up **2 h** after the failure.\n- Scheduled for 1 team; no schedule ends before 2 h." in text
    assert "| 1 h | 1 h 30 min | 1 | net | net |  | 30 min | 30 min |  | DEFAULT | 1 |" in text


def test_markdown_says_what_is_not_known() -> None:
    text = plan_markdown(document(recovering("shop{service} -> x -> net", {"net": 1})))

    assert "- Everything is up **at least 1 h** after the failure." in text
    assert "- Nobody knows how long x takes; every time after it is a lower bound." in text
    assert "- Nobody gave a recovery time of their own to shop; none was counted." in text


def test_csv_has_a_line_for_every_step() -> None:
    rows = list(csv.DictReader(io.StringIO(plan_csv(document(shop(), teams=1)))))

    assert [row["key"] for row in rows] == ["x", "net", "shop", "y"]
    assert rows[1] == {
        "key": "net",
        "name": "net",
        "owner": "",
        "wave": "1",
        "start_seconds": "0",
        "own_seconds": "1800",
        "finish_seconds": "1800",
        "slack_seconds": "1800",
        "critical": "no",
        "needs": "",
        "evidence": "DEFAULT",
        "missing": "no",
        "cycle": "",
        "team": "1",
        "scheduled_start_seconds": "3600",
        "scheduled_finish_seconds": "5400",
    }


def test_what_is_not_known_is_an_empty_cell() -> None:
    (first, *_) = csv.DictReader(io.StringIO(plan_csv(document(recovering("shop -> x", {"shop": 1})))))

    assert (first["key"], first["own_seconds"], first["missing"], first["team"]) == ("x", "", "yes", "")


def test_the_picture_has_a_bar_for_every_step_and_says_what_it_is() -> None:
    root = ElementTree.fromstring(plan_gantt(document(shop())))

    bars = root.findall(f"{SVG}g")
    assert [one.findtext(f"{SVG}title") for one in bars] == [
        "net (net): 0 s to 30 min",
        "Database one (x): 0 s to 1 h",
        "y (y): 0 s to 2 h 15 min",
        "Web shop (shop): 1 h to 1 h 30 min",
    ]
    widths = [float(one.find(f"{SVG}rect").attrib["width"]) for one in bars]  # type: ignore[union-attr]
    assert widths == [151.1, 302.2, 680.0, 151.1]
    assert [len(one.findall(f"{SVG}line")) for one in bars] == [1, 0, 0, 0]


def test_the_picture_of_nothing_is_a_picture() -> None:
    asked = Assumed(("shop",), failed=())
    answer = planned(shop().picture, asked, limits=PlanLimits(10, 100))

    root = ElementTree.fromstring(plan_gantt(plan_document(answer, NAMES, MADE)))

    assert root.findall(f"{SVG}g") == []


def test_a_name_stays_a_name_in_every_document() -> None:
    name = '=1+1 | <script>alert("x")</script> **b** [a](b)'
    made = document(shop(), names={"net": Named(name, "-team")})

    assert ElementTree.fromstring(plan_gantt(made)).findall(f".//{SVG}script") == []
    assert f"'{name}" in [row["name"] for row in csv.DictReader(io.StringIO(plan_csv(made)))]
    (line,) = [line for line in plan_markdown(made).splitlines() if "alert" in line]
    assert r"=1+1 \| \<script\>alert(" in line
    assert r"\*\*b\*\* \[a\](b)" in line


def test_items_that_wait_for_each_other_are_one_line() -> None:
    world = recovering("shop -> p -> q -> p", {"shop": 1, "p": 1, "q": 1})

    lines = plan_markdown(document(world, names={"p": Named("Pump", None)})).splitlines()

    assert "| 0 s | 2 h | 1 | **Pump and 1 more** | p, q |  | 2 h | 0 s |  | DEFAULT |" in lines


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (45, "45 s"), (60, "1 min"), (5_400, "1 h 30 min"), (90_061, "1 d 1 h 1 min 1 s")],
)
def test_times_are_told_as_people_say_them(seconds: int, words: str) -> None:
    assert duration_words(seconds) == words


def test_a_document_is_ordered_by_its_schedule() -> None:
    made = document(shop(), teams=1)

    assert [row.start_seconds for row in made.rows] == sorted(row.start_seconds for row in made.rows)
    assert made.answer.finish_seconds == 7_200
