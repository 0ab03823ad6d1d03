"""Matching as a whole, against alerts in the words of many tools for which a person has said what they are about."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from app.database.client import Database
from app.events.identifiers import clues_of_labels
from app.events.looking_up import matches_of_subjects
from app.events.match_rules import RuleKind
from app.events.matching import Subject
from app.events.model import Match
from app.events.sorting import put_rule
from tests.stored import NOW, item, needs, upserted

LABELLED: Mapping[str, Sequence[Mapping[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("labelled_alerts.yaml").read_text(encoding="utf-8")
)
ALERTS = LABELLED["alerts"]


async def matches(database: Database) -> Sequence[Match]:
    items = [
        {"type": "COMPONENT", **raw, "identifiers": [{"kind": kind, "value": value} for kind, value in named.items()]}
        for raw in LABELLED["items"]
        for named in [raw.get("identifiers", {})]
    ]
    edges = [needs(edge["from"], edge["to"]) for edge in LABELLED["dependencies"]]
    await upserted(database, [item(**raw) for raw in items], edges)
    for rule in LABELLED["rules"]:
        await put_rule(database, RuleKind[rule["kind"]], rule["pattern"], rule["key"], by="tester", now=NOW)
    return await matches_of_subjects(
        database, [Subject(clues_of_labels(one["labels"]), one["labels"]) for one in ALERTS]
    )


async def test_no_alert_is_matched_to_what_it_is_not_about_and_nearly_all_find_their_item(database: Database) -> None:
    found = list(zip(ALERTS, await matches(database), strict=True))
    wrong = [(one["labels"], match.key) for one, match in found if match.key not in (None, one.get("about"))]
    unfound = [one["labels"] for one, match in found if "about" in one and match.key is None]
    unasked = [one["labels"] for one, match in found if list(match.candidates) != one.get("among", [])]
    known = [one for one in ALERTS if "about" in one or "missed" in one]

    assert (wrong, unfound, unasked) == ([], [], [])
    assert len(ALERTS) >= 60
    assert (len(known) - len(unfound) - 1) / len(known) > 0.98
