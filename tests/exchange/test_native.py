"""JSON documents and NDJSON."""

from pathlib import Path

import pytest

from app.inventory.model import DependencyDraft, ItemDraft, ItemType, Relation
from tests.exchange.reading import problems, read, refusal

SHAPE = "a document is {items: [...], dependencies: [...], assessments: [...], scenarios: [...]}"


def test_a_json_document_gives_items_and_dependencies_that_know_their_place(tmp_path: Path) -> None:
    text = '{"dependencies": [{"from": "a", "to": "b"}], "items": [{"key": "a", "type": "TEAM", "headcount": 3}]}'

    plan = read(tmp_path, {"company.json": text})

    assert plan.items == (ItemDraft("company.json: items[0]", "a", ItemType.TEAM, {"headcount": 3}),)
    assert plan.dependencies == (DependencyDraft("company.json: dependencies[0]", "a", "b"),)
    assert plan.problems == ()


def test_a_byte_order_mark_and_empty_sections_are_harmless(tmp_path: Path) -> None:
    plan = read(tmp_path, {"company.json": b'\xef\xbb\xbf{"items": null}'})

    assert (plan.items, plan.dependencies, plan.problems) == ((), (), ())


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"[]", f"company.json: the top level is a list; {SHAPE}"),
        (b'{"itmes": []}', f"company.json: the top-level key 'itmes' is unknown; {SHAPE}"),
        (b'{"items": {}}', f"company.json: items is an object; {SHAPE}"),
        (b'{"items": []', "company.json:1: this is not valid JSON: unexpected end of data in column 13"),
        (b"", "company.json:1: this is not valid JSON: Input is a zero-length, empty document in column 1"),
        (
            b'{"items":\n[{"key": NaN}]}',
            "company.json:2: NaN is not JSON; leave the field out, or give a number",
        ),
        (
            b'{"items":\n[{"key": -Infinity}]}',
            "company.json:2: -Infinity is not JSON; leave the field out, or give a number",
        ),
        (
            b'{"items": [\n{"key": "\xff"}]}',
            "company.json:2: this line is not valid UTF-8; save the file as UTF-8",
        ),
    ],
)
def test_a_document_of_another_shape_is_refused_in_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    assert refusal(tmp_path, {"company.json": content}) == sentence


def test_a_row_that_is_no_object_is_a_problem_of_that_row(tmp_path: Path) -> None:
    found = problems(tmp_path, {"company.json": '{"items": ["a", {"key": "b", "type": "TEAM"}, null]}'})

    assert found == [
        "company.json: items[0]: this item is the single value 'a'; give an object of field names and values",
        "company.json: items[2]: this item is empty; give an object of field names and values",
    ]


def test_ndjson_takes_wrapped_and_bare_records_in_any_order(tmp_path: Path) -> None:
    lines = (
        '{"from": "a", "to": "b", "relation": "PART_OF"}\n\n'
        '{"item": {"key": "a", "type": "TEAM"}}\r\n'
        '{"key": "b", "type": "TEAM"}\n'
        '{"dependency": {"from": "b", "to": "a"}}'
    )

    plan = read(tmp_path, {"estate.ndjson": lines})

    assert [(draft.where, draft.key) for draft in plan.items] == [("estate.ndjson:3", "a"), ("estate.ndjson:4", "b")]
    assert plan.dependencies == (
        DependencyDraft("estate.ndjson:1", "a", "b", Relation.PART_OF),
        DependencyDraft("estate.ndjson:5", "b", "a"),
    )
    assert plan.problems == ()


def test_each_bad_line_of_ndjson_is_a_problem_of_its_own(tmp_path: Path) -> None:
    shape = (
        'a line is {"item": {...}}, {"dependency": {...}}, such an object itself, {"assessment": {...}} or '
        '{"scenario": {...}}'
    )
    lines = b'{"item": 3}\n[1]\n{"name": "x"}\n{"key": Infinity}\n{"key": "\xff"}\n{"key": "a", "type": "TEAM"}\n{"ke'

    plan = read(tmp_path, {"estate.jsonl": lines})

    assert [str(problem) for problem in plan.problems] == [
        "estate.jsonl:1: this item is the single value '3'; give an object of field names and values",
        f"estate.jsonl:2: this line is a list; {shape}",
        f"estate.jsonl:3: this line is neither an item nor a dependency; {shape}",
        "estate.jsonl:4: Infinity is not JSON; leave the field out, or give a number",
        "estate.jsonl:5: this line is not valid UTF-8",
        "estate.jsonl:7: this is not valid JSON: unexpected end of data in column 5",
    ]
    assert [draft.key for draft in plan.items] == ["a"]
