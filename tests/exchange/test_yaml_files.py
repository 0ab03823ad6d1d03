"""YAML documents."""

from pathlib import Path

import pytest

import app.exchange
from app.exchange.plan import read_sources, sources_at
from app.inventory.model import Identifier, Member, Relation
from tests.exchange.reading import LIMITS, problems, read, refusal

SHAPE = "a document is {items: [...], dependencies: [...], assessments: [...], scenarios: [...]}"


def test_the_demo_company_has_no_problem() -> None:
    [folder] = app.exchange.__path__

    plan = read_sources(sources_at([Path(folder) / "demo_company.yaml"]), max_rows=10_000, limits=LIMITS)

    assert plan.problems == ()
    assert len(plan.items) > 100
    assert len(plan.dependencies) > 100


def test_a_row_knows_its_line_and_its_place(tmp_path: Path) -> None:
    text = """\
items:
  - {key: db, type: REDUNDANCY_GROUP, minAvailable: 60%, members: [db-1, {key: db-2, weight: 2}]}
dependencies:
  - from: db-1
    to: zone-a
    relation: LOCATED_IN
"""

    plan = read(tmp_path, {"company.yaml": text})

    [item] = plan.items
    assert (item.where, item.fields) == ("company.yaml:2: items[0]", {"minAvailable": "60%"})
    assert item.members == (Member("db-1", 1), Member("db-2", 2))
    [edge] = plan.dependencies
    assert (edge.where, edge.relation) == ("company.yaml:4: dependencies[0]", Relation.LOCATED_IN)


def test_plain_words_stay_what_was_written(tmp_path: Path) -> None:
    text = """\
items:
  - key: no
    type: COMPONENT
    name: on
    lastTestedOn: 2026-11-30
    recoveryTimeSeconds: 900
    availability: 0.99
    identifiers: [{kind: mac, value: 10:20:30:40:50:55}, {kind: serial, value: 0017}]
    attributes: {country: NO, floor: ~, shared: true, note: "true", build: 1e3}
"""

    [item] = read(tmp_path, {"company.yml": text}).items

    assert item.key == "no"
    assert item.fields == {
        "name": "on",
        "lastTestedOn": "2026-11-30",
        "recoveryTimeSeconds": 900,
        "availability": 0.99,
    }
    assert item.identifiers == (Identifier("mac", "102030405055"), Identifier("serial", "0017"))
    assert item.attributes == {"country": "NO", "floor": None, "shared": True, "note": "true", "build": 1000.0}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", f"company.yaml: the file is empty; {SHAPE}"),
        ("- a\n", f"company.yaml:1: the top level is a list; {SHAPE}"),
        ("items:\n  a: b\n", f"company.yaml:2: items is an object; {SHAPE}"),
        ("item: []\n", f"company.yaml:1: the top-level key 'item' is unknown; {SHAPE}"),
        ("items: []\nitems: []\n", "company.yaml:2: 'items' is given twice here; keep one"),
        ("items:\n  - {key: a,\n     key: b}\n", "company.yaml:3: 'key' is given twice here; keep one"),
        (
            "items:\n  - &a {key: a}\n",
            "company.yaml:2: the anchor &a is not supported; leave it out",
        ),
        ("items:\n  - *a\n", "company.yaml:2: the alias *a is not supported; write the value out"),
        (
            "items:\n  - !!python/object/apply:os.system [ls]\n",
            "company.yaml:2: tags are not supported; leave it out, and quote the value if it is text",
        ),
        (
            "items:\n  - {key: a, tier: .nan}\n",
            "company.yaml:2: .nan is not a finite number; leave the field out, or quote it if it is text",
        ),
        (
            "items:\n  - {key: a, tier: 1e999}\n",
            "company.yaml:2: 1e999 is not a finite number; leave the field out, or quote it if it is text",
        ),
        ("items: []\n---\nitems: []\n", "company.yaml:2: a second document starts here; put one document in a file"),
        ("items:\n  - {key: a\n", "company.yaml:3: this is not valid YAML: did not find expected ',' or '}'"),
        ("items:\n  - ? [a]\n    : b\n", "company.yaml:2: a field name is a list; use a word"),
        ("items: [" + "[" * 60 + "]" * 60 + "]", "company.yaml:1: values are nested deeper than 50 levels"),
    ],
)
def test_a_document_with_surprises_is_refused_in_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    assert refusal(tmp_path, {"company.yaml": text}) == sentence


def test_a_bad_byte_is_named_with_its_line(tmp_path: Path) -> None:
    sentence = refusal(tmp_path, {"company.yaml": b"items:\n  - {key: a, name: \xe4}\n"})

    assert sentence == "company.yaml:2: this line is not valid UTF-8; save the file as UTF-8"


def test_nesting_without_end_is_refused_and_does_not_exhaust_the_stack(tmp_path: Path) -> None:
    assert refusal(tmp_path, {"company.yaml": "items: " + "[" * 100_000}).startswith("company.yaml:1: ")


def test_a_row_that_is_no_object_is_a_problem_of_that_row(tmp_path: Path) -> None:
    assert problems(tmp_path, {"company.yaml": "items:\n  - a\n  - [b]\n"}) == [
        "company.yaml:2: items[0]: this item is the single value 'a'; give an object of field names and values",
        "company.yaml:3: items[1]: this item is a list; give an object of field names and values",
    ]
