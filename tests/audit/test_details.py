"""What an entry says: what differs, within its bytes, and never a secret."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum

import orjson

from app.account import Told
from app.audit.details import asked_json, changes_json, differences


class Colour(Enum):
    """A choice."""

    RED = "red"


@dataclass(frozen=True, slots=True)
class Thing:
    """Something with a secret in it."""

    name: str
    made_at: datetime = datetime(2026, 11, 26, tzinfo=UTC)
    colour: Colour = Colour.RED
    secret: str = field(default="", repr=False)
    parts: frozenset[str] = frozenset()


def test_a_new_thing_is_told_whole_and_its_secret_is_not() -> None:
    before, after = differences(None, Thing("a", secret="hunter2", parts=frozenset({"y", "x"})))

    made_at = "2026-11-26T00:00:00+00:00"
    assert before is None
    assert after == {"name": "a", "madeAt": made_at, "colour": "RED", "secret": "(secret)", "parts": ["x", "y"]}


def test_of_a_change_only_the_difference_is_told() -> None:
    assert differences(Thing("a"), Thing("b")) == ({"name": "a"}, {"name": "b"})
    assert differences({"a": 1, "b": 2}, {"b": 2, "c": 3}) == ({"a": 1}, {"c": 3})


def test_that_a_secret_changed_is_told_but_not_to_what() -> None:
    assert differences(Thing("a", secret="old"), Thing("a", secret="new")) == (
        {"secret": "(secret)"},
        {"secret": "(secret)"},
    )


def test_what_does_not_fit_is_counted() -> None:
    told = [Told("small", None, "x"), Told("large", None, "x" * 1_000), Told("other", "y", None)]

    assert orjson.loads(changes_json(told, most_bytes=100)) == {
        "changes": [
            {"key": "small", "before": None, "after": "x"},
            {"key": "other", "before": "y", "after": None},
        ],
        "omitted": 1,
    }


def test_a_question_that_does_not_fit_is_cut_and_says_so() -> None:
    assert orjson.loads(asked_json({"limit": 5, "query": "RETURN 1"}, most_bytes=6)) == {
        "asked": {"limit": 5, "query": '"RETU… (10 bytes)'}
    }
